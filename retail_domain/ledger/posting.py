"""Posts a fact: what it does to average cost, goods in transit and the books.

Pure: the caller hands in what a fact may touch and stores what comes back. The hub posts facts in
the order of its apply log, so the same log gives the same books for ever.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Collection

from retail_domain.ledger import headquarters_posting, stock_posting, trade_posting
from retail_domain.ledger.books import Books, Outcome, PurchaseKey, TransitKey
from retail_domain.ledger.entry import EntryLine, sum_changes
from retail_domain.stock.adjustment import StockAdjusted
from retail_domain.stock.count import StockCounted
from retail_domain.stock.goods import (
    GoodsReceived,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.fact import KIND_OF_PAYLOAD, Happening, Payload
from retail_domain.trade.fact_kind import FACT_RULES
from retail_domain.trade.purchase import LandedCostAdded, Paid, SupplierInvoiced
from retail_domain.trade.shift import CashMoved, ShiftClosed
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.ticket_columns import TicketColumns, columns_of
from retail_domain.trade.voucher import CostAllocated, ManualEntry, PeriodClosed
from retail_domain.transfers.settlement import TransferSettled

RULES: dict[type, Callable[[Books, str, Happening], Outcome]] = {
    GoodsReceived: stock_posting.post_receipt,
    SupplierReturn: stock_posting.post_supplier_return,
    StockCounted: stock_posting.post_count,
    StockAdjusted: stock_posting.post_adjustment,
    TransferShipped: stock_posting.post_shipment,
    TransferReceived: stock_posting.post_arrival,
    ShiftClosed: trade_posting.post_shift_close,
    CashMoved: trade_posting.post_cash_move,
    SupplierInvoiced: headquarters_posting.post_invoice,
    Paid: headquarters_posting.post_payment,
    ManualEntry: headquarters_posting.post_manual_entry,
    CostAllocated: headquarters_posting.post_allocation,
    LandedCostAdded: headquarters_posting.post_landed_cost,
    TransferSettled: headquarters_posting.post_settlement,
    PeriodClosed: headquarters_posting.post_period_close,
}
"""Of all kinds with an entry but the ticket, which tells its lines' costs as well."""
assert {Ticket, *RULES} == {
    payload for payload, kind in KIND_OF_PAYLOAD.items() if FACT_RULES[kind].has_entry
}

BookPayload = Payload | TicketColumns
"""What the books read of a fact."""


@dataclasses.dataclass(frozen=True, slots=True)
class Posted:
    """What one fact left behind."""

    costs_fen: tuple[int, ...]
    """Change of the store's inventory value a movement, in the order of `stock_movements`."""
    lines: tuple[EntryLine, ...]
    """Of its one entry; empty when no account changes."""
    line_costs_fen: tuple[int, ...] = ()
    """Of a ticket: what each line's goods cost, below 0 for goods brought back."""


NOTHING = Posted((), ())


def post_fact(books: Books, store: str, happening: Happening | TicketColumns) -> Posted:
    """Post one fact: move average costs in `books` and make its entry.

    Args:
        books: must hold what `touched_costs`, `touched_transit` and `touched_sales` name, and the
            orders that the fact answers.
        store: the author.
        happening: what happened; a ticket preferably column by column.
    """
    if isinstance(happening, TicketColumns):
        (costs_fen, changes), line_costs_fen = trade_posting.post_ticket(books, store, happening)
        lines = sum_changes(changes, books.codes)
        return Posted(tuple(costs_fen), lines, tuple(line_costs_fen))
    if isinstance(happening.payload, Ticket):
        return post_fact(books, store, columns_of(happening))
    rule = RULES.get(type(happening.payload))
    if rule is None:
        return NOTHING
    costs_fen, changes = rule(books, store, happening)
    return Posted(tuple(costs_fen), sum_changes(changes, books.codes))


def touched_costs(store: str, payload: BookPayload) -> dict[str, Collection[int]]:
    """item_ids, by store, of every average cost that posting may read or change."""
    match payload:
        case TicketColumns():
            return {store: payload.item_ids}
        case Ticket() | GoodsReceived() | SupplierReturn() | StockCounted() | StockAdjusted():
            return {store: {line.item_id for line in payload.lines}}
        case SupplierInvoiced():
            stores = {line.store for line in payload.lines}
            return {one: {li.item_id for li in payload.lines if li.store == one} for one in stores}
        case LandedCostAdded():
            return {payload.store: {line.item_id for line in payload.lines}}
        case TransferShipped() | TransferReceived():
            item_ids = {line.item_id for line in payload.lines}
            return dict.fromkeys(_ends(store, payload), item_ids)
        case _:
            return {}


def touched_purchases(payload: BookPayload) -> set[PurchaseKey]:
    """(purchase_order_no, item_id) of every purchase that posting may read or change."""
    match payload:
        case GoodsReceived() | SupplierReturn():
            return {(payload.purchase_order_no, line.item_id) for line in payload.lines}
        case SupplierInvoiced():
            return {(line.purchase_order_no, line.item_id) for line in payload.lines}
        case _:
            return set()


def touched_transit(payload: BookPayload) -> set[TransitKey]:
    """(transfer_no, item_id) of every in-transit pair that posting may read or change."""
    if isinstance(payload, TransferShipped | TransferReceived | TransferSettled):
        return {(payload.transfer_no, line.item_id) for line in payload.lines}
    return set()


def touched_sales(payload: BookPayload) -> set[tuple[str, uuid.UUID]]:
    """(store, fact_id) of every ticket that goods come back of."""
    if not isinstance(payload, TicketColumns):
        return set()
    return {(origin.store, origin.fact_id) for origin in payload.origins.values()}


def _ends(store: str, payload: TransferShipped | TransferReceived) -> set[str]:
    """Both stores of a transfer."""
    if isinstance(payload, TransferShipped):
        return {store, payload.target_store}
    return {store, payload.source_store}
