"""Use case: post what the hub has accepted, block by block, in the order of receipt."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

import sqlalchemy as sa

from hq_hub.services.post_block import PostedBlock, post_block
from hq_hub.store import apply_state, books
from hq_hub.store.apply_state import Cursor, WaitingFact
from hq_hub.store.documents import read_version
from hq_hub.store.engine import write_transaction
from hq_hub.store.orders import to_ms

APPLY_FACTS_MAX = 500
"""Facts a transaction: some 5,000 lines, about 0.1 s in which ingest waits for the writer."""
APPLY_BYTES_MAX = 512 * 1024
"""Bodies a transaction: bounds memory when facts are large. A line of a receipt takes 12 bytes here
and about 1 kB while it is posted, so this is some 50 MB."""


@dataclasses.dataclass(frozen=True, slots=True)
class Applied:
    """What one call did."""

    posted: int
    parked: int

    @property
    def is_idle(self) -> bool:
        """Whether nothing was waiting."""
        return self.posted + self.parked == 0


def apply_next(
    db: sa.Connection, now: datetime.datetime, facts_max: int = APPLY_FACTS_MAX
) -> Applied:
    """Post the next block of the hub's journal; what cannot be posted is parked.

    Postings, apply log, cursor and parked facts change together or not at all.
    """
    with write_transaction(db):
        return apply_block(db, now, facts_max)


def apply_block(
    db: sa.Connection, now: datetime.datetime, facts_max: int = APPLY_FACTS_MAX
) -> Applied:
    """Do as `apply_next`, inside the caller's write_transaction()."""
    cursor = apply_state.read_cursor(db)
    facts = apply_state.read_waiting(
        db, cursor.receive_no, facts_max=facts_max, bytes_max=APPLY_BYTES_MAX
    )
    if not facts:
        return Applied(0, 0)
    block = _post_and_log(db, facts, Cursor(facts[-1].receive_no, cursor.apply_no), now)
    apply_state.write_progress(db, facts)
    return Applied(len(block.posted), len(block.parked))


def retry_parked(
    db: sa.Connection, now: datetime.datetime, facts_max: int = APPLY_FACTS_MAX
) -> Applied:
    """Try parked facts again that a newer document may have put right; once a document version."""
    with write_transaction(db):
        version = read_version(db)
        facts = apply_state.read_retryable(
            db, version, facts_max=facts_max, bytes_max=APPLY_BYTES_MAX
        )
        if not facts:
            return Applied(0, 0)
        block = _post_and_log(db, facts, apply_state.read_cursor(db), now)
        apply_state.delete_parked(db, [fact for fact, _period in block.posted])
    return Applied(len(block.posted), len(block.parked))


def retry_all_parked(db: sa.Connection) -> None:
    """Ask for one more try of every parked fact: after a start the program may know more."""
    with write_transaction(db):
        apply_state.ask_to_retry_all(db)


def _post_and_log(
    db: sa.Connection, facts: Sequence[WaitingFact], cursor: Cursor, now: datetime.datetime
) -> PostedBlock:
    document_version = read_version(db)
    block = post_block(db, facts, books.IN_FORCE)
    books.write_apply_log(
        db,
        [
            (apply_no, *fact.place, document_version, fact.received_at_ms, period)
            for apply_no, (fact, period) in enumerate(block.posted, start=cursor.apply_no + 1)
        ],
    )
    apply_state.write_parked(db, block.parked, document_version=document_version, at_ms=to_ms(now))
    moved = Cursor(cursor.receive_no, cursor.apply_no + len(block.posted))
    apply_state.write_cursor(db, moved, applied_at_ms=to_ms(now))
    return block
