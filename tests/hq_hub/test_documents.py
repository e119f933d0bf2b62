"""Documents: versions, numbers, and what headquarters refuses to write."""

from __future__ import annotations

import dataclasses

import pytest

from hq_hub.services import documents
from hq_hub.services.documents import NewPurchase
from hq_hub.store import documents as document_store
from hq_hub.store.engine import write_transaction
from hq_hub.store.orders import PurchaseLine
from hq_hub.store.stores import Store
from protos.documents import PurchaseOrder, decode_order, item_key, order_key
from protos.feed_hash import hash_scope
from retail_domain.catalog.item import Price
from retail_domain.errors import RetailError
from retail_domain.stock.goods import ReceiptPurpose
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import NOON, make_item

STORE = Store("S004", "四号店", "Store 4", "北京", "Z1", "LE1")
LINE = PurchaseLine(1, 1_000, 700)


def versions(small: SmallChain) -> list[tuple[object, ...]]:
    return small.read("SELECT feed, scope, version FROM document ORDER BY version, key")


def purchase(*lines: PurchaseLine, store: str = "S001") -> NewPurchase:
    return NewPurchase(store, "SUP1", ReceiptPurpose.PURCHASE, lines)


def test_every_version_of_an_item_is_kept(small: SmallChain) -> None:
    before = len(versions(small))
    renamed = dataclasses.replace(make_item(1), name="新可乐")

    version = documents.put_items(small.db, [renamed, make_item(2)])

    assert versions(small)[before:] == [("items", "*", version)]
    kept = small.read("SELECT count(*) FROM document WHERE feed = 'items'")
    assert kept == [(4,)]
    assert small.read("SELECT name FROM item WHERE item_id = 1") == [("新可乐",)]


def test_putting_the_same_again_writes_no_version(small: SmallChain) -> None:
    before = versions(small)
    known = document_store.read_version(small.db)
    small.db.rollback()

    version = documents.put_items(small.db, [make_item(1), make_item(2)])
    documents.put_prices(small.db, "Z1", [Price(1, 300)])

    assert version == known
    assert versions(small) == before


def test_scope_hash_is_that_of_the_documents_in_force(small: SmallChain) -> None:
    documents.put_items(small.db, [dataclasses.replace(make_item(1), name="新可乐")])
    with write_transaction(small.db):
        version = document_store.next_version(small.db)
        document_store.write_documents(small.db, "items", "*", {item_key(2): None}, version)

    living = dict(document_store.iterate_living(small.db, "items", "*"))
    small.db.rollback()

    assert list(living) == [item_key(1), item_key(3)]
    expected = hash_scope(sorted(living.items()))
    scope = small.read("SELECT version, content_hash FROM feed_scope WHERE feed = 'items'")
    assert scope == [(version, expected)]


def test_stores_see_quantities_of_a_purchase_and_never_its_cost(small: SmallChain) -> None:
    number = documents.put_purchase_order(
        small.db, purchase(PurchaseLine(1, 5_000, 987_654)), by="boss", at=NOON
    )

    body = document_store.read_bodies(small.db, "orders", "S001", {order_key(number): None})
    small.db.rollback()

    order = decode_order(body[order_key(number)])
    assert isinstance(order, PurchaseOrder)
    assert [(line.item_id, line.quantity_milli) for line in order.lines] == [(1, 5_000)]
    assert small.read("SELECT value_fen FROM purchase_order_line") == [(987_654,)]


def test_orders_are_numbered_without_gaps_even_when_one_is_refused(small: SmallChain) -> None:
    first = small.order()
    with pytest.raises(RetailError):
        documents.put_purchase_order(small.db, purchase(), by="boss", at=NOON)

    second = small.order()

    assert (first, second) == ("PO-000001", "PO-000002")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (purchase(), "no_lines"),
        (purchase(LINE, LINE), "item_listed_twice"),
        (purchase(PurchaseLine(99, 1_000, 700)), "item_not_found"),
        (purchase(PurchaseLine(1, 0, 700)), "quantity_zero"),
        (purchase(PurchaseLine(1, -1_000, 700)), "quantity_negative"),
        (purchase(PurchaseLine(1, 1_500, 700)), "quantity_not_whole"),
        (purchase(PurchaseLine(1, 10**13, 700)), "quantity_too_large"),
        (purchase(PurchaseLine(1, 1_000, -1)), "amount_out_of_range"),
        (purchase(PurchaseLine(1, 1_000, 10**13)), "amount_out_of_range"),
        (purchase(LINE, store="S009"), "store_not_found"),
        (purchase(*(PurchaseLine(i, 1_000, 1) for i in range(1, 5_002))), "order_too_long"),
    ],
)
def test_purchase_that_cannot_be_right_is_refused(
    small: SmallChain, wrong: NewPurchase, code: str
) -> None:
    before = versions(small)

    with pytest.raises(RetailError) as refused:
        documents.put_purchase_order(small.db, wrong, by="boss", at=NOON)

    assert refused.value.code == code
    assert versions(small) == before


@pytest.mark.parametrize(
    "number", ["", "HQ", "hq", "hub", "Hub", "S/1", "+", "#", "S 1", "S" * 17, "店1"]
)
def test_store_number_must_be_safe_in_a_topic(small: SmallChain, number: str) -> None:
    with pytest.raises(RetailError) as refused:
        documents.put_store(small.db, dataclasses.replace(STORE, store=number))

    assert refused.value.code == "store_number"


@pytest.mark.parametrize("change", [{"legal_entity": "LE2"}, {"price_zone": "Z2"}])
def test_store_keeps_its_legal_entity_and_price_zone(
    small: SmallChain, change: dict[str, str]
) -> None:
    documents.put_store(small.db, STORE)

    with pytest.raises(RetailError) as refused:
        documents.put_store(small.db, dataclasses.replace(STORE, **change))

    assert refused.value.code == "store_fixed"


def test_store_may_change_its_name(small: SmallChain) -> None:
    documents.put_store(small.db, STORE)

    documents.put_store(small.db, dataclasses.replace(STORE, name="新四号店"))

    assert small.read("SELECT name FROM store WHERE store = 'S004'") == [("新四号店",)]
