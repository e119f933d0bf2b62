"""Finding what is sold: by code, by name, and at which price."""

from __future__ import annotations

import dataclasses

from edge_agent.store import feeds
from edge_agent.store.sqlite_library import Connection
from protos import documents
from retail_domain.catalog.gtin import lookup_forms
from retail_domain.catalog.item import Item, Price
from retail_domain.errors import (
    AmbiguousBarcodeError,
    PriceMissingError,
    UnknownBarcodeError,
    UnknownItemError,
)
from retail_domain.trade.open_ticket import Offer
from retail_domain.trade.ticket import FeedPosition

CODE_LENGTH_MAX = 48
"""No GTIN, SKU or GS1 key of one item is longer (GS1 General Specifications 3.2)."""
ITEM_ID_LIMIT = 1 << 63
"""Item numbers are stored as int64."""
NAMES_SHOWN = 3
"""Of an ambiguous barcode: more do not fit a message."""


@dataclasses.dataclass(frozen=True, slots=True)
class ListedItem:
    """An item with its price; None while headquarters has not priced it."""

    item: Item
    unit_price_fen: int | None


def find_offer(db: Connection, scanned_code: str) -> Offer:
    """What a scanned or typed code sells.

    Raises:
        UnknownBarcodeError: no item.
        AmbiguousBarcodeError: several items; a person chooses.
        PriceMissingError: the item has no price.
    """
    code = scanned_code.strip()[:CODE_LENGTH_MAX]
    for form in lookup_forms(code):
        item_ids = feeds.find_item_ids(db, form)
        if len(item_ids) > 1:
            names = [read_item(db, item_id).name for item_id in item_ids[:NAMES_SHOWN]]
            raise AmbiguousBarcodeError(
                scanned_code=code, count=len(item_ids), names="、".join(names)
            )
        if item_ids:
            return dataclasses.replace(make_offer(db, item_ids[0]), scanned_code=code)
    raise UnknownBarcodeError(scanned_code=code)


def make_offer(db: Connection, item_id: int) -> Offer:
    """An item at the price of the store's list.

    Raises:
        UnknownItemError, PriceMissingError
    """
    item = read_item(db, item_id)
    price = read_price(db, item_id)
    if price is None:
        raise PriceMissingError(name=item.name, item_id=item_id)
    return Offer(item, price)


def read_item(db: Connection, item_id: int) -> Item:
    """An item of the store's list.

    Raises:
        UnknownItemError: no such number.
    """
    body = None
    if 0 < item_id < ITEM_ID_LIMIT:
        body = feeds.read_document(db, documents.ITEMS_FEED, documents.item_key(item_id))
    if body is None:
        raise UnknownItemError(item_id=item_id)
    return documents.decode_item(body)


def read_price(db: Connection, item_id: int) -> Price | None:
    """The price of the store's zone, None while there is none."""
    body = feeds.read_document(db, documents.PRICES_FEED, documents.item_key(item_id))
    return None if body is None else documents.decode_price(body)


def price_list_position(db: Connection) -> FeedPosition:
    """The price list in force; every ticket names it."""
    position = feeds.read_position(db, documents.PRICES_FEED)
    return FeedPosition(position.generation, position.version)


def search_items(db: Connection, text: str, items_max: int) -> list[ListedItem]:
    """Items whose name holds the text or whose code begins with it, by item number."""
    listed = []
    for item_id in feeds.search_item_ids(db, text.strip(), items_max):
        price = read_price(db, item_id)
        listed.append(
            ListedItem(read_item(db, item_id), None if price is None else price.unit_price_fen)
        )
    return listed
