"""Applying facts: stock, cost, books, and what has to wait."""

from __future__ import annotations

import dataclasses

import pytest

from hq_hub.services.apply import Applied, retry_all_parked, retry_parked
from hq_hub.store.engine import write_transaction
from protos.liushui.v1 import fact_pb2
from retail_domain.rounding import MILLI
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.fact import Payload
from retail_domain.trade.tender import Tender
from retail_domain.trade.ticket import Ticket
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import (
    NOON,
    make_arrival,
    make_receipt,
    make_shipment,
    make_ticket,
)

CASH, GOODS, TRANSIT, PAYABLE = "1001", "140501", "140502", "220202"
OPENING, REVENUE, TAX, SOLD, VARIANCE = "300101", "5001", "22210105", "540101", "540102"


def test_purchase_puts_goods_and_their_cost_into_stock(small: SmallChain) -> None:
    order_no = small.order()
    small.receive("S001", make_receipt((1, 3_000), (2, 1_500), purchase_order_no=order_no))

    small.apply()

    assert small.on_hand_milli() == {("S001", 1): 3_000, ("S001", 2): 1_500}
    assert small.account_fen() == {("S001", GOODS): 1_500, ("S001", PAYABLE): -1_500}


def test_opening_stock_is_paid_in_by_the_owner(small: SmallChain) -> None:
    order_no = small.order(purpose=ReceiptPurpose.OPENING)
    receipt = make_receipt((1, 3_000), purpose=ReceiptPurpose.OPENING, purchase_order_no=order_no)
    small.receive("S001", receipt)

    small.apply()

    assert small.account_fen() == {("S001", GOODS): 1_000, ("S001", OPENING): -1_000}


def test_sale_moves_cost_from_goods_to_cost_of_goods_sold(small: SmallChain) -> None:
    order_no = small.order()
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no=order_no))
    small.receive("S001", make_ticket((1, 2_000, 565)))

    small.apply()

    assert small.on_hand_milli() == {("S001", 1): 1_000}
    assert small.account_fen() == {
        ("S001", PAYABLE): -1_000,
        ("S001", CASH): 1_130,
        ("S001", REVENUE): -1_000,
        ("S001", TAX): -130,
        ("S001", SOLD): 667,
        ("S001", GOODS): 333,
    }
    assert small.read("SELECT * FROM sale_line") == [
        ("S001", 1, 2, 1, "2026-11-22", 1, 2_000, 1_130, 130, 0, 667)
    ]
    assert small.read("SELECT * FROM store_day") == [
        ("S001", "2026-11-22", 1, 2_000, 1_130, 130, 0, 667)
    ]
    assert small.read("SELECT * FROM ticket") == [("S001", 1, 2, "1", 1, "2026-11-22", 1_130, 0)]


def test_goods_sold_before_they_came_correct_their_cost_when_they_come(small: SmallChain) -> None:
    order_no = small.order()
    small.receive("S001", make_ticket((1, 2_000, 565)))
    small.apply()
    sold_short = small.on_hand_milli()
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no=order_no))

    small.apply()

    assert sold_short == {("S001", 1): -2_000}
    accounts = small.account_fen()
    assert accounts["S001", GOODS] == 333
    assert accounts["S001", VARIANCE] == 667
    assert ("S001", SOLD) not in accounts
    small.require_agreement()


SHIPPED, ARRIVED = ("S001", make_shipment((1, 1_000))), ("S002", make_arrival((1, 1_000)))


@pytest.mark.parametrize(
    "order_of_receipt",
    [[SHIPPED, ARRIVED], [ARRIVED, SHIPPED]],
    ids=["shipment first", "receipt first"],
)
def test_transfer_moves_cost_between_stores_in_either_order(
    small: SmallChain, order_of_receipt: list[tuple[str, Payload]]
) -> None:
    order_no = small.order()
    assert small.draft_transfer() == "T-000001"
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no=order_no))
    for store, payload in order_of_receipt:
        small.receive(store, payload)

    small.apply()

    assert small.on_hand_milli() == {("S001", 1): 2_000, ("S002", 1): 1_000}
    assert small.account_fen() == {
        ("S001", PAYABLE): -1_000,
        ("S001", GOODS): 667,
        ("S002", GOODS): 333,
        ("S001", TRANSIT): 333,
        ("S002", TRANSIT): -333,
    }
    assert small.read("SELECT value_fen, quantity_milli FROM in_transit") == [(0, 0)]
    small.require_agreement()


def test_shipment_that_comes_late_corrects_what_the_target_took_in_and_sold(
    small: SmallChain,
) -> None:
    order_no = small.order()
    small.draft_transfer()
    small.receive("S002", make_arrival((1, 1_000)), make_ticket((1, 1_000, 565)))
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no=order_no))
    small.receive("S001", make_shipment((1, 1_000)))

    small.apply()

    accounts = small.account_fen()
    assert accounts["S002", VARIANCE] == 333
    assert ("S002", GOODS) not in accounts
    assert ("S002", SOLD) not in accounts
    small.require_agreement()


def test_applying_again_changes_nothing(small: SmallChain) -> None:
    order_no = small.order()
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no=order_no))
    small.apply()
    before = small.read("SELECT * FROM entry_line")

    again = small.apply()

    assert again == Applied(0, 0)
    assert small.read("SELECT * FROM entry_line") == before


def test_small_blocks_post_every_fact_once(small: SmallChain) -> None:
    order_no = small.order()
    for _ in range(3):
        small.receive("S001", make_receipt((1, 3_000), (2, 300), purchase_order_no=order_no))
        small.receive("S001", make_ticket((1, 1_000, 565), (2, 1_000, 80), (3, 1_000, 565)))

    small.apply(facts_max=2)

    assert small.read("SELECT count(*), max(apply_no) FROM apply_log") == [(6, 6)]
    assert small.on_hand_milli() == {("S001", 1): 6_000, ("S001", 2): -2_100, ("S001", 3): -3_000}
    small.require_agreement()


def test_apply_log_keeps_order_documents_and_month(small: SmallChain) -> None:
    order_no = small.order()
    version = small.read("SELECT document_version FROM hub_state")[0][0]
    small.receive("S002", make_ticket((1, 1_000, 565)))
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no=order_no))

    small.apply()

    assert small.read("SELECT * FROM apply_log ORDER BY apply_no") == [
        (1, "S002", 1, 1, version, 1_000, "2026-11"),
        (2, "S001", 1, 1, version, 1_000, "2026-11"),
    ]


def test_apply_tells_how_far_each_store_was_looked_at(small: SmallChain) -> None:
    small.receive("S001", make_ticket((1, 1_000, 565)), make_ticket((1, 1_000, 565)))
    small.receive_noise("S002", b"noise")

    small.apply()

    assert small.read("SELECT * FROM apply_progress ORDER BY store") == [
        ("S001", 1, 2),
        ("S002", 1, 1),
    ]


def newer_body(small: SmallChain) -> bytes:
    """A fact of a kind that this program does not know."""
    wire = fact_pb2.Fact.FromString(small.boxes["S001"].make_body(make_ticket((1, 1_000, 565))))
    wire.kind = 77  # type: ignore[assignment]  # A number of a later version.
    return wire.SerializeToString()


def huge_ticket(*, unit_price_fen: int = 565, quantity_milli: int = 1_000) -> Ticket:
    """A ticket that no shop writes, though its sums are right."""
    ticket = make_ticket((1, 1_000, 565))
    amount_fen = unit_price_fen * quantity_milli // MILLI
    line = dataclasses.replace(
        ticket.lines[0],
        unit_price_fen=unit_price_fen,
        quantity_milli=quantity_milli,
        amount_fen=amount_fen,
    )
    tender = Tender(ticket.tenders[0].kind, amount_fen, amount_fen)
    return dataclasses.replace(ticket, lines=(line,), tenders=(tender,))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (make_receipt((1, 1_000), purchase_order_no="PO-000009"), "document_missing"),
        (make_receipt((9, 1_000)), "document_differs"),
        (make_receipt((1, 1_000), purpose=ReceiptPurpose.OPENING), "document_differs"),
        (make_shipment((1, 1_000), transfer_no="T-000009"), "document_missing"),
        (make_shipment((1, 1_000), target_store="S003"), "document_differs"),
        (make_arrival((1, 1_000)), "document_differs"),
        (huge_ticket(unit_price_fen=1, quantity_milli=10**10), "out_of_range"),
        (huge_ticket(unit_price_fen=10**13), "out_of_range"),
        (dataclasses.replace(make_ticket((1, 1_000, 565)), receipt_no=10**16), "out_of_range"),
        (make_receipt((1, 10**10)), "out_of_range"),
    ],
)
def test_fact_that_cannot_be_posted_is_parked_and_its_neighbours_are_posted(
    small: SmallChain, payload: Payload, reason: str
) -> None:
    small.order()
    small.draft_transfer()
    small.receive("S001", make_receipt((1, 3_000)), payload, make_ticket((1, 1_000, 565)))

    applied = small.apply()

    assert applied == Applied(posted=2, parked=1)
    assert small.parked() == [("S001", 2, reason)]
    assert small.on_hand_milli() == {("S001", 1): 2_000}
    assert small.read("SELECT seq FROM apply_log ORDER BY apply_no") == [(1,), (3,)]


def test_bytes_that_are_no_fact_are_parked(small: SmallChain) -> None:
    small.receive_noise("S001", b"\xff\xff noise")
    small.receive_bodies("S001", [newer_body(small)])
    small.receive("S001", make_ticket((1, 1_000, 565)))

    applied = small.apply()

    assert applied == Applied(posted=1, parked=2)
    assert small.parked() == [("S001", 1, "malformed_fact"), ("S001", 2, "newer_fact")]


def test_parked_fact_is_posted_when_its_document_comes(small: SmallChain) -> None:
    small.receive("S001", make_receipt((1, 3_000)), make_ticket((1, 1_000, 565)))
    small.apply()
    assert small.parked() == [("S001", 1, "document_missing")]
    assert small.order() == "PO-000001"

    retried = retry_parked(small.db, NOON)

    assert retried == Applied(posted=1, parked=0)
    assert small.parked() == []
    assert small.on_hand_milli() == {("S001", 1): 2_000}
    assert small.read("SELECT seq FROM apply_log ORDER BY apply_no") == [(2,), (1,)]
    small.require_agreement()


def test_parked_fact_is_tried_once_a_document_version(small: SmallChain) -> None:
    small.receive("S001", make_receipt((1, 3_000), purchase_order_no="PO-000002"))
    small.apply()
    small.order()

    first, second = retry_parked(small.db, NOON), retry_parked(small.db, NOON)

    assert first == Applied(posted=0, parked=1)
    assert second == Applied(posted=0, parked=0)


def test_every_parked_fact_is_tried_once_more_after_a_start(small: SmallChain) -> None:
    small.receive_noise("S001", b"noise")
    small.apply()
    retry_all_parked(small.db)

    first, second = retry_parked(small.db, NOON), retry_parked(small.db, NOON)

    assert (first.parked, second.parked) == (1, 0)
    assert small.parked() == [("S001", 1, "malformed_fact")]


def test_posting_that_breaks_a_rule_of_the_books_leaves_nothing_behind(small: SmallChain) -> None:
    order_no = small.order()
    small.receive("S001", make_receipt((1, 3_000), (2, 3_000), purchase_order_no=order_no))
    small.apply()
    with write_transaction(small.db):  # Damage that posting must notice: goods below zero value.
        small.db.exec_driver_sql(
            "UPDATE cost SET last_value_fen = -9000000000000000 WHERE item_id = 1"
        )
    small.receive("S001", make_ticket((2, 1_000, 300), (3, 1_000, 300), (1, 9_000, 565)))
    small.receive("S001", make_ticket((2, 1_000, 300)))

    applied = small.apply()

    assert applied == Applied(posted=1, parked=1)
    assert small.parked() == [("S001", 2, "posting_failed")]
    assert small.on_hand_milli() == {("S001", 1): 3_000, ("S001", 2): 2_000}
    costs = small.read("SELECT item_id, value_fen, quantity_milli FROM cost ORDER BY item_id")
    assert costs == [(1, 1_000, 3_000), (2, 667, 2_000)]
