"""What must be so before a fact is posted: its documents are there, its numbers are possible."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from hq_hub.store import books, orders
from hq_hub.store.apply_state import ParkReason
from retail_domain.catalog.quantity import QUANTITY_MILLI_MAX
from retail_domain.ledger.posting import OrderedCost
from retail_domain.stock.goods import GoodsReceived, TransferReceived, TransferShipped
from retail_domain.trade.fact import Payload
from retail_domain.trade.tender import TENDER_FEN_MAX
from retail_domain.trade.ticket import Ticket

NUMBER_MAX = 10**15
"""Of a receipt: beyond any register's life, far below int64."""


class CannotPostError(Exception):
    """This fact has to wait; its neighbours do not."""

    def __init__(self, reason: ParkReason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(detail)


@dataclasses.dataclass(frozen=True, slots=True)
class Decisions:
    """What headquarters decided that the facts of a block lean on."""

    purchase_orders: Mapping[str, orders.CostedOrder]
    transfer_stores: Mapping[str, tuple[str, str]]
    """Source and target."""
    legal_entities: Mapping[str, str]
    """Of every store."""


def load_decisions(db: sa.Connection, payloads: Sequence[Payload]) -> Decisions:
    """Load all that a block names; what is missing is left out."""
    purchases = {p.purchase_order_no for p in payloads if isinstance(p, GoodsReceived)}
    transfers = {
        p.transfer_no for p in payloads if isinstance(p, TransferShipped | TransferReceived)
    }
    return Decisions(
        orders.read_costed_orders(db, purchases),
        orders.read_transfer_stores(db, transfers),
        books.read_legal_entities(db),
    )


def require_decisions(
    decisions: Decisions, store: str, payload: Payload
) -> Mapping[int, OrderedCost]:
    """Check that headquarters knows the store and what the fact answers.

    Returns:
        For goods received, the order's cost by item_id; else nothing.

    Raises:
        CannotPostError: until a document says so.
    """
    if store not in decisions.legal_entities:
        raise CannotPostError(ParkReason.STORE_MISSING, store)
    if isinstance(payload, GoodsReceived):
        return _require_purchase(decisions.purchase_orders, store, payload)
    if isinstance(payload, TransferShipped):
        _require_transfer(decisions, payload.transfer_no, (store, payload.target_store))
    if isinstance(payload, TransferReceived):
        _require_transfer(decisions, payload.transfer_no, (payload.source_store, store))
    return {}


def require_register(register_no: str) -> None:
    """Refuse a register's name that a text column would not hold.

    Raises:
        CannotPostError: for ever.
    """
    if "\0" in register_no:
        _refuse(f"register_no {register_no!r}")


def require_range(payload: Payload) -> None:
    """Refuse what no shop sells, and what int64 or a text column would not hold.

    Raises:
        CannotPostError: for ever.
    """
    for line in payload.lines:
        if line.quantity_milli > QUANTITY_MILLI_MAX:
            _refuse(f"quantity_milli {line.quantity_milli} on line {line.line_no}")
        if line.lot and "\0" in line.lot:
            _refuse(f"lot {line.lot!r} on line {line.line_no}")
    if isinstance(payload, Ticket):
        _require_money(payload)


def _require_money(ticket: Ticket) -> None:
    if ticket.receipt_no > NUMBER_MAX:
        _refuse(f"receipt_no {ticket.receipt_no}")
    amounts_fen = [ticket.amount_fen, ticket.tax_fen]
    amounts_fen += [tender.amount_fen for tender in ticket.tenders]
    for line in ticket.lines:
        amounts_fen += (line.amount_fen, line.discount_fen, line.tax_fen)
    largest_fen = max(amounts_fen, key=abs)
    if abs(largest_fen) > TENDER_FEN_MAX:
        _refuse(f"{largest_fen} fen")


def _refuse(detail: str) -> None:
    raise CannotPostError(ParkReason.OUT_OF_RANGE, detail)


def _require_purchase(
    known: Mapping[str, orders.CostedOrder], store: str, receipt: GoodsReceived
) -> Mapping[int, OrderedCost]:
    number = receipt.purchase_order_no
    order = known.get(number)
    if order is None:
        raise CannotPostError(ParkReason.DOCUMENT_MISSING, number)
    if (order.store, order.purpose) != (store, receipt.purpose):
        detail = f"{number} is {order.purpose.value} of {order.store}"
        raise CannotPostError(ParkReason.DOCUMENT_DIFFERS, detail)
    for line in receipt.lines:
        if line.item_id not in order.costs:
            detail = f"item {line.item_id} is not on {number}"
            raise CannotPostError(ParkReason.DOCUMENT_DIFFERS, detail)
    return order.costs


def _require_transfer(decisions: Decisions, transfer_no: str, stores: tuple[str, str]) -> None:
    decided = decisions.transfer_stores.get(transfer_no)
    if decided is None:
        raise CannotPostError(ParkReason.DOCUMENT_MISSING, transfer_no)
    if decided != stores:
        detail = f"{transfer_no} goes from {decided[0]} to {decided[1]}"
        raise CannotPostError(ParkReason.DOCUMENT_DIFFERS, detail)
