"""The kinds of facts: who may write them, what they do to stock and books, and what is built."""

from __future__ import annotations

import dataclasses
import enum


class FactKind(enum.Enum):
    """What happened. Posting, codec and reports branch on this alone."""

    TICKET = "ticket"
    TICKET_VOIDED = "ticket_voided"
    DRAWER_OPENED = "drawer_opened"
    RECEIPT_REPRINTED = "receipt_reprinted"
    GOODS_RECEIVED = "goods_received"
    SUPPLIER_RETURN = "supplier_return"
    STOCK_COUNTED = "stock_counted"
    STOCK_ADJUSTED = "stock_adjusted"
    TRANSFER_SHIPPED = "transfer_shipped"
    TRANSFER_RECEIVED = "transfer_received"
    STOCK_REQUESTED = "stock_requested"
    SHIFT_OPENED = "shift_opened"
    SHIFT_CLOSED = "shift_closed"
    CASH_MOVED = "cash_moved"
    DAY_OPENED = "day_opened"
    DAY_CLOSED = "day_closed"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    ITEM_UNKNOWN = "item_unknown"
    BOX_EVENT = "box_event"
    SALE_REQUESTED = "sale_requested"
    SALE_ANSWERED = "sale_answered"
    SUPPLIER_INVOICED = "supplier_invoiced"
    PAID = "paid"
    MANUAL_ENTRY = "manual_entry"
    COST_ALLOCATED = "cost_allocated"
    LANDED_COST_ADDED = "landed_cost_added"
    TRANSFER_SETTLED = "transfer_settled"
    RECLASSIFIED = "reclassified"
    PERIOD_CLOSED = "period_closed"


class Author(enum.Enum):
    """Whose journal a kind belongs to."""

    BOX = "box"
    HUB = "hub"


class StockEffect(enum.Enum):
    """Which signs the movements of a kind may have."""

    NONE = frozenset[int]()
    INTO = frozenset({1})
    OUT = frozenset({-1})
    EITHER = frozenset({1, -1})


@dataclasses.dataclass(frozen=True, slots=True)
class FactRule:
    """What a kind is allowed to do."""

    author: Author
    stock_effect: StockEffect
    has_entry: bool
    """Whether it may make one journal entry; otherwise none."""


def _box(stock_effect: StockEffect = StockEffect.NONE, *, has_entry: bool = False) -> FactRule:
    return FactRule(Author.BOX, stock_effect, has_entry)


def _hub(*, has_entry: bool = True) -> FactRule:
    """Headquarters moves no stock: only a store's box does, and answers a document for it."""
    return FactRule(Author.HUB, StockEffect.NONE, has_entry)


FACT_RULES = {
    # Sale and return lines in one: an exchange is one fact.
    FactKind.TICKET: _box(StockEffect.EITHER, has_entry=True),
    FactKind.TICKET_VOIDED: _box(),
    FactKind.DRAWER_OPENED: _box(),
    FactKind.RECEIPT_REPRINTED: _box(),
    # Opening stock is a receipt too.
    FactKind.GOODS_RECEIVED: _box(StockEffect.INTO, has_entry=True),
    FactKind.SUPPLIER_RETURN: _box(StockEffect.OUT, has_entry=True),
    FactKind.STOCK_COUNTED: _box(StockEffect.EITHER, has_entry=True),
    FactKind.STOCK_ADJUSTED: _box(StockEffect.EITHER, has_entry=True),
    FactKind.TRANSFER_SHIPPED: _box(StockEffect.OUT, has_entry=True),
    FactKind.TRANSFER_RECEIVED: _box(StockEffect.INTO, has_entry=True),
    FactKind.STOCK_REQUESTED: _box(),
    FactKind.SHIFT_OPENED: _box(),
    FactKind.SHIFT_CLOSED: _box(has_entry=True),  # Over and short.
    FactKind.CASH_MOVED: _box(has_entry=True),
    FactKind.DAY_OPENED: _box(),
    FactKind.DAY_CLOSED: _box(),
    FactKind.SIGNED_IN: _box(),
    FactKind.SIGNED_OUT: _box(),
    FactKind.ITEM_UNKNOWN: _box(),
    FactKind.BOX_EVENT: _box(),
    FactKind.SALE_REQUESTED: _box(),
    FactKind.SALE_ANSWERED: _box(),
    FactKind.SUPPLIER_INVOICED: _hub(),
    FactKind.PAID: _hub(),
    FactKind.MANUAL_ENTRY: _hub(),
    FactKind.COST_ALLOCATED: _hub(),
    FactKind.LANDED_COST_ADDED: _hub(),
    FactKind.TRANSFER_SETTLED: _hub(),
    FactKind.RECLASSIFIED: _hub(has_entry=False),  # The box's answer has the entry.
    FactKind.PERIOD_CLOSED: _hub(),
}
assert set(FACT_RULES) == set(FactKind)  # A new kind without a rule fails at import.
