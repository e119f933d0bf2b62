"""Fact: something that happened at one author, written once and never edited."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from retail_domain.stock.goods import GoodsReceived, TransferReceived, TransferShipped
from retail_domain.trade.fact_kind import BUILT_KINDS, FactKind
from retail_domain.trade.ticket import Ticket

HQ_STORE = "HQ"
"""Store number of headquarters' own journal."""

Payload = Ticket | GoodsReceived | TransferShipped | TransferReceived

KIND_OF_PAYLOAD: dict[type, FactKind] = {
    Ticket: FactKind.TICKET,
    GoodsReceived: FactKind.GOODS_RECEIVED,
    TransferShipped: FactKind.TRANSFER_SHIPPED,
    TransferReceived: FactKind.TRANSFER_RECEIVED,
}
assert set(KIND_OF_PAYLOAD.values()) == BUILT_KINDS


@dataclasses.dataclass(frozen=True, slots=True)
class Happening:
    """What a use case knows: the fact before the journal gives it a place."""

    fact_id: uuid.UUID
    """UUIDv7, printed on the receipt; survives a change of epoch."""
    wall_at: datetime.datetime
    """UTC by the box's wall clock, whole milliseconds. For people: order is seq."""
    boot_id: uuid.UUID
    monotonic_ms: int
    """Since boot_id; orders events when the wall clock jumps."""
    business_date: datetime.date
    """Trading day; not always the calendar day."""
    staff_no: str
    register_no: str
    """Empty in the back room."""
    payload: Payload
    causes: tuple[uuid.UUID, ...] = ()
    """Facts that this one answers or puts right."""

    def __post_init__(self) -> None:
        assert self.wall_at.utcoffset() == datetime.timedelta(0)
        assert self.wall_at.microsecond % 1000 == 0

    @property
    def kind(self) -> FactKind:
        """What happened."""
        return KIND_OF_PAYLOAD[type(self.payload)]


@dataclasses.dataclass(frozen=True, slots=True)
class Position:
    """Place of a fact in its author's history."""

    store: str
    box_id: str
    epoch: int
    """The box's life between enrolments; `seq` starts again at 1 in a new one."""
    seq: int
    """From 1, without gaps."""

    def __post_init__(self) -> None:
        assert self.store
        assert self.epoch >= 1
        assert self.seq >= 1


@dataclasses.dataclass(frozen=True, slots=True)
class Fact:
    """A happening with its place."""

    position: Position
    happening: Happening
