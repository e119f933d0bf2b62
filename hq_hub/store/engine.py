"""Opens the hub's database: the only module that names a SQLite library."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from pysqlite3 import dbapi2

from hq_hub.store.errors import HubDiskFullError

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


def sqlite_url(path: str) -> str:
    """URL of a SQLite file."""
    return sa.URL.create("sqlite", database=path).render_as_string()


def open_engine(url: str) -> sa.Engine:
    """Open the database for writing; the caller disposes of it.

    Args:
        url: of SQLAlchemy, such as `sqlite:////var/lib/liushui/hub.db`.
    """
    return _open(url, read_only=False)


def open_read_engine(url: str) -> sa.Engine:
    """Open the database for questions: no connection of it can write."""
    return _open(url, read_only=True)


def _open(url: str, *, read_only: bool) -> sa.Engine:
    pool = {"pool_size": READERS_MAX, "max_overflow": 0, "pool_timeout": READER_WAIT_S}
    if sa.make_url(url).get_backend_name() != "sqlite":
        # `format` keeps parameters positional, so that rows travel as plain tuples everywhere.
        options = "-c default_transaction_read_only=on" if read_only else ""
        return sa.create_engine(url, paramstyle="format", connect_args={"options": options}, **pool)
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


@contextlib.contextmanager
def write_transaction(db: sa.Connection) -> Iterator[None]:
    """Everything inside happens, or nothing does.

    The write lock is taken at once: a reader that turns writer later would find its snapshot old.

    Raises:
        HubDiskFullError: nothing was written.
    """
    assert not db.in_transaction(), "write transactions do not nest"
    try:
        with db.begin():
            if db.dialect.name == "sqlite":
                db.exec_driver_sql("BEGIN IMMEDIATE")
            yield
    except sa.exc.DBAPIError as error:
        if _is_full(error.orig):
            raise HubDiskFullError from error
        raise


@contextlib.contextmanager
def read_transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Several questions about one instant: what commits meanwhile is not seen."""
    with engine.connect() as db:
        if db.dialect.name == "sqlite":
            with db.begin():
                db.exec_driver_sql("BEGIN")
                yield db
        else:
            with db.execution_options(isolation_level="REPEATABLE READ").begin():
                yield db


def _is_full(error: BaseException | None) -> bool:
    return (
        getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
        or "is full" in str(error)
        or getattr(error, "sqlstate", "") == POSTGRESQL_FULL
    )
