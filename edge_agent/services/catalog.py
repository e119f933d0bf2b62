"""Finding what is sold: by code, by name, and at which price."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Iterable, Sequence

from edge_agent.store import feeds, item_search
from edge_agent.store.sqlite_library import Connection, Row
from protos import documents
from retail_domain.catalog.code_reading import CodeReading
from retail_domain.catalog.gtin import lookup_forms
from retail_domain.catalog.item import Item, Price
from retail_domain.catalog.open_item import OPEN_ITEMS
from retail_domain.errors import (
    AmbiguousBarcodeError,
    PriceMissingError,
    UnknownBarcodeError,
    UnknownItemError,
)
from retail_domain.trade.open_ticket import Offer
from retail_domain.trade.ticket import FeedPosition

CODE_LENGTH_SHOWN = 48
"""Of a code that no item has: it may be a page of text."""
ITEM_ID_LIMIT = 1 << 63
"""Item numbers are stored as int64."""
NAMES_SHOWN = 3
"""Of an ambiguous barcode: more do not fit a message."""
ITEMS_KEPT_MAX = 20_000
"""Decoded items in memory, below 1 kB each: more than most stores ever sell."""


@dataclasses.dataclass(frozen=True, slots=True)
class ListedItem:
    """An item with its price; None while headquarters has not priced it."""

    item: Item
    price: Price | None

    @property
    def unit_price_fen(self) -> int | None:
        """What a stock unit costs."""
        return None if self.price is None else self.price.unit_price_fen


@dataclasses.dataclass(frozen=True, slots=True)
class Goods:
    """What a code was found to name, and what else it says."""

    reading: CodeReading
    offer: Offer


@dataclasses.dataclass(frozen=True, slots=True)
class Lists:
    """The item list and the price list in force, good for one use case."""

    db: Connection
    prices: FeedPosition
    """Of the price list; every ticket names it."""
    listed: dict[int, ListedItem]
    """What was read of the lists so far."""

    def find_goods(self, readings: Sequence[CodeReading], chosen_item_id: int = 0) -> Goods:
        """What a code sells, whichever way it is read.

        Args:
            readings: of one code, the likeliest first.
            chosen_item_id: by a person, of those that the code may name; 0: nobody chose.

        Raises:
            UnknownBarcodeError: no item.
            AmbiguousBarcodeError: several items; a person chooses.
            PriceMissingError: the item has no price.
        """
        found = self.find_named(readings)
        if chosen_item_id in found:
            found = {chosen_item_id: found[chosen_item_id]}
        shown = readings[0].shown[:CODE_LENGTH_SHOWN]
        if not found:
            raise UnknownBarcodeError(scanned_code=shown)
        if len(found) > 1:
            names = self.show_names(found)
            raise AmbiguousBarcodeError(scanned_code=shown, count=len(found), names=names)
        item_id, reading = found.popitem()
        return Goods(reading, self.make_offer(item_id, reading.shown, reading.lot))

    def find_named(self, readings: Sequence[CodeReading]) -> dict[int, CodeReading]:
        """The items that a code may name, by number, each with the likeliest reading."""
        found: dict[int, CodeReading] = {}
        for reading in readings:
            for form in reading.forms:
                for item_id in feeds.find_item_ids(self.db, form):
                    found.setdefault(item_id, reading)
        return found

    def show_names(self, item_ids: Iterable[int]) -> str:
        """Names for a sentence, the first few."""
        few = itertools.islice(item_ids, NAMES_SHOWN)
        return "、".join(self.find(item_id).item.name for item_id in few)

    def make_offer(self, item_id: int, scanned_code: str = "", lot: str = "") -> Offer:
        """An item at the price of the store's list.

        Raises:
            UnknownItemError, PriceMissingError
        """
        listed = self.find(item_id)
        if listed.price is None:
            raise PriceMissingError(name=listed.item.name, item_id=item_id)
        return Offer(listed.item, listed.price, scanned_code, lot)

    def find(self, item_id: int) -> ListedItem:
        """An item of the store's list with its price.

        Raises:
            UnknownItemError: no such number.
        """
        listed = self.listed.get(item_id)
        if listed is None:
            listed = self.listed[item_id] = _read_listed(self.db, item_id)
        return listed

    def find_known(self, item_ids: Iterable[int]) -> list[ListedItem]:
        """Those of the items that the store's list has, in the same order."""
        found = []
        for item_id in item_ids:
            with contextlib.suppress(UnknownItemError):
                found.append(self.find(item_id))
        return found

    def search(self, text: str, items_max: int) -> list[ListedItem]:
        """Items by part of a name, pinyin or the start of a code, the likeliest first.

        "" finds all, by number.
        Those that have it as their whole code lead: several, when a code names several.
        """
        query = text.strip()
        if not query:
            return [self.find(one) for one in item_search.list_item_ids(self.db, items_max)]
        exact = [i for form in lookup_forms(query) for i in feeds.find_item_ids(self.db, form)]
        others = item_search.search_item_ids(self.db, query, items_max)
        item_ids = tuple(dict.fromkeys((*exact, *others)))[:items_max]
        return [self.find(item_id) for item_id in item_ids]


class Catalog:
    """Keeps what was read of the lists for as long as they stay the same.

    Of one connection, the one that also takes documents in. The lists' state stands in the
    database and is read in every use case, so documents that came, or that were rolled back, are
    never missed.
    """

    def __init__(self) -> None:
        self._state: Row | None = None
        self._prices = FeedPosition(0, 0)
        self._listed: dict[int, ListedItem] = {}

    def lists(self, db: Connection) -> Lists:
        """The lists in force."""
        state = feeds.read_state(db, documents.ITEMS_FEED, documents.PRICES_FEED)
        if state != self._state or len(self._listed) >= ITEMS_KEPT_MAX:
            prices = feeds.read_position(db, documents.PRICES_FEED)
            self._prices = FeedPosition(prices.generation, prices.version)
            self._state, self._listed = state, {}
        return Lists(db, self._prices, self._listed)


def search_items(db: Connection, catalog: Catalog, text: str, items_max: int) -> list[ListedItem]:
    """Items by part of a name, pinyin or the start of a code, the likeliest first."""
    return catalog.lists(db).search(text, items_max)


def find_items(db: Connection, catalog: Catalog, item_ids: Sequence[int]) -> list[ListedItem]:
    """Those of the items that the store has, in the same order."""
    return catalog.lists(db).find_known(item_ids)


def _read_listed(db: Connection, item_id: int) -> ListedItem:
    body = None
    if 0 < item_id < ITEM_ID_LIMIT:
        body = feeds.read_document(db, documents.ITEMS_FEED, documents.item_key(item_id))
    if body is None and item_id in OPEN_ITEMS:
        return ListedItem(OPEN_ITEMS[item_id], None)
    if body is None:
        raise UnknownItemError(item_id=item_id)
    price = feeds.read_document(db, documents.PRICES_FEED, documents.item_key(item_id))
    return ListedItem(
        documents.decode_item(body), None if price is None else documents.decode_price(price)
    )
