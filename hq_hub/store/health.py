"""Looks at the database itself, for the doctor."""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.store import schema_books
from hq_hub.store.migrate import read_revision

FAULTS_MAX = 20
"""A damaged file can have thousands; some tell enough."""
PARKED_SHOWN = 20


SAFE_SETTINGS = {"fsync": "on", "server_encoding": "UTF8"}
"""Of a PostgreSQL server: without the first, what was acknowledged may be lost in a power cut."""


def read_database_faults(db: sa.Connection) -> list[str]:
    """Damage that the database finds in itself; empty when it is whole."""
    if db.dialect.name != "sqlite":
        return []
    rows = db.exec_driver_sql(f"PRAGMA quick_check({FAULTS_MAX})")
    return [str(row[0]) for row in rows if row[0] != "ok"]


def read_unsafe_settings(db: sa.Connection) -> list[str]:
    """Settings of the server that would lose facts; the hub sets SQLite's by itself."""
    if db.dialect.name == "sqlite":
        return []
    found = {name: db.exec_driver_sql(f"SHOW {name}").scalar_one() for name in SAFE_SETTINGS}
    return [
        f"{name} is {found[name]}" for name, safe in SAFE_SETTINGS.items() if found[name] != safe
    ]


def read_database_version(db: sa.Connection) -> str:
    """Engine, its version, and the revision of our tables."""
    version = ".".join(str(part) for part in db.dialect.server_version_info or ())
    return f"{db.dialect.name} {version}, revision {read_revision(db)}"


def read_parked(db: sa.Connection) -> list[str]:
    """The oldest parked facts, with their reasons."""
    table = schema_books.parked.c
    rows = db.execute(
        sa.select(table.store, table.epoch, table.seq, table.reason_code, table.detail)
        .order_by(table.receive_no)
        .limit(PARKED_SHOWN)
    )
    return [f"{r.store} {r.epoch}/{r.seq} {r.reason_code}: {r.detail}" for r in rows]
