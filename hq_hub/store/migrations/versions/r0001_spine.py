"""The spine: documents, journals, books. Made from the metadata; frozen with the first release."""

from __future__ import annotations

from alembic import op

from hq_hub.store import schema_books, schema_ingest
from hq_hub.store.schema import document, metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (schema_ingest.hub_journal, schema_books.apply_log, document)
"""What everything else is made from: not even a program of ours may change a row."""


def upgrade() -> None:
    """Make every table, and the triggers of those that only grow."""
    db = op.get_bind()
    metadata.create_all(db)
    is_sqlite = db.dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            body = (
                f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
                if is_sqlite
                else "EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table.name}_refuses_{change.lower()} BEFORE {change}"
                f" ON {table.name} FOR EACH ROW {body}"
            )
