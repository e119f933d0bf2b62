"""Documents arrive whole or not at all, and the till finds what they say."""

from __future__ import annotations

import contextlib
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_agent.services import goods
from edge_agent.services.box import Box
from edge_agent.services.catalog import Catalog
from edge_agent.store import feeds, item_search
from edge_agent.store.database import write_transaction
from edge_agent.store.feeds import DocumentChange, ScopePosition
from edge_agent.store.projections import read_on_hand
from edge_agent.store.sqlite_library import Connection
from protos import documents
from protos.documents import PurchaseOrder
from protos.feed_hash import hash_scope
from retail_domain.catalog.gtin import to_gtin_14
from retail_domain.catalog.item import Price
from retail_domain.catalog.scanned_code import read_code
from retail_domain.errors import PriceMissingError, UnknownItemError
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.fact import Fact
from retail_domain.transfers.transfer_order import OrderLine
from tests.edge_agent.shop_setup import (
    COLA,
    COLA_CODE,
    PRICES_FEN,
    TWIN_A,
    TWIN_B,
    TWIN_CODE,
    make_box,
    make_items,
    put_documents,
)
from tests.retail_domain.builders import make_item

ITEMS, PRICES = documents.ITEMS_FEED, documents.PRICES_FEED


def price_rows(prices_fen: dict[int, int]) -> list[tuple[bytes, bytes]]:
    return [
        (documents.item_key(item_id), documents.encode_price(Price(item_id, fen)))
        for item_id, fen in sorted(prices_fen.items())
    ]


def item_rows(names: dict[int, str]) -> dict[bytes, bytes]:
    """Documents of items that differ in number and name."""
    items = [make_item(item_id, name=name) for item_id, name in names.items()]
    return {documents.item_key(item.item_id): documents.encode_item(item) for item in items}


def take_items(
    db: Connection,
    gone: dict[bytes, None],
    rows: dict[bytes, bytes],
    *,
    base_version: int,
    version: int,
) -> None:
    """Change the list of items."""
    held = {} if base_version == 0 else dict(feeds.iterate_documents(db, ITEMS))
    held = {key: body for key, body in (held | rows).items() if key not in gone}
    content_hash = hash_scope(sorted(held.items()))
    scope = feeds.read_position(db, ITEMS).scope
    target = ScopePosition(ITEMS, scope, 1, version, content_hash)
    changed: dict[bytes, bytes | None] = {**gone, **rows}
    changes = [DocumentChange(key, version, body) for key, body in changed.items()]
    with write_transaction(db):
        assert feeds.apply_changes(db, base_version=base_version, target=target, changes=changes)


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


def find_price_fen(db: Connection, box: Box, code: str) -> int:
    readings = read_code(code, "", today=box.today())
    return box.lists(db).find_goods(readings).offer.price.unit_price_fen


@pytest.mark.parametrize("code", [TWIN_CODE, to_gtin_14(TWIN_CODE)])
def test_code_of_two_items_lists_both_to_choose_from(db: Connection, box: Box, code: str) -> None:
    found = box.lists(db).search(code, 7)

    assert [listed.item.item_id for listed in found] == [TWIN_A, TWIN_B]


def test_new_price_is_charged_from_the_next_scan(db: Connection, box: Box) -> None:
    assert find_price_fen(db, box, COLA_CODE) == 300

    assert change_prices(db, {COLA: 350}, PRICES_FEN | {COLA: 350})

    assert find_price_fen(db, box, COLA_CODE) == 350
    assert feeds.read_position(db, PRICES).version == 2


def test_removed_price_stops_the_item_from_being_sold(db: Connection, box: Box) -> None:
    after = {item_id: fen for item_id, fen in PRICES_FEN.items() if item_id != COLA}

    assert change_prices(db, {COLA: None}, after)

    with pytest.raises(PriceMissingError):
        find_price_fen(db, box, COLA_CODE)


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


def test_altered_page_is_rolled_back_whole(db: Connection, box: Box) -> None:
    assert not change_prices(db, {COLA: 1}, PRICES_FEN | {COLA: 350})

    assert find_price_fen(db, box, COLA_CODE) == 300


def test_whole_scope_replaces_what_was_there(db: Connection, box: Box) -> None:
    assert change_prices(db, {COLA: 1}, {COLA: 1}, base_version=0, generation=2)

    assert feeds.read_position(db, PRICES).generation == 2
    with pytest.raises(PriceMissingError):
        find_price_fen(db, box, "NOODLES")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("苹果", ["散装苹果"]),
        ("twin", ["孪生甲", "孪生乙"]),
        ("NOO", ["牛肉面"]),
        ("pg", ["散装苹果"]),
        ("szpg", ["散装苹果"]),
        ("NRM", ["牛肉面"]),
        ("niu rou", ["牛肉面"]),
        ("luan", ["孪生甲", "孪生乙"]),
        ("pgx", []),
        ("%", []),
        ("'", []),
    ],
)
def test_items_are_found_by_part_of_name_by_pinyin_or_beginning_of_code(
    db: Connection, box: Box, text: str, names: list[str]
) -> None:
    assert [listed.item.name for listed in box.lists(db).search(text, 10)] == names


def test_item_that_goes_or_is_renamed_is_not_found_by_its_old_pinyin(db: Connection) -> None:
    rows = item_rows({1: "可乐", 2: "牛奶"})
    take_items(db, {}, rows, base_version=0, version=2)
    renamed = item_rows({2: "酸梅汤"})

    take_items(db, {documents.item_key(1): None}, renamed, base_version=2, version=3)

    found = {text: item_search.search_item_ids(db, text, 10) for text in ("kl", "nn", "smt")}
    assert found == {"kl": [], "nn": [], "smt": [2]}


def test_initials_that_are_what_was_typed_come_before_those_that_hold_it(db: Connection) -> None:
    names = {1: "散装苹果", 2: "苹果醋", 3: "苹果", 4: "Apple PG tips"}
    take_items(db, {}, item_rows(names), base_version=0, version=2)

    assert item_search.search_item_ids(db, "pg", 10) == [3, 4, 2, 1]


def test_items_that_were_there_before_the_search_are_found_after_the_upgrade(
    db: Connection, box: Box
) -> None:
    with write_transaction(db):
        item_search.delete_words(db, None)
    assert box.lists(db).search("pg", 10) == []

    with write_transaction(db):
        feeds.spell_items(db)

    assert [listed.item.name for listed in box.lists(db).search("pg", 10)] == ["散装苹果"]


def test_price_of_documents_that_were_rolled_back_is_never_charged(
    db: Connection, box: Box
) -> None:
    rows = price_rows(PRICES_FEN | {COLA: 350})
    target = ScopePosition(PRICES, "Z1", 1, 2, hash_scope(rows))
    changes = [DocumentChange(key, 2, body) for key, body in rows]

    with pytest.raises(PowerCutError), write_transaction(db):
        assert feeds.apply_changes(db, base_version=1, target=target, changes=changes)
        seen_fen = find_price_fen(db, box, COLA_CODE)
        raise PowerCutError

    assert seen_fen == 350
    assert find_price_fen(db, box, COLA_CODE) == 300


price_changes = st.lists(
    st.tuples(
        st.sampled_from(sorted(PRICES_FEN)), st.none() | st.integers(0, 10**6), st.booleans()
    ),
    max_size=8,
)


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=price_changes)
def test_kept_lists_say_what_a_fresh_look_says(
    db: Connection, box: Box, steps: list[tuple[int, int | None, bool]]
) -> None:
    for item_id, fen, is_kept in steps:
        with contextlib.suppress(PowerCutError), write_transaction(db):
            set_price(db, item_id, fen)
            box.lists(db).find(item_id)
            if not is_kept:
                raise PowerCutError
        kept, fresh = box.lists(db), Catalog().lists(db)

        assert kept.prices == fresh.prices
        for listed_id in PRICES_FEN:
            assert kept.find(listed_id) == fresh.find(listed_id)


def set_price(db: Connection, item_id: int, fen: int | None) -> None:
    """Bring the price list on by one change; None takes the price off."""
    known = feeds.read_position(db, PRICES)
    bodies = {
        key: body
        for key in map(documents.item_key, PRICES_FEN)
        if (body := feeds.read_document(db, PRICES, key)) is not None
    }
    key, body = documents.item_key(item_id), None
    bodies.pop(key, None)
    if fen is not None:
        body = bodies[key] = documents.encode_price(Price(item_id, fen))
    target = ScopePosition(PRICES, "Z1", 1, known.version + 1, hash_scope(sorted(bodies.items())))
    change = DocumentChange(key, target.version, body)
    assert feeds.apply_changes(db, base_version=known.version, target=target, changes=[change])


class PowerCutError(Exception):
    """Stops a transaction half-way."""


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


def test_price_of_an_item_that_is_not_here_yet_is_kept_until_it_comes(
    db: Connection, box: Box
) -> None:
    assert change_prices(db, {UNKNOWN: 700}, PRICES_FEN | {UNKNOWN: 700})
    with pytest.raises(UnknownItemError):
        box.lists(db).make_offer(UNKNOWN)
    assert find_price_fen(db, box, COLA_CODE) == 300

    put_unknown_item(db)

    assert box.lists(db).make_offer(UNKNOWN).price.unit_price_fen == 700


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


@pytest.mark.parametrize(
    ("feed", "key", "body"),
    [
        (documents.ITEMS_FEED, documents.item_key(COLA), b"\xff\xff not protobuf"),
        (documents.ITEMS_FEED, documents.item_key(COLA), b"\x08\x01\x28\x63"),  # A unit of 2030.
        (documents.ITEMS_FEED, documents.item_key(2), b"\x08\x01\x28\x01"),  # Cola's number.
        (PRICES, documents.item_key(COLA), b"\xff"),
        (documents.ORDERS_FEED, documents.order_key("T-9"), b"\x12\x04\x20\x63\x0a\x00"),
        (documents.PEOPLE_FEED, b"1001", b"\x3a\x03now"),  # Leaves on a day called now.
    ],
    ids=["no item", "later unit", "other item", "no price", "later order", "no date"],
)
def test_document_that_cannot_be_read_leaves_what_was_there(
    db: Connection, box: Box, feed: str, key: bytes, body: bytes
) -> None:
    known = feeds.read_position(db, feed)
    before = list(feeds.iterate_documents(db, feed))
    rows = sorted((dict(before) | {key: body}).items())
    generation, version = max(known.generation, 1), known.version + 1
    target = ScopePosition(feed, known.scope, generation, version, hash_scope(rows))

    with write_transaction(db):
        taken = feeds.apply_changes(
            db,
            base_version=0,
            target=target,
            changes=[DocumentChange(key, target.version, body) for key, body in rows],
        )

    assert not taken
    assert feeds.read_position(db, feed) == known
    assert list(feeds.iterate_documents(db, feed)) == before
    assert find_price_fen(db, box, COLA_CODE) == 300


def test_version_beyond_int64_is_no_version(db: Connection, box: Box) -> None:
    rows = price_rows(PRICES_FEN)
    target = ScopePosition(PRICES, "Z1", 1, 1 << 63, hash_scope(rows))

    with write_transaction(db):
        changes = [DocumentChange(key, 1 << 63, body) for key, body in rows]
        assert not feeds.apply_changes(db, base_version=0, target=target, changes=changes)

    assert find_price_fen(db, box, COLA_CODE) == 300
