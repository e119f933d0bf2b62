"""What the rarer kinds leave in the books: returns, counts, corrections, cash, headquarters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.ledger.books import Books, OrderedCost
from retail_domain.ledger.posting import Posted, post_fact, touched_costs
from retail_domain.ledger.small_enterprise_chart import SMALL_ENTERPRISE_CHART
from retail_domain.stock.adjustment import AdjustmentReason
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import HQ_STORE, Payload
from retail_domain.trade.shift import CashMove, CashMoved
from retail_domain.trade.stock_effect import stock_movements
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import FeedPosition, Ticket
from retail_domain.trade.voucher import PeriodClosed
from tests.retail_domain.builders import (
    make_arrival,
    make_happening,
    make_receipt,
    make_shipment,
    make_ticket,
)
from tests.retail_domain.fact_builders import (
    make_adjustment,
    make_allocation,
    make_count,
    make_invoice,
    make_landed_cost,
    make_payment,
    make_return,
    make_return_without_receipt,
    make_sale_line,
    make_settlement,
    make_shift_close,
    make_supplier_return,
    make_voucher,
)

SELLABLE, DAMAGED = StockState.SELLABLE, StockState.DAMAGED
SALE_ID = make_happening(make_ticket((1, 1_000, 100)), 1).fact_id
OPEN_ITEM = 1 << 52


class Shop:
    """Books of two stores, with 10 fen a piece on every order; each post is a fact of its own."""

    def __init__(self) -> None:
        self.books = Books({"S001": "LE1", "S002": "LE1"}, SMALL_ENTERPRISE_CHART.codes())
        self.books.wanted_sales = frozenset({SALE_ID})
        self.books.orders = {
            "PO-000001": {item_id: OrderedCost(10_000, 1_000_000) for item_id in range(1, 9)},
            "PO-000002": {item_id: OrderedCost(20_000, 1_000_000) for item_id in range(1, 9)},
        }

    def post(self, payload: Payload, store: str = "S001", *, number: int = 99) -> Posted:
        return post_fact(self.books, store, make_happening(payload, number))

    def value_fen(self, item_id: int = 1, store: str = "S001") -> int:
        return self.books.cost(store, item_id).value_fen


def changes(posted: Posted) -> dict[tuple[str, str], int]:
    return {
        (line.store, line.account_code): line.debit_fen - line.credit_fen for line in posted.lines
    }


@pytest.fixture
def shop() -> Shop:
    """100 pieces of item 1 at 10 fen."""
    shop = Shop()
    shop.post(make_receipt((1, 100_000)))
    return shop


def test_goods_brought_back_return_at_the_cost_of_their_own_sale(shop: Shop) -> None:
    sale = make_ticket((1, 10_000, 113))
    shop.post(sale, number=1)
    shop.post(make_receipt((1, 90_000), purchase_order_no="PO-000002"))  # Today's average: 15.

    returned = shop.post(make_return(sale, SALE_ID, 4_000))

    assert changes(returned) == {
        ("S001", "1001"): -452,
        ("S001", "5001"): 400,
        ("S001", "22210105"): 52,
        ("S001", "140501"): 40,
        ("S001", "540101"): -40,
    }
    assert returned.line_costs_fen == (-40,)


def test_goods_of_another_store_come_in_where_they_are_at_the_cost_of_their_sale(
    shop: Shop,
) -> None:
    sale = make_ticket((1, 10_000, 113))
    shop.post(sale, number=1)

    returned = shop.post(make_return(sale, SALE_ID, 4_000), "S002")

    assert changes(returned) == {
        ("S002", "1001"): -452,
        ("S002", "5001"): 400,
        ("S002", "22210105"): 52,
        ("S002", "140501"): 40,
        ("S002", "540101"): -40,
    }
    assert (shop.value_fen(), shop.value_fen(store="S002")) == (900, 40)


def test_returns_in_parts_bring_back_the_whole_cost_and_no_fen_more(shop: Shop) -> None:
    shop.post(make_landed_cost((1, 100_000, 3)), HQ_STORE)  # 1,003 fen for 100: never even.
    sale = make_ticket((1, 7_000, 113))
    sold = shop.post(sale, number=1)

    parts = [
        shop.post(make_return(sale, SALE_ID, 1_000, before_milli=done * 1_000)) for done in range(7)
    ]

    assert sum(part.line_costs_fen[0] for part in parts) == -sold.line_costs_fen[0]
    assert shop.value_fen() == 1_003


def test_return_of_more_than_was_sold_comes_in_at_todays_cost_beyond_it(shop: Shop) -> None:
    """The box refuses it; what a store did all the same is not argued with."""
    sale = make_ticket((1, 2_000, 113))
    shop.post(sale, number=1)
    shop.post(make_return(sale, SALE_ID, 2_000))
    shop.post(make_receipt((1, 100_000), purchase_order_no="PO-000002"))

    again = shop.post(make_return(sale, SALE_ID, 2_000))

    assert again.line_costs_fen == (-30,)  # 15 a piece now.


def test_return_without_receipt_comes_in_at_todays_cost(shop: Shop) -> None:
    returned = shop.post(make_return_without_receipt(1, 2_000, 113))

    assert changes(returned) == {
        ("S001", "1001"): -226,
        ("S001", "5001"): 200,
        ("S001", "22210105"): 26,
        ("S001", "140501"): 20,
        ("S001", "540101"): -20,
    }


def test_return_of_goods_sold_short_fills_the_shortage_at_what_it_was_issued_at() -> None:
    shop = Shop()
    shop.post(make_receipt((1, 1_000)))
    sale = make_ticket((1, 3_000, 113))
    shop.post(sale, number=1)  # Two short, at the last known 10.

    returned = shop.post(make_return(sale, SALE_ID, 1_000))

    assert returned.line_costs_fen == (-10,)
    assert shop.books.cost("S001", 1).value_fen == -10


def test_rounding_is_an_expense_of_its_own_and_not_part_of_the_price() -> None:
    line = make_sale_line(OPEN_ITEM, 1_000, 1_133, tax_fen=130)
    ticket = Ticket(
        1, FeedPosition(1, 1), (line,), (Tender(TenderKind.WECHAT, 1_130, 1_130),), rounding_fen=3
    )

    posted = Shop().post(ticket)

    assert changes(posted) == {
        ("S001", "101202"): 1_130,
        ("S001", "560101"): 3,
        ("S001", "5001"): -1_003,
        ("S001", "22210105"): -130,
    }


def test_open_item_is_sold_and_taxed_and_moves_no_stock() -> None:
    shop = Shop()
    ticket = make_ticket((OPEN_ITEM, 1_000, 113))

    posted = shop.post(ticket)

    assert stock_movements("S001", ticket) == ()
    assert (posted.costs_fen, posted.line_costs_fen) == ((), (0,))
    assert changes(posted) == {("S001", "1001"): 113, ("S001", "5001"): -100,
                               ("S001", "22210105"): -13}  # fmt: skip


def test_supplier_gets_goods_back_at_what_they_were_received_for(shop: Shop) -> None:
    shop.post(make_receipt((1, 100_000), purchase_order_no="PO-000002"))  # Average 15.

    returned = shop.post(make_supplier_return((1, 10_000)))

    assert changes(returned) == {
        ("S001", "140501"): -150,
        ("S001", "220202"): 100,
        ("S001", "540102"): 50,
    }


@pytest.mark.parametrize(
    ("counted_milli", "expected_fen"), [(97_000, -30), (104_000, 40), (100_000, 0)]
)
def test_count_books_what_is_missing_or_found_until_somebody_decides(
    shop: Shop, counted_milli: int, expected_fen: int
) -> None:
    posted = shop.post(make_count((1, counted_milli, 100_000)))

    assert changes(posted).get(("S001", "140501"), 0) == expected_fen
    assert changes(posted).get(("S001", "190101"), 0) == -expected_fen
    assert len(posted.costs_fen) == (1 if expected_fen else 0)


def test_goods_moved_between_states_keep_their_value(shop: Shop) -> None:
    posted = shop.post(make_adjustment((1, 5_000, SELLABLE, DAMAGED)))

    assert (posted.costs_fen, posted.lines) == ((0, 0), ())


@pytest.mark.parametrize(
    ("reason", "account"),
    [
        (AdjustmentReason.DAMAGED, "190101"),
        (AdjustmentReason.SELF_USED, "560102"),
        (AdjustmentReason.RECLASSIFIED, "540101"),
    ],
)
def test_goods_that_leave_for_a_reason_go_to_its_account(
    shop: Shop, reason: AdjustmentReason, account: str
) -> None:
    posted = shop.post(make_adjustment((1, 5_000, SELLABLE, None), reason=reason))

    assert changes(posted) == {("S001", "140501"): -50, ("S001", account): 50}


@pytest.mark.parametrize(("counted_fen", "over_fen"), [(9_990, -10), (10_005, 5), (10_000, 0)])
def test_shift_books_cash_over_and_short(counted_fen: int, over_fen: int) -> None:
    posted = Shop().post(make_shift_close(counted_fen, 10_000))

    assert changes(posted).get(("S001", "1001"), 0) == over_fen
    assert changes(posted).get(("S001", "190102"), 0) == -over_fen


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        (CashMove.FLOAT_ADDED, {}),
        (CashMove.DROPPED, {}),
        (CashMove.PAID_IN, {"1001": 700, "224101": -700}),
        (CashMove.PAID_OUT, {"1001": -700, "122101": 700}),
        (CashMove.DEPOSITED, {"1001": -700, "1002": 700}),
    ],
)
def test_cash_moves_to_the_account_that_its_reason_means(
    move: CashMove, expected: dict[str, int]
) -> None:
    posted = Shop().post(CashMoved(1, move, 700, "", ""))

    assert {code: fen for (_store, code), fen in changes(posted).items()} == expected


def test_invoice_turns_what_was_received_into_what_is_owed(shop: Shop) -> None:
    invoice = make_invoice(("PO-000001", "S001", 1, 100_000, 1_000), tax_fen=130)

    posted = shop.post(invoice, HQ_STORE)

    assert changes(posted) == {
        ("S001", "220202"): 1_000,
        ("S001", "122102"): -1_000,
        ("HQ", "122102"): 1_000,
        ("HQ", "22210101"): 130,
        ("HQ", "220201"): -1_130,
    }


def test_dearer_invoice_raises_what_is_held_and_the_rest_is_variance(shop: Shop) -> None:
    shop.post(make_ticket((1, 40_000, 113)))

    posted = shop.post(make_invoice(("PO-000001", "S001", 1, 100_000, 1_200)), HQ_STORE)

    assert changes(posted)["S001", "140501"] == 120
    assert changes(posted)["S001", "540102"] == 80
    assert shop.value_fen() == 720


def test_payment_leaves_the_bank() -> None:
    posted = Shop().post(make_payment(1_130), HQ_STORE)

    assert changes(posted) == {("HQ", "220201"): 1_130, ("HQ", "1002"): -1_130}


def test_later_cost_and_its_reversal_leave_nothing(shop: Shop) -> None:
    there = shop.post(make_landed_cost((1, 100_000, 77)), HQ_STORE)
    back = shop.post(make_landed_cost((1, 100_000, -77)), HQ_STORE)

    assert changes(there)["S001", "140501"] == 77
    assert {key: -fen for key, fen in changes(back).items()} == changes(there)
    assert shop.value_fen() == 1_000


def test_expense_of_headquarters_is_borne_by_stores() -> None:
    posted = Shop().post(make_allocation("5602", S001=700, S002=300), HQ_STORE)

    assert changes(posted) == {
        ("S001", "5602"): 700,
        ("S001", "122102"): -700,
        ("S002", "5602"): 300,
        ("S002", "122102"): -300,
        ("HQ", "5602"): -1_000,
        ("HQ", "122102"): 1_000,
    }


def test_goods_lost_on_the_way_leave_transit(shop: Shop) -> None:
    shop.post(make_shipment((1, 10_000)))
    shop.post(make_arrival((1, 7_000)), "S002")

    posted = shop.post(make_settlement((1, 3_000)), HQ_STORE)

    assert changes(posted) == {("S001", "140502"): -30, ("S001", "190101"): 30}
    assert shop.books.in_transit["T-000001", 1].quantity_milli == 0


def test_goods_that_arrived_beyond_what_was_sent_are_settled_to_zero(shop: Shop) -> None:
    shop.post(make_shipment((1, 10_000)))
    shop.post(make_arrival((1, 12_000)), "S002")

    posted = shop.post(make_settlement((1, -2_000)), HQ_STORE)

    assert changes(posted) == {("S001", "140502"): 20, ("S001", "190101"): -20}
    pair = shop.books.in_transit["T-000001", 1]
    assert (pair.quantity_milli, pair.value_fen) == (0, 0)


def test_closed_month_takes_income_to_the_profit_of_the_year() -> None:
    shop = Shop()
    shop.books.income_fen = {("S001", "5001"): -1_000, ("S001", "540101"): 700, ("HQ", "5602"): 90}

    posted = shop.post(PeriodClosed("2026-11"), HQ_STORE)

    assert changes(posted) == {
        ("S001", "5001"): 1_000,
        ("S001", "540101"): -700,
        ("S001", "3103"): -300,
        ("HQ", "5602"): -90,
        ("HQ", "3103"): 90,
    }


def test_entry_by_hand_balances_each_store() -> None:
    posted = Shop().post(make_voucher(("S001", "5602", 500), ("HQ", "1002", -500)), HQ_STORE)

    assert changes(posted) == {
        ("S001", "5602"): 500,
        ("S001", "122102"): -500,
        ("HQ", "1002"): -500,
        ("HQ", "122102"): 500,
    }


MILLI = st.integers(1, 30_000)
ITEM = st.integers(1, 3)
STEPS = st.one_of(
    st.tuples(st.just("receive"), ITEM, MILLI),
    st.tuples(st.just("sell"), ITEM, MILLI),
    st.tuples(st.just("bring back"), ITEM, MILLI),
    st.tuples(st.just("return to supplier"), ITEM, MILLI),
    st.tuples(st.just("count"), ITEM, MILLI),
    st.tuples(st.just("find"), ITEM, MILLI),
    st.tuples(st.just("break"), ITEM, MILLI),
    st.tuples(st.just("invoice"), ITEM, MILLI),
    st.tuples(st.just("freight"), ITEM, MILLI),
    st.tuples(st.just("rebate"), ITEM, MILLI),
)


def make_step(name: str, item_id: int, milli: int) -> tuple[Payload, str]:
    made: dict[str, tuple[Payload, str]] = {
        "receive": (make_receipt((item_id, milli)), "S001"),
        "sell": (make_ticket((item_id, milli // 1_000 * 1_000 + 1_000, 113)), "S001"),
        "bring back": (make_return_without_receipt(item_id, milli, 113), "S001"),
        "return to supplier": (make_supplier_return((item_id, milli)), "S001"),
        "count": (make_count((item_id, milli, 15_000)), "S001"),
        "find": (make_adjustment((item_id, milli, None, SELLABLE)), "S001"),
        "break": (make_adjustment((item_id, milli, SELLABLE, None)), "S001"),
        "invoice": (
            make_invoice(("PO-000001", "S001", item_id, milli, milli // 90), tax_fen=1),
            HQ_STORE,
        ),
        "freight": (make_landed_cost((item_id, milli, 37)), HQ_STORE),
        "rebate": (make_landed_cost((item_id, milli, -37)), HQ_STORE),
    }
    return made[name]


@given(st.lists(STEPS, max_size=40))
def test_stock_ledger_and_movements_agree_after_anything(
    steps: list[tuple[str, int, int]],
) -> None:
    shop = Shop()
    inventory_fen = 0
    quantity_milli = dict.fromkeys((1, 2, 3), 0)
    for step in steps:
        payload, store = make_step(*step)
        posted = shop.post(payload, store)
        movements = stock_movements(store, payload)
        assert len(movements) == len(posted.costs_fen)
        for movement in movements:
            quantity_milli[movement.key.item_id] += movement.quantity_milli
        inventory_fen += changes(posted).get(("S001", "140501"), 0)
        for balance in by_store(posted).values():
            assert balance == 0

    assert inventory_fen == sum(shop.value_fen(item_id) for item_id in (1, 2, 3))
    for item_id, milli in quantity_milli.items():
        assert shop.books.cost("S001", item_id).quantity_milli == milli


def by_store(posted: Posted) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in posted.lines:
        sums[line.store] = sums.get(line.store, 0) + line.debit_fen - line.credit_fen
    return sums


@given(st.lists(STEPS, max_size=15))
def test_posting_touches_only_what_it_says(steps: list[tuple[str, int, int]]) -> None:
    shop = Shop()
    for step in steps:
        payload, store = make_step(*step)
        before = dict(shop.books.costs)

        shop.post(payload, store)

        changed = {
            (key[1], key[2]) for key, pair in shop.books.costs.items() if before.get(key) != pair
        }
        touched = touched_costs(store, payload)
        assert changed <= {(place, item_id) for place in touched for item_id in touched[place]}
