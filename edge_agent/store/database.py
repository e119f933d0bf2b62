"""The one SQLite file of the box: opening it, and the one way to write."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from edge_agent.store.errors import DatabaseDamagedError, DiskFailedError, DiskFullError
from edge_agent.store.sqlite_library import (
    Connection,
    DatabaseError,
    OperationalError,
    connect,
    is_full,
    name_of,
)

BUSY_TIMEOUT_MS = 5_000
"""A doctor or a backup may hold the lock for a moment; a till must not fail for that."""

WAL_KEPT_BYTES_MAX = 32 << 20
"""Eight times what SQLite brings into the file at once: a long backup or doctor lets it grow."""


def open_database(path: str) -> Connection:
    """Open the journal file, ready to write."""
    db = connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")  # A sale that was confirmed survives a power cut.
    db.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES_MAX}")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return db


FAILURES: dict[str, type[DatabaseDamagedError | DiskFailedError]] = {
    "SQLITE_CORRUPT": DatabaseDamagedError,
    "SQLITE_NOTADB": DatabaseDamagedError,
    "SQLITE_IOERR": DiskFailedError,
}
"""By the beginning of a result code's name."""
NOT_TEXT = "Could not decode to UTF-8"
"""The driver's words for a text that is none; SQLite itself does not look."""


@contextlib.contextmanager
def named_damage() -> Iterator[None]:
    """Let what only a damaged file or a dying disk can raise be a sentence.

    Raises:
        DatabaseDamagedError, DiskFailedError
    """
    try:
        yield
    except UnicodeDecodeError as error:  # A column's name.
        raise DatabaseDamagedError(reason=str(error)) from error
    except DatabaseError as error:
        for name, kind in FAILURES.items():
            if name_of(error).startswith(name):
                raise kind(reason=str(error)) from error
        if str(error).startswith(NOT_TEXT):
            reason = str(error).partition(" with text")[0]
            raise DatabaseDamagedError(reason=reason) from error
        raise


@contextlib.contextmanager
def write_transaction(db: Connection) -> Iterator[None]:
    """Everything inside happens, or nothing does.

    IMMEDIATE takes the write lock at once. A plain BEGIN would fail later with SQLITE_BUSY,
    and no timeout would help, because the reader's snapshot is already old.

    Raises:
        DiskFullError: nothing was written.
    """
    assert not db.in_transaction, "write transactions do not nest"
    try:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:  # A full disk may have rolled back already.
                db.execute("ROLLBACK")
            raise
    except OperationalError as error:
        if is_full(error):
            raise DiskFullError from error
        raise


@contextlib.contextmanager
def savepoint(db: Connection) -> Iterator[None]:
    """What fails inside leaves nothing behind, and the transaction around it goes on."""
    assert db.in_transaction, "a savepoint is a part of a transaction"
    db.execute("SAVEPOINT step")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # A full disk may have rolled back already.
            db.execute("ROLLBACK TO step")
            db.execute("RELEASE step")
        raise
    db.execute("RELEASE step")
