"""Projections of headquarters' own facts, and of what they are checked against."""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.store.schema import Bytes, Int, Text, column, key, make_table

own_fact = make_table(  # Headquarters' journal as people list and search it.
    "own_fact",
    key("store"),
    key("epoch", Int),
    key("seq", Int),
    column("kind", Text),
    column("fact_id", Bytes),
    column("reverses", Bytes),  # fact_id of what it takes back, else empty.
    column("business_date", Text),
    column("period", Text),
    column("staff_no", Text),
    column("wall_at_ms", Int),
    column("party", Text),  # Supplier, carrier or store.
    column("document_no", Text),  # Of the party, or of our order.
    column("document_date", Text),  # From which an invoice ages.
    column("summary", Text),
    column("amount_fen", Int),
    sa.Index("own_fact_by_document", "party", "document_no"),
    sa.Index("own_fact_by_reversed", "reverses"),
)

purchase_progress = (
    make_table(  # Order, received, invoiced: the three-way match, and 暂估 by order.
        "purchase_progress",
        key("purchase_order_no"),
        key("item_id", Int),
        column("received_milli", Int),
        column("returned_milli", Int),
        column("invoiced_milli", Int),
        column("received_fen", Int),  # Into goods received, not invoiced; less what went back.
        column("cleared_fen", Int),  # Out of it, by invoices.
        column("invoiced_fen", Int),  # Net, as the invoices say.
    )
)

open_item_sale = make_table(  # Goods sold without a code, and what of them got its item.
    "open_item_sale",
    key("store"),
    key("item_id", Int),
    column("sold_milli", Int),  # Less what came back.
    column("reclassified_milli", Int),
)
