"""Codes that no item has, or several: a person answers at the till, over the real application."""

from __future__ import annotations

import contextlib

import pytest

from edge_agent.store import journal
from edge_agent.store.database import open_database
from edge_agent.store.projections import read_projection
from retail_domain.catalog.item import is_open_item
from retail_domain.trade.box_event import ItemUnknown
from retail_domain.trade.fact import Payload
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.shop_setup import COLA_CODE, TWIN_A, TWIN_B, TWIN_CODE
from tests.edge_agent.till import CASH, Answer, Open

UNKNOWN_CODE = "6901234567892"
OPEN = {"code": UNKNOWN_CODE, "unit_price_fen": 1_280, "tax_rate_id": "VAT13"}


def payloads(database: str) -> list[Payload]:
    with contextlib.closing(open_database(database)) as db:
        return [fact.happening.payload for fact, _body, _head in journal.iterate_facts(db)]


def code(answer: Answer) -> object:
    return answer["refusal"]["code"]


def test_unknown_code_asks_for_an_open_item(open_till: Open) -> None:
    refused = open_till("1").do("scan", code=UNKNOWN_CODE)["refusal"]

    assert refused["code"] == "unknown_barcode"
    assert refused["question"] == {"code": UNKNOWN_CODE, "symbology": "", "item_ids": []}


def test_goods_without_an_item_are_sold_taxed_and_become_a_task(
    open_till: Open, database: str
) -> None:
    till = open_till("1")

    rung_up = till.do("sell_open_item", goods_name="苏打饼干", **OPEN)
    paid = till.do("pay", tenders=CASH)

    assert (rung_up["outcome"], paid["outcome"]) == ("done", "done")
    unknown, ticket = payloads(database)[-2:]
    assert isinstance(unknown, ItemUnknown)
    assert (unknown.scanned_code, unknown.name, unknown.unit_price_fen) == (
        UNKNOWN_CODE,
        "苏打饼干",
        1_280,
    )
    assert isinstance(ticket, Ticket)
    line = ticket.lines[0]
    assert is_open_item(line.item_id)
    assert (line.scanned_code, line.amount_fen, line.tax_fen) == (UNKNOWN_CODE, 1_280, 147)
    assert paid["receipt"]["lines"][0]["name"] == "待建档商品 13%"
    with contextlib.closing(open_database(database)) as db:
        assert not any(is_open_item(int(str(row[2]))) for row in read_projection(db, "on_hand"))


def test_open_item_comes_back_on_its_receipt(open_till: Open, database: str) -> None:
    till = open_till("1")
    till.do("sell_open_item", **OPEN)
    sale_id = till.do("pay", tenders=CASH)["receipt"]["fact_id"]
    back = {
        "kind": "on_receipt",
        "sale_id": sale_id,
        "sale_line_no": 1,
        "quantity_milli": 1_000,
        "state": "sellable",
        "reason": "changed_mind",
    }

    returned = till.do("exchange", back=[back], tenders=[{"kind": "cash", "amount_fen": 1_280}])

    assert returned["outcome"] == "done"
    ticket = payloads(database)[-1]
    assert isinstance(ticket, Ticket)
    assert ticket.amount_fen == -1_280


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"code": COLA_CODE}, "code_known"),
        ({"tax_rate_id": "VAT99"}, "tax_rate_unknown"),
        ({"unit_price_fen": 100_001}, "approval_needed"),
    ],
)
def test_open_item_is_refused_where_it_would_hide_something(
    open_till: Open, database: str, change: dict[str, object], refusal: str
) -> None:
    before = len(payloads(database))

    refused = open_till("1").do("sell_open_item", **(OPEN | change))

    assert code(refused) == refusal
    assert not any(isinstance(one, ItemUnknown) for one in payloads(database)[before:])


@pytest.mark.parametrize("change", [{"unit_price_fen": 0}, {"code": ""}, {"goods_name": "x" * 41}])
def test_open_item_without_code_or_price_is_no_command(
    open_till: Open, change: dict[str, object]
) -> None:
    assert open_till("1").do("sell_open_item", **(OPEN | change))["code"] == "bad_request"


def test_code_of_two_items_asks_which_and_sells_the_chosen_one(open_till: Open) -> None:
    till = open_till("1")

    refused = till.do("scan", code=TWIN_CODE)["refusal"]
    items = till.get_of_store(f"/items?item_id={TWIN_A}&item_id={TWIN_B}")
    chosen = till.do("scan", code=TWIN_CODE, item_id=TWIN_B)

    assert refused["question"]["item_ids"] == [TWIN_A, TWIN_B]
    assert [item["item_id"] for item in items] == [TWIN_A, TWIN_B]
    assert chosen["outcome"] == "done"


def test_item_that_the_code_does_not_name_is_not_sold_by_it(open_till: Open) -> None:
    refused = open_till("1").do("scan", code=TWIN_CODE, item_id=1)

    assert code(refused) == "ambiguous_barcode"
