"""Writes the index of facts: which rows there are, and how far the journal is indexed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import sqlalchemy as sa

from hq_hub.store import rows, schema_index
from hq_hub.store.rows import Row


@dataclasses.dataclass(frozen=True, slots=True)
class IndexTables:
    """Where the index is folded into: the tables in force, or fresh ones of a rebuild."""

    fact_index: sa.Table
    fact_cause: sa.Table


IN_FORCE = IndexTables(schema_index.fact_index, schema_index.fact_cause)


def read_cursor(db: sa.Connection) -> int:
    """Number of the last fact that is indexed; 0 before the first."""
    indexed = db.execute(sa.select(schema_index.fact_index_cursor.c.receive_no)).scalar()
    return int(indexed or 0)


def write_cursor(db: sa.Connection, receive_no: int) -> None:
    """Move the cursor, in the transaction of what was indexed."""
    rows.replace_rows(db, schema_index.fact_index_cursor, [(1, receive_no)])


def write_index(
    db: sa.Connection, tables: IndexTables, facts: Sequence[Row], causes: Sequence[Row]
) -> None:
    """Add facts to the index; none of them may be there."""
    rows.insert_rows(db, tables.fact_index, facts)
    rows.insert_rows(db, tables.fact_cause, causes)


def empty_index(db: sa.Connection) -> None:
    """Delete the index in force, inside the transaction that makes it again."""
    for table in (schema_index.fact_index, schema_index.fact_cause):
        db.execute(sa.delete(table))
