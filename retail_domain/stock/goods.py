"""Goods that come and go without a sale: receipts from suppliers, transfers between stores."""

from __future__ import annotations

import dataclasses
import enum

from retail_domain.stock.movement import StockState


@dataclasses.dataclass(frozen=True, slots=True)
class GoodsLine:
    """One item of a receipt or a transfer, as it was handled. It carries no cost."""

    line_no: int
    """From 1, without gaps."""
    item_id: int
    quantity_milli: int
    """Above 0; the kind of the fact gives the direction."""
    state: StockState = StockState.SELLABLE
    lot: str = ""
    scanned_code: str = ""

    def __post_init__(self) -> None:
        assert self.quantity_milli > 0


class ReceiptPurpose(enum.Enum):
    """Why goods came in; decides the account against which they are booked."""

    PURCHASE = "purchase"
    OPENING = "opening"


@dataclasses.dataclass(frozen=True, slots=True)
class GoodsReceived:
    """Payload: goods came in against a purchase order (opening stock has one too)."""

    purpose: ReceiptPurpose
    supplier_no: str
    purchase_order_no: str
    """Headquarters' document; it knows the cost, the box does not."""
    lines: tuple[GoodsLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class SupplierReturn:
    """Payload: goods went back to their supplier, at what they were received for."""

    supplier_no: str
    purchase_order_no: str
    """That they came on; its cost is what the supplier owes."""
    reason: str
    lines: tuple[GoodsLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RequestedLine:
    """One item that a store asks for."""

    line_no: int
    """From 1, without gaps."""
    item_id: int
    quantity_milli: int

    def __post_init__(self) -> None:
        assert self.item_id > 0
        assert self.quantity_milli > 0


@dataclasses.dataclass(frozen=True, slots=True)
class StockRequested:
    """Payload: a store asks headquarters for goods."""

    note: str
    lines: tuple[RequestedLine, ...]

    def __post_init__(self) -> None:
        assert self.lines


@dataclasses.dataclass(frozen=True, slots=True)
class TransferShipped:
    """Payload: goods left for another store."""

    transfer_no: str
    target_store: str
    lines: tuple[GoodsLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class TransferReceived:
    """Payload: goods came from another store; may reach the hub before their shipment."""

    transfer_no: str
    source_store: str
    lines: tuple[GoodsLine, ...]
