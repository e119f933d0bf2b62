"""Use case: make the projections again from journals, documents and apply log, and compare."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.services.apply import APPLY_BYTES_MAX, APPLY_FACTS_MAX
from hq_hub.services.fact_index import index_again
from hq_hub.services.post_block import post_block
from hq_hub.store import books, fact_index, schema_books, scratch
from hq_hub.store.books import BookTables
from hq_hub.store.engine import write_transaction
from hq_hub.store.migrate import are_books_of_today, note_books_of_today


@dataclasses.dataclass(frozen=True, slots=True)
class TableCheck:
    """One projection: in force and made again."""

    table: str
    rows: int
    rebuilt_rows: int
    is_equal: bool
    """To the byte."""


def verify_projections(db: sa.Connection, folder: str) -> list[TableCheck]:
    """Fold everything again into fresh tables, compare, and throw them away.

    The hub may go on writing meanwhile: one instant is compared.

    Args:
        db: of an engine that may write; not in a transaction.
        folder: with room for a copy of the books.

    Returns:
        One check a projection; the first tells whether every logged fact could be posted again.
    """
    with scratch.fresh_tables(db, folder) as fresh:
        logged, posted = _fold(db, fresh)
        checks = [TableCheck("apply_log", logged, posted, logged == posted)]
        checks += [
            _compare(db, table, getattr(fresh, table.name)) for table in schema_books.PROJECTIONS
        ]
        index = scratch.fresh_index(db)
        index_again(db, index)
        checks.append(_compare(db, fact_index.IN_FORCE.fact_index, index.fact_index))
        checks.append(_compare(db, fact_index.IN_FORCE.fact_cause, index.fact_cause))
    return checks


def rebuild_projections(db: sa.Connection) -> int:
    """Put projections that were made again in place of those in force; returns the facts posted."""
    with write_transaction(db):
        scratch.empty_projections(db)
        logged, posted = _fold(db, books.IN_FORCE)
        assert logged == posted, (logged, posted)
        fact_index.empty_index(db)
        index_again(db, fact_index.IN_FORCE)
        note_books_of_today(db)
    return posted


def renew_books(db: sa.Connection) -> int:
    """Fold the books again when an earlier program made them: old facts have new rows now.

    A repeat does nothing. Dying half-way leaves the old books, and the next start begins again.

    Args:
        db: not in a transaction; nobody else posts meanwhile.

    Returns:
        Facts posted again; 0 when the books are of today.
    """
    is_of_today = are_books_of_today(db)
    db.rollback()
    return 0 if is_of_today else rebuild_projections(db)


def _compare(db: sa.Connection, table: sa.Table, rebuilt: sa.Table) -> TableCheck:
    rows, digest = scratch.digest_table(db, table)
    rebuilt_rows, rebuilt_digest = scratch.digest_table(db, rebuilt)
    return TableCheck(table.name, rows, rebuilt_rows, digest == rebuilt_digest)


def _fold(db: sa.Connection, tables: BookTables) -> tuple[int, int]:
    """Post all facts of the apply log; returns how many it has and how many could be posted."""
    logged = posted = 0
    while facts := scratch.read_log(
        db, logged, facts_max=APPLY_FACTS_MAX, bytes_max=APPLY_BYTES_MAX
    ):
        block = post_block(db, facts, tables)
        logged += len(facts)
        posted += len(block.posted)
    return logged, posted
