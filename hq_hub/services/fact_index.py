"""Use case: keep the facts of the hub's journal findable, behind apply, block by block."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from hq_hub.store import apply_state
from hq_hub.store import fact_index as index_store
from hq_hub.store.apply_state import WaitingFact
from hq_hub.store.engine import write_transaction
from hq_hub.store.fact_index import IN_FORCE, IndexTables
from hq_hub.store.rows import Row
from protos.fact_view import FactView, view_fact

INDEX_FACTS_MAX = 500
"""Facts a transaction: some 20 ms in which ingest and apply wait for the writer."""
INDEX_BYTES_MAX = 512 * 1024
"""Bodies a transaction: bounds memory when facts are large."""
TEXT_LENGTH_MAX = 64
"""Of what is searched by; longer than any number that people type."""
NUMBER_MAX = 2**63 - 1
"""What a column holds; a receipt number beyond is nobody's."""


def index_next(db: sa.Connection) -> int:
    """Index the next facts of the journal; returns how many, 0 when there are none.

    The books come first: apply never waits for this, and a search says how far it has come.
    """
    with write_transaction(db):
        facts = _read_block(db, index_store.read_cursor(db))
        if facts:
            _write(db, facts, IN_FORCE)
            index_store.write_cursor(db, facts[-1].receive_no)
    return len(facts)


def index_again(db: sa.Connection, tables: IndexTables) -> None:
    """Fold the journal into empty tables as far as the cursor says, in the caller's transaction."""
    through = index_store.read_cursor(db)
    last = 0
    while facts := [fact for fact in _read_block(db, last) if fact.receive_no <= through]:
        _write(db, facts, tables)
        last = facts[-1].receive_no


def _read_block(db: sa.Connection, after: int) -> list[WaitingFact]:
    return apply_state.read_waiting(db, after, facts_max=INDEX_FACTS_MAX, bytes_max=INDEX_BYTES_MAX)


def _write(db: sa.Connection, facts: Sequence[WaitingFact], tables: IndexTables) -> None:
    indexed: list[Row] = []
    causes: list[Row] = []
    for fact in facts:
        view = view_fact(fact.body)
        indexed.append(_make_row(fact, view))
        causes += [(cause.bytes, fact.receive_no) for cause in sorted(set(view.causes))]
    index_store.write_index(db, tables, indexed, causes)


def _make_row(fact: WaitingFact, view: FactView) -> Row:
    date, receipt_no = view.business_date, view.receipt_no
    return (
        fact.store,
        "" if date is None else date.isoformat(),
        fact.receive_no,
        view.kind_no,
        _cut(view.staff_no),
        _cut(view.register_no),
        receipt_no if receipt_no and receipt_no <= NUMBER_MAX else None,
        _cut(view.document_no) or None,
    )


def _cut(text: str) -> str:
    """What a text column of every engine holds; what a box sent may be as long as a batch."""
    return text.replace("\0", "")[:TEXT_LENGTH_MAX]
