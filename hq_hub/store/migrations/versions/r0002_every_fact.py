"""Every kind of fact: new tables and columns. Made from the metadata; frozen with its release."""

from __future__ import annotations

from alembic import op

from hq_hub.store import schema_people  # noqa: F401 - its tables come into the metadata
from hq_hub.store.schema import metadata

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED_COLUMNS: tuple[str, ...] = (
    "ALTER TABLE store ADD COLUMN region TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE hub_user ADD COLUMN reach TEXT NOT NULL DEFAULT 'all'",
    "ALTER TABLE hub_user ADD COLUMN own_limits TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE hub_user ADD COLUMN staff_no TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE hub_user ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0",
)
"""ALTER statements for tables of revision 0001; a value that must be there has a default."""


def upgrade() -> None:
    """Add what revision 0001 lacks; the rows that are there stay as they are."""
    for statement in ADDED_COLUMNS:
        op.execute(statement)
    metadata.create_all(op.get_bind())  # Tables that are there are left alone.
