"""Messages that no honest box sends, each with the answer that it must get; nothing may change."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable

from hq_hub.services import batches
from hq_hub.services.batch_rules import (
    BATCH_FACTS_MAX,
    CONTENT_BYTES_MAX,
    OUTCOME_OF_REASON,
    Caller,
    Reason,
)
from protos import chain, codec, signing
from protos.documents import ORDERS_FEED
from protos.liushui.v1 import fact_pb2, sync_pb2
from retail_domain.trade.fact import Fact, Position
from retail_domain.trade.void import DrawerOpened
from tests.prove.fuse import DiedError
from tests.prove.keys import make_key
from tests.prove.machine import Machine
from tests.prove.templates import START
from tests.prove.world import World
from tests.retail_domain.builders import make_happening

STRANGER_KEY = 9_999
LIES_A_RUN = 6
"""About so many are told in a run: a few runs tell them all."""
KEPT = "SELECT count(*), sum(length(body)) FROM hub_journal"
CURSORS = "SELECT store, epoch, durable_seq, durable_head FROM durable_cursor ORDER BY 1, 2"
REFUSED = "SELECT coalesce(sum(times), 0) FROM quarantine WHERE store = ?"
HEARD = "SELECT * FROM heard_from ORDER BY 1"
CERTIFICATES = "SELECT * FROM day_certificate ORDER BY 1, 2"


class Liar:
    """Knows where the hub stands with a store, and can sign as its box."""

    def __init__(self, world: World, machine: Machine) -> None:
        self.world, self.machine, self.box = world, machine, machine.enrolled
        (row,) = world.hub.ask(
            "SELECT epoch, durable_seq, durable_head FROM durable_cursor WHERE store = ?"
            " ORDER BY epoch DESC LIMIT 1",
            machine.store,
        )
        self.epoch, self.seq, self.head = row
        self.key = machine.key

    def body(self, seq: int, fact_id: uuid.UUID | None = None, **place: object) -> bytes:
        """A fact at a place; of another author if `place` says so."""
        position = Position(self.box.store, self.box.box_id, self.epoch, seq)
        position = dataclasses.replace(position, **place)  # type: ignore[arg-type]  # By its fields.
        chosen = fact_id or uuid.UUID(int=self.world.random.getrandbits(128))
        happening = make_happening(DrawerOpened("change", ""), wall_at=START)
        return codec.encode_fact(Fact(position, dataclasses.replace(happening, fact_id=chosen)))

    def batch(self, bodies: list[bytes], first_seq: int = 0) -> sync_pb2.SyncBatch:
        """Goes on from what the hub holds, as an honest box's would."""
        first_seq = first_seq or self.seq + 1
        return sync_pb2.SyncBatch(
            store=self.box.store,
            box_id=self.box.box_id,
            epoch=self.epoch,
            first_seq=first_seq,
            last_seq=first_seq + len(bodies) - 1,
            head_before=self.head,
            head=chain.fold_heads(self.head, bodies),
            bodies=bodies,
            hub_generation=1,
        )

    def next_batch(self) -> sync_pb2.SyncBatch:
        """Two facts that could be true."""
        return self.batch([self.body(self.seq + 1), self.body(self.seq + 2)])

    def sign(
        self, batch: sync_pb2.SyncBatch, context: bytes = signing.BATCH_CONTEXT
    ) -> sync_pb2.SignedBatch:
        content = batch.SerializeToString()
        return sync_pb2.SignedBatch(
            content=content, signature=signing.sign(self.key, context, content)
        )

    def kept_id(self) -> uuid.UUID | None:
        """A fact that the hub has already."""
        rows = self.world.hub.ask(
            "SELECT fact_id FROM hub_journal WHERE store = ? AND fact_id IS NOT NULL LIMIT 1",
            self.box.store,
        )
        return uuid.UUID(bytes=rows[0][0]) if rows else None


Lie = Callable[[Liar], tuple[sync_pb2.SignedBatch, Caller] | None]


def lie(world: World) -> None:
    """Tell the hub one lie, as some store's box, and look at what it does."""
    machine = world.shops[world.random.choice(world.stores)].machine
    if machine.store in world.denied:
        return
    world.lies_told += 1
    reason, make = LIES[(world.seed * LIES_A_RUN + world.lies_told) % len(LIES)]
    liar = Liar(world, machine)
    told = make(liar)
    if told is None or liar.epoch != liar.box.epoch:
        return
    signed, caller = told
    before = [world.hub.ask(sql) for sql in (KEPT, CURSORS)]
    ((refused,),) = world.hub.ask(REFUSED, caller.store)
    try:
        ack = world.hub.do("batch", batches.accept_batch, signed, caller, world.wall_at())
    except DiedError:
        return
    name = make.__name__.strip("_")
    world.faults[f"lie_{name}"] += 1
    assert before == [world.hub.ask(sql) for sql in (KEPT, CURSORS)], f"altered: by {name}"
    assert ack.reason_code == reason.value, f"altered: {name} was answered {ack.reason_code!r}"
    assert ack.outcome == OUTCOME_OF_REASON[reason], f"altered: {name}: {ack.outcome}"
    ((now,),) = world.hub.ask(REFUSED, caller.store)
    assert now == refused + 1, f"lost: {name} is not in quarantine"
    _watch_limits(world, caller.store)


def _watch_limits(world: World, store: str) -> None:
    """A flood of refused batches takes no more room than its limit."""
    from hq_hub.store import quarantine

    ((rows, size),) = world.hub.ask(
        "SELECT count(*), coalesce(sum(length(content) + length(signature)), 0) FROM quarantine"
        " WHERE store = ?",
        store,
    )
    assert rows <= quarantine.STORE_ROWS_MAX + 1, f"differs: {rows} rows in quarantine"
    assert size <= quarantine.STORE_BYTES_MAX, f"differs: {size} bytes in quarantine"


def lie_in_hello(world: World) -> None:
    """Say hello with somebody else's signature, on the whole or on the day's close."""
    machine = world.shops[world.random.choice(world.stores)].machine
    if machine.store in world.denied:
        return
    stranger = make_key(STRANGER_KEY)
    is_whole = world.random.random() < 0.5
    content = _make_close(machine).SerializeToString()
    hello = sync_pb2.Hello(
        store=machine.store,
        box_id=machine.enrolled.box_id,
        epoch=machine.enrolled.epoch,
        boot_id=machine.boot_id.bytes,
        tail_head=bytes(32),
        last_day_close=sync_pb2.SignedDayClose(
            content=content,
            signature=signing.sign(stranger, signing.DAY_CLOSE_CONTEXT, content),
        ),
    )
    said = hello.SerializeToString()
    key = stranger if is_whole else machine.key
    signed = sync_pb2.SignedHello(
        content=said, signature=signing.sign(key, signing.HELLO_CONTEXT, said)
    )
    heard, certificates = world.hub.ask(HEARD), world.hub.ask(CERTIFICATES)
    try:
        ack = world.hub.do(
            "hello", batches.accept_hello, signed, machine.enrolled.topic, world.wall_at()
        )
    except DiedError:
        world.door.forget([machine.store])
        return
    world.faults["lie_in_hello"] += 1
    assert world.hub.ask(CERTIFICATES) == certificates, "altered: a close that nobody signed"
    if is_whole:
        assert ack.outcome == sync_pb2.OUTCOME_REFUSED, "altered: a stranger was greeted"
        assert world.hub.ask(HEARD) == heard, "altered: a stranger was heard"


def lie_in_request(world: World) -> None:
    """Ask for the orders of another store; nobody answers."""
    store, other = world.random.sample(world.stores, 2)
    known = sync_pb2.FeedPosition(feed=ORDERS_FEED, scope=other)
    request = sync_pb2.FeedRequest(store=other, known=known)
    caller = world.shops[store].machine.enrolled.topic
    world.faults["lie_in_request"] += 1
    answer = world.door.answer(request, caller, is_calm=True)
    assert answer is None, f"altered: {store} reads the orders of {other}"


def _make_close(machine: Machine) -> sync_pb2.DayClose:
    """A close of a day that is newer than all others; nothing is wrong with it but who signs."""
    box, seq = machine.enrolled, 10**6
    fact = fact_pb2.Fact(
        store=box.store,
        box_id=box.box_id,
        epoch=box.epoch,
        seq=seq,
        kind=fact_pb2.FACT_KIND_DAY_CLOSED,
        business_date="2026-11-28",
    )
    return sync_pb2.DayClose(
        store=box.store,
        box_id=box.box_id,
        epoch=box.epoch,
        seq=seq,
        head=bytes(32),
        body=fact.SerializeToString(),
    )


def _strangers_key(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    liar.key = make_key(STRANGER_KEY)
    return liar.sign(liar.next_batch()), liar.box.topic


def _signed_as_hello(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    return liar.sign(liar.next_batch(), signing.HELLO_CONTEXT), liar.box.topic


def _head_of_other_facts(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    batch = liar.next_batch()
    batch.head = liar.world.random.randbytes(32)
    return liar.sign(batch), liar.box.certificate


def _facts_miscounted(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    batch = liar.next_batch()
    batch.last_seq += 1
    return liar.sign(batch), liar.box.certificate


def _no_facts(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    batch = liar.batch([])
    return liar.sign(batch), liar.box.certificate


def _too_many_facts(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    batch = liar.batch([b""] * (BATCH_FACTS_MAX + 1))
    return liar.sign(batch), liar.box.topic


def _short_head(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    batch = liar.next_batch()
    batch.head_before = liar.head[:31]
    return liar.sign(batch), liar.box.topic


def _too_large(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    batch = liar.batch([bytes(CONTENT_BYTES_MAX)])
    return liar.sign(batch), liar.box.topic


def _noise(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    content = b"\xff" + liar.world.random.randbytes(40)
    signature = signing.sign(liar.key, signing.BATCH_CONTEXT, content)
    return sync_pb2.SignedBatch(content=content, signature=signature), liar.box.topic


def _fact_of_another_store(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    other = next(store for store in liar.world.stores if store != liar.box.store)
    return liar.sign(liar.batch([liar.body(liar.seq + 1, store=other)])), liar.box.topic


def _fact_of_another_box(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    return liar.sign(liar.batch([liar.body(liar.seq + 1, box_id="B77")])), liar.box.topic


def _fact_of_another_epoch(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    body = liar.body(liar.seq + 1, epoch=liar.epoch + 1)
    return liar.sign(liar.batch([body])), liar.box.topic


def _fact_of_another_place(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    return liar.sign(liar.batch([liar.body(liar.seq + 2)])), liar.box.topic


def _topic_of_another_store(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    other = next(store for store in liar.world.stores if store != liar.box.store)
    return liar.sign(liar.next_batch()), Caller(other)


def _certificate_of_another_box(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    caller = Caller(liar.box.store, "B77", liar.box.fingerprint)
    return liar.sign(liar.next_batch()), caller


def _other_certificate(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    caller = Caller(liar.box.store, liar.box.box_id, bytes(32))
    return liar.sign(liar.next_batch()), caller


def _box_that_nobody_knows(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    batch = liar.next_batch()
    batch.box_id = "B77"
    return liar.sign(batch), liar.box.topic


def _next_epoch(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    liar.epoch += 1
    return liar.sign(liar.batch([liar.body(1)], first_seq=1)), liar.box.topic


def _former_box(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller] | None:
    """The machine that was replaced is found in a cupboard, and switched on."""
    former = liar.world.former_boxes.get(liar.box.store)
    if former is None:
        return None
    liar.box, liar.key, liar.epoch = former, make_key(former.key_number), former.epoch
    return liar.sign(liar.next_batch()), former.topic


def _fact_that_is_known(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller] | None:
    fact_id = liar.kept_id()
    if fact_id is None:
        return None
    return liar.sign(liar.batch([liar.body(liar.seq + 1, fact_id)])), liar.box.topic


def _fact_twice_in_a_batch(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    fact_id = uuid.UUID(int=liar.world.random.getrandbits(128))
    bodies = [liar.body(liar.seq + place, fact_id) for place in (1, 2)]
    return liar.sign(liar.batch(bodies)), liar.box.topic


def _other_history(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller]:
    """Goes on from a head that the hub does not have."""
    liar.head = liar.world.random.randbytes(32)
    return liar.sign(liar.next_batch()), liar.box.certificate


def _other_last_fact(liar: Liar) -> tuple[sync_pb2.SignedBatch, Caller] | None:
    """Another fact in the place of the last one that is kept."""
    if liar.seq < 2:
        return None
    ((liar.head,),) = liar.world.hub.ask(
        "SELECT head FROM hub_journal WHERE store = ? AND epoch = ? AND seq = ?",
        liar.box.store,
        liar.epoch,
        liar.seq - 1,
    )
    bodies = [liar.body(liar.seq), liar.body(liar.seq + 1)]
    return liar.sign(liar.batch(bodies, first_seq=liar.seq)), liar.box.certificate


LIES: tuple[tuple[Reason, Lie], ...] = (
    (Reason.SIGNATURE_WRONG, _strangers_key),
    (Reason.SIGNATURE_WRONG, _signed_as_hello),
    (Reason.CHAIN_BROKEN, _head_of_other_facts),
    (Reason.SEQ_WRONG, _facts_miscounted),
    (Reason.SEQ_WRONG, _no_facts),
    (Reason.SEQ_WRONG, _too_many_facts),
    (Reason.SEQ_WRONG, _short_head),
    (Reason.TOO_LARGE, _too_large),
    (Reason.NOT_READABLE, _noise),
    (Reason.POSITION_WRONG, _fact_of_another_store),
    (Reason.POSITION_WRONG, _fact_of_another_box),
    (Reason.POSITION_WRONG, _fact_of_another_epoch),
    (Reason.POSITION_WRONG, _fact_of_another_place),
    (Reason.STORE_FOREIGN, _topic_of_another_store),
    (Reason.STORE_FOREIGN, _certificate_of_another_box),
    (Reason.CERTIFICATE_UNKNOWN, _other_certificate),
    (Reason.BOX_UNKNOWN, _box_that_nobody_knows),
    (Reason.EPOCH_WRONG, _next_epoch),
    (Reason.BOX_REPLACED, _former_box),
    (Reason.FACT_ID_REPEATED, _fact_that_is_known),
    (Reason.FACT_ID_REPEATED, _fact_twice_in_a_batch),
    (Reason.HISTORY_FORKED, _other_history),
    (Reason.HISTORY_FORKED, _other_last_fact),
)
"""The answer that each must get."""
