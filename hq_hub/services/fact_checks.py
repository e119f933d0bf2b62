"""What must be so before a fact is posted: its documents are there, its numbers are possible."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from hq_hub.store import orders
from hq_hub.store.apply_state import ParkReason
from retail_domain.catalog.quantity import QUANTITY_MILLI_MAX
from retail_domain.ledger.posting import BookPayload
from retail_domain.stock.goods import (
    GoodsReceived,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.fact import HQ_STORE, KIND_OF_PAYLOAD
from retail_domain.trade.fact_kind import FACT_RULES, Author
from retail_domain.trade.purchase import LandedCostAdded, SupplierInvoiced
from retail_domain.trade.tender import TENDER_FEN_MAX
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.ticket_columns import TicketColumns
from retail_domain.transfers.settlement import TransferSettled

PLAIN = (int, str)
NUL = "\0"
NUMBER_MAX = 10**15
"""Of a receipt or a count: beyond any store's life, far below int64."""
AUTHORS = {payload: FACT_RULES[kind].author for payload, kind in KIND_OF_PAYLOAD.items()}
AUTHORS[TicketColumns] = AUTHORS[Ticket]
"""Who may say what."""


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


def load_decisions(
    db: sa.Connection, legal_entities: Mapping[str, str], payloads: Sequence[BookPayload]
) -> Decisions:
    """Load all that some facts name; what is missing is left out."""
    purchases = {number for payload in payloads for number, _store in _purchases_of(payload)}
    transfers = {p.transfer_no for p in payloads if isinstance(p, TRANSFERS)}
    return Decisions(
        orders.read_costed_orders(db, purchases),
        orders.read_transfer_stores(db, transfers),
        legal_entities,
    )


def require_decisions(
    decisions: Decisions, store: str, payload: BookPayload, touched: Collection[str]
) -> None:
    """Check that headquarters knows the stores and what the fact answers.

    Args:
        decisions: of the fact's block.
        store: the author.
        payload: what the fact says.
        touched: stores whose average costs it may move.

    Raises:
        CannotPostError: until a document says so; for ever when a box may not say such a thing.
    """
    author = AUTHORS[type(payload)]
    if (author is Author.HUB) != (store == HQ_STORE):
        raise CannotPostError(ParkReason.AUTHOR_WRONG, f"{author.value} kind of {store}")
    entities = decisions.legal_entities
    missing = [one for one in (store, *touched) if one not in entities and one != HQ_STORE]
    if missing:
        raise CannotPostError(ParkReason.STORE_MISSING, min(missing))
    check = DOCUMENT_CHECKS.get(type(payload))
    if check is not None:
        check(decisions, store, payload)


def require_register(register_no: str) -> None:
    """Refuse a register's name that a text column would not hold.

    Raises:
        CannotPostError: for ever.
    """
    if NUL in register_no:
        _refuse(f"register_no {register_no!r}")


def require_range(payload: BookPayload) -> None:
    """Refuse what no shop sells, and what int64 or a text column would not hold.

    Raises:
        CannotPostError: for ever.
    """
    if isinstance(payload, TicketColumns):
        _require_ticket(payload)
        return
    _require_columns([payload])


def _require_columns(parts: Sequence[Any]) -> None:
    """Check dataclasses of one kind, field by field, and what lies in them."""
    for field in dataclasses.fields(parts[0]) if parts else ():
        _require_values(field.name, [getattr(part, field.name) for part in parts])


def _require_values(name: str, values: Sequence[Any]) -> None:
    """Check one field of some dataclasses: a thousand lines by a few calls."""
    kinds = set(map(type, values))
    if kinds == {int}:
        if max(map(abs, values)) > _limit_of(name):
            _refuse(f"{name} {max(values, key=abs)}")
    elif kinds == {str}:
        if NUL in "".join(values):
            _refuse(f"{name} {next(value for value in values if NUL in value)!r}")
    else:
        for value in values:
            _require_other(name, value)


def _require_other(name: str, value: Any) -> None:  # noqa: ANN401 - any field of a payload
    if isinstance(value, tuple):
        _require_columns(value)
    elif dataclasses.is_dataclass(value):
        _require_columns([value])
    elif type(value) in PLAIN:  # Some lines have one, some have none.
        _require_values(name, [value])


@functools.cache
def _limit_of(name: str) -> int:
    if name.endswith("_milli"):
        return QUANTITY_MILLI_MAX
    return TENDER_FEN_MAX if name.endswith("_fen") else LIMITS.get(name, NUMBER_MAX)


LIMITS = {"item_id": 2**63 - 1, "open_item_id": 2**63 - 1}
"""Of numbers that are keys and never added up."""


def _require_ticket(ticket: TicketColumns) -> None:
    """Written out: half of all facts."""
    if ticket.receipt_no > NUMBER_MAX:
        _refuse(f"receipt_no {ticket.receipt_no}")
    if NUL in "".join(ticket.lots):
        line_no = next(no for no, lot in enumerate(ticket.lots, start=1) if NUL in lot)
        _refuse(f"lot {ticket.lots[line_no - 1]!r} on line {line_no}")
    if max(map(abs, ticket.quantities_milli), default=0) > QUANTITY_MILLI_MAX:
        quantity_milli = max(ticket.quantities_milli, key=abs)
        line_no = ticket.quantities_milli.index(quantity_milli) + 1
        _refuse(f"quantity_milli {quantity_milli} on line {line_no}")
    fen = [ticket.amount_fen, ticket.tax_fen, ticket.rounding_fen]
    fen += [tender.amount_fen for tender in ticket.tenders]
    fen += ticket.amounts_fen + ticket.discounts_fen + ticket.taxes_fen
    if max(map(abs, fen)) > TENDER_FEN_MAX:
        _refuse(f"{max(fen, key=abs)} fen")


def _refuse(detail: str) -> None:
    raise CannotPostError(ParkReason.OUT_OF_RANGE, detail)


TRANSFERS = TransferShipped | TransferReceived | TransferSettled


def _purchases_of(payload: BookPayload) -> list[tuple[str, str | None]]:
    """Purchase orders that a fact names, with the store they must be of; None for the author's."""
    match payload:
        case GoodsReceived() | SupplierReturn():
            return [(payload.purchase_order_no, None)]
        case LandedCostAdded():
            return [(payload.purchase_order_no, payload.store)]
        case SupplierInvoiced():
            return [(line.purchase_order_no, line.store) for line in payload.lines]
        case _:
            return []


def _check_purchases(decisions: Decisions, store: str, payload: BookPayload) -> None:
    assert isinstance(payload, GoodsReceived | SupplierReturn | LandedCostAdded | SupplierInvoiced)
    named = _purchases_of(payload)
    for number, of_store in named:
        order = decisions.purchase_orders.get(number)
        if order is None:
            raise CannotPostError(ParkReason.DOCUMENT_MISSING, number)
        if order.store != (of_store or store):
            raise CannotPostError(ParkReason.DOCUMENT_DIFFERS, f"{number} is of {order.store}")
    item_ids = [line.item_id for line in payload.lines]
    numbers = [number for number, _store in named]
    if not isinstance(payload, SupplierInvoiced):
        numbers *= len(item_ids)  # One order for all lines.
    for number, item_id in zip(numbers, item_ids, strict=True):
        if item_id not in decisions.purchase_orders[number].costs:
            detail = f"item {item_id} is not on {number}"
            raise CannotPostError(ParkReason.DOCUMENT_DIFFERS, detail)
    if isinstance(payload, GoodsReceived):
        purpose = decisions.purchase_orders[payload.purchase_order_no].purpose
        if purpose is not payload.purpose:
            detail = f"{payload.purchase_order_no} is {purpose.value}"
            raise CannotPostError(ParkReason.DOCUMENT_DIFFERS, detail)


def _check_shipment(decisions: Decisions, store: str, payload: TransferShipped) -> None:
    _require_transfer(decisions, payload.transfer_no, (store, payload.target_store))


def _check_arrival(decisions: Decisions, store: str, payload: TransferReceived) -> None:
    _require_transfer(decisions, payload.transfer_no, (payload.source_store, store))


def _require_transfer(decisions: Decisions, transfer_no: str, stores: tuple[str, str]) -> None:
    decided = decisions.transfer_stores.get(transfer_no)
    if decided is None:
        raise CannotPostError(ParkReason.DOCUMENT_MISSING, transfer_no)
    if decided != stores:
        detail = f"{transfer_no} goes from {decided[0]} to {decided[1]}"
        raise CannotPostError(ParkReason.DOCUMENT_DIFFERS, detail)


DOCUMENT_CHECKS: dict[type, Callable[..., None]] = {
    GoodsReceived: _check_purchases,
    SupplierReturn: _check_purchases,
    LandedCostAdded: _check_purchases,
    SupplierInvoiced: _check_purchases,
    TransferShipped: _check_shipment,
    TransferReceived: _check_arrival,
}
"""Of kinds that answer a document; headquarters checked its own before it wrote them."""
