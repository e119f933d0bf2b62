"""Every kind of fact: new tables and columns. Made from the metadata; frozen with its release."""

from __future__ import annotations

from alembic import op

from hq_hub.store import schema_index  # noqa: F401 - its tables come into the metadata
from hq_hub.store.schema import metadata

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED_COLUMNS: tuple[str, ...] = (
    "CREATE INDEX entry_line_by_account ON entry_line"
    " (account_code, business_date, entry_store, store, epoch, seq, line_no)",
)
"""Statements for tables of revision 0001; a value that must be there has a default."""


def upgrade() -> None:
    """Add what revision 0001 lacks; the rows that are there stay as they are."""
    for statement in ADDED_COLUMNS:
        op.execute(statement)
    metadata.create_all(op.get_bind())  # Tables that are there are left alone.
