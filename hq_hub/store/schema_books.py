"""Tables that follow from journals and documents: apply log, stock, cost, entries, sales.

All but the apply log, the cursor and the parked facts are projections: `rebuild` makes them again,
equal to the byte. So they hold no number made by the database and no time of their own.
"""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.store import schema_headquarters
from hq_hub.store.schema import Bytes, Int, Text, column, key, make_table

apply_log = make_table(  # The order in which facts were posted. Data: average cost depends on it.
    "apply_log",
    key("apply_no", Int),  # From 1, without gaps.
    column("store", Text),
    column("epoch", Int),
    column("seq", Int),
    column("document_version", Int),  # What headquarters had decided by then.
    column("received_at_ms", Int),
    column("period", Text),  # Accounting month, such as 2026-11.
    sa.UniqueConstraint("store", "epoch", "seq", name="apply_log_posts_a_fact_once"),
)

apply_cursor = make_table(
    "apply_cursor",
    key("id", Int),
    column("receive_no", Int),  # The last fact of the hub's journal that was looked at.
    column("apply_no", Int),
    column("applied_at_ms", Int),  # 0 before the first block.
    sa.CheckConstraint("id = 1", name="apply_cursor_is_one_row"),
)

apply_progress = make_table(  # Up to where a store's facts were looked at; for its ack.
    "apply_progress",
    key("store"),
    key("epoch", Int),
    column("seq", Int),
)

parked = make_table(  # Kept and acknowledged, not posted yet.
    "parked",
    key("store"),
    key("epoch", Int),
    key("seq", Int),
    column("receive_no", Int),
    column("reason_code", Text),
    column("detail", Text),
    column("document_version", Int),  # At the last try; -1 asks for another.
    column("parked_at_ms", Int),
)

on_hand = make_table(
    "on_hand",
    key("store"),
    key("state"),
    key("item_id", Int),
    key("lot"),
    column("quantity_milli", Int),
    sa.Index("on_hand_by_item", "item_id"),
)

cost = make_table(  # Average cost as a pair, and the last receipt as a pair.
    "cost",
    key("legal_entity"),
    key("store"),
    key("item_id", Int),
    column("value_fen", Int),
    column("quantity_milli", Int),
    column("last_value_fen", Int),
    column("last_quantity_milli", Int),
)

in_transit = make_table(
    "in_transit",
    key("transfer_no"),
    key("item_id", Int),
    column("value_fen", Int),
    column("quantity_milli", Int),  # Below zero: received before the shipment is known.
    column("last_value_fen", Int),
    column("last_quantity_milli", Int),
)

transfer_progress = make_table(  # What the two stores did with an order.
    "transfer_progress",
    key("transfer_no"),
    key("item_id", Int),
    column("shipped_milli", Int),
    column("received_milli", Int),
    column("settled_milli", Int),  # + lost on the way, - arrived without having left.
)

stock_movement = make_table(
    "stock_movement",
    key("store"),
    key("epoch", Int),
    key("seq", Int),
    key("line_no", Int),
    column("state", Text),
    column("item_id", Int),
    column("lot", Text),
    column("quantity_milli", Int),  # + into stock, - out of it.
    column("cost_fen", Int),  # Change of the store's inventory value.
)

entry_line = make_table(  # One entry a fact; its lines balance.
    "entry_line",
    key("store"),
    key("epoch", Int),
    key("seq", Int),
    key("line_no", Int),
    column("entry_store", Text),  # Whose books.
    column("account_code", Text),
    column("transfer_no", Text),
    column("debit_fen", Int),
    column("credit_fen", Int),
    column("business_date", Text),
    column("period", Text),
    sa.Index(
        "entry_line_by_account",  # The card of an account, in the order of its lines.
        "account_code",
        "business_date",
        "entry_store",
        "store",
        "epoch",
        "seq",
        "line_no",
    ),
)

ticket = make_table(
    "ticket",
    key("store"),
    key("epoch", Int),
    key("seq", Int),
    column("register_no", Text),
    column("receipt_no", Int),
    column("business_date", Text),
    column("amount_fen", Int),
    column("rounding_fen", Int),
)

sale_line = make_table(
    "sale_line",
    key("store"),
    key("epoch", Int),
    key("seq", Int),
    key("line_no", Int),
    column("business_date", Text),
    column("item_id", Int),
    column("quantity_milli", Int),  # + sold, - brought back; amounts likewise.
    column("amount_fen", Int),  # Paid, tax included.
    column("tax_fen", Int),
    column("discount_fen", Int),
    column("cost_fen", Int),  # + what the goods cost.
)

returned_line = make_table(  # How much of a sale came back, wherever that was.
    "returned_line",
    key("store"),  # Of the sale.
    key("fact_id", Bytes),  # Of its ticket.
    key("line_no", Int),
    column("returned_milli", Int),
)

shift_close = make_table(  # Z reports, as the stores closed them.
    "shift_close",
    key("store"),
    key("epoch", Int),
    key("seq", Int),
    column("register_no", Text),
    column("shift_no", Int),  # A box that was restored or cloned may have given a number twice.
    column("business_date", Text),
    column("staff_no", Text),
    column("tickets", Int),
    column("sales_fen", Int),
    column("returns_fen", Int),
    column("rounding_fen", Int),
    column("expected_cash_fen", Int),
    column("counted_fen", Int),
)

day_close = make_table(  # Days that the stores closed, with the places of their facts.
    "day_close",
    key("store"),
    key("epoch", Int),
    key("seq", Int),  # Of the closing fact.
    column("business_date", Text),
    column("first_seq", Int),
    column("last_seq", Int),
    column("tickets", Int),
    column("sales_fen", Int),
    column("returns_fen", Int),
)

supplier_invoice = make_table(  # What suppliers are owed: the sub-ledger of accounts payable.
    "supplier_invoice",
    key("supplier_no"),
    key("invoice_no"),
    column("gross_fen", Int),
    column("paid_fen", Int),
)

closed_period = make_table(  # Accounting months that are closed; later facts go to the next one.
    "closed_period",
    key("store"),  # Place of the fact that closed it.
    key("epoch", Int),
    key("seq", Int),
    column("period", Text),
)

store_day = make_table(  # Sales of a store and day, so that a screen need not add up a year.
    "store_day",
    key("store"),
    key("business_date"),
    column("tickets", Int),
    column("quantity_milli", Int),
    column("amount_fen", Int),
    column("tax_fen", Int),
    column("discount_fen", Int),
    column("cost_fen", Int),
)

PROJECTIONS = (
    on_hand,
    cost,
    in_transit,
    transfer_progress,
    stock_movement,
    entry_line,
    ticket,
    sale_line,
    returned_line,
    shift_close,
    day_close,
    supplier_invoice,
    closed_period,
    store_day,
    schema_headquarters.own_fact,
    schema_headquarters.purchase_progress,
    schema_headquarters.open_item_sale,
)
"""What a rebuild makes again."""
