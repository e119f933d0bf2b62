"""Rights: what a person may do, what they may see, and by which amounts a right is limited."""

from __future__ import annotations

import enum


class Right(enum.Enum):
    """Something that is done. Its value stands in documents and facts: it is for ever."""

    # At a register.
    SELL = "sell"
    GIVE_DISCOUNT = "give_discount"
    OVERRIDE_PRICE = "override_price"
    REFUND = "refund"
    VOID_TICKET = "void_ticket"
    REPRINT_RECEIPT = "reprint_receipt"
    OPEN_DRAWER = "open_drawer"
    MOVE_CASH = "move_cash"
    HANDLE_SHIFT = "handle_shift"
    CLOSE_DAY = "close_day"
    # In the back room.
    RECEIVE_GOODS = "receive_goods"
    RETURN_GOODS = "return_goods"  # To the supplier.
    MOVE_TRANSFER = "move_transfer"  # Ship or receive.
    REQUEST_STOCK = "request_stock"
    COUNT_STOCK = "count_stock"
    ADJUST_STOCK = "adjust_stock"
    # At headquarters.
    READ_STORES = "read_stores"
    READ_STOCK = "read_stock"
    READ_SALES = "read_sales"
    READ_TRANSFERS = "read_transfers"
    READ_JOURNAL = "read_journal"
    READ_LEDGER = "read_ledger"
    READ_AUDIT = "read_audit"
    DRAFT_TRANSFER = "draft_transfer"
    APPROVE_TRANSFER = "approve_transfer"
    ORDER_GOODS = "order_goods"
    WRITE_ENTRY = "write_entry"
    CLOSE_PERIOD = "close_period"
    MANAGE_ITEMS = "manage_items"
    MANAGE_BOXES = "manage_boxes"
    MANAGE_PEOPLE = "manage_people"


class Field(enum.Enum):
    """Something that is only shown to those who may see it."""

    COST = "cost"
    """What goods cost us: value of stock, goods in transit, purchases."""
    MARGIN = "margin"
    """What a sale earns."""
    MEMBER_DATA = "member_data"
    """Who a customer is."""


class Measure(enum.Enum):
    """What an action is measured by; a limit caps it for one action."""

    DISCOUNT_BP = "discount_bp"
    """Of the price, per 10,000."""
    DISCOUNT_FEN = "discount_fen"
    OVERRIDE_BP = "override_bp"
    """How far a typed price lies from the listed one, per 10,000 of that."""
    REFUND_FEN = "refund_fen"
    PAY_OUT_FEN = "pay_out_fen"
    ADJUSTMENT_FEN = "adjustment_fen"
    """At the selling price: the box knows no cost."""
    ORDER_FEN = "order_fen"
    MANUAL_ENTRY_FEN = "manual_entry_fen"


MEASURES_OF_RIGHT: dict[Right, frozenset[Measure]] = {
    Right.GIVE_DISCOUNT: frozenset({Measure.DISCOUNT_BP, Measure.DISCOUNT_FEN}),
    Right.OVERRIDE_PRICE: frozenset({Measure.OVERRIDE_BP}),
    Right.REFUND: frozenset({Measure.REFUND_FEN}),
    Right.MOVE_CASH: frozenset({Measure.PAY_OUT_FEN}),
    Right.ADJUST_STOCK: frozenset({Measure.ADJUSTMENT_FEN}),
    Right.ORDER_GOODS: frozenset({Measure.ORDER_FEN}),
    Right.WRITE_ENTRY: frozenset({Measure.MANUAL_ENTRY_FEN}),
}
"""The limits that an action of a right must keep; a right that is not listed has none."""
assert frozenset[Measure]().union(*MEASURES_OF_RIGHT.values()) == frozenset(Measure)

RIGHTS_WITHOUT_LEASE = frozenset({Right.SELL, Right.HANDLE_SHIFT})
"""What goes on however long headquarters is silent: a shop sells and counts its cash. ADR 0011."""

RIGHTS_OF_THE_CHAIN = frozenset(
    {
        Right.CLOSE_PERIOD,
        Right.MANAGE_ITEMS,
        Right.MANAGE_BOXES,
        Right.MANAGE_PEOPLE,
        Right.READ_AUDIT,
        Right.WRITE_ENTRY,
    }
)
"""They belong to no store, so only who reaches every store has them."""

FIELDS_OF_RIGHT: dict[Right, frozenset[Field]] = {
    Right.READ_LEDGER: frozenset({Field.COST, Field.MARGIN}),
    Right.ORDER_GOODS: frozenset({Field.COST}),
}
"""What a right shows by its nature: inventory and cost of sales are accounts of the ledger."""
