"""The hub's journal: what the boxes sent, byte for byte, and how far each is kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import sqlalchemy as sa

from hq_hub.store.engine import lock_receive_order
from hq_hub.store.rows import insert_rows, read_rows
from hq_hub.store.schema import hub_state
from hq_hub.store.schema_books import apply_progress, parked
from hq_hub.store.schema_ingest import durable_cursor, hub_journal
from protos.chain import HEAD_BYTES

# Written once: putting a statement together takes longer than running it.
HEAD_AT_START = sa.select(durable_cursor.c.epoch_start_head).where(
    durable_cursor.c.store == sa.bindparam("store"), durable_cursor.c.epoch == sa.bindparam("epoch")
)
HEAD_AT = sa.select(hub_journal.c.head).where(
    hub_journal.c.store == sa.bindparam("store"),
    hub_journal.c.epoch == sa.bindparam("epoch"),
    hub_journal.c.seq == sa.bindparam("seq"),
)
CURSORS_OF_STORE = (
    sa.select(durable_cursor.c.epoch)
    .where(durable_cursor.c.store == sa.bindparam("store"))
    .order_by(durable_cursor.c.epoch)
    .with_for_update()
)
LAST_RECEIVE_NO = sa.select(sa.func.max(hub_journal.c.receive_no))
MOVE_CURSOR = (
    sa.update(durable_cursor)
    .where(
        durable_cursor.c.store == sa.bindparam("of_store"),
        durable_cursor.c.epoch == sa.bindparam("of_epoch"),
        durable_cursor.c.durable_seq == sa.bindparam("seq_before"),
    )
    .values(durable_seq=sa.bindparam("durable_seq"), durable_head=sa.bindparam("durable_head"))
)
PROGRESS = sa.select(
    hub_state.c.generation,
    sa.func.coalesce(
        sa.select(apply_progress.c.seq)
        .where(
            apply_progress.c.store == sa.bindparam("store"),
            apply_progress.c.epoch == sa.bindparam("epoch"),
        )
        .scalar_subquery(),
        0,
    ),
    sa.select(sa.func.count())
    .select_from(parked)
    .where(parked.c.store == sa.bindparam("store"))
    .scalar_subquery(),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Cursor:
    """How far one epoch of a store is kept."""

    durable_seq: int
    """0 when nothing is."""
    durable_head: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class ReceivedFact:
    """One fact as it will stand in the journal."""

    seq: int
    fact_id: bytes | None
    """16 bytes; None when the body has none that can be read."""
    kind: int
    """Number of FactKind in fact.proto."""
    body: bytes
    head: bytes
    """Chain after it."""


@dataclasses.dataclass(frozen=True, slots=True)
class StoredFact:
    """One fact of the journal in its place."""

    epoch: int
    seq: int
    body: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """What an ack says beside the cursor."""

    hub_generation: int
    applied_seq: int
    parked_facts: int
    """Of the store, over all its epochs."""


def open_epoch(db: sa.Connection, store: str, epoch: int, epoch_start_head: bytes) -> None:
    """Begin the history of a new box: seq 1 goes on from the last accepted head of the store."""
    assert len(epoch_start_head) == HEAD_BYTES
    insert_rows(db, durable_cursor, [(store, epoch, 0, epoch_start_head, epoch_start_head)])


def lock_store(db: sa.Connection, store: str) -> None:
    """Wait until whoever changes a store's journal has committed; for receive_transaction().

    Locks the store's cursor rows on PostgreSQL; SQLite, which has one writer, knows no row locks.
    """
    db.execute(CURSORS_OF_STORE, {"store": store}).all()


def read_cursor(db: sa.Connection, store: str, epoch: int) -> Cursor:
    """How far an opened epoch is kept."""
    found = read_rows(db, durable_cursor, [(store, epoch)])
    _store, _epoch, durable_seq, durable_head, _epoch_start_head = found[0]
    return Cursor(durable_seq, durable_head)


def read_head(db: sa.Connection, store: str, epoch: int, seq: int) -> bytes:
    """Chain after a fact that is kept; seq 0 is the epoch's start."""
    place = {"store": store, "epoch": epoch, "seq": seq}
    head: bytes = db.execute(HEAD_AT_START if seq == 0 else HEAD_AT, place).scalar_one()
    return head


def append_facts(
    db: sa.Connection, *, store: str, epoch: int, facts: Sequence[ReceivedFact], received_at_ms: int
) -> Cursor:
    """Write facts and move the cursor, inside the caller's transaction.

    Receive numbers have no gaps, and a lower one is never seen after a higher one: whoever gives
    them waits for the commit of whoever gave them before.

    Args:
        db: in write_transaction(), or in receive_transaction() with the store locked.
        store: whose journal.
        epoch: which life of it.
        facts: in seq order from the cursor on, at least one.
        received_at_ms: hub's clock.

    Raises:
        IntegrityError: a fact_id of the store is here already.
    """
    lock_receive_order(db)
    receive_no = db.execute(LAST_RECEIVE_NO).scalar() or 0
    rows = [
        (receive_no + place, store, epoch, f.seq, f.fact_id, f.kind, f.body, f.head, received_at_ms)
        for place, f in enumerate(facts, start=1)
    ]
    insert_rows(db, hub_journal, rows)
    last = facts[-1]
    moved = db.execute(
        MOVE_CURSOR,
        {
            "of_store": store,
            "of_epoch": epoch,
            "seq_before": facts[0].seq - 1,
            "durable_seq": last.seq,
            "durable_head": last.head,
        },
    )
    assert moved.rowcount == 1, (store, epoch, facts[0].seq)
    return Cursor(last.seq, last.head)


def has_any_fact_id(db: sa.Connection, store: str, fact_ids: Sequence[bytes]) -> bool:
    """Whether a store's journal holds one of these already; at most a batch of them."""
    question = sa.select(hub_journal.c.receive_no).where(
        hub_journal.c.store == store, hub_journal.c.fact_id.in_(fact_ids)
    )
    return db.execute(question.limit(1)).first() is not None


def read_history(
    db: sa.Connection, store: str, *, before_epoch: int, after: tuple[int, int], facts_max: int
) -> list[StoredFact]:
    """A store's facts of former epochs behind a place (epoch, seq), in their order."""
    table = hub_journal.c
    question = (
        sa.select(table.epoch, table.seq, table.body)
        .where(
            table.store == store,
            table.epoch < before_epoch,
            sa.tuple_(table.epoch, table.seq) > sa.tuple_(*after),
        )
        .order_by(table.epoch, table.seq)
        .limit(facts_max)
    )
    return [StoredFact(row.epoch, row.seq, bytes(row.body)) for row in db.execute(question)]


def read_received_span(
    db: sa.Connection, store: str, epoch: int, after_seq: int
) -> tuple[int | None, int | None]:
    """When the first and the last fact after a place were received; None without any."""
    row = db.execute(
        sa.select(
            sa.func.min(hub_journal.c.received_at_ms), sa.func.max(hub_journal.c.received_at_ms)
        ).where(
            hub_journal.c.store == store,
            hub_journal.c.epoch == epoch,
            hub_journal.c.seq > after_seq,
        )
    ).one()
    return row[0], row[1]


def read_progress(db: sa.Connection, store: str, epoch: int) -> Progress:
    """What is posted and what is parked, with the hub's life."""
    return Progress(*db.execute(PROGRESS, {"store": store, "epoch": epoch}).one())
