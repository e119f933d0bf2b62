"""Fresh projections beside those in force, for a rebuild that is compared and thrown away."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator

import sqlalchemy as sa

from hq_hub.store import schema_books, schema_index
from hq_hub.store.apply_state import WaitingFact, cut_block
from hq_hub.store.books import BookTables
from hq_hub.store.engine import begin_snapshot
from hq_hub.store.fact_index import IndexTables
from hq_hub.store.schema_ingest import hub_journal

SCRATCH = {"sqlite": "scratch", "postgresql": "pg_temp"}
"""Schema of the fresh tables, by engine: a file of its own, or what a session has to itself; in
both the hub may go on writing. Their names differ from those in force, which pg_temp would hide."""
COMPARE_ROWS = 1_000
"""Rows read at once when two tables are compared: bounds memory."""


@contextlib.contextmanager
def fresh_tables(db: sa.Connection, folder: str) -> Iterator[BookTables]:
    """Open a transaction that sees one instant, with empty projections; nothing of it remains.

    Args:
        db: not in a transaction.
        folder: with room for a copy of the books (SQLite).
    """
    copies = sa.MetaData()
    schema = SCRATCH[db.dialect.name]
    tables = BookTables(
        **{
            table.name: table.to_metadata(copies, schema=schema, name=f"rebuilt_{table.name}")
            for table in schema_books.PROJECTIONS
        }
    )
    with contextlib.ExitStack() as stack:
        if db.dialect.name == "sqlite":
            stack.enter_context(_attached_file(db, folder, schema))
        transaction = stack.enter_context(contextlib.closing(db.begin()))
        begin_snapshot(db)
        copies.create_all(db, checkfirst=False)
        yield tables
        transaction.rollback()


def fresh_index(db: sa.Connection) -> IndexTables:
    """An empty index of facts, inside the transaction of fresh_tables()."""
    copies = sa.MetaData()
    schema = SCRATCH[db.dialect.name]
    tables = IndexTables(
        *(
            table.to_metadata(copies, schema=schema, name=f"rebuilt_{table.name}")
            for table in (schema_index.fact_index, schema_index.fact_cause)
        )
    )
    copies.create_all(db, checkfirst=False)
    return tables


@contextlib.contextmanager
def _attached_file(db: sa.Connection, folder: str, schema: str) -> Iterator[None]:
    with tempfile.NamedTemporaryFile(dir=folder, prefix="rebuilt-", suffix=".db") as file:
        name = file.name.replace("'", "''")
        _say(db, f"ATTACH '{name}' AS {schema}")
        _say(db, f"PRAGMA {schema}.synchronous = OFF")  # It is thrown away.
        try:
            yield
        finally:
            db.rollback()
            _say(db, f"DETACH {schema}")


def _say(db: sa.Connection, sql: str) -> None:
    """Run what SQLite runs outside a transaction only."""
    db.exec_driver_sql(sql)
    db.rollback()


def read_log(
    db: sa.Connection, after_apply_no: int, *, facts_max: int, bytes_max: int
) -> list[WaitingFact]:
    """Read posted facts in the order of the apply log; `receive_no` holds their apply number."""
    log, journal = schema_books.apply_log.c, hub_journal.c
    statement = (
        sa.select(log.apply_no, log.store, log.epoch, log.seq, journal.received_at_ms, journal.body)
        .join(
            hub_journal,
            (journal.store == log.store) & (journal.epoch == log.epoch) & (journal.seq == log.seq),
        )
        .where(log.apply_no > after_apply_no)
        .order_by(log.apply_no)
        .limit(facts_max)
    )
    return cut_block((WaitingFact(*row) for row in db.execute(statement)), bytes_max)


def empty_projections(db: sa.Connection) -> None:
    """Delete the projections in force, inside the transaction that makes them again."""
    for table in schema_books.PROJECTIONS:
        db.execute(sa.delete(table))


def digest_table(db: sa.Connection, table: sa.Table) -> tuple[int, str]:
    """Count and hash the rows of a table, in the order of its key."""
    digest = hashlib.blake2b(digest_size=16)
    count = 0
    ordered = sa.select(table).order_by(*table.primary_key)
    result = db.execute(ordered, execution_options={"yield_per": COMPARE_ROWS})
    for row in result:
        digest.update(repr(tuple(row)).encode())
        count += 1
    return count, digest.hexdigest()
