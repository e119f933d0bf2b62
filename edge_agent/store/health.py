"""How the database file itself is doing."""

from __future__ import annotations

from edge_agent.store.rows import get_text
from edge_agent.store.sqlite_library import Connection, OperationalError, name_of


def quick_check(db: Connection) -> str:
    """SQLite's own check of the file: `ok`, or the first thing that is wrong."""
    return _ask(db, "PRAGMA quick_check(1)")


def integrity_check(db: Connection) -> str:
    """As quick_check, and every index against its table; takes several times as long."""
    return _ask(db, "PRAGMA integrity_check(1)")


def sqlite_version(db: Connection) -> str:
    """Of the library that is really used."""
    row = db.execute("SELECT sqlite_version()").fetchone()
    assert row is not None
    return get_text(row[0])


def _ask(db: Connection, sql: str) -> str:
    try:
        row = db.execute(sql).fetchone()
    except OperationalError as error:
        if name_of(error) != "SQLITE_ERROR":
            raise
        return str(error)  # A table's own text is damaged: it names a function that there is not.
    assert row is not None
    return get_text(row[0])
