"""SQLite by way of apsw in pysqlite3's clothes, so that box and hub run on a file system of ours.

Both programs name their SQLite library in one module, as `dbapi2`; `over_apsw` puts this one there.
What apsw raises becomes what pysqlite3 would have raised: the programs tell errors apart by type.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from unittest import mock

import apsw
from pysqlite3 import dbapi2

from edge_agent.store import sqlite_library
from hq_hub.store import engine

Value = Any
"""int, str, bytes or None."""
Said = Callable[["ApswConnection", str], str]
"""Sees each statement before it runs, and may put another in its place."""

SQLITE_CHECKPOINT_PAGES = 1_000
"""After how many pages in the WAL SQLite copies them into the file, if nobody says otherwise."""

ERRORS: tuple[tuple[type[apsw.Error], type[Exception]], ...] = (
    (apsw.ConstraintError, dbapi2.IntegrityError),
    (apsw.CorruptError, dbapi2.DatabaseError),
    (apsw.NotADBError, dbapi2.DatabaseError),
    (apsw.Error, dbapi2.OperationalError),
)
"""As pysqlite3 maps result codes; the first match counts."""


@contextlib.contextmanager
def _as_pysqlite3() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        kind = next(mine for theirs, mine in ERRORS if isinstance(error, theirs))
        raised = kind(str(error))
        raised.sqlite_errorname = apsw.mapping_result_codes.get(  # type: ignore[attr-defined]  # As pysqlite3 does.
            getattr(error, "result", -1), ""
        )
        raise raised from error


class ApswCursor:
    """A cursor as DB-API has it; both programs use only this much of it."""

    arraysize = 1
    rowcount = -1
    lastrowid = None

    def __init__(self, connection: ApswConnection) -> None:
        self._connection = connection
        self._cursor = connection.apsw.cursor()
        self._columns: list[tuple[Any, ...]] = []
        self._cursor.exec_trace = _columns_into(self._columns)

    @property
    def description(self) -> tuple[tuple[Any, ...], ...] | None:
        """Names of the columns, as DB-API wants them."""
        return tuple(self._columns) or None

    def execute(self, sql: str, parameters: Sequence[Value] = (), /) -> ApswCursor:
        """Run one statement."""
        before = self._connection.apsw.total_changes()
        with _as_pysqlite3():
            self._cursor.execute(self._connection.said(self._connection, sql), tuple(parameters))
        self.rowcount = self._connection.apsw.total_changes() - before
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]], /) -> ApswCursor:
        """Run one statement for each row."""
        before = self._connection.apsw.total_changes()
        with _as_pysqlite3():
            said = self._connection.said(self._connection, sql)
            self._cursor.executemany(said, map(tuple, rows))
        self.rowcount = self._connection.apsw.total_changes() - before
        return self

    def fetchone(self) -> Any:  # noqa: ANN401 - a row, or None
        """Next row."""
        with _as_pysqlite3():
            return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        with _as_pysqlite3():
            return self._cursor.fetchall()

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Some rows."""
        rows = (self.fetchone() for _ in range(size))
        return [row for row in rows if row is not None]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())

    def close(self) -> None:
        """Forget what is left."""
        self._cursor.close()


def _checkpoint_after(pages_min: int) -> Callable[[apsw.Connection, str, int], int]:
    """SQLite's own habit after a commit, which takes no notice of a checkpoint that failed.

    Left to SQLite, apsw would raise at the commit what our file system raised in the checkpoint.
    """

    def checkpoint(connection: apsw.Connection, name: str, pages: int) -> int:
        if pages >= pages_min:
            with contextlib.suppress(apsw.Error):
                connection.wal_checkpoint(name, apsw.SQLITE_CHECKPOINT_PASSIVE)
        return apsw.SQLITE_OK

    return checkpoint


def _columns_into(columns: list[tuple[Any, ...]]) -> Callable[..., bool]:
    """A trace that keeps the names of columns.

    It knows nothing of its cursor: a cycle would keep a statement open until the next collection.
    """

    def trace(cursor: apsw.Cursor, _sql: str, _parameters: object) -> bool:
        columns[:] = [(name, *(None,) * 6) for name, _type in cursor.get_description()]
        return True

    return trace


class ApswConnection:
    """A connection in autocommit mode, as both programs open theirs."""

    isolation_level = None

    def __init__(self, path: str, vfs: str, said: Said, checkpoint_pages: int) -> None:
        with _as_pysqlite3():
            self.apsw = apsw.Connection(path, vfs=vfs)
            self.apsw.set_wal_hook(_checkpoint_after(checkpoint_pages))
        self.said = said
        self.held_back = False
        """A COMMIT that was said and not done: of a mutant."""

    @property
    def in_transaction(self) -> bool:
        """Whether BEGIN was said."""
        return self.apsw.in_transaction and not self.held_back

    def cursor(self) -> ApswCursor:
        """Another cursor."""
        return ApswCursor(self)

    def execute(self, sql: str, parameters: Sequence[Value] = (), /) -> ApswCursor:
        """Run one statement."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]], /) -> ApswCursor:
        """Run one statement for each row."""
        return self.cursor().executemany(sql, rows)

    def create_function(
        self, name: str, arity: int, function: Callable[..., Any], **_: object
    ) -> None:
        """SQLAlchemy and sqlite-utils add some of theirs."""
        self.apsw.create_scalar_function(name, function, arity)

    def commit(self) -> None:
        """End a transaction, if there is one."""
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Give a transaction up, if there is one."""
        if self.in_transaction:
            self.execute("ROLLBACK")

    def interrupt(self) -> None:
        """Stop a statement from another thread."""
        self.apsw.interrupt()

    def close(self) -> None:
        """Give the file back."""
        self.apsw.close()


class ApswLibrary:
    """The module `dbapi2` with another engine behind it."""

    sqlite_version = apsw.sqlite_lib_version()
    sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))

    def __init__(self, vfs: str, said: Said, checkpoint_pages: int) -> None:
        self._vfs, self._said, self._checkpoint_pages = vfs, said, checkpoint_pages

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - errors and constants are the same
        return getattr(dbapi2, name)

    def connect(self, path: str, **_: object) -> ApswConnection:
        """Open a file; always autocommit, always for any thread."""
        return ApswConnection(path, self._vfs, self._said, self._checkpoint_pages)


def say_as_it_is(_connection: ApswConnection, sql: str) -> str:
    """Let every statement run as the program says it."""
    return sql


@contextlib.contextmanager
def over_apsw(
    vfs: str, said: Said = say_as_it_is, checkpoint_pages: int = SQLITE_CHECKPOINT_PAGES
) -> Iterator[None]:
    """Let box and hub of this process open their files through a VFS of apsw's.

    A file that was opened so must not be opened through pysqlite3 while this lasts: of two SQLite
    libraries in one process, each drops the other's locks.
    """
    library = ApswLibrary(vfs, said, checkpoint_pages)
    with (
        mock.patch.object(sqlite_library, "dbapi2", library),
        mock.patch.object(engine, "dbapi2", library),
    ):
        yield
