"""Where apply stands: its cursor, its log, and the facts it had to park."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Collection, Iterable, Iterator, Sequence

import sqlalchemy as sa

from hq_hub.store import rows, schema_books
from hq_hub.store.schema_ingest import hub_journal

DETAIL_LENGTH_MAX = 300
"""Of the reason that people read; what a box sent may be as long as a batch."""
PARKED_BLOCK = 100
"""Parked bodies read at once: bounds memory."""
TRY_AGAIN = -1
"""As document version of a parked fact: try it whatever the documents say."""


class ParkReason(enum.Enum):
    """Why a fact is kept but not posted. The values are shown and stored, so they stay."""

    MALFORMED_FACT = "malformed_fact"
    NEWER_FACT = "newer_fact"
    STORE_MISSING = "store_missing"
    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_DIFFERS = "document_differs"
    AUTHOR_WRONG = "author_wrong"
    """A box wrote what only headquarters may write."""
    OUT_OF_RANGE = "out_of_range"
    POSTING_FAILED = "posting_failed"


MENDED_BY_DOCUMENTS = frozenset(
    {ParkReason.STORE_MISSING, ParkReason.DOCUMENT_MISSING, ParkReason.DOCUMENT_DIFFERS}
)
"""What a new document may put right; the rest waits for a new program or a person."""


@dataclasses.dataclass(frozen=True, slots=True)
class Cursor:
    """How far the hub's journal was looked at."""

    receive_no: int
    apply_no: int
    """Of the last posted fact."""


@dataclasses.dataclass(frozen=True, slots=True)
class WaitingFact:
    """One fact of the hub's journal, as received."""

    receive_no: int
    store: str
    epoch: int
    seq: int
    received_at_ms: int
    body: bytes

    @property
    def place(self) -> tuple[str, int, int]:
        """Store, epoch, seq."""
        return (self.store, self.epoch, self.seq)


@dataclasses.dataclass(frozen=True, slots=True)
class Parked:
    """A fact that could not be posted, and why."""

    fact: WaitingFact
    reason: ParkReason
    detail: str


def read_cursor(db: sa.Connection) -> Cursor:
    """Where apply stands."""
    table = schema_books.apply_cursor.c
    row = db.execute(sa.select(table.receive_no, table.apply_no)).one()
    return Cursor(row.receive_no, row.apply_no)


def write_cursor(db: sa.Connection, cursor: Cursor, *, applied_at_ms: int) -> None:
    """Move the cursor, in the transaction of what was posted."""
    rows.replace_rows(
        db, schema_books.apply_cursor, [(1, cursor.receive_no, cursor.apply_no, applied_at_ms)]
    )


def read_waiting(
    db: sa.Connection, after_receive_no: int, *, facts_max: int, bytes_max: int
) -> list[WaitingFact]:
    """Read the next facts in the order of receipt; at least one, whatever its size."""
    statement = (
        _select_facts()
        .where(hub_journal.c.receive_no > after_receive_no)
        .order_by(hub_journal.c.receive_no)
        .limit(facts_max)
    )
    return cut_block((WaitingFact(*row) for row in db.execute(statement)), bytes_max)


def has_waiting(db: sa.Connection) -> bool:
    """Whether a fact of the hub's journal was not looked at yet."""
    newest = db.execute(sa.select(sa.func.max(hub_journal.c.receive_no))).scalar() or 0
    return int(newest) > read_cursor(db).receive_no


def iterate_parked_bodies(db: sa.Connection) -> Iterator[bytes]:
    """Bodies of all parked facts, oldest first, a block at a time."""
    parked = schema_books.parked.c
    question = (
        sa.select(hub_journal.c.body)
        .join(schema_books.parked, parked.receive_no == hub_journal.c.receive_no)
        .order_by(parked.receive_no)
    )
    for row in db.execute(question, execution_options={"yield_per": PARKED_BLOCK}):
        yield bytes(row.body)


def cut_block(facts: Iterable[WaitingFact], bytes_max: int) -> list[WaitingFact]:
    """Take facts from the front as long as their bodies fit; at least one, whatever its size."""
    block: list[WaitingFact] = []
    size = 0
    for fact in facts:
        size += len(fact.body)
        if block and size > bytes_max:
            break
        block.append(fact)
    return block


def read_retryable(
    db: sa.Connection, document_version: int, *, facts_max: int, bytes_max: int
) -> list[WaitingFact]:
    """Read parked facts that were tried before these documents, oldest first."""
    parked = schema_books.parked.c
    reasons = [reason.value for reason in MENDED_BY_DOCUMENTS]
    statement = (
        _select_facts()
        .join(schema_books.parked, parked.receive_no == hub_journal.c.receive_no)
        .where(
            sa.or_(
                parked.document_version == TRY_AGAIN,
                parked.reason_code.in_(reasons) & (parked.document_version < document_version),
            )
        )
        .order_by(parked.receive_no)
        .limit(facts_max)
    )
    return cut_block((WaitingFact(*row) for row in db.execute(statement)), bytes_max)


def ask_to_retry_all(db: sa.Connection) -> None:
    """Mark every parked fact for another try: this program may know more than the last one."""
    db.execute(sa.update(schema_books.parked).values(document_version=TRY_AGAIN))


def write_parked(
    db: sa.Connection, facts: Sequence[Parked], *, document_version: int, at_ms: int
) -> None:
    """Park facts; one that is parked already gets the new reason and the new time."""
    rows.replace_rows(
        db,
        schema_books.parked,
        [
            (
                *parked.fact.place,
                parked.fact.receive_no,
                parked.reason.value,
                parked.detail.replace("\0", "")[:DETAIL_LENGTH_MAX],
                document_version,
                at_ms,
            )
            for parked in facts
        ],
    )


def delete_parked(db: sa.Connection, facts: Collection[WaitingFact]) -> None:
    """Take facts out of the parking place: they are posted."""
    table = schema_books.parked
    for fact in facts:
        db.execute(
            sa.delete(table).where(
                table.c.store == fact.store, table.c.epoch == fact.epoch, table.c.seq == fact.seq
            )
        )


def write_progress(db: sa.Connection, facts: Sequence[WaitingFact]) -> None:
    """Note how far each store's facts were looked at; facts in seq order a store."""
    seqs = {(fact.store, fact.epoch): fact.seq for fact in facts}
    progress = [(store, epoch, seq) for (store, epoch), seq in sorted(seqs.items())]
    rows.replace_rows(db, schema_books.apply_progress, progress)


def _select_facts() -> sa.Select[int, str, int, int, int, bytes]:
    table = hub_journal.c
    return sa.select(
        table.receive_no, table.store, table.epoch, table.seq, table.received_at_ms, table.body
    )
