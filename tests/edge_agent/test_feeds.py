"""Documents arrive whole or not at all, and the till finds what they say."""

from __future__ import annotations

import uuid

import pytest

from edge_agent.services import goods
from edge_agent.services.catalog import find_offer, make_offer, search_items
from edge_agent.store import feeds
from edge_agent.store.database import write_transaction
from edge_agent.store.feeds import DocumentChange, ScopePosition
from edge_agent.store.projections import read_on_hand
from edge_agent.store.sqlite_library import Connection
from protos import documents
from protos.documents import PurchaseOrder
from protos.feed_hash import hash_scope
from retail_domain.catalog.item import Price
from retail_domain.errors import PriceMissingError, UnknownItemError
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.fact import Fact
from retail_domain.transfers.transfer_order import OrderLine
from tests.edge_agent.shop_setup import (
    COLA,
    COLA_CODE,
    PRICES_FEN,
    make_box,
    make_items,
    put_documents,
)
from tests.retail_domain.builders import make_item

PRICES = documents.PRICES_FEED


def price_rows(prices_fen: dict[int, int]) -> list[tuple[bytes, bytes]]:
    return [
        (documents.item_key(item_id), documents.encode_price(Price(item_id, fen)))
        for item_id, fen in sorted(prices_fen.items())
    ]


def change_prices(
    db: Connection,
    changed: dict[int, int | None],
    after: dict[int, int],
    *,
    base_version: int = 1,
    scope: str = "Z1",
    generation: int = 1,
) -> bool:
    """Apply a difference of which the hub says that it leads to `after`."""
    target = ScopePosition(PRICES, scope, generation, 2, hash_scope(price_rows(after)))
    changes = [
        DocumentChange(
            documents.item_key(item_id),
            2,
            None if fen is None else documents.encode_price(Price(item_id, fen)),
        )
        for item_id, fen in changed.items()
    ]
    with write_transaction(db):
        return feeds.apply_changes(db, base_version=base_version, target=target, changes=changes)


def test_new_price_is_charged_from_the_next_scan(db: Connection) -> None:
    assert find_offer(db, COLA_CODE).price.unit_price_fen == 300

    assert change_prices(db, {COLA: 350}, PRICES_FEN | {COLA: 350})

    assert find_offer(db, COLA_CODE).price.unit_price_fen == 350
    assert feeds.read_position(db, PRICES).version == 2


def test_removed_price_stops_the_item_from_being_sold(db: Connection) -> None:
    after = {item_id: fen for item_id, fen in PRICES_FEN.items() if item_id != COLA}

    assert change_prices(db, {COLA: None}, after)

    with pytest.raises(PriceMissingError):
        find_offer(db, COLA_CODE)


@pytest.mark.parametrize(
    "wrong",
    [{"base_version": 7}, {"scope": "Z2"}, {"generation": 2}],
    ids=["other base", "other scope", "other generation"],
)
def test_difference_that_does_not_fit_changes_nothing(
    db: Connection, wrong: dict[str, int | str]
) -> None:
    before = feeds.read_position(db, PRICES)

    fitted = change_prices(db, {COLA: 350}, PRICES_FEN | {COLA: 350}, **wrong)  # type: ignore[arg-type]  # One at a time.

    assert not fitted
    assert feeds.read_position(db, PRICES) == before


def test_altered_page_is_rolled_back_whole(db: Connection) -> None:
    assert not change_prices(db, {COLA: 1}, PRICES_FEN | {COLA: 350})

    assert find_offer(db, COLA_CODE).price.unit_price_fen == 300


def test_whole_scope_replaces_what_was_there(db: Connection) -> None:
    assert change_prices(db, {COLA: 1}, {COLA: 1}, base_version=0, generation=2)

    assert feeds.read_position(db, PRICES).generation == 2
    with pytest.raises(PriceMissingError):
        find_offer(db, "NOODLES")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("苹果", ["散装苹果"]),
        ("twin", ["孪生甲", "孪生乙"]),
        ("NOO", ["牛肉面"]),
        ("%", []),
        ("'", []),
    ],
)
def test_items_are_found_by_part_of_name_or_beginning_of_code(
    db: Connection, text: str, names: list[str]
) -> None:
    assert [listed.item.name for listed in search_items(db, text, 10)] == names


# Feeds travel apart, so a document may speak of one that is not here yet.

UNKNOWN = 999


def put_unknown_item(db: Connection) -> None:
    """The items' feed brings what the others spoke of."""
    known = feeds.read_position(db, documents.ITEMS_FEED)
    rows = [(documents.item_key(UNKNOWN), documents.encode_item(make_item(UNKNOWN)))]
    for item in make_items():
        rows.append((documents.item_key(item.item_id), documents.encode_item(item)))
    target = ScopePosition(
        documents.ITEMS_FEED, "*", 1, known.version + 1, hash_scope(sorted(rows))
    )
    changes = [DocumentChange(key, target.version, body) for key, body in rows]
    with write_transaction(db):
        assert feeds.apply_changes(db, base_version=0, target=target, changes=changes)


def test_price_of_an_item_that_is_not_here_yet_is_kept_until_it_comes(db: Connection) -> None:
    assert change_prices(db, {UNKNOWN: 700}, PRICES_FEN | {UNKNOWN: 700})
    with pytest.raises(UnknownItemError):
        make_offer(db, UNKNOWN)
    assert find_offer(db, COLA_CODE).price.unit_price_fen == 300

    put_unknown_item(db)

    assert make_offer(db, UNKNOWN).price.unit_price_fen == 700


def test_order_of_an_item_that_is_not_here_yet_is_listed_and_received_when_it_comes(
    db: Connection,
) -> None:
    box, lines = make_box(), (OrderLine(UNKNOWN, 5_000),)
    order = PurchaseOrder("PO-000009", "SUP1", "S001", ReceiptPurpose.PURCHASE, lines)
    with write_transaction(db):
        put_documents(
            db,
            documents.ORDERS_FEED,
            [(documents.order_key("PO-000009"), documents.encode_order(order))],
        )

    def receive() -> Fact:
        fact_id = uuid.UUID(int=9)
        return goods.receive_goods(db, box, "PO-000009", lines, fact_id=fact_id, staff_no="1001")

    assert goods.list_orders(db) == ([order], [])
    with pytest.raises(UnknownItemError):
        receive()
    put_unknown_item(db)

    receive()
    assert read_on_hand(db, UNKNOWN) == 5_000
