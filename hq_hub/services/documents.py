"""Use cases of documents: what headquarters decides about items, prices, stores and purchases."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from hq_hub.services.certificates import HUB_NAME
from hq_hub.services.errors import (
    ItemNotFoundError,
    OrderTooLongError,
    StoreFixedError,
    StoreNotFoundError,
    StoreNumberError,
)
from hq_hub.services.staff import publish_members
from hq_hub.store import catalog, orders, stores
from hq_hub.store import documents as document_store
from hq_hub.store.audit import By, write_audit
from hq_hub.store.engine import write_transaction
from hq_hub.store.orders import PurchaseLine, to_ms
from hq_hub.store.stores import Store
from protos.documents import (
    CHAIN_SCOPE,
    ITEMS_FEED,
    ORDERS_FEED,
    PRICES_FEED,
    PurchaseOrder,
    encode_item,
    encode_order,
    encode_price,
    item_key,
    order_key,
)
from retail_domain.catalog.item import Item, Price, UnitOfMeasure
from retail_domain.catalog.quantity import require_quantity
from retail_domain.errors import AmountOutOfRangeError
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.fact import HQ_STORE
from retail_domain.trade.tender import TENDER_FEN_MAX
from retail_domain.transfers.transfer_order import OrderLine, require_lines

ORDER_LINES_MAX = 5_000
"""A receipt of all lines is one fact: at about 50 bytes a line it must fit a message of 1 MB."""
PURCHASE_SERIES, TRANSFER_SERIES = "PO", "T"
STORE_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,16}")
"""Safe in an MQTT topic, in a certificate's name and in a file name."""
RESERVED_NUMBERS = frozenset({HQ_STORE.lower(), HUB_NAME})
"""Headquarters' own journal, and the name that the broker lets into every store's topics."""


@dataclasses.dataclass(frozen=True, slots=True)
class NewPurchase:
    """A purchase order before it has a number; opening stock is one too."""

    store: str
    supplier_no: str
    purpose: ReceiptPurpose
    lines: tuple[PurchaseLine, ...]
    """With costs: stores see quantities only."""


def put_items(db: sa.Connection, items: Sequence[Item]) -> int:
    """Put items into force for the chain; those that are equal already stay as they are.

    Returns:
        The document version at which they are in force.
    """
    bodies = {item_key(item.item_id): encode_item(item) for item in items}
    with write_transaction(db):
        changed = _write_changes(db, ITEMS_FEED, CHAIN_SCOPE, bodies)
        catalog.write_items(db, [item for item in items if item_key(item.item_id) in changed])
        return document_store.read_version(db)


def put_prices(db: sa.Connection, price_zone: str, prices: Sequence[Price]) -> int:
    """Put prices of a zone into force; returns and repeats as `put_items`."""
    bodies = {item_key(price.item_id): encode_price(price) for price in prices}
    with write_transaction(db):
        changed = _write_changes(db, PRICES_FEED, price_zone, bodies)
        new = [price for price in prices if item_key(price.item_id) in changed]
        catalog.write_prices(db, price_zone, new)
        return document_store.read_version(db)


def put_store(db: sa.Connection, store: Store, by: By | None = None) -> None:
    """Set up a store or change its names or region; a repeat changes nothing.

    Args:
        db: not in a transaction.
        store: all of it.
        by: who and when, for the audit; None: no person asks.

    Raises:
        StoreNumberError: no number that can stand in a topic.
        StoreFixedError: another legal entity or price zone than before.
    """
    if not STORE_NUMBER.fullmatch(store.store) or store.store.lower() in RESERVED_NUMBERS:
        raise StoreNumberError(store=store.store)
    with write_transaction(db):
        known = stores.find_store(db, store.store)
        if known == store:
            return
        if known is not None and known.fixed != store.fixed:
            raise StoreFixedError(store=store.store, known=" / ".join(known.fixed))
        stores.write_store(db, store, document_store.next_version(db))
        if by is not None:
            write_audit(db, by, "put_store", store.store, region=store.region)
        publish_members(db)  # Who reaches the store works there from now on.


def put_purchase_order(
    db: sa.Connection, purchase: NewPurchase, *, by: str, at: datetime.datetime
) -> str:
    """Order goods for a store; the store sees quantities, the hub keeps the costs.

    Returns:
        The order's number. Orders are never changed: their costs are in the books.

    Raises:
        StoreNotFoundError, ItemNotFoundError, OrderTooLongError, AmountOutOfRangeError
        RetailError: the rules of lines and quantities.
    """
    with write_transaction(db):
        _require_store(db, purchase.store)
        lines = [OrderLine(line.item_id, line.quantity_milli) for line in purchase.lines]
        number = f"{PURCHASE_SERIES}-{document_store.next_number(db, PURCHASE_SERIES):06}"
        require_order_lines(db, number, lines)
        for line in purchase.lines:
            if not 0 <= line.value_fen <= TENDER_FEN_MAX:
                raise AmountOutOfRangeError(amount_fen=line.value_fen, limit_fen=TENDER_FEN_MAX)
        version = document_store.next_version(db)
        orders.insert_purchase_order(
            db,
            (
                number,
                purchase.store,
                purchase.supplier_no,
                purchase.purpose.value,
                by,
                to_ms(at),
                version,
            ),
            purchase.lines,
        )
        body = encode_order(
            PurchaseOrder(
                number, purchase.supplier_no, purchase.store, purchase.purpose, tuple(lines)
            )
        )
        document_store.write_documents(
            db, ORDERS_FEED, purchase.store, {order_key(number): body}, version
        )
    return number


def require_order_lines(db: sa.Connection, document_no: str, lines: Sequence[OrderLine]) -> None:
    """Check the lines of an order against the catalogue.

    Raises:
        OrderTooLongError: more than ORDER_LINES_MAX.
        ItemNotFoundError: not in force.
        RetailError: the rules of lines and quantities.
    """
    require_lines(document_no, lines)
    if len(lines) > ORDER_LINES_MAX:
        raise OrderTooLongError(document_no=document_no, lines=len(lines), limit=ORDER_LINES_MAX)
    units = catalog.read_units(db, [line.item_id for line in lines])
    for line in lines:
        unit = units.get(line.item_id)
        if unit is None:
            raise ItemNotFoundError(item_id=line.item_id)
        require_quantity(line.quantity_milli, UnitOfMeasure(unit.unit_of_measure), unit.name)


def require_stores(db: sa.Connection, numbers: Collection[str]) -> list[Store]:
    """Find stores, in the order asked.

    Raises:
        StoreNotFoundError: one is missing.
    """
    return [_require_store(db, number) for number in numbers]


def _require_store(db: sa.Connection, number: str) -> Store:
    store = stores.find_store(db, number)
    if store is None:
        raise StoreNotFoundError(store=number)
    return store


def _write_changes(
    db: sa.Connection, feed: str, scope: str, bodies: Mapping[bytes, bytes]
) -> set[bytes]:
    """Write the bodies that differ from those in force; returns their keys."""
    known = document_store.read_bodies(db, feed, scope, bodies)
    changed: dict[bytes, bytes | None] = {
        key: body for key, body in bodies.items() if known.get(key) != body
    }
    if changed:
        version = document_store.next_version(db)
        document_store.write_documents(db, feed, scope, changed, version)
    return set(changed)
