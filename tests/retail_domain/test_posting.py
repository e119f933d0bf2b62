"""What each fact leaves in the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.ledger.books import Books, OrderedCost
from retail_domain.ledger.chart import AccountRole, Side
from retail_domain.ledger.posting import (
    Posted,
    post_fact,
    touched_costs,
    touched_transit,
)
from retail_domain.ledger.small_enterprise_chart import SMALL_ENTERPRISE_CHART
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.fact import Payload
from retail_domain.trade.stock_effect import stock_movements
from tests.retail_domain.builders import (
    make_arrival,
    make_happening,
    make_receipt,
    make_shipment,
    make_ticket,
)

CODES = SMALL_ENTERPRISE_CHART.codes()
CASH = CODES[AccountRole.CASH]
INVENTORY = CODES[AccountRole.INVENTORY]
IN_TRANSIT = CODES[AccountRole.GOODS_IN_TRANSIT]
ORDERED = {item_id: OrderedCost(10_000, 100_000) for item_id in range(1, 9)}
"""10 fen a piece."""


def make_books() -> Books:
    return Books({"S001": "LE1", "S002": "LE1"}, CODES)


def post(
    books: Books,
    store: str,
    payload: Payload,
    *,
    ordered: Mapping[int, OrderedCost] = ORDERED,
    number: int = 1,
) -> Posted:
    """Post a payload; every order has these costs, number makes the fact's identity."""
    books.orders = {"PO-000001": ordered}
    return post_fact(books, store, make_happening(payload, number))


def changes(posted: Posted) -> dict[tuple[str, str], int]:
    """Signed change by store and account."""
    return {
        (line.store, line.account_code): line.debit_fen - line.credit_fen for line in posted.lines
    }


def test_receipt_books_stock_against_goods_not_invoiced() -> None:
    posted = post(make_books(), "S001", make_receipt((1, 5_000)))

    assert changes(posted) == {("S001", "140501"): 500, ("S001", "220202"): -500}
    assert posted.costs_fen == (500,)


def test_opening_stock_is_booked_against_capital() -> None:
    receipt = make_receipt((1, 5_000), purpose=ReceiptPurpose.OPENING)

    posted = post(make_books(), "S001", receipt)

    assert changes(posted) == {("S001", "140501"): 500, ("S001", "300101"): -500}


def test_sale_books_tender_revenue_tax_and_cost() -> None:
    books = make_books()
    post(books, "S001", make_receipt((1, 5_000)))

    posted = post(books, "S001", make_ticket((1, 2_000, 1_130)))

    assert changes(posted) == {
        ("S001", "1001"): 2_260,
        ("S001", "140501"): -200,
        ("S001", "22210105"): -260,
        ("S001", "5001"): -2_000,
        ("S001", "540101"): 200,
    }


def test_receipt_after_a_short_sale_books_the_difference_to_cost_variance() -> None:
    books = make_books()
    post(books, "S001", make_ticket((1, 2_000, 1_130)))

    posted = post(books, "S001", make_receipt((1, 5_000)))

    assert changes(posted) == {
        ("S001", "140501"): 300,
        ("S001", "220202"): -500,
        ("S001", "540102"): 200,
    }


def test_transfer_moves_cost_through_goods_in_transit() -> None:
    books = make_books()
    post(books, "S001", make_receipt((1, 5_000)))

    shipped = post(books, "S001", make_shipment((1, 3_000)))
    arrived = post(books, "S002", make_arrival((1, 3_000)))

    assert changes(shipped) == {("S001", INVENTORY): -300, ("S001", IN_TRANSIT): 300}
    assert changes(arrived) == {("S002", INVENTORY): 300, ("S002", IN_TRANSIT): -300}
    assert {line.transfer_no for line in shipped.lines} == {"", "T-000001"}


def test_arrival_before_its_shipment_is_taken_in_and_put_right_later() -> None:
    books = make_books()
    post(books, "S001", make_receipt((1, 5_000)))

    early = post(books, "S002", make_arrival((1, 3_000)))
    dearer = {1: OrderedCost(20_000, 100_000)}
    post(books, "S001", make_receipt((1, 5_000)), ordered=dearer)
    late = post(books, "S001", make_shipment((1, 3_000)))

    assert changes(early) == {("S002", INVENTORY): 300, ("S002", IN_TRANSIT): -300}
    assert changes(late) == {
        ("S001", INVENTORY): -450,
        ("S001", IN_TRANSIT): 300,
        ("S002", INVENTORY): 150,
    }
    assert books.in_transit[("T-000001", 1)].value_fen == 0


def test_late_shipment_of_goods_already_sold_goes_to_cost_variance() -> None:
    books = make_books()
    post(books, "S002", make_arrival((1, 2_000)))  # Nothing is known of their cost.
    post(books, "S002", make_ticket((1, 2_000, 500)))
    post(books, "S001", make_receipt((1, 5_000)))

    late = post(books, "S001", make_shipment((1, 2_000)))

    assert changes(late) == {("S001", INVENTORY): -200, ("S002", "540102"): 200}


def test_receipt_of_less_than_was_shipped_leaves_the_rest_in_transit() -> None:
    books = make_books()
    post(books, "S001", make_receipt((1, 5_000)))
    post(books, "S001", make_shipment((1, 3_000)))

    post(books, "S002", make_arrival((1, 2_000)))

    left = books.in_transit[("T-000001", 1)]
    assert (left.value_fen, left.quantity_milli) == (100, 1_000)


ITEM = st.integers(1, 3)
MILLI = st.integers(1, 9).map(lambda pieces: pieces * 1_000)
STEP = st.one_of(
    st.tuples(st.just("S001"), st.builds(lambda i, q: make_receipt((i, q)), ITEM, MILLI)),
    st.tuples(st.just("S002"), st.builds(lambda i, q: make_receipt((i, q)), ITEM, MILLI)),
    st.tuples(st.just("S001"), st.builds(lambda i, q: make_ticket((i, q, 333)), ITEM, MILLI)),
    st.tuples(st.just("S002"), st.builds(lambda i, q: make_ticket((i, q, 77)), ITEM, MILLI)),
    st.tuples(st.just("S001"), st.builds(lambda i, q: make_shipment((i, q)), ITEM, MILLI)),
    st.tuples(st.just("S002"), st.builds(lambda i, q: make_arrival((i, q)), ITEM, MILLI)),
)


@given(st.lists(st.tuples(STEP, st.integers(1, 999)), max_size=30))
def test_books_agree_with_stock_after_any_history(
    steps: list[tuple[tuple[str, Payload], int]],
) -> None:
    books = make_books()
    ledger_fen: Counter[str] = Counter()
    stock_milli: Counter[tuple[str, int]] = Counter()
    for (store, payload), unit_fen in steps:
        ordered = {item_id: OrderedCost(unit_fen, 1_000) for item_id in (1, 2, 3)}
        posted = post(books, store, payload, ordered=ordered)
        assert sum(line.debit_fen - line.credit_fen for line in posted.lines) == 0
        for line in posted.lines:
            ledger_fen[line.account_code] += line.debit_fen - line.credit_fen
        for movement in stock_movements(store, payload):
            stock_milli[store, movement.key.item_id] += movement.quantity_milli

    assert ledger_fen[INVENTORY] == sum(cost.value_fen for cost in books.costs.values())
    assert ledger_fen[IN_TRANSIT] == sum(cost.value_fen for cost in books.in_transit.values())
    for (_entity, store, item_id), cost in books.costs.items():
        assert cost.quantity_milli == stock_milli[store, item_id]


@given(st.lists(STEP, max_size=20))
def test_posting_touches_only_what_it_announces(steps: list[tuple[str, Payload]]) -> None:
    books = make_books()
    for store, payload in steps:
        costs, in_transit = dict(books.costs), dict(books.in_transit)

        post(books, store, payload)

        changed = {key[1:] for key in books.costs if books.costs[key] != costs.get(key)}
        moved = {key for key in books.in_transit if books.in_transit[key] != in_transit.get(key)}
        touched = touched_costs(store, payload)
        assert changed <= {(place, item_id) for place in touched for item_id in touched[place]}
        assert moved <= touched_transit(payload)


def test_small_enterprise_chart_is_in_order_and_posts_to_leaves_only() -> None:
    chart = SMALL_ENTERPRISE_CHART

    assert set(CODES) == set(AccountRole)
    assert all(chart.is_leaf(code) for code in CODES.values())
    assert [a.side for a in chart.accounts if a.account_code == "1001"] == [Side.DEBIT]


@pytest.mark.parametrize("account_code", ["1405", "2221", "5401"])
def test_accounts_with_parts_are_not_leaves(account_code: str) -> None:
    assert not SMALL_ENTERPRISE_CHART.is_leaf(account_code)
