"""Facts that make no sense, and hands in the box's database: tried in the middle of a run."""

from __future__ import annotations

import dataclasses
import random
import uuid
from collections.abc import Callable

import sqlalchemy as sa

from edge_agent.store import journal
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import DatabaseError
from hq_hub.store.engine import write_transaction as hub_transaction
from protos import chain, codec
from protos.liushui.v1 import fact_pb2
from retail_domain.rounding import MILLI
from retail_domain.stock.goods import (
    GoodsLine,
    GoodsReceived,
    ReceiptPurpose,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.fact import Fact, Payload, Position
from retail_domain.trade.void import DrawerOpened
from retail_domain.trade.voucher import PeriodClosed
from tests.prove.machine import Machine
from tests.prove.templates import MAD_SUPPLIER, START, STORES
from tests.prove.world import World
from tests.retail_domain.builders import make_happening

NEWER_VERSION = 99
UNKNOWN_KIND = 9_999
EARLY_BY = 3
"""Orders that headquarters writes first."""
UNKNOWN_FIELD = b"\xf2\x3f\x05later"
"""Field 1022: what a later program adds to a fact that we know."""


# Facts that a box may write by a fault of its program, or because it is a newer one.


def write_poison(world: World) -> None:
    """Let the poisoned store's box write a fact that cannot be posted, and the rest goes on."""
    machine = world.shops[world.poisoned].machine
    reason, make = world.random.choice(POISONS)
    body = _append(machine, make, world.random)
    world.poison[body] = reason
    world.faults[f"poison_{reason}"] += 1
    machine.hear(lambda: machine.core.journal_grew(journal.read_tail(machine.db), world.now_ms))


def write_newer_fields(world: World) -> None:
    """A known fact with a field of a later program: it is posted, and its bytes stay."""
    machine = world.shops[world.poisoned].machine
    world.faults["newer_fields"] += 1
    _append(machine, _drawer_with_newer_field, world.random)
    machine.hear(lambda: machine.core.journal_grew(journal.read_tail(machine.db), world.now_ms))


def write_early(world: World) -> None:
    """Goods come before headquarters wrote their order: posted when it does."""
    machine = world.shops[world.poisoned].machine
    ((last_no,),) = world.hub.ask("SELECT last_no FROM number_series WHERE series = 'PO'")
    world.early_order = f"PO-{last_no + EARLY_BY:06}"
    world.faults["fact_before_its_order"] += 1

    def make(position: Position, fact_id: uuid.UUID) -> bytes:
        goods = (GoodsLine(1, 1, MILLI),)
        payload = GoodsReceived(ReceiptPurpose.PURCHASE, "SUP1", world.early_order, goods)
        return _encode(position, fact_id, payload).SerializeToString()

    world.poison[_append(machine, make, world.random)] = ""
    machine.hear(lambda: machine.core.journal_grew(journal.read_tail(machine.db), world.now_ms))


Make = Callable[[Position, uuid.UUID], bytes]


def _append(machine: Machine, make: Make, chance: random.Random) -> bytes:
    """As the journal's own writer, for bytes that this program would not write."""
    fact_id = uuid.UUID(int=chance.getrandbits(128))
    with write_transaction(machine.db):
        tail = journal.read_tail(machine.db)
        identity = machine.identity
        position = Position(identity.store, identity.box_id, tail.epoch, tail.seq + 1)
        body = make(position, fact_id)
        head = chain.next_head(tail.head, body)
        machine.db.execute(
            "INSERT INTO journal VALUES (?, ?, ?, 'poison', 0, ?, ?)",
            (tail.epoch, tail.seq + 1, fact_id.bytes, body, head),
        )
        machine.db.execute(
            "UPDATE ack_cursor SET tail_seq = ?, tail_head = ?", (tail.seq + 1, head)
        )
    return body


def _encode(
    position: Position, fact_id: uuid.UUID, payload: Payload, **changes: object
) -> fact_pb2.Fact:
    """A fact as it should be, to be spoiled."""
    happening = make_happening(payload, wall_at=START)
    happening = dataclasses.replace(happening, fact_id=fact_id, **changes)  # type: ignore[arg-type]  # By its fields.
    return fact_pb2.Fact.FromString(codec.encode_fact(Fact(position, happening)))


def _goods(
    position: Position, fact_id: uuid.UUID, order_no: str, milli: int, item_id: int
) -> bytes:
    goods = (GoodsLine(1, item_id, milli),)
    payload = GoodsReceived(ReceiptPurpose.OPENING, "SUP1", order_no, goods)
    return _encode(position, fact_id, payload).SerializeToString()


def _order_of(store: str) -> str:
    return f"PO-{STORES.index(store) + 1:06}"


def _garbage(_position: Position, fact_id: uuid.UUID) -> bytes:
    return b"\xff\xff" + fact_id.bytes


def _no_kind(position: Position, fact_id: uuid.UUID) -> bytes:
    wire = _encode(position, fact_id, DrawerOpened("change", ""))
    wire.kind = fact_pb2.FACT_KIND_UNSPECIFIED
    return wire.SerializeToString()


def _nothing_received(position: Position, fact_id: uuid.UUID) -> bytes:
    wire = fact_pb2.Fact.FromString(_goods(position, fact_id, _order_of(position.store), MILLI, 1))
    wire.goods_received.lines[0].quantity_milli = 0
    return wire.SerializeToString()


def _later_kind(position: Position, fact_id: uuid.UUID) -> bytes:
    wire = _encode(position, fact_id, DrawerOpened("change", ""))
    wire.kind = UNKNOWN_KIND  # type: ignore[assignment]  # Of a later program.
    return wire.SerializeToString()


def _later_version(position: Position, fact_id: uuid.UUID) -> bytes:
    wire = _encode(position, fact_id, DrawerOpened("change", ""))
    wire.schema_version = NEWER_VERSION
    return wire.SerializeToString()


def _no_such_order(position: Position, fact_id: uuid.UUID) -> bytes:
    return _goods(position, fact_id, "PO-999999", MILLI, 1)


def _no_such_transfer(position: Position, fact_id: uuid.UUID) -> bytes:
    source = next(store for store in STORES if store != position.store)
    payload = TransferReceived("T-999999", source, (GoodsLine(1, 1, MILLI),))
    return _encode(position, fact_id, payload).SerializeToString()


def _order_of_another(position: Position, fact_id: uuid.UUID) -> bytes:
    other = next(store for store in STORES if store != position.store)
    return _goods(position, fact_id, _order_of(other), MILLI, 1)


def _item_not_ordered(position: Position, fact_id: uuid.UUID) -> bytes:
    return _goods(position, fact_id, _order_of(position.store), MILLI, 77)


def _month_closed(position: Position, fact_id: uuid.UUID) -> bytes:
    return _encode(position, fact_id, PeriodClosed("2026-10")).SerializeToString()


def _more_than_any_shop(position: Position, fact_id: uuid.UUID) -> bytes:
    return _goods(position, fact_id, _order_of(position.store), 10**17, 1)


def _register_with_zero(position: Position, fact_id: uuid.UUID) -> bytes:
    payload = DrawerOpened("change", "")
    return _encode(position, fact_id, payload, register_no="1\0").SerializeToString()


def _cost_beyond_belief(position: Position, fact_id: uuid.UUID) -> bytes:
    """Its first line could be posted: what it moved has to be put back."""
    number = f"PO-{len(STORES) + STORES.index(position.store) + 1:06}"
    goods = (GoodsLine(1, 2, 5 * MILLI), GoodsLine(2, 1, 900 * MILLI))
    payload = GoodsReceived(ReceiptPurpose.OPENING, MAD_SUPPLIER, number, goods)
    return _encode(position, fact_id, payload).SerializeToString()


def _no_such_store(position: Position, fact_id: uuid.UUID) -> bytes:
    payload = TransferShipped("T-999999", "S999", (GoodsLine(1, 1, MILLI),))
    return _encode(position, fact_id, payload).SerializeToString()


POISONS: tuple[tuple[str, Make], ...] = (
    ("malformed_fact", _garbage),
    ("malformed_fact", _no_kind),
    ("malformed_fact", _nothing_received),
    ("newer_fact", _later_kind),
    ("newer_fact", _later_version),
    ("document_missing", _no_such_order),
    ("document_missing", _no_such_transfer),
    ("document_differs", _order_of_another),
    ("document_differs", _item_not_ordered),
    ("author_wrong", _month_closed),
    ("out_of_range", _more_than_any_shop),
    ("out_of_range", _register_with_zero),
    ("store_missing", _no_such_store),
    ("posting_failed", _cost_beyond_belief),
    ("posting_failed", _cost_beyond_belief),
)
"""Why it has to be parked, and how it is made."""


def _drawer_with_newer_field(position: Position, fact_id: uuid.UUID) -> bytes:
    """The unknown field stands first: whoever writes the fact anew would put it last."""
    wire = _encode(position, fact_id, DrawerOpened("change", ""))
    return UNKNOWN_FIELD + wire.SerializeToString()


# Hands in the box's database.

FORBIDDEN = (
    "UPDATE journal SET body = x'00' WHERE seq = 1",
    "UPDATE journal SET head = zeroblob(32)",
    "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
    "INSERT INTO journal SELECT epoch, seq + 99, fact_id, kind, 0, body, head FROM journal LIMIT 1",
    "INSERT INTO journal SELECT epoch, seq, zeroblob(16), kind, 0, body, head FROM journal LIMIT 1",
    "UPDATE ack_cursor SET durable_seq = tail_seq + 1",
    "INSERT INTO on_hand VALUES ('S001', 'sellable', 1, 'no lot', 1.5)",
)


FORBIDDEN_AT_HUB = (
    "UPDATE hub_journal SET body = x'00' WHERE seq = 1",
    "DELETE FROM hub_journal WHERE seq = 1",
    "UPDATE apply_log SET period = '2020-01'",
    "DELETE FROM apply_log WHERE seq = 1",
)


def tamper_at_hub(world: World) -> None:
    """Try what the hub's database has to refuse."""
    table = world.random.choice(["hub_journal", "apply_log"])
    if not world.hub.ask(f"SELECT 1 FROM {table} WHERE seq = 1"):
        return
    sql = world.random.choice([one for one in FORBIDDEN_AT_HUB if table in one])
    world.faults["tampered_at_hub"] += 1
    try:
        with hub_transaction(world.hub.db):
            world.hub.db.exec_driver_sql(sql)
            raise AssertionError(f"altered: the hub let this happen: {sql}")
    except sa.exc.IntegrityError:
        return


def tamper(world: World) -> None:
    """Try what the box's own database has to refuse."""
    machine = world.shops[world.random.choice(world.stores)].machine
    sql = world.random.choice(FORBIDDEN)
    if machine.db.execute("SELECT 1 FROM journal").fetchone() is None:
        return
    world.faults["tampered"] += 1
    try:
        with write_transaction(machine.db):
            machine.db.execute(sql)
            raise AssertionError(f"altered: the box let this happen: {sql}")
    except DatabaseError:
        return
