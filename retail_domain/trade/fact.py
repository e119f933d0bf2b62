"""Fact: something that happened at one author, written once and never edited."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from retail_domain.stock.adjustment import StockAdjusted
from retail_domain.stock.count import StockCounted
from retail_domain.stock.goods import (
    GoodsReceived,
    StockRequested,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.attendance import SignedIn, SignedOut
from retail_domain.trade.box_event import BoxEvent, ItemUnknown
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.purchase import LandedCostAdded, Paid, SupplierInvoiced
from retail_domain.trade.reclassification import Reclassified
from retail_domain.trade.sale_passing import SaleAnswered, SaleRequested
from retail_domain.trade.shift import CashMoved, ShiftClosed, ShiftOpened
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.trading_day import DayClosed, DayOpened
from retail_domain.trade.void import DrawerOpened, ReceiptReprinted, TicketVoided
from retail_domain.trade.voucher import CostAllocated, ManualEntry, PeriodClosed
from retail_domain.transfers.settlement import TransferSettled

HQ_STORE = "HQ"
"""Store number of headquarters' own journal."""

BoxPayload = (
    Ticket
    | TicketVoided
    | DrawerOpened
    | ReceiptReprinted
    | GoodsReceived
    | SupplierReturn
    | StockCounted
    | StockAdjusted
    | TransferShipped
    | TransferReceived
    | StockRequested
    | ShiftOpened
    | ShiftClosed
    | CashMoved
    | DayOpened
    | DayClosed
    | SignedIn
    | SignedOut
    | ItemUnknown
    | BoxEvent
    | SaleRequested
    | SaleAnswered
)
HubPayload = (
    SupplierInvoiced
    | Paid
    | ManualEntry
    | CostAllocated
    | LandedCostAdded
    | TransferSettled
    | Reclassified
    | PeriodClosed
)
Payload = BoxPayload | HubPayload

KIND_OF_PAYLOAD: dict[type, FactKind] = {
    Ticket: FactKind.TICKET,
    TicketVoided: FactKind.TICKET_VOIDED,
    DrawerOpened: FactKind.DRAWER_OPENED,
    ReceiptReprinted: FactKind.RECEIPT_REPRINTED,
    GoodsReceived: FactKind.GOODS_RECEIVED,
    SupplierReturn: FactKind.SUPPLIER_RETURN,
    StockCounted: FactKind.STOCK_COUNTED,
    StockAdjusted: FactKind.STOCK_ADJUSTED,
    TransferShipped: FactKind.TRANSFER_SHIPPED,
    TransferReceived: FactKind.TRANSFER_RECEIVED,
    StockRequested: FactKind.STOCK_REQUESTED,
    ShiftOpened: FactKind.SHIFT_OPENED,
    ShiftClosed: FactKind.SHIFT_CLOSED,
    CashMoved: FactKind.CASH_MOVED,
    DayOpened: FactKind.DAY_OPENED,
    DayClosed: FactKind.DAY_CLOSED,
    SignedIn: FactKind.SIGNED_IN,
    SignedOut: FactKind.SIGNED_OUT,
    ItemUnknown: FactKind.ITEM_UNKNOWN,
    BoxEvent: FactKind.BOX_EVENT,
    SaleRequested: FactKind.SALE_REQUESTED,
    SaleAnswered: FactKind.SALE_ANSWERED,
    SupplierInvoiced: FactKind.SUPPLIER_INVOICED,
    Paid: FactKind.PAID,
    ManualEntry: FactKind.MANUAL_ENTRY,
    CostAllocated: FactKind.COST_ALLOCATED,
    LandedCostAdded: FactKind.LANDED_COST_ADDED,
    TransferSettled: FactKind.TRANSFER_SETTLED,
    Reclassified: FactKind.RECLASSIFIED,
    PeriodClosed: FactKind.PERIOD_CLOSED,
}
assert len(set(KIND_OF_PAYLOAD.values())) == len(FactKind)


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
