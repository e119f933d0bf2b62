"""Opens the hub's database: the only module that names a SQLite library."""

from __future__ import annotations

import contextlib
import enum
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from pysqlite3 import dbapi2

from hq_hub.store.errors import HubDatabaseAwayError, HubDatabaseTakenError, HubDiskFullError

SQLITE_MIN = (3, 51, 3)
"""First one without the WAL-reset race; the hub takes no older branch."""
BUSY_TIMEOUT_MS = 5_000
"""A doctor or a backup may hold the lock for a moment."""
READERS_MAX = 8
"""Connections that read at once: more than two cores can feed; the rest wait."""
READER_WAIT_S = 10
"""A screen that waits longer for a connection is told so."""
CACHE_KIB = 64 * 1024
"""Of the writer: the hot pages of stock and cost of some hundred stores."""

POSTGRESQL_FULL = "53100"
"""SQLSTATE disk_full."""
POSTGRESQL_LINE = {
    "connect_timeout": 10,  # Seconds; a server that starts takes one or two.
    "keepalives_idle": 30,  # With the next two: a server that vanished is noticed after a minute.
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
COPY_TYPES = "liushui_copy_types"
"""Execution option of a COPY statement: the type of each column, because its format is binary."""
LOCK_SPACE = 0x4C53
"""First number of our advisory locks: nobody else's programs should use the database."""


SEAT_WAIT_S, SEAT_LOOK_S = 2.0, 0.05
"""A hub that was killed leaves its seat when the server has finished what it asked for last."""


class Lock(enum.IntEnum):
    """What only one connection may hold; SQLite's write lock stands for all of them."""

    SEAT = 1
    """Being the hub of this database, as long as the connection lives."""
    WRITE = 2
    """Writing, until the end of the transaction; several that only receive may share it."""
    RECEIVE = 3
    """Giving receive numbers, until they can be seen: the order of applying has no gaps."""


def sqlite_url(path: str) -> str:
    """URL of a SQLite file."""
    return sa.URL.create("sqlite", database=path).render_as_string()


def open_engine(url: str) -> sa.Engine:
    """Open the database for writing; the caller disposes of it.

    Args:
        url: of SQLAlchemy, such as `sqlite:////var/lib/liushui/hub.db`.
    """
    return _open(url, read_only=False)


def open_seat_engine(url: str) -> sa.Engine:
    """Open the database as its one hub: its connection holds the seat, also after a new connect.

    On SQLite the lock of the hub's folder does it.

    Raises:
        HubDatabaseTakenError: at the first connect, while another hub or a rebuild has it.
    """
    engine = open_engine(url)
    if engine.dialect.name == "postgresql":
        sa.event.listen(engine, "connect", _take_seat)
    return engine


def open_read_engine(url: str) -> sa.Engine:
    """Open the database for questions: no connection of it can write."""
    return _open(url, read_only=True)


def _open(url: str, *, read_only: bool) -> sa.Engine:
    pool = {"pool_size": READERS_MAX, "max_overflow": 0, "pool_timeout": READER_WAIT_S}
    if sa.make_url(url).get_backend_name() != "sqlite":
        options = f"-c lock_timeout={BUSY_TIMEOUT_MS}"
        # As synchronous FULL: what was acknowledged survives a power cut, whatever the server says.
        options += (
            " -c default_transaction_read_only=on" if read_only else " -c synchronous_commit=on"
        )
        # `format` keeps parameters positional, so that rows travel as plain tuples everywhere.
        line = POSTGRESQL_LINE | {"options": options}
        engine = sa.create_engine(url, paramstyle="format", connect_args=line, **pool)
        sa.event.listen(engine, "do_executemany", _copy_in)
        sa.event.listen(engine, "handle_error", _name_lost_database)
        return engine
    assert dbapi2.sqlite_version_info >= SQLITE_MIN, dbapi2.sqlite_version
    engine = sa.create_engine(url, module=dbapi2, **pool)
    sa.event.listen(engine, "connect", _prepare_reader if read_only else _prepare_writer)
    return engine


def _prepare_writer(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's type
    connection.isolation_level = None  # BEGIN is said below, not by the driver.
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # What was acknowledged survives a power cut.
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def _prepare_reader(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's type
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA query_only = ON")


def _take_seat(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's type
    question = f"SELECT pg_try_advisory_lock({LOCK_SPACE}, {Lock.SEAT:d})"
    deadline_s = time.monotonic() + SEAT_WAIT_S
    while not connection.execute(question).fetchone()[0]:
        if time.monotonic() > deadline_s:
            database = f"{connection.info.host}/{connection.info.dbname}"
            connection.close()
            raise HubDatabaseTakenError(database=database)
        time.sleep(SEAT_LOOK_S)
    connection.commit()  # The seat is the session's, not the transaction's.


def _copy_in(cursor: Any, sql: str, rows: Any, context: Any) -> bool:  # noqa: ANN401 - of driver and SQLAlchemy
    """Run COPY as SQLAlchemy runs any statement: its hooks and its errors stay the same."""
    types = context.execution_options.get(COPY_TYPES)
    if types is None:
        return False
    with cursor.copy(sql) as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
    return True


def _name_lost_database(context: sa.ExceptionContext) -> None:
    """A server that is away is a person's business; every other error stays what it is."""
    if context.is_disconnect or context.connection is None:
        reason = str(context.original_exception).strip().partition("\n")[0]
        raise HubDatabaseAwayError(reason=reason) from context.original_exception


@contextlib.contextmanager
def write_transaction(db: sa.Connection) -> Iterator[None]:
    """Everything inside happens, or nothing does; nobody else writes meanwhile.

    The write lock is taken at once: a reader that turns writer later would find its snapshot old.

    Raises:
        HubDiskFullError: nothing was written.
        HubDatabaseAwayError: what was to be written may be there or not; a repeat is safe.
    """
    with _transaction(db, f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {Lock.WRITE:d})"):
        yield


@contextlib.contextmanager
def receive_transaction(db: sa.Connection) -> Iterator[None]:
    """As write_transaction, for what boxes send: on PostgreSQL several may receive at once.

    Whoever shares the lock must lock the store that it changes: `journal.lock_store`.
    """
    with _transaction(db, f"SELECT pg_advisory_xact_lock_shared({LOCK_SPACE}, {Lock.WRITE:d})"):
        yield


@contextlib.contextmanager
def _transaction(db: sa.Connection, lock_sql: str) -> Iterator[None]:
    assert not db.in_transaction(), "write transactions do not nest"
    try:
        with db.begin():
            db.exec_driver_sql("BEGIN IMMEDIATE" if db.dialect.name == "sqlite" else lock_sql)
            yield
    except sa.exc.DBAPIError as error:
        if _is_full(error.orig):
            raise HubDiskFullError from error
        raise


def lock_receive_order(db: sa.Connection) -> None:
    """Wait until whoever gave receive numbers has committed; SQLite's write lock does as much."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {Lock.RECEIVE:d})")


@contextlib.contextmanager
def read_transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Several questions about one instant: what commits meanwhile is not seen."""
    with engine.connect() as db, db.begin():
        begin_snapshot(db)
        yield db


def begin_snapshot(db: sa.Connection) -> None:
    """Let a transaction that has just begun see one instant, to its end."""
    db.exec_driver_sql(SNAPSHOTS[db.dialect.name])


SNAPSHOTS = {
    "sqlite": "BEGIN",
    "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
}


def _is_full(error: BaseException | None) -> bool:
    return (
        getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
        or "is full" in str(error)
        or getattr(error, "sqlstate", "") == POSTGRESQL_FULL
    )
