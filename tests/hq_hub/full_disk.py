"""A disk that is full, as far as one connection of the hub's database can tell."""

from __future__ import annotations

import sqlalchemy as sa

GROWING = ("hub_journal", "apply_log")
"""What a batch and a block cannot do without."""
ROOMY_PAGES = 1_000_000
REFUSE = """
CREATE FUNCTION refuse_growth() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$
"""


def fill_disk(db: sa.Connection) -> None:
    """Let nothing more in: SQLite's own limit, or PostgreSQL's own error for a full disk."""
    if db.dialect.name == "sqlite":
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    else:
        db.exec_driver_sql(REFUSE)
        for table in GROWING:
            db.exec_driver_sql(
                f"CREATE TRIGGER no_space BEFORE INSERT ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_growth()"
            )
    db.commit()


def make_room(db: sa.Connection) -> None:
    """Undo it."""
    if db.dialect.name == "sqlite":
        db.exec_driver_sql(f"PRAGMA max_page_count = {ROOMY_PAGES}")
    else:
        db.exec_driver_sql("DROP FUNCTION refuse_growth CASCADE")
    db.commit()
