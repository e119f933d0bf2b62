"""The spine: documents, journals, books. Frozen: its tables stand as SQL beside this module."""

from __future__ import annotations

import pathlib

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("hub_journal", "apply_log", "document")
"""What everything else is made from: not even a program of ours may change a row."""


def upgrade() -> None:
    """Make every table, and the triggers of those that only grow."""
    db = op.get_bind()
    for statement in read_statements(db.dialect.name):
        db.exec_driver_sql(statement)
    is_sqlite = db.dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            body = (
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                if is_sqlite
                else "EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change}"
                f" ON {table} FOR EACH ROW {body}"
            )


def read_statements(dialect: str) -> list[str]:
    """The statements that made this revision's tables, one a table or index, in their order."""
    text = (
        pathlib.Path(__file__).with_name(f"r0001_spine.{dialect}.sql").read_text(encoding="utf-8")
    )
    return [part for part in text.split("\n\n") if not part.startswith("--")]
