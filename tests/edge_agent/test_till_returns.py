"""Goods brought back at the till, over the real application."""

from __future__ import annotations

import contextlib
import dataclasses
import uuid

import pytest

from edge_agent.store import journal
from edge_agent.store.database import open_database
from retail_domain.trade.sale_code import make_sale_code, parse_sale_code
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.shop_setup import COLA, COLA_CODE
from tests.edge_agent.staffed_store import SUPERVISOR
from tests.edge_agent.till import CASH, Answer, Open, Till


def sell(till: Till, pieces: int = 1) -> Answer:
    """Some cola at 3.00, by its receipt."""
    till.do("add_item", item_id=COLA, quantity_milli=pieces * 1_000)
    receipt: Answer = till.do("pay", tenders=CASH)["receipt"]
    return receipt


def back(sale: Answer, pieces: int = 1, state: str = "sellable") -> list[Answer]:
    line = {"sale_id": sale["sale_id"], "sale_line_no": 1, "quantity_milli": pieces * 1_000}
    return [line | {"kind": "on_receipt", "state": state, "reason": "unwanted"}]


def cash(amount_fen: int) -> list[Answer]:
    return [{"kind": "cash", "amount_fen": amount_fen}]


def last_ticket(database: str) -> Ticket:
    with contextlib.closing(open_database(database)) as db:
        payload = [fact.happening.payload for fact, _body, _head in journal.iterate_facts(db)][-1]
    assert isinstance(payload, Ticket)
    return payload


@pytest.mark.parametrize("how", ["scanned", "typed"])
def test_sale_is_found_by_the_code_on_its_receipt_or_its_number(open_till: Open, how: str) -> None:
    till = open_till("1")
    receipt = sell(till, 2)
    code = {"scanned": "LSR" + receipt["fact_id"].replace("-", "").upper(), "typed": "1-1"}[how]

    sale = till.get(f"/api/sales?code={code}")

    assert (sale["sale_id"], sale["receipt_no"]) == (receipt["fact_id"], 1)
    assert sale["lines"][0]["left_milli"] == 2_000


def test_return_pays_back_what_was_paid_and_the_rest_can_still_come(
    open_till: Open, database: str
) -> None:
    till = open_till("1")
    sell(till, 2)
    sale = till.get("/api/sales?code=1-1")

    price = till.post("/exchange-price", {"back": back(sale)})
    done = till.do("exchange", back=back(sale), tenders=cash(300))

    assert price == {"refund_fen": 300, "due_fen": -300}
    assert done["outcome"] == "done"
    assert done["receipt"]["totals"]["amount_fen"] == -300
    assert till.get("/api/sales?code=1-1")["lines"][0]["left_milli"] == 1_000
    [line] = last_ticket(database).lines
    assert (line.quantity_milli, line.amount_fen, line.reason) == (-1_000, -300, "unwanted")


def test_exchange_is_one_ticket_with_what_is_bought(open_till: Open, database: str) -> None:
    till = open_till("1")
    sell(till)
    sale = till.get("/api/sales?code=1-1")
    till.do("scan", code="NOODLES")

    price = till.post("/exchange-price", {"back": back(sale, state="damaged")})
    done = till.do("exchange", back=back(sale, state="damaged"), tenders=cash(200))

    assert price["due_fen"] == 150
    assert done["receipt"]["change_fen"] == 50
    ticket = last_ticket(database)
    assert [(line.quantity_milli, line.amount_fen) for line in ticket.lines] == [
        (-1_000, -300),
        (1_000, 450),
    ]
    assert till.get("/api/status")["held_tickets"] == 0


def test_receipt_of_another_store_is_asked_for_only_with_a_line(open_till: Open) -> None:
    till = open_till("1")
    code = make_sale_code(uuid.uuid4())
    wish = {"request_id": str(uuid.uuid4()), "code": code}

    not_here = till.get(f"/api/sales?code={code}")
    refused = till.post("/sale-requests", wish)
    till.shop.line = dataclasses.replace(till.shop.line, is_online=lambda: True)
    asked = till.post("/sale-requests", wish)
    again = till.post("/sale-requests", wish)
    look = till.get(f"/api/registers/1/sale-requests/{wish['request_id']}?code={code}")

    assert (not_here["code"], refused["code"]) == ("sale_not_found", "sale_out_of_reach")
    assert asked == again == look == {"is_here": False}


def test_more_than_was_sold_never_comes_back(open_till: Open) -> None:
    till = open_till("1")
    sell(till, 2)
    sale = till.get("/api/sales?code=1-1")
    till.do("exchange", back=back(sale), tenders=cash(300))

    refused = till.do("exchange", back=back(sale, 2), tenders=cash(600))
    twice_in_one = till.do("exchange", back=back(sale) * 2, tenders=cash(600))

    assert refused["refusal"]["code"] == "return_too_large"
    assert twice_in_one["refusal"]["code"] == "return_too_large"


def test_refund_above_the_cashiers_limit_needs_somebody_who_stands_on_the_ticket(
    open_till: Open, database: str
) -> None:
    till = open_till("1")
    sell(till, 40)
    sale = till.get("/api/sales?code=1-1")

    refused = till.do("exchange", back=back(sale, 40), tenders=cash(12_000))
    approval_id = till.approve(refused)
    done = till.do("exchange", approval_id, back=back(sale, 40), tenders=cash(12_000))

    assert refused["refusal"]["approval"] == {"right": "refund", "amounts": {"refund_fen": 12_000}}
    assert done["outcome"] == "done"
    [approval] = last_ticket(database).approvals
    assert (approval.right, approval.staff_no) == ("refund", SUPERVISOR)


def test_limit_counts_what_comes_back_not_what_is_left_after_the_exchange(open_till: Open) -> None:
    till = open_till("1")
    sell(till, 40)
    sale = till.get("/api/sales?code=1-1")
    till.do("add_item", item_id=COLA, quantity_milli=40_000)

    refused = till.do("exchange", back=back(sale, 40), tenders=[])

    assert refused["refusal"]["code"] == "approval_needed"


def test_goods_without_a_receipt_come_back_at_a_price_that_somebody_decides(
    open_till: Open, database: str
) -> None:
    till = open_till("1")
    line = {"kind": "without_receipt", "item_id": COLA, "unit_price_fen": 300}
    line |= {"quantity_milli": 1_000, "state": "damaged", "reason": "leaks"}

    done = till.do("exchange", back=[line], tenders=cash(300))

    assert done["outcome"] == "done"
    assert last_ticket(database).lines[0].origin is None


@pytest.mark.parametrize("code", ["1-99", "LSR" + "0" * 32, "LSRXYZ", "what", ""])
def test_receipt_of_nobody_is_a_sentence(open_till: Open, code: str) -> None:
    answer = open_till("1").get(f"/api/sales?code={code}")

    assert answer["code"] in {"receipt_not_found", "sale_not_found"}


def test_scanned_receipt_asks_the_screens_what_comes_back(open_till: Open) -> None:
    till = open_till("1")
    receipt = sell(till)
    code = "LSR" + receipt["fact_id"].replace("-", "").upper()

    with till.open_page() as (socket, _snapshot):
        till.scan_by_device(code)
        event = socket.receive_json()

    assert (event["kind"], event["code"]) == ("sale_scanned", code)


def test_sale_code_is_read_as_it_is_written() -> None:
    sale = uuid.UUID("0198c0de-0000-7000-8000-00000000a1b2")

    assert parse_sale_code(make_sale_code(sale)) == sale
    assert parse_sale_code(f" {make_sale_code(sale).lower()}\n") == sale
    assert parse_sale_code(COLA_CODE) is None


def without(unit_price_fen: int = 300, pieces: int = 1) -> list[Answer]:
    goods = {"state": "sellable", "reason": "unwanted", "quantity_milli": pieces * 1_000}
    line = {"kind": "without_receipt", "item_id": COLA, "unit_price_fen": unit_price_fen}
    return [line | goods]


def test_goods_without_a_receipt_come_back_at_most_at_todays_price(open_till: Open) -> None:
    refused = open_till("1").do("exchange", back=without(301), tenders=cash(301))

    assert refused["refusal"]["code"] == "return_price"


def test_returns_without_a_receipt_count_by_the_day(open_till: Open, database: str) -> None:
    till = open_till("1")
    for _customer in range(3):
        till.do("exchange", back=without(300, 10), tenders=cash(3_000))

    fourth = till.do("exchange", back=without(300, 10), tenders=cash(3_000))
    assert fourth["refusal"]["approval"]["amounts"] == {"refund_fen": 12_000}
    granted = till.approve(fourth)
    allowed = till.do("exchange", granted, back=without(300, 10), tenders=cash(3_000))

    assert allowed["outcome"] == "done"
    assert last_ticket(database).approvals[0].staff_no == SUPERVISOR
