"""Tables by which facts are found again: projections of the hub's journal alone, parked facts too.

Newest first is by business date, then by receipt at the hub. Every index ends with these two, so
that a page of any filter is one range of one index, however many years the journal holds.
"""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.store.schema import Bytes, Int, Text, column, key, make_table

HAS_RECEIPT = sa.text("receipt_no IS NOT NULL")
HAS_DOCUMENT = sa.text("document_no IS NOT NULL")

fact_index = make_table(
    "fact_index",
    key("store"),
    key("business_date"),  # Empty when the fact has none that can be read: those come last.
    key("receive_no", Int),  # Of hub_journal.
    column("kind", Int),
    column("staff_no", Text),
    column("register_no", Text),
    sa.Column("receipt_no", Int),
    sa.Column("document_no", Text),  # Of the order that the fact answers.
    sa.Index("fact_index_by_date", "business_date", "receive_no"),
    sa.Index("fact_index_by_kind", "kind", "business_date", "receive_no"),
    sa.Index("fact_index_by_staff", "staff_no", "business_date", "receive_no"),
    sa.Index(
        "fact_index_by_receipt",
        "receipt_no",
        "business_date",
        "receive_no",
        sqlite_where=HAS_RECEIPT,
        postgresql_where=HAS_RECEIPT,
    ),
    sa.Index(
        "fact_index_by_document",
        "document_no",
        "business_date",
        "receive_no",
        sqlite_where=HAS_DOCUMENT,
        postgresql_where=HAS_DOCUMENT,
    ),
)

fact_cause = make_table(  # Which facts answer a fact or put it right.
    "fact_cause",
    key("cause", Bytes),  # fact_id, 16 bytes.
    key("receive_no", Int),
)

fact_index_cursor = make_table(
    "fact_index_cursor",
    key("id", Int),
    column("receive_no", Int),  # The last fact of the hub's journal that was indexed.
    sa.CheckConstraint("id = 1", name="fact_index_cursor_is_one_row"),
)
