"""The default trade: a real chain's baskets, to the cent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.chinese_names import name_store
from deploy.demo.complete_journey import read_complete_journey, share_evenly
from deploy.demo.trade_line import Reason, RejectedRow, TradeLine
from retail_domain.catalog.gtin import to_gtin_14


@pytest.fixture(scope="module")
def trade() -> list[TradeLine | RejectedRow]:
    return list(read_complete_journey(stores_max=3, baskets_max=60))


def test_asked_number_of_baskets_comes_from_the_largest_stores(
    trade: list[TradeLine | RejectedRow],
) -> None:
    lines = [line for line in trade if isinstance(line, TradeLine)]

    baskets = {(line.store, line.basket_id) for line in lines}

    assert len(baskets) == 60
    assert {store for store, _ in baskets} == {"367", "406", "343"}


def test_known_line_is_exact_to_the_cent(trade: list[TradeLine | RejectedRow]) -> None:
    line = next(x for x in trade if isinstance(x, TradeLine) and x.store == "406")

    # quantity 1, sales_value 1.43, retail_disc 0.15 in the data set.
    assert (line.basket_id, line.sku) == ("31198655051", "1041453")
    assert (line.quantity_milli, line.unit_price_fen, line.discount_fen) == (1000, 158, 15)
    assert line.amount_fen == 143
    assert line.gtin.startswith("0952")
    assert to_gtin_14(line.gtin) == line.gtin


def test_each_line_can_be_sold(trade: list[TradeLine | RejectedRow]) -> None:
    for line in trade:
        if isinstance(line, TradeLine):
            assert line.quantity_milli > 0
            assert 0 <= line.discount_fen <= line.unit_price_fen * line.quantity_milli // 1000
            assert line.name != line.name_en
        else:
            assert line.reason is Reason.QUANTITY_ZERO


def test_same_question_gets_the_same_trade(trade: list[TradeLine | RejectedRow]) -> None:
    assert list(read_complete_journey(stores_max=3, baskets_max=60)) == trade


@pytest.mark.slow  # Reads a year of a chain: some 40 s.
def test_whole_chain_is_as_the_data_set_says() -> None:
    lines = refused = paid_fen = 0
    baskets, stores = set(), set()
    for entry in read_complete_journey():
        if isinstance(entry, RejectedRow):
            refused += 1
            continue
        lines += 1
        paid_fen += entry.amount_fen
        baskets.add(entry.basket_id)
        stores.add(entry.store)

    assert (lines, refused, len(stores)) == (1_460_438, 8_869, 457)
    assert len(baskets) == 155_518  # 330 of the 155,848 hold lines of quantity 0 only.
    assert paid_fen == 459_602_706


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(0, 600))
def test_shares_add_up_and_stay_within_what_is_there(available: list[int], total: int) -> None:
    shares = share_evenly(available, total)

    assert sum(shares) == min(total, sum(available))
    assert all(0 <= share <= held for share, held in zip(shares, available, strict=True))
    full = [
        share for share, held in zip(shares, available, strict=True) if share < held
    ]  # Those that could give more give the same, but for one.
    assert not full or max(full) - min(full) <= 1


def test_shares_are_even_while_they_can_be() -> None:
    assert share_evenly([100, 1, 100], 41) == [20, 1, 20]
    assert share_evenly([10, 10, 10], 5) == [1, 2, 2]


def test_stores_have_names_of_their_own() -> None:
    names = [name_store(place) for place in range(457)]

    assert len({store.name for store in names}) == 457
    assert len({store.name_en for store in names}) == 457
    assert name_store(0).name == "上海人民路店"
