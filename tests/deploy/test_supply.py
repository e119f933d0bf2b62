"""What stores are supplied with: enough for what they sell, some of it too late."""

from __future__ import annotations

import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.complete_journey import read_complete_journey
from deploy.demo.plan_builder import build_plan
from deploy.demo.supply import (
    ORDER_LINES_MAX,
    PlannedTransfer,
    SupplyOrder,
    add_up_sales,
    cost_fen,
    is_late,
    plan_orders,
    plan_transfers,
)
from deploy.demo.trade_line import make_tax_rate
from deploy.demo.trade_plan import PlannedItem, TradePlan, read_items
from retail_domain.catalog.item import Item, UnitOfMeasure
from retail_domain.catalog.quantity import QUANTITY_MILLI_MAX
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.transfers.transfer_order import OrderLine


def make_item(
    item_id: int = 1,
    *,
    price_fen: int = 1000,
    unit_cost_fen: int | None = None,
    rate_bp: int = 1300,
) -> PlannedItem:
    rate = make_tax_rate(rate_bp)
    item = Item(item_id, f"K-{item_id}", "酱油", "Soy sauce", UnitOfMeasure.PIECE, rate)
    return PlannedItem(item, price_fen, unit_cost_fen)


def received_milli(orders: list[SupplyOrder], item_id: int) -> dict[ReceiptPurpose, int]:
    sums = dict.fromkeys(ReceiptPurpose, 0)
    for order in orders:
        for line in order.lines:
            if line.item_id == item_id:
                sums[order.purpose] += line.quantity_milli
    return sums


@pytest.mark.parametrize(
    ("item", "quantity_milli", "cost"),
    [
        (make_item(price_fen=1130), 1000, 700),  # 11.30 is 10.00 without tax; 70 % of it.
        (make_item(price_fen=1), 1_000_000, 619),  # 1,000 x 0.01 / 1.13 x 70 %, divided once.
        (make_item(price_fen=1090, rate_bp=900), 500, 350),
        (make_item(unit_cost_fen=210), 2500, 525),
        (make_item(unit_cost_fen=0), 1000, 0),
        (make_item(price_fen=0), 1000, 0),
    ],
)
def test_cost_is_the_named_one_or_a_share_of_the_price_without_tax(
    item: PlannedItem, quantity_milli: int, cost: int
) -> None:
    assert cost_fen(item, quantity_milli) == cost


def test_item_in_time_is_received_before_it_is_sold() -> None:
    item_id = next(item_id for item_id in range(1, 99) if not is_late("S1", item_id))

    orders = plan_orders("S1", {item_id: 10_000}, {item_id: make_item(item_id)}, [])

    assert received_milli(orders, item_id) == {
        ReceiptPurpose.OPENING: 14_000,  # 10 sold, 2 and a fifth in reserve.
        ReceiptPurpose.PURCHASE: 0,
    }


def test_late_item_is_received_in_part_only() -> None:
    item_id = next(item_id for item_id in range(1, 99) if is_late("S1", item_id))

    orders = plan_orders("S1", {item_id: 9_000}, {item_id: make_item(item_id)}, [])

    assert received_milli(orders, item_id) == {
        ReceiptPurpose.OPENING: 4_000,
        ReceiptPurpose.PURCHASE: 8_000,
    }


def test_goods_to_be_sent_are_received_too() -> None:
    item_id = next(item_id for item_id in range(1, 99) if not is_late("S1", item_id))
    transfer = PlannedTransfer("S1", "S2", (OrderLine(item_id, 5_000),))
    items = {item_id: make_item(item_id)}

    source = plan_orders("S1", {item_id: 10_000}, items, [transfer])
    target = plan_orders("S2", {item_id: 10_000}, items, [transfer])

    assert received_milli(source, item_id)[ReceiptPurpose.OPENING] == 20_000
    assert sum(received_milli(target, item_id).values()) == 14_000


@given(
    st.dictionaries(
        st.integers(1, 3_000), st.integers(1, 5_000_000).map(lambda n: n * 1000), max_size=900
    ),
    st.sampled_from([0, 1, 999, 10**12]),
)
def test_orders_hold_all_that_is_sold_within_the_limits(
    sold_milli: dict[int, int], price_fen: int
) -> None:
    items = {item_id: make_item(item_id, price_fen=price_fen) for item_id in sold_milli}
    if price_fen > 10**6:
        sold_milli = {item_id: min(milli, 5_000) for item_id, milli in sold_milli.items()}

    orders = plan_orders("S1", sold_milli, items, [])

    for order in orders:
        assert 1 <= len(order.lines) <= ORDER_LINES_MAX
        assert len({line.item_id for line in order.lines}) == len(order.lines)
        for line in order.lines:
            assert 0 < line.quantity_milli <= QUANTITY_MILLI_MAX
            assert line.quantity_milli % 1000 == 0
            assert 0 <= line.value_fen <= 10**12
    for item_id, milli in sold_milli.items():
        assert sum(received_milli(orders, item_id).values()) >= milli + 2_000


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, TradePlan]:
    folder = tmp_path_factory.mktemp("plan")
    trade = read_complete_journey(stores_max=3, baskets_max=30)
    return folder, build_plan(folder, trade, source="test")


def test_each_store_sends_goods_it_has_to_the_next(
    planned: tuple[pathlib.Path, TradePlan],
) -> None:
    folder, plan = planned
    items = {planned.item.item_id: planned for planned in read_items(folder)}

    transfers = plan_transfers(folder, plan, items)

    stores = [store.store for store in plan.stores]
    assert [transfer.source_store for transfer in transfers] == stores
    assert [transfer.target_store for transfer in transfers] == [*stores[1:], stores[0]]
    for transfer in transfers:
        assert len(transfer.lines) == 3
        sold = add_up_sales(folder, transfer.source_store)
        assert all(line.item_id in sold and line.quantity_milli == 2000 for line in transfer.lines)


def test_one_store_alone_sends_nothing(tmp_path: pathlib.Path) -> None:
    trade = read_complete_journey(stores_max=1, baskets_max=3)
    plan = build_plan(tmp_path / "plan", trade, source="test")

    assert plan_transfers(tmp_path / "plan", plan, {}) == []
