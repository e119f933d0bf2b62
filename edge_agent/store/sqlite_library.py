"""The one module that decides which SQLite library the box uses, and what we ask of it.

Never two SQLite libraries on one file in one process: closing one drops the other's locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, cast

from pysqlite3 import dbapi2

Value = int | str | bytes | None
"""No float: money, quantities and weights are integers."""
Row = tuple[Value, ...]
IntegrityError: type[Exception] = dbapi2.IntegrityError
OperationalError: type[Exception] = dbapi2.OperationalError
DatabaseError: type[Exception] = dbapi2.DatabaseError
FIXED_BRANCHES = {(3, 44): 6, (3, 50): 7}
"""Older branches with the fix for the WAL-reset race, and the first good patch number."""


class Rows(Protocol):
    """Result of one statement."""

    def fetchone(self) -> Row | None:
        """Next row."""

    def fetchall(self) -> list[Row]:
        """All rows that are left."""


class Connection(Protocol):
    """Five things that pysqlite3 and apsw share, so that power-cut tests run the same code.

    `lastrowid` and `rowcount` are not among them: say RETURNING.
    """

    @property
    def in_transaction(self) -> bool:
        """Whether BEGIN was said."""

    def execute(self, sql: str, parameters: Sequence[Value] = (), /) -> Rows:
        """Run one statement."""

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]], /) -> Rows:
        """Run one statement for each row."""

    def interrupt(self) -> None:
        """Stop a statement from another thread."""

    def close(self) -> None:
        """Give the file back."""


def is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL-reset race (3.7.0 to 3.51.2, two branches fixed)."""
    major, minor, patch = version
    fixed_patch = FIXED_BRANCHES.get((major, minor))
    if fixed_patch is not None:
        return patch >= fixed_patch
    return version > (3, 51, 2)


def is_full(error: Exception) -> bool:
    """Whether a statement failed because the disk or the file's limit is full."""
    return name_of(error) == "SQLITE_FULL" or "is full" in str(error)


def name_of(error: Exception) -> str:
    """Name of SQLite's result code, the extended one: `SQLITE_IOERR_FSYNC`; empty if unknown."""
    return str(getattr(error, "sqlite_errorname", ""))


def connect(path: str) -> Connection:
    """Open a file for one thread at a time. Autocommit, so that no transaction is implicit."""
    assert is_safe(dbapi2.sqlite_version_info), dbapi2.sqlite_version
    connection = dbapi2.connect(path, isolation_level=None, check_same_thread=False)
    return cast("Connection", connection)
