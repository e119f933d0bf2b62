"""Codes that tills scanned and no item has, as headquarters sees them."""

from __future__ import annotations

from hq_hub.reports.paging import EVERY_STORE
from hq_hub.reports.unknown_codes import read_unknown_codes
from hq_hub.services.documents import put_items
from hq_hub.services.fact_index import index_next
from retail_domain.catalog.gtin import to_gtin_14
from retail_domain.catalog.item import Item, UnitOfMeasure
from retail_domain.trade.box_event import ItemUnknown
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import VAT13

TEA, CAKE = "6901234567892", "6900000000007"


def scan(small: SmallChain, store: str, code: str, name: str = "", fen: int = 0) -> None:
    small.receive(store, ItemUnknown(code, name, fen, VAT13 if fen else None))


def test_codes_are_listed_by_how_often_they_came_with_what_was_said_last(
    small: SmallChain,
) -> None:
    scan(small, "S001", CAKE, "蛋糕", 900)
    scan(small, "S001", TEA, "新茶", 1_280)
    scan(small, "S002", TEA)
    index_next(small.db)

    rows = read_unknown_codes(small.db, EVERY_STORE)

    assert [(one.scanned_code, one.times, one.stores, one.name) for one in rows] == [
        (TEA, 2, 2, "新茶"),
        (CAKE, 1, 1, "蛋糕"),
    ]
    assert [one.scanned_code for one in read_unknown_codes(small.db, frozenset({"S002"}))] == [TEA]


def test_code_that_an_item_got_meanwhile_is_no_task_any_more(small: SmallChain) -> None:
    scan(small, "S001", TEA, "新茶", 1_280)
    scan(small, "S001", TEA, "新茶", 1_280)
    scan(small, "S001", CAKE)
    index_next(small.db)
    piece = UnitOfMeasure.PIECE
    put_items(small.db, [Item(77, "TEA", "新茶", "Tea", piece, VAT13, (to_gtin_14(TEA),))])

    rows = read_unknown_codes(small.db, EVERY_STORE)

    assert [(one.scanned_code, one.item_id) for one in rows] == [(CAKE, None), (TEA, 77)]
