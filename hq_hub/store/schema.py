"""Tables of the hub: its state, stores and people, documents. Books stand in schema_books.

`store` leads every key of store data. Every table belongs to the one `metadata`, from which the
first revision of the migrations is made.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem

metadata = sa.MetaData()

Int = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits on every engine; STRICT tables know it by the name INTEGER."""
Text = sa.Text(collation=None).with_variant(sa.Text(collation="C"), "postgresql")
"""Compared byte by byte on every engine, so that an order is the same order."""
Bytes = sa.LargeBinary()


def key(name: str, kind: Any = Text) -> sa.Column[Any]:  # noqa: ANN401 - any column type
    """Make a column of a primary key; keys are never made by the database."""
    return sa.Column(name, kind, primary_key=True, autoincrement=False, nullable=False)


def column(name: str, kind: Any, *checks: Any) -> sa.Column[Any]:  # noqa: ANN401 - any column type
    """Make a column that always holds a value."""
    return sa.Column(name, kind, *checks, nullable=False)


def make_table(name: str, *parts: SchemaItem, is_wide: bool = False) -> sa.Table:
    """Make a STRICT table; rows lie in the order of their key unless they are wide."""
    return sa.Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=is_wide)


hub_state = make_table(
    "hub_state",
    key("id", Int),
    column("chain", Text),
    column("generation", Int),  # The hub's life between restores, from 1.
    column("document_version", Int),  # Of the newest document, 0 for none.
    column("chart_id", Text),  # Chart of accounts, chosen once: entries name its codes.
    column("books_revision", Text),  # Of the program that folded the books as they stand.
    sa.CheckConstraint("id = 1", name="hub_state_is_one_row"),
)

number_series = make_table(  # Last number given, of orders that people print and name.
    "number_series",
    key("series"),
    column("last_no", Int),
)

store = make_table(
    "store",
    key("store"),
    column("name", Text),
    column("name_en", Text),
    column("city", Text),
    column("price_zone", Text),
    column("legal_entity", Text),  # Never changed: the cost of the store's goods is kept under it.
    column("version", Int),
    column("region", Text, sa.DefaultClause("")),  # Whose manager looks after it.
)

hub_user = make_table(
    "hub_user",
    key("user_name"),
    column("display_name", Text),
    column("role", Text),  # Id of the role's document.
    column("password_hash", Text),  # argon2id, with its own salt.
    column("version", Int),
    column("reach", Text, sa.DefaultClause("all")),  # As retail_domain.people.reach writes it.
    column("own_limits", Text, sa.DefaultClause("")),  # As retail_domain.people.role writes them.
    column("staff_no", Text, sa.DefaultClause("")),  # The same person at the stores, if any.
    column("must_change", Int, sa.DefaultClause("0")),  # The password was set by somebody else.
)

hub_session = make_table(
    "hub_session",
    key("token_hash", Bytes),  # SHA-256: the token itself is only in the browser.
    column("user_name", Text, sa.ForeignKey("hub_user.user_name")),
    column("expires_at_ms", Int),
    sa.Index("hub_session_by_expiry", "expires_at_ms"),
)

request_answer = make_table(  # What a repeated write gets again.
    "request_answer",
    key("user_name"),
    key("request_id", Bytes),  # Idempotency-Key, 16 bytes.
    column("question_hash", Bytes),
    column("answer", Text),  # Number of what the write touched.
    column("answered_at_ms", Int),
    sa.Index("request_answer_by_time", "answered_at_ms"),
)

document = make_table(  # Every version of every document; the newest of a key is in force.
    "document",
    key("feed"),
    key("scope"),
    key("key", Bytes),
    key("version", Int),
    column("is_removed", Int),
    column("body", Bytes),
)

feed_scope = make_table(  # Where a scope stands, so that an ack need not hash it again.
    "feed_scope",
    key("feed"),
    key("scope"),
    column("version", Int),
    column("content_hash", Bytes),
    column("pruned_version", Int, sa.DefaultClause("0")),  # Changes up to it are not in the log.
)

feed_change = make_table(  # Change log by which boxes catch up; pruned, while documents stay.
    "feed_change",
    key("feed"),
    key("scope"),
    key("version", Int),
    key("key", Bytes),
)

item = make_table(  # Index of the items in force, for searching and for names on screens.
    "item",
    key("item_id", Int),
    column("sku", Text),
    column("name", Text),
    column("name_en", Text),
    column("unit_of_measure", Text),
    column("gtins", Text),  # 14 digits each, with a space between.
    sa.Index("item_by_sku", "sku"),
)

price = make_table(  # Prices in force.
    "price",
    key("price_zone"),
    key("item_id", Int),
    column("unit_price_fen", Int),
)

purchase_order = make_table(
    "purchase_order",
    key("purchase_order_no"),
    column("store", Text),
    column("supplier_no", Text),
    column("purpose", Text),
    column("created_by", Text),
    column("created_at_ms", Int),
    column("version", Int),
)

purchase_order_line = make_table(
    "purchase_order_line",
    key("purchase_order_no"),
    key("item_id", Int),
    column("quantity_milli", Int),
    column("value_fen", Int),  # Of the whole line, net of deductible VAT; only the hub knows it.
)

transfer_order = make_table(
    "transfer_order",
    key("transfer_no"),
    column("source_store", Text),
    column("target_store", Text),
    column("decided", Text),  # drafted, approved, cancelled; the rest of the state happened.
    column("created_by", Text),
    column("created_at_ms", Int),
    sa.Column("approved_by", Text),
    sa.Column("approved_at_ms", Int),
    sa.Column("cancelled_by", Text),
    sa.Column("cancelled_at_ms", Int),
    column("version", Int),
)

transfer_order_line = make_table(
    "transfer_order_line",
    key("transfer_no"),
    key("line_no", Int),
    column("item_id", Int),
    column("quantity_milli", Int),
)
