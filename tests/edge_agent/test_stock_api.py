"""Counts, corrections and wishes over HTTP, while the till goes on selling."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import uuid

import pytest

from edge_agent.services.photos import PHOTO_BYTES_MAX
from edge_agent.store import journal, photos
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.projections import read_on_hand
from protos.documents import ITEMS_FEED, PRICES_FEED, encode_item, encode_price, item_key
from retail_domain.catalog.item import Price
from retail_domain.stock.adjustment import StockAdjusted
from retail_domain.stock.goods import StockRequested, SupplierReturn
from tests.edge_agent.shop_setup import (
    APPLES,
    COLA,
    COLA_CODE,
    NOODLES,
    make_items,
    put_documents,
)
from tests.edge_agent.staffed_store import MANAGER
from tests.edge_agent.till import CASH, Answer, Open, Till


@pytest.fixture
def till(open_till: Open) -> Till:
    """A cashier at register 1."""
    return open_till("1")


def leave(reason: str, pieces: int, **more: object) -> Answer:
    """Some cola leaves the shelf."""
    line = {"item_id": COLA, "quantity_milli": pieces * 1_000, "source": "sellable", "target": None}
    return {"reason": reason, "lines": [line], **more}


def on_hand(database: str, item_id: int) -> int:
    with contextlib.closing(open_database(database)) as db:
        return read_on_hand(db, item_id)


def last_payload(database: str) -> object:
    with contextlib.closing(open_database(database)) as db:
        return [fact.happening.payload for fact, _body, _head in journal.iterate_facts(db)][-1]


def test_count_brings_stock_to_what_was_found_though_it_is_sold_meanwhile(
    till: Till, database: str
) -> None:
    count = till.send("/api/counts", reason="cycle")
    lines = f"/api/counts/{count['count_id']}/lines"

    till.send(lines, item_id=COLA, quantity_milli=24_000)
    till.do("scan", code=COLA_CODE)
    till.do("pay", tenders=CASH)
    listed = till.get(f"/api/counts/{count['count_id']}")
    closed = till.send(f"/api/counts/{count['count_id']}/close")

    assert [line["counted_milli"] for line in listed] == [24_000]
    assert "variance_milli" not in listed[0]
    assert [line["variance_milli"] for line in closed["lines"]] == [24_000]
    assert on_hand(database, COLA) == 23_000
    assert till.get("/api/counts") == []


def test_two_people_count_at_once_and_the_last_look_counts(open_till: Open, database: str) -> None:
    first, second = open_till("1"), open_till("2")
    count = first.send("/api/counts", reason="full")
    lines = f"/api/counts/{count['count_id']}/lines"

    first.send(lines, item_id=COLA, quantity_milli=10_000)
    second.send(lines, item_id=NOODLES, quantity_milli=5_000)
    second.send(lines, item_id=COLA, quantity_milli=12_000)
    [listed] = second.get("/api/counts")
    first.send(f"/api/counts/{count['count_id']}/close")

    assert listed["lines"] == 2
    assert (on_hand(database, COLA), on_hand(database, NOODLES)) == (12_000, 5_000)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("lines", {"item_id": 999, "quantity_milli": 1_000}, "unknown_item"),
        ("lines", {"item_id": COLA, "quantity_milli": 500}, "quantity_not_whole"),
        ("lines", {"item_id": COLA, "quantity_milli": -1_000}, "bad_request"),
        ("close", {}, "nothing_counted"),
    ],
)
def test_count_refuses_with_a_sentence_and_goes_on(
    till: Till, path: str, body: Answer, code: str
) -> None:
    count = till.send("/api/counts", reason="cycle")

    assert till.send(f"/api/counts/{count['count_id']}/{path}", **body)["code"] == code
    assert len(till.get("/api/counts")) == 1


def test_count_that_is_closed_or_given_up_takes_nothing(till: Till) -> None:
    gone = uuid.uuid4()

    answers = [
        till.get(f"/api/counts/{gone}"),
        till.send(f"/api/counts/{gone}/lines", item_id=COLA, quantity_milli=1_000),
        till.send(f"/api/counts/{gone}/close"),
    ]

    assert [answer["code"] for answer in answers] == ["count_not_found"] * 3


def test_damage_is_the_managers_to_decide_and_their_name_stands_on_it(
    till: Till, database: str
) -> None:
    refused = till.send("/api/adjustments", **leave("damaged", 2))
    approval_id = till.approve(refused, MANAGER)
    done = till.send("/api/adjustments", **leave("damaged", 2, approval_id=approval_id))

    assert refused["approval"] == {"right": "adjust_stock", "amounts": {"adjustment_fen": 600}}
    assert "fact_id" in done
    adjusted = last_payload(database)
    assert isinstance(adjusted, StockAdjusted)
    assert adjusted.approved_by == MANAGER
    assert on_hand(database, COLA) == -2_000


def test_repeated_correction_is_one(till: Till, database: str) -> None:
    till.sign_in(MANAGER)
    key = str(uuid.uuid4())

    first, second = (till.send("/api/adjustments", key, **leave("lost", 1)) for _ in range(2))

    assert first == second
    assert on_hand(database, COLA) == -1_000


PNG = b"\x89PNG\r\n\x1a\n" + b"dots"


def test_photo_is_kept_and_the_correction_names_it(till: Till, database: str) -> None:
    till.sign_in(MANAGER)

    kept, again = till.send_photo(PNG), till.send_photo(PNG)
    till.send("/api/adjustments", **leave("damaged", 1), **kept)

    assert kept == again == {"photo_sha256": hashlib.sha256(PNG).hexdigest()}
    adjusted = last_payload(database)
    assert isinstance(adjusted, StockAdjusted)
    assert adjusted.photo_sha256 == hashlib.sha256(PNG).digest()
    shown = till.get_raw(f"/api/photos/{kept['photo_sha256']}")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PNG + bytes(50_000_000), "photo_too_large"),
        (PNG + bytes(PHOTO_BYTES_MAX), "photo_too_large"),
        (b"<svg onload=steal()>", "no_photo"),
        (b"", "no_photo"),
    ],
    ids=["50 MB", "a little too large", "no picture", "nothing"],
)
def test_photo_that_is_none_or_too_large_is_refused(
    till: Till, database: str, content: bytes, code: str
) -> None:
    till.sign_in(MANAGER)

    assert till.send_photo(content)["code"] == code
    with contextlib.closing(open_database(database)) as db:
        assert db.execute("SELECT count(*) FROM photo").fetchone() == (0,)


def test_correction_with_a_photo_that_is_not_here_is_refused(till: Till, database: str) -> None:
    till.sign_in(MANAGER)

    refused = till.send("/api/adjustments", **leave("damaged", 1), photo_sha256="ab" * 32)

    assert refused["code"] == "photo_missing"
    assert on_hand(database, COLA) == 0


def test_oldest_photos_make_room_and_their_facts_stay(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "PHOTOS_KEPT_MAX", 2)
    till.sign_in(MANAGER)

    first, *others = (till.send_photo(PNG + bytes([number])) for number in range(3))

    assert till.get(f"/api/photos/{first['photo_sha256']}")["code"] == "photo_missing"
    for kept in others:
        assert till.get_raw(f"/api/photos/{kept['photo_sha256']}").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "moved", "lines": [{"item_id": COLA, "quantity_milli": 1_000,
                                       "source": "sellable", "target": None}]},
        {"reason": "damaged", "lines": [{"item_id": COLA, "quantity_milli": 1_000,
                                         "source": "sellable", "target": "sellable"}]},
        {"reason": "damaged", "lines": []},
        {"reason": "stolen_by_ghosts", "lines": [{"item_id": COLA, "quantity_milli": 1_000,
                                                  "source": "sellable", "target": None}]},
    ],
)  # fmt: skip
def test_correction_that_means_nothing_is_refused(till: Till, body: Answer) -> None:
    till.sign_in(MANAGER)

    assert till.send("/api/adjustments", **body)["code"] == "bad_request"


def test_store_asks_for_goods_and_sends_some_back(till: Till, database: str) -> None:
    wanted = [{"item_id": APPLES, "quantity_milli": 20_500}]

    till.send("/api/stock-requests", note="weekend", lines=wanted)
    asked = last_payload(database)
    till.sign_in(MANAGER)
    back = [{"item_id": COLA, "quantity_milli": 1_000}]
    path = "/api/purchase-orders/PO-000001/return"
    till.send(path, state="damaged", reason="leaks", lines=back)

    assert isinstance(asked, StockRequested)
    assert [(line.item_id, line.quantity_milli) for line in asked.lines] == [(APPLES, 20_500)]
    returned = last_payload(database)
    assert isinstance(returned, SupplierReturn)
    assert returned.reason == "leaks"


def put_places(database: str, places: dict[int, str]) -> None:
    """Give items a place, as the hub would send the whole list."""
    items = [dataclasses.replace(i, shelf_place=places.get(i.item_id, "")) for i in make_items()]
    rows = [(item_key(item.item_id), encode_item(item)) for item in items]
    with contextlib.closing(open_database(database)) as db, write_transaction(db):
        put_documents(db, ITEMS_FEED, rows)


def test_what_differs_is_looked_at_twice_and_nobody_is_told_by_how_much(
    till: Till, database: str
) -> None:
    count = till.send("/api/counts", reason="cycle")
    path = f"/api/counts/{count['count_id']}"
    till.send(f"{path}/lines", item_id=COLA, quantity_milli=24_000)
    till.send(f"{path}/lines", item_id=NOODLES, quantity_milli=0)

    (again,) = till.get(f"{path}/recounts")
    assert again["item_id"] == COLA
    assert "variance_milli" not in again
    assert "book_milli" not in again

    till.send(f"{path}/lines", item_id=COLA, quantity_milli=23_000)
    assert till.get(f"{path}/recounts") == []
    till.send(f"{path}/close")
    assert on_hand(database, COLA) == 23_000
    assert till.get(f"{path}/recounts")["code"] == "count_not_found"


def test_aisles_tell_where_nobody_counted_yet(till: Till, database: str) -> None:
    put_places(database, {COLA: "A01-2", NOODLES: "B07-1", APPLES: "A01-9"})
    first = till.send("/api/counts", reason="full")
    for item_id in (COLA, NOODLES, APPLES):
        path = f"/api/counts/{first['count_id']}/lines"
        till.send(path, item_id=item_id, quantity_milli=4_000)
    till.send(f"/api/counts/{first['count_id']}/close")
    second = till.send("/api/counts", reason="full")
    path = f"/api/counts/{second['count_id']}"
    till.send(f"{path}/lines", item_id=APPLES, quantity_milli=4_000)

    assert till.get(f"{path}/progress") == [
        {"aisle": "A01", "items": 2, "counted": 1},
        {"aisle": "B07", "items": 1, "counted": 0},
    ]


def test_price_labels_come_in_the_order_of_a_walk(till: Till, database: str) -> None:
    put_places(database, {COLA: "B02-1", NOODLES: "A11-4"})
    prices = [(item_key(i), encode_price(Price(i, 999))) for i in (COLA, NOODLES, APPLES)]
    with contextlib.closing(open_database(database)) as db, write_transaction(db):
        put_documents(db, PRICES_FEED, prices)

    changes = till.get("/api/price-changes")["items"]

    assert [(one["item_id"], one["shelf_place"]) for one in changes] == [
        (APPLES, ""),
        (NOODLES, "A11-4"),
        (COLA, "B02-1"),
    ]
