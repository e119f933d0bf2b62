"""Goods that another store sold: who may take them back, and never more than were sold."""

from __future__ import annotations

import contextlib
import itertools
import pathlib
import tempfile
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.services import passed_sales
from edge_agent.services.passed_sales import find_sale_here
from edge_agent.services.rebuild import verify_projections
from edge_agent.services.return_errors import (
    SaleHolderBusyError,
    SaleNotFoundError,
    SaleOfOtherCompanyError,
    SalePassedOnError,
    SaleUnknownError,
)
from edge_agent.services.wallet_errors import WalletRefundTooLargeError
from edge_agent.store import journal, wallet_payments
from edge_agent.store.database import write_transaction
from edge_agent.store.wallet_payments import WalletRefund
from hq_hub.services import sale_passing
from retail_domain.errors import ReturnTooLargeError
from retail_domain.rounding import MILLI
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.shop_setup import COLA
from tests.edge_agent.sync.stores_of_a_chain import (
    COLA_LINE,
    NOODLES_LINE,
    PAYMENT_NO,
    SOLD_MILLI,
    Stores,
    open_stores,
)
from tests.hq_hub.small_chain import STORES, open_chain

SALE = uuid.UUID(int=0x7000_8000_0000_0000_0001)
HOME, AWAY, THIRD = "S001", "S002", "S003"


@pytest.fixture
def stores(tmp_path: pathlib.Path) -> Iterator[Stores]:
    with open_stores(tmp_path) as found:
        yield found


@pytest.fixture
def sold(stores: Stores) -> Stores:
    """A sale at home, known at headquarters."""
    stores.shops[HOME].sell(SALE)
    stores.talk()
    return stores


def bring(stores: Stores, store: str) -> None:
    """A store asks for the sale, and gets it."""
    request_id = stores.shops[store].ask_for(SALE)
    stores.talk()
    assert passed_sales.is_granted(stores.shops[store].db, SALE, request_id)


def test_goods_come_back_in_another_store_at_the_paid_price_and_with_their_tax(
    sold: Stores,
) -> None:
    with pytest.raises(SaleNotFoundError):
        sold.shops[AWAY].left_milli(SALE)
    bring(sold, AWAY)

    fact = sold.shops[AWAY].take_back(SALE, NOODLES_LINE, SOLD_MILLI)

    ticket = fact.happening.payload
    assert isinstance(ticket, Ticket)
    (line,) = ticket.lines
    assert (line.amount_fen, line.quantity_milli) == (-1_349, -SOLD_MILLI)
    assert line.origin is not None
    assert (line.origin.store, line.origin.fact_id) == (HOME, SALE)
    assert sold.shops[AWAY].left_milli(SALE) == [SOLD_MILLI, 0]


def test_store_that_sold_takes_nothing_back_once_another_one_may(sold: Stores) -> None:
    bring(sold, AWAY)

    with pytest.raises(SalePassedOnError) as refused:
        sold.shops[HOME].take_back(SALE)

    assert AWAY in refused.value.detail_en


def test_what_came_back_before_counts_wherever_the_sale_goes(sold: Stores) -> None:
    sold.shops[HOME].take_back(SALE)
    bring(sold, AWAY)
    sold.shops[AWAY].take_back(SALE)
    bring(sold, THIRD)
    assert sold.shops[THIRD].left_milli(SALE) == [MILLI, SOLD_MILLI]
    bring(sold, HOME)
    assert sold.shops[HOME].left_milli(SALE) == [MILLI, SOLD_MILLI]
    bring(sold, AWAY)

    with pytest.raises(ReturnTooLargeError):
        sold.shops[AWAY].take_back(SALE, COLA_LINE, 2 * MILLI)
    sold.shops[AWAY].take_back(SALE)
    assert sold.shops[AWAY].left_milli(SALE) == [0, SOLD_MILLI]
    with pytest.raises(SalePassedOnError):
        sold.shops[THIRD].left_milli(SALE)


def test_of_two_stores_that_ask_at_once_one_has_the_sale_in_the_end(sold: Stores) -> None:
    sold.shops[AWAY].ask_for(SALE)
    sold.shops[THIRD].ask_for(SALE)
    sold.talk()

    holders = []
    for store, shop in sold.shops.items():
        with contextlib.suppress(SaleNotFoundError, SalePassedOnError):
            shop.take_back(SALE)
            holders.append(store)
    assert holders in ([AWAY], [THIRD])


def test_return_while_the_question_is_on_its_way_is_counted(sold: Stores) -> None:
    sold.shops[AWAY].ask_for(SALE)
    sold.send(AWAY)
    sold.pass_on()
    sold.shops[HOME].take_back(SALE, COLA_LINE, 2 * MILLI)

    sold.talk()

    assert sold.shops[AWAY].left_milli(SALE) == [MILLI, SOLD_MILLI]


def test_request_waits_until_the_store_that_sold_has_a_line(sold: Stores) -> None:
    away = sold.shops[AWAY]
    request_id = away.ask_for(SALE)
    sold.send(AWAY)
    sold.pass_on()
    sold.fetch(AWAY)
    assert not passed_sales.is_granted(away.db, SALE, request_id)

    sold.talk()

    assert passed_sales.is_granted(away.db, SALE, request_id)


def test_store_that_has_the_sale_already_is_told_so_again(sold: Stores) -> None:
    bring(sold, AWAY)
    sold.shops[AWAY].take_back(SALE)

    bring(sold, AWAY)

    assert sold.shops[AWAY].left_milli(SALE) == [2 * MILLI, SOLD_MILLI]


def test_sale_that_headquarters_does_not_know_is_refused_and_found_later(stores: Stores) -> None:
    request_id = stores.shops[AWAY].ask_for(SALE)
    stores.talk()
    with pytest.raises(SaleUnknownError):
        passed_sales.is_granted(stores.shops[AWAY].db, SALE, request_id)
    stores.shops[HOME].sell(SALE)
    stores.talk()

    bring(stores, AWAY)

    stores.shops[AWAY].take_back(SALE)


def test_ticket_that_a_box_forged_under_the_sales_identity_is_not_the_sale(
    stores: Stores,
) -> None:
    """The store that forges stands before the other one in every index."""
    for store in (THIRD, HOME):
        stores.shops[store].sell(SALE)
        stores.talk()

    bring(stores, AWAY)

    ticket = stores.shops[AWAY].take_back(SALE).happening.payload
    assert isinstance(ticket, Ticket)
    assert [line.origin.store for line in ticket.lines if line.origin] == [THIRD]


def test_store_that_answers_nobody_is_asked_only_so_often(
    sold: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sale_passing, "QUESTIONS_MAX", 2)
    away = sold.shops[AWAY]
    requests = [away.ask_for(SALE) for _ in range(3)]
    sold.send(AWAY)
    sold.pass_on()
    sold.fetch(AWAY)

    with pytest.raises(SaleHolderBusyError):
        passed_sales.is_granted(away.db, SALE, requests[2])
    sold.talk()
    sold.shops[AWAY].take_back(SALE)


def test_goods_of_another_company_stay_out_of_the_books(sold: Stores) -> None:
    request_id = sold.shops[AWAY].ask_for(SALE)
    sold.hub.db.exec_driver_sql("UPDATE store SET legal_entity = 'LE2' WHERE store = 'S002'")
    sold.hub.db.commit()

    sold.talk()

    with pytest.raises(SaleOfOtherCompanyError):
        passed_sales.is_granted(sold.shops[AWAY].db, SALE, request_id)
    assert sold.shops[HOME].left_milli(SALE) == [SOLD_MILLI, SOLD_MILLI]


@pytest.mark.parametrize("order", list(itertools.permutations(STORES)), ids="-".join)
def test_sale_is_where_it_was_in_whatever_order_a_restored_headquarters_hears_of_it(
    sold: Stores, order: tuple[str, ...], tmp_path: pathlib.Path
) -> None:
    """It lost all, and the boxes send it again."""
    bring(sold, AWAY)
    sold.shops[AWAY].take_back(SALE)
    bring(sold, THIRD)
    (tmp_path / "restored").mkdir()
    with open_chain(tmp_path / "restored") as sold.hub:
        sold.hub.db.exec_driver_sql("UPDATE hub_state SET generation = 2")
        sold.hub.db.commit()
        for store in order:
            sold.shops[store].sent_seq = 0
            sold.send(store)
            sold.pass_on()

        sold.talk()

        assert sold.hub.read("SELECT store, pass_no FROM sale_holder") == [(THIRD, 2)]
        assert sold.shops[THIRD].left_milli(SALE) == [2 * MILLI, SOLD_MILLI]
        for store in (HOME, AWAY):
            with pytest.raises(SalePassedOnError):
                sold.shops[store].take_back(SALE)


def test_wallet_gets_its_money_back_in_every_store_together_no_more_than_it_paid(
    stores: Stores,
) -> None:
    home, away, wechat = stores.shops[HOME], stores.shops[AWAY], TenderKind.WECHAT
    paid_fen = home.sell_by_wallet(SALE)
    home.take_back(SALE, COLA_LINE, SOLD_MILLI, TenderKind.CASH)
    home.take_back(SALE, NOODLES_LINE, MILLI, wechat)
    stores.talk()
    bring(stores, AWAY)
    away.take_back(SALE, NOODLES_LINE, MILLI, wechat)
    bring(stores, HOME)

    home.take_back(SALE, NOODLES_LINE, MILLI, wechat)

    given_back_fen = [wallet_payments.sum_refunds(shop.db, PAYMENT_NO) for shop in (home, away)]
    assert given_back_fen == [450 + 450, 449]
    assert find_sale_here(home.db, HOME, SALE).refunded_elsewhere_fen(PAYMENT_NO) == 449
    assert sum(given_back_fen) == 1_349 < paid_fen


def test_wallet_that_got_all_back_elsewhere_gets_nothing_here(stores: Stores) -> None:
    """Cash was paid out for what the wallet still covers: the wallet's share is counted alone."""
    home, away = stores.shops[HOME], stores.shops[AWAY]
    paid_fen = home.sell_by_wallet(SALE)
    stores.talk()
    bring(stores, AWAY)
    with write_transaction(away.db):
        refund = WalletRefund(
            refund_no="refund-1",
            payment_no=PAYMENT_NO,
            amount_fen=paid_fen,
            fact_id=SALE,
            asked_at_ms=1,
            changed_at_ms=1,
        )
        wallet_payments.save_refund(away.db, refund)
    bring(stores, HOME)

    with pytest.raises(WalletRefundTooLargeError):
        home.take_back(SALE, COLA_LINE, MILLI, TenderKind.WECHAT)
    home.take_back(SALE, COLA_LINE, MILLI, TenderKind.CASH)


def test_books_take_the_goods_in_where_they_came_back_and_agree(sold: Stores) -> None:
    bring(sold, AWAY)
    sold.shops[AWAY].take_back(SALE, COLA_LINE, SOLD_MILLI)
    sold.talk()

    sold.hub.apply()

    assert sold.hub.parked() == []
    on_hand_milli = sold.hub.on_hand_milli()
    assert (on_hand_milli[HOME, COLA], on_hand_milli[AWAY, COLA]) == (-SOLD_MILLI, SOLD_MILLI)
    sold.hub.require_agreement()


def test_projections_of_all_boxes_follow_from_their_journals(sold: Stores) -> None:
    bring(sold, AWAY)
    sold.shops[AWAY].take_back(SALE)
    bring(sold, HOME)

    for shop in sold.shops.values():
        assert not any(check.differing_rows for check in verify_projections(shop.db))


def test_question_is_answered_once(sold: Stores) -> None:
    sold.shops[AWAY].ask_for(SALE)
    sold.send(AWAY)
    sold.pass_on()

    assert [sold.fetch(HOME), sold.fetch(HOME)] == [1, 0]


STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(STORES)),
    st.tuples(st.just("send"), st.sampled_from(STORES)),
    st.tuples(st.just("fetch"), st.sampled_from(STORES)),
    st.tuples(
        st.just("take_back"),
        st.sampled_from(STORES),
        st.sampled_from((COLA_LINE, NOODLES_LINE)),
        st.integers(1, 3).map(lambda pieces: pieces * MILLI),
    ),
)


@given(steps=st.lists(STEPS, min_size=10, max_size=60))
@settings(max_examples=30, deadline=None)
def test_stores_together_never_pay_out_more_than_was_paid(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_stores(pathlib.Path(folder)) as stores:
        sale = stores.shops[HOME].sell(SALE)
        for step in steps:
            take_step(stores, step)
        stores.talk()
        for line_no in (COLA_LINE, NOODLES_LINE):
            bring(stores, THIRD)
            left_milli = stores.shops[THIRD].left_milli(SALE)[line_no - 1]
            if left_milli:
                stores.shops[THIRD].take_back(SALE, line_no, left_milli)

        ticket = sale.happening.payload
        assert isinstance(ticket, Ticket)
        assert add_up_returns(stores) == {
            line.line_no: (line.quantity_milli, line.amount_fen, line.tax_fen)
            for line in ticket.lines
        }


def take_step(stores: Stores, step: tuple[object, ...]) -> None:
    """Something happens in the chain; what a store refuses is refused."""
    what, store, *more = step
    assert isinstance(store, str)
    if what == "ask":
        stores.shops[store].ask_for(SALE)
    elif what == "send":
        stores.send(store)
        stores.pass_on()
    elif what == "fetch":
        stores.fetch(store)
    else:
        line_no, milli = more
        assert isinstance(line_no, int)
        assert isinstance(milli, int)
        with contextlib.suppress(SaleNotFoundError, SalePassedOnError, ReturnTooLargeError):
            stores.shops[store].take_back(SALE, line_no, milli)


def add_up_returns(stores: Stores) -> dict[int, tuple[int, int, int]]:
    """By line of the sale: quantity, amount and tax that came back in all stores."""
    sums: dict[int, tuple[int, int, int]] = {}
    for shop in stores.shops.values():
        for fact, _body, _head in journal.iterate_facts(shop.db):
            ticket = fact.happening.payload
            for line in ticket.lines if isinstance(ticket, Ticket) else ():
                if line.origin is not None:
                    milli, fen, tax_fen = sums.get(line.origin.sale_line_no, (0, 0, 0))
                    sums[line.origin.sale_line_no] = (
                        milli - line.quantity_milli,
                        fen - line.amount_fen,
                        tax_fen - line.tax_fen,
                    )
    return sums
