"""What registers and box say to each other, as models: OpenAPI and TypeScript come from these."""

from __future__ import annotations

import datetime
import uuid
from typing import Annotated, Literal

import pydantic

from edge_agent.api.message import Integer, Message, Numbered
from edge_agent.api.payment_messages import (
    PayCodeScanned,
    PaymentsChanged,
    TillRules,
    WalletPaymentView,
)

NEXT_QUANTITY_MAX = 999_000
"""Nobody means a thousand pieces of what is scanned once."""
LOT_NO_LENGTH_MAX = 20
"""GS1 General Specifications 3.4.1: batch or lot number, AI (10)."""


class Line(Message):
    """One line of the open ticket or of a receipt."""

    line_id: int
    item_id: int
    name: str
    name_en: str
    scanned_code: str
    unit_of_measure: str
    quantity_milli: int
    list_price_fen: int
    unit_price_fen: int
    discount_fen: int
    amount_fen: int
    lot: str
    """`lot_no|YYYY-MM-DD` as read of the goods; empty when they carry none."""


class Totals(Message):
    """Sums of the lines; amount_fen is due, tax included."""

    line_count: int
    quantity_milli: int
    gross_fen: int
    discount_fen: int
    amount_fen: int
    tax_fen: int


class Tender(Message):
    """One tender of a receipt."""

    kind: str
    amount_fen: int
    given_fen: int

    @pydantic.field_validator("kind", mode="before")
    @classmethod
    def _name(cls, kind: object) -> object:
        return getattr(kind, "value", kind)


class Receipt(Message):
    """A closed ticket."""

    receipt_no: int
    fact_id: uuid.UUID
    sold_at: datetime.datetime
    business_date: datetime.date
    store: str
    store_name: str
    store_name_en: str
    register_no: str
    staff_no: str
    lines: list[Line]
    totals: Totals
    tenders: list[Tender]
    rounding_fen: int
    change_fen: int


class Device(Message):
    """A device as the device process reports it."""

    device_id: str
    kind: str
    """Its driver."""
    role: str
    state: str
    health_code: str
    """What it needs of a person, such as `paper_out`; empty while all is well."""
    text: str
    """Why it is not well, English, for IT."""
    register_no: str | None
    capabilities: list[str]
    """What it can besides, such as `tare`."""


class Status(Message):
    """What a cashier should always see."""

    line: Literal["online", "offline"]
    line_stopped_reason: str
    unacknowledged_facts: int
    oldest_unacknowledged_at: datetime.datetime | None
    devices: list[Device]
    held_tickets: int
    """Of the whole store: any register can take them up."""
    journal_ok: bool
    rights_off: list[str]
    """Features that headquarters left out for this store: the screens do not show them."""


class Weight(Message):
    """What the register's scale shows; weight_mg only with a state that has one."""

    state: str
    weight_mg: int | None
    is_net: bool


class ListedItem(Message):
    """An item that can be chosen; without a price it can't be sold yet."""

    item_id: int
    sku: str
    gtins: list[str]
    shelf_place: str
    """In the chain's planogram; empty: none."""
    name: str
    name_en: str
    unit_of_measure: str
    unit_price_fen: int | None


class RegisterState(Message):
    """Everything that a register's page shows."""

    is_training: bool
    """Whether what is done here is practice and reaches nobody."""
    store: str
    store_name: str
    store_name_en: str
    register_no: str
    staff_no: str
    """Who is there for this screen; empty: it asks for a PIN or a card."""
    rights_off: list[str]
    """The same for the role of who is there."""
    is_staffed: bool
    """Whether headquarters lists people for this store; otherwise nobody signs in."""
    has_shift: bool
    """Whether somebody answers for the drawer."""
    business_date: datetime.date
    lines: list[Line]
    totals: Totals
    status: Status
    weight: Weight | None
    """None: the register has no scale."""
    quick_keys: list[ListedItem]
    last_receipt: Receipt | None
    payments: list[WalletPaymentView]
    """Of the open ticket; its lines do not change while there are some."""
    till: TillRules


class WantedApproval(Message):
    """What somebody else would have to allow for the same command to be done."""

    right: str
    amounts: dict[str, int]


class CodeQuestion(Message):
    """What a person can answer about a code; no items: sell the goods as an open item."""

    code: str
    symbology: str
    item_ids: list[int]


class Refusal(Message):
    """A broken rule: a stable code and the sentence in both languages."""

    code: str
    detail: str
    detail_zh: str
    approval: WantedApproval | None = None
    """Null: nobody can allow it."""
    question: CodeQuestion | None = None


class RefusedRequest(Refusal):
    """Answer to a request that was not done."""

    values: dict[str, int | str]
    """That stand in the sentences."""


class Notice(Refusal):
    """A refusal that no command of this page caused, such as a scan."""

    level: Literal["error", "warning"]


class Snapshot(Numbered):
    """The whole state; what was there before is void."""

    kind: Literal["snapshot"] = "snapshot"
    state: RegisterState


class TicketChanged(Numbered):
    """Lines came, changed or went."""

    kind: Literal["ticket_changed"] = "ticket_changed"
    lines: list[Line]
    removed_line_ids: list[int]
    totals: Totals
    hot_line_id: int | None


class TicketClosed(Numbered):
    """The ticket was paid and committed; the next one is empty."""

    kind: Literal["ticket_closed"] = "ticket_closed"
    receipt: Receipt


class NoticeShown(Numbered):
    """Something was refused."""

    kind: Literal["notice"] = "notice"
    notice: Notice


class SaleScanned(Numbered):
    """A receipt's code was read by a scanner: goods come back."""

    kind: Literal["sale_scanned"] = "sale_scanned"
    code: str


class CodeScanned(Numbered):
    """A code was read while a page takes the scans; nothing was done with it."""

    kind: Literal["code_scanned"] = "code_scanned"
    code: str
    symbology: str


class StatusChanged(Numbered):
    """The line, the journal or a device changed."""

    kind: Literal["status_changed"] = "status_changed"
    status: Status


class WeightShown(Numbered):
    """The scale shows something else."""

    kind: Literal["weight_shown"] = "weight_shown"
    weight: Weight


class Result(Message):
    """The one answer to a command; a repeat gets it again."""

    kind: Literal["result"] = "result"
    command_id: uuid.UUID
    outcome: Literal["done", "refused"]
    refusal: Refusal | None
    receipt: Receipt | None


class Refused(Refusal):
    """The page may not speak for this register; the socket closes."""

    kind: Literal["refused"] = "refused"


class Pong(Message):
    """Answer to a ping."""

    kind: Literal["pong"] = "pong"


BoxMessage = Annotated[
    Snapshot
    | TicketChanged
    | TicketClosed
    | NoticeShown
    | SaleScanned
    | CodeScanned
    | StatusChanged
    | WeightShown
    | PaymentsChanged
    | PayCodeScanned
    | Result
    | Refused
    | Pong,
    pydantic.Field(discriminator="kind"),
]
"""What the box sends on the socket."""


class PageHello(Message):
    """First message of a page."""

    kind: Literal["hello"]
    register_no: str = pydantic.Field(max_length=20)
    token: str = pydantic.Field(max_length=200)
    generation: str | None = None
    sequence: int | None = None


class Ping(Message):
    """Is the box still there?"""

    kind: Literal["ping"]


class TakeScans(Message):
    """A page wants what the register's scanners read for itself, as while goods are counted."""

    kind: Literal["take_scans"]
    is_on: bool


class NextQuantity(Message):
    """How many the next scan of a device is; typed before it, as 3*. A thousand: one, as always."""

    kind: Literal["next_quantity"]
    quantity_milli: Annotated[int, pydantic.Field(strict=True, gt=0, le=NEXT_QUANTITY_MAX)]


class OrderLine(Message):
    """One item of an order, and what this store handled of it so far."""

    item_id: int
    quantity_milli: int
    handled_milli: int


class HandledLine(Message):
    """What was there of an item, in one state and of one lot."""

    item_id: Integer
    quantity_milli: Integer
    state: Literal["sellable", "damaged", "quarantine"] = "sellable"
    lot_no: str = pydantic.Field("", max_length=LOT_NO_LENGTH_MAX, pattern=r"^[^|]*$")
    expires_on: datetime.date | None = None


class HandledGoods(Message):
    """What was received or shipped."""

    lines: list[HandledLine] = pydantic.Field(max_length=1_000)


class GoodsRead(Message):
    """What a code names in the back room."""

    items: list[ListedItem]
    """None: no item has it. Several: a person chooses."""
    lot_no: str
    expires_on: datetime.date | None
    quantity_milli: int | None
    """As the code itself says; null when it says nothing."""


class PurchaseOrderView(Message):
    """A purchase order of this store."""

    purchase_order_no: str
    supplier_no: str
    purpose: str
    lines: list[OrderLine]


class TransferOrderView(Message):
    """A transfer order that this store ships or receives."""

    transfer_no: str
    source_store: str
    target_store: str
    decision: str
    lines: list[OrderLine]


class HeldTicketView(Message):
    """A ticket that waits for its customer."""

    held_id: uuid.UUID
    register_no: str
    staff_no: str
    held_at: datetime.datetime
    lines: list[Line]
    totals: Totals


class Orders(Message):
    """Orders of this store."""

    purchase_orders: list[PurchaseOrderView]
    transfer_orders: list[TransferOrderView]
    items: list[ListedItem]
    """Every item that an order names and the store's list knows, by number."""


class WrittenFact(Message):
    """What the journal now holds."""

    fact_id: uuid.UUID
    epoch: int
    seq: int
