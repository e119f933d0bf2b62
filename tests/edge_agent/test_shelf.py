"""What needs somebody in the store: lots near their date, old labels, orders handled in parts."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

import pytest

from edge_agent.services import goods, shelf
from edge_agent.services.box import Box
from edge_agent.services.goods import HandledLine
from edge_agent.store.database import write_transaction
from edge_agent.store.order_progress import fold_whole_journal
from edge_agent.store.projections import read_projection
from edge_agent.store.sqlite_library import Connection
from protos import documents
from protos.store_settings import SETTINGS_KEY, encode_settings
from retail_domain.catalog.code_reading import expiry_of, make_lot
from retail_domain.catalog.item import Price
from retail_domain.errors import RetailError
from retail_domain.people.store_settings import StoreSettings
from retail_domain.stock.fefo import LotOnHand, assume_fefo
from retail_domain.stock.goods import GoodsReceived
from retail_domain.stock.movement import StockState
from retail_domain.transfers.transfer_order import OrderLine
from tests.edge_agent.shop_setup import APPLES, COLA, NOODLES, PRICES_FEN, make_items, put_documents
from tests.edge_agent.till import CASH, Open

SELLABLE, DAMAGED = StockState.SELLABLE, StockState.DAMAGED
OLD, SOON, LATE = "A|2026-10-31", "B|2026-11-05", "C|2027-01-31"


def receive(db: Connection, box: Box, *lines: OrderLine | HandledLine) -> GoodsReceived:
    fact = goods.receive_goods(db, box, "PO-000001", lines, fact_id=uuid.uuid4(), staff_no="2001")
    assert isinstance(fact.happening.payload, GoodsReceived)
    return fact.happening.payload


@pytest.mark.parametrize(
    ("lot_no", "expires_on", "lot"),
    [
        ("", None, ""),
        ("L7", None, "L7|"),
        ("", datetime.date(2026, 12, 24), "|2026-12-24"),
        ("L7", datetime.date(2026, 12, 24), "L7|2026-12-24"),
    ],
)
def test_lot_keeps_its_date(lot_no: str, expires_on: datetime.date | None, lot: str) -> None:
    assert make_lot(lot_no, expires_on) == lot
    assert expiry_of(lot) == expires_on


@pytest.mark.parametrize(
    ("unlabelled_milli", "left"),
    [
        (0, [(OLD, 2_000, False), (SOON, 3_000, False), (LATE, 1_000, False)]),
        (5_000, [(OLD, 2_000, False), (SOON, 3_000, False), (LATE, 1_000, False)]),
        (-1_000, [(OLD, 1_000, True), (SOON, 3_000, True), (LATE, 1_000, True)]),
        (-2_000, [(SOON, 3_000, True), (LATE, 1_000, True)]),
        (-5_500, [(LATE, 500, True)]),
        (-9_000, []),
    ],
)
def test_sales_without_a_lot_are_taken_off_the_first_to_expire(
    unlabelled_milli: int, left: list[tuple[str, int, bool]]
) -> None:
    lots = [LotOnHand(LATE, 1_000), LotOnHand(OLD, 2_000), LotOnHand(SOON, 3_000)]

    assumed = assume_fefo([*lots, LotOnHand("D|2026-01-01", -4_000)], unlabelled_milli)

    assert [(one.lot, one.quantity_milli, one.is_assumed) for one in assumed] == left


def test_delivery_is_taken_in_by_lot_and_state_and_in_parts(db: Connection, box: Box) -> None:
    fresh = make_lot("L1", box.today() + datetime.timedelta(days=10))
    receive(
        db,
        box,
        HandledLine(COLA, 60_000, SELLABLE, fresh),
        HandledLine(COLA, 2_000, DAMAGED),
    )
    part = goods.read_received(db, goods.list_orders(db)[0])
    receive(db, box, OrderLine(COLA, 40_000), OrderLine(APPLES, 50_000))

    assert part == {("PO-000001", COLA): 62_000}
    after = goods.read_received(db, goods.list_orders(db)[0])
    assert after == {("PO-000001", COLA): 102_000, ("PO-000001", APPLES): 50_000}
    rows = {row[1:4]: row[4] for row in read_projection(db, "on_hand")}
    assert rows["sellable", COLA, fresh] == 60_000
    assert rows["damaged", COLA, ""] == 2_000


def test_item_stands_once_in_a_state_and_lot(db: Connection, box: Box) -> None:
    with pytest.raises(RetailError) as refused:
        receive(db, box, OrderLine(COLA, 1_000), HandledLine(COLA, 2_000))

    assert refused.value.code == "item_listed_twice"


@pytest.mark.parametrize(("state", "is_refused"), [(SELLABLE, True), (DAMAGED, False)])
def test_goods_beyond_their_date_are_not_taken_in_to_be_sold(
    db: Connection, box: Box, state: StockState, is_refused: bool
) -> None:
    lot = make_lot("L1", box.today() - datetime.timedelta(days=1))
    try:
        receive(db, box, HandledLine(COLA, 1_000, state, lot))
        code = ""
    except RetailError as error:
        code = error.code

    assert code == ("expired_on_arrival" if is_refused else "")


@pytest.mark.parametrize(
    ("days_left", "state", "is_refused"),
    [(19, SELLABLE, True), (20, SELLABLE, False), (19, DAMAGED, False)],
)
def test_goods_with_too_little_of_their_life_left_are_not_taken_in_to_be_sold(
    db: Connection, box: Box, days_left: int, state: StockState, is_refused: bool
) -> None:
    items = [dataclasses.replace(item, shelf_life_days=30) for item in make_items()]
    rows = [(documents.item_key(i.item_id), documents.encode_item(i)) for i in items]
    rule = encode_settings(StoreSettings(remaining_life_percent=66))
    with write_transaction(db):
        put_documents(db, documents.ITEMS_FEED, rows)
        put_documents(db, documents.SETTINGS_FEED, [(SETTINGS_KEY, rule)])
    lot = make_lot("L1", box.today() + datetime.timedelta(days=days_left))
    try:
        receive(db, box, HandledLine(COLA, 1_000, state, lot))
        code = ""
    except RetailError as error:
        code = error.code

    assert code == ("life_too_short" if is_refused else "")


def test_progress_of_orders_follows_from_the_journal(db: Connection, box: Box) -> None:
    receive(db, box, OrderLine(COLA, 40_000))
    goods.ship_transfer(
        db, box, "T-000001", [OrderLine(APPLES, 1_500)], fact_id=uuid.uuid4(), staff_no="2001"
    )
    folded = read_projection(db, "handled_goods")
    with write_transaction(db):
        db.execute("DELETE FROM handled_goods")
        fold_whole_journal(db)

    assert read_projection(db, "handled_goods") == folded
    assert len(folded) == 2


def test_lots_near_their_date_are_listed_with_what_should_be_left(db: Connection, box: Box) -> None:
    today = box.today()
    soon = make_lot("S", today + datetime.timedelta(days=3))
    far = make_lot("F", today + datetime.timedelta(days=60))
    receive(
        db, box, HandledLine(COLA, 5_000, SELLABLE, soon), HandledLine(COLA, 9_000, SELLABLE, far)
    )

    (found,) = shelf.list_expiring(db, box)

    assert (found.days_left, found.lot.quantity_milli) == (3, 5_000)
    next_week = box.clock.now() + datetime.timedelta(days=7)
    later = dataclasses.replace(box, clock=dataclasses.replace(box.clock, now=lambda: next_week))
    assert [one.days_left for one in shelf.list_expiring(db, later)] == [-4]


def hang(db: Connection, box: Box) -> list[int]:
    """One round of labels; which items."""
    changes = shelf.list_price_changes(db, box)
    assert changes.last is not None
    shelf.note_labels(db, changes.last)
    return [one.item.item_id for one in changes.items]


def test_price_that_changed_wants_a_label_until_it_hangs(db: Connection, box: Box) -> None:
    assert hang(db, box) == sorted(PRICES_FEN)
    assert shelf.list_price_changes(db, box).items == []
    with write_transaction(db):
        rows = [
            (documents.item_key(item_id), documents.encode_price(Price(item_id, fen + 1)))
            for item_id, fen in sorted(PRICES_FEN.items())
        ]
        put_documents(db, documents.PRICES_FEED, rows)

    assert NOODLES in hang(db, box)


def test_labels_beyond_one_round_come_in_the_next(
    db: Connection, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "LABELS_MAX", 2)
    everything = sorted(PRICES_FEN)

    rounds = [hang(db, box) for _round in range(3)]

    assert rounds == [everything[:2], everything[2:4], everything[4:]]
    assert shelf.list_price_changes(db, box).last is None


def test_back_room_over_the_application(open_till: Open) -> None:
    till = open_till("1")
    till.sign_in("2001")
    lines = [
        {"item_id": COLA, "quantity_milli": 30_000, "lot_no": "L1", "expires_on": "2031-01-31"},
        {"item_id": COLA, "quantity_milli": 1_000, "state": "damaged"},
    ]

    before = till.get_of_store("/today")
    written = till.send("/api/purchase-orders/PO-000001/receive", lines=lines)
    orders = till.get_of_store("/orders")["purchase_orders"]

    assert written["seq"] > 0
    handled = {line["item_id"]: line["handled_milli"] for line in orders[0]["lines"]}
    assert handled == {COLA: 31_000, APPLES: 0}
    assert (before["to_receive"], before["to_ship"]) == (2, 1)
    received = till.get_of_store("/received-orders")["purchase_orders"]
    assert [one["purchase_order_no"] for one in received] == ["PO-000001"]
    read = till.get_of_store("/goods?code=(01)09520000000011(10)L7(17)310131")
    assert [item["item_id"] for item in read["items"]] == [COLA]
    assert (read["lot_no"], read["expires_on"]) == ("L7", "2031-01-31")
    assert till.do("scan", code="COLA")["outcome"] == "done"
    assert till.do("pay", tenders=CASH)["outcome"] == "done"


@pytest.mark.parametrize(
    "line",
    [{"lot_no": "A|B"}, {"lot_no": "x" * 21}, {"state": "lost"}, {"expires_on": "2026-13-1"}],
)
def test_lot_that_is_none_is_a_bad_request(open_till: Open, line: dict[str, str]) -> None:
    till = open_till("1")
    lines = [{"item_id": COLA, "quantity_milli": 1_000} | line]

    answer = till.send("/api/purchase-orders/PO-000001/receive", lines=lines)

    assert answer["code"] == "bad_request"


def test_scans_go_to_the_page_that_takes_them_and_sell_nothing(open_till: Open) -> None:
    till = open_till("1")
    with till.open_page() as (page, _snapshot):
        page.send_json({"kind": "take_scans", "is_on": True})
        page.send_json({"kind": "ping"})
        assert page.receive_json()["kind"] == "pong"
        till.scan_by_device("6901234567892")
        heard = page.receive_json()
        page.send_json({"kind": "take_scans", "is_on": False})
        page.send_json({"kind": "ping"})
        assert page.receive_json()["kind"] == "pong"
        till.scan_by_device("COLA")
        sold = page.receive_json()

    assert (heard["kind"], heard["code"]) == ("code_scanned", "6901234567892")
    assert sold["kind"] == "ticket_changed"
