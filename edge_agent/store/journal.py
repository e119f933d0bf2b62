"""The journal of the box: append-only, the only writer of the projections and the cursor."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator

from edge_agent.store.errors import JournalDamagedError
from edge_agent.store.identity import Identity
from edge_agent.store.projections import fold_fact
from edge_agent.store.rows import get_bytes, get_int
from edge_agent.store.sqlite_library import Connection
from protos import chain, codec
from protos.chain import GENESIS
from protos.instant import EPOCH_START, MILLISECOND
from retail_domain.trade.fact import Fact, Happening, Position
from retail_domain.trade.ticket import Ticket

FOLD_BLOCK_FACTS = 1_000
"""Facts read at once when the whole journal is read: bounds memory, not speed."""


LAST_TICKET_LOOKBACK = 50
TICKET_LOOKBACK = 5_000
"""Some days of a busy store: who has an older receipt scans its code."""
"""A register that was idle for longer than this many tickets of the store shows no last receipt."""


@dataclasses.dataclass(frozen=True, slots=True)
class Tail:
    """Where the journal ends, and how much of it the hub holds."""

    epoch: int
    seq: int
    """0 when the epoch has no fact yet."""
    head: bytes
    durable_seq: int
    hub_generation: int
    oldest_unacknowledged_at_ms: int | None
    """Wall clock of the first fact that the hub has not acknowledged."""


@dataclasses.dataclass(frozen=True, slots=True)
class JournalSlice:
    """Facts of one epoch in seq order, without gaps, with the chain at both ends."""

    epoch: int
    first_seq: int
    last_seq: int
    head_before: bytes
    head: bytes
    bodies: tuple[bytes, ...]


def append_fact(db: Connection, identity: Identity, happening: Happening) -> Fact:
    """Give a happening its place and write it: journal, projections and cursor's tail together.

    All rows share the caller's transaction, so stock is always the sum of the journal, and
    nothing that happened can miss the hub.

    Raises:
        IntegrityError: `fact_id` is already there.
    """
    assert db.in_transaction, "call inside write_transaction()"
    row = db.execute("SELECT epoch, tail_seq, tail_head FROM ack_cursor").fetchone()
    assert row is not None
    epoch, seq, head_before = get_int(row[0]), get_int(row[1]) + 1, get_bytes(row[2])
    fact = Fact(Position(identity.store, identity.box_id, epoch, seq), happening)
    body = codec.encode_fact(fact)
    head = chain.next_head(head_before, body)
    wall_at_ms = (happening.wall_at - EPOCH_START) // MILLISECOND
    db.execute(
        "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)",
        (epoch, seq, happening.fact_id.bytes, happening.kind.value, wall_at_ms, body, head),
    )
    db.execute("UPDATE ack_cursor SET tail_seq = ?, tail_head = ?", (seq, head))
    fold_fact(db, fact)
    return fact


def find_fact(db: Connection, fact_id: uuid.UUID) -> Fact | None:
    """The fact with this identity, if it happened here."""
    row = db.execute("SELECT body FROM journal WHERE fact_id = ?", (fact_id.bytes,)).fetchone()
    return None if row is None else codec.decode_fact(get_bytes(row[0]))


def read_last_ticket(db: Connection, register_no: str) -> Fact | None:
    """The register's newest ticket, looking back LAST_TICKET_LOOKBACK facts at most."""
    rows = db.execute(
        "SELECT body FROM journal WHERE kind = 'ticket' ORDER BY epoch DESC, seq DESC LIMIT ?",
        (LAST_TICKET_LOOKBACK,),
    ).fetchall()
    for (body,) in rows:
        fact = codec.decode_fact(get_bytes(body))
        if fact.happening.register_no == register_no:
            return fact
    return None


def find_ticket(db: Connection, register_no: str, receipt_no: int) -> Fact | None:
    """A register's ticket by its number, looking back TICKET_LOOKBACK tickets of the store."""
    rows = db.execute(
        "SELECT body FROM journal WHERE kind = 'ticket' ORDER BY epoch DESC, seq DESC LIMIT ?",
        (TICKET_LOOKBACK,),
    ).fetchall()
    for (body,) in rows:
        fact = codec.decode_fact(get_bytes(body))
        ticket = fact.happening.payload
        assert isinstance(ticket, Ticket)
        if (fact.happening.register_no, ticket.receipt_no) == (register_no, receipt_no):
            return fact
    return None


def count_reprints(db: Connection, ticket_id: uuid.UUID) -> int:
    """How often a receipt was printed again; reprints are few."""
    bodies = db.execute("SELECT body FROM journal WHERE kind = 'receipt_reprinted'").fetchall()
    facts = (codec.decode_fact(get_bytes(body)) for (body,) in bodies)
    return sum(ticket_id in fact.happening.causes for fact in facts)


def read_tail(db: Connection) -> Tail:
    """Where the journal ends."""
    row = db.execute(
        "SELECT epoch, tail_seq, tail_head, durable_seq, hub_generation FROM ack_cursor"
    ).fetchone()
    assert row is not None
    epoch, durable_seq = get_int(row[0]), get_int(row[3])
    oldest = db.execute(
        "SELECT wall_at_ms FROM journal WHERE epoch = ? AND seq = ?", (epoch, durable_seq + 1)
    ).fetchone()
    return Tail(
        epoch=epoch,
        seq=get_int(row[1]),
        head=get_bytes(row[2]),
        durable_seq=durable_seq,
        hub_generation=get_int(row[4]),
        oldest_unacknowledged_at_ms=None if oldest is None else get_int(oldest[0]),
    )


def read_head(db: Connection, epoch: int, seq: int) -> bytes | None:
    """Chain after a fact; seq 0 is the epoch's start. None when this journal has no such place."""
    if seq == 0:
        row = db.execute(
            "SELECT epoch_start_head FROM ack_cursor WHERE epoch = ?", (epoch,)
        ).fetchone()
    else:
        row = db.execute(
            "SELECT head FROM journal WHERE epoch = ? AND seq = ?", (epoch, seq)
        ).fetchone()
    return None if row is None else get_bytes(row[0])


def read_batch(
    db: Connection, after_seq: int, *, facts_max: int, bytes_max: int
) -> JournalSlice | None:
    """The next facts of this epoch after a place; at least one, whatever its size.

    Returns:
        None when nothing is after it.
    """
    epoch = read_tail(db).epoch
    rows = db.execute(
        "SELECT seq, body, head FROM journal WHERE epoch = ? AND seq > ? ORDER BY seq LIMIT ?",
        (epoch, after_seq, facts_max),
    ).fetchall()
    if not rows:
        return None
    bodies: list[bytes] = []
    size = 0
    for _seq, body, _head in rows:
        size += len(get_bytes(body))
        if bodies and size > bytes_max:
            break
        bodies.append(get_bytes(body))
    head_before = read_head(db, epoch, after_seq)
    assert head_before is not None
    last = rows[len(bodies) - 1]
    return JournalSlice(
        epoch=epoch,
        first_seq=after_seq + 1,
        last_seq=get_int(last[0]),
        head_before=head_before,
        head=get_bytes(last[2]),
        bodies=tuple(bodies),
    )


def accept_ack(
    db: Connection, *, epoch: int, durable_seq: int, durable_head: bytes, hub_generation: int
) -> bool:
    """Move the cursor to what the hub holds, if that is our own history.

    In a generation that we know the cursor only rises. A newer generation (the hub was restored
    from a backup) is adopted together with its cursor, which may be lower: what follows is sent
    again. An answer of an older generation moves nothing.

    Returns:
        False when our journal has another head there (a restored or cloned box, a fork).
    """
    assert db.in_transaction, "call inside write_transaction()"
    if read_head(db, epoch, durable_seq) != durable_head:
        return False
    db.execute(
        """
        UPDATE ack_cursor SET
            durable_seq = CASE WHEN hub_generation = ?1 THEN max(durable_seq, ?2) ELSE ?2 END,
            hub_generation = ?1
        WHERE epoch = ?3 AND hub_generation <= ?1
        """,
        (hub_generation, durable_seq, epoch),
    )
    return True


def walk_chain(db: Connection) -> int:
    """Recompute the chain over all facts, former epochs too; nothing is decoded.

    Returns:
        How many facts there are.

    Raises:
        JournalDamagedError: a body, a head or a place is not what was written.
    """
    tail = read_tail(db)
    start = read_head(db, tail.epoch, 0)
    assert start is not None
    place, head, count = (0, 0), GENESIS, 0
    for (epoch, seq), body, stored_head in iterate_stored(db):
        is_first = epoch > place[0]
        if is_first and epoch == tail.epoch:
            # A box that took another's place gets the former facts later: it begins at the start.
            head = start if count == 0 or head == start else b""
        is_next = seq == 1 if is_first else (epoch, seq) == (place[0], place[1] + 1)
        if not is_next or not head or chain.next_head(head, body) != stored_head:
            raise JournalDamagedError(reason=f"epoch {epoch}, seq {seq}")
        place, head, count = (epoch, seq), stored_head, count + 1
    if place[0] != tail.epoch:  # The epoch has no fact yet.
        place, head = (tail.epoch, 0), start
    if (place[1], head) != (tail.seq, tail.head):
        raise JournalDamagedError(reason=f"it ends at {place[1]}, not at {tail.seq}")
    return count


def count_strange_rows(db: Connection) -> tuple[int, int]:
    """How many facts there are, and of how many identity, kind or time is not that of the body.

    These columns are for finding a fact; its bytes alone are hashed.
    """
    facts = strange = 0
    for _place, body, _head in iterate_stored(db):
        happening = codec.decode_fact(body).happening
        row = db.execute(
            "SELECT kind, wall_at_ms FROM journal WHERE fact_id = ?", (happening.fact_id.bytes,)
        ).fetchone()
        wall_at_ms = (happening.wall_at - EPOCH_START) // MILLISECOND
        facts, strange = facts + 1, strange + (row != (happening.kind.value, wall_at_ms))
    return facts, strange


def iterate_facts(
    db: Connection, *, after: tuple[int, int] = (0, 0)
) -> Iterator[tuple[Fact, bytes, bytes]]:
    """Facts behind a place (epoch, seq) with body and head, in journal order."""
    for _place, body, head in iterate_stored(db, after=after):
        yield codec.decode_fact(body), body, head


def iterate_stored(
    db: Connection, *, after: tuple[int, int] = (0, 0)
) -> Iterator[tuple[tuple[int, int], bytes, bytes]]:
    """Place, body and head of all facts behind a place (epoch, seq), in journal order.

    Read FOLD_BLOCK_FACTS at a time.
    """
    epoch, seq = after
    while True:
        rows = db.execute(
            """
            SELECT epoch, seq, body, head FROM journal WHERE (epoch, seq) > (?, ?)
            ORDER BY epoch, seq LIMIT ?
            """,
            (epoch, seq, FOLD_BLOCK_FACTS),
        ).fetchall()
        for row in rows:
            epoch, seq = get_int(row[0]), get_int(row[1])
            yield (epoch, seq), get_bytes(row[2]), get_bytes(row[3])
        if len(rows) < FOLD_BLOCK_FACTS:
            return
