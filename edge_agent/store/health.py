"""How the database file itself is doing."""

from __future__ import annotations

from edge_agent.store.rows import get_text
from edge_agent.store.sqlite_library import Connection


def quick_check(db: Connection) -> str:
    """SQLite's own check of the file: `ok`, or the first thing that is wrong."""
    row = db.execute("PRAGMA quick_check(1)").fetchone()
    assert row is not None
    return get_text(row[0])


def integrity_check(db: Connection) -> str:
    """As quick_check, and every index against its table; takes several times as long."""
    row = db.execute("PRAGMA integrity_check(1)").fetchone()
    assert row is not None
    return get_text(row[0])


def sqlite_version(db: Connection) -> str:
    """Of the library that is really used."""
    row = db.execute("SELECT sqlite_version()").fetchone()
    assert row is not None
    return get_text(row[0])
