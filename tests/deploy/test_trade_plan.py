"""The plan of a demo: baskets in order of time, items by SKU, and a restart that goes on."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib

import pytest

from deploy.demo.errors import TradeEmptyError
from deploy.demo.plan_builder import build_plan
from deploy.demo.trade_line import Reason, RejectedRow, TradeLine, make_tax_rate
from deploy.demo.trade_plan import load_plan, read_baskets, read_items
from retail_domain.catalog.item import UnitOfMeasure
from retail_domain.trade.tender import TenderKind

AT = datetime.datetime(2026, 11, 22, 2, 0, tzinfo=datetime.UTC)
LINE = TradeLine(
    row=2,
    store="S1",
    basket_id="B1",
    line_no=1,
    sku="K-1",
    gtin="09521234567899",
    name="酱油",
    name_en="Soy sauce",
    quantity_milli=1000,
    unit_price_fen=350,
    discount_fen=0,
    sold_at=AT,
    tax_rate=make_tax_rate(1300),
)


def change(row: int, **changes: object) -> TradeLine:
    return dataclasses.replace(LINE, row=row, **changes)  # type: ignore[arg-type]  # A test's table.


def test_baskets_play_in_order_of_time_whatever_the_order_of_rows(tmp_path: pathlib.Path) -> None:
    later = AT + datetime.timedelta(minutes=5)
    trade = [
        change(2, basket_id="B2", sold_at=later),
        change(3, basket_id="B1", line_no=2, sku="K-2"),
        change(4, basket_id="B2", line_no=2, sku="K-2", sold_at=later),
        change(5, basket_id="B1", line_no=1),
    ]

    plan = build_plan(tmp_path / "plan", trade, source="test")

    baskets = list(read_baskets(tmp_path / "plan", "S1"))
    assert [basket.basket_id for basket in baskets] == ["B1", "B2"]
    assert [line.item_id for line in baskets[0].lines] == [1, 2]
    assert (plan.baskets, plan.lines, plan.amount_fen, plan.quantity_milli) == (2, 4, 1400, 4000)


def test_line_that_its_basket_can_not_take_is_refused(tmp_path: pathlib.Path) -> None:
    trade = [
        change(2),
        change(3),
        change(4, line_no=2, tax_rate=make_tax_rate(900)),
        change(5, line_no=3, quantity_milli=1_000_000, unit_price_fen=1_000_000_000),
    ]

    plan = build_plan(tmp_path / "plan", trade, source="test")

    assert plan.rejected == (
        RejectedRow(3, "line_no", "1", Reason.DUPLICATE_LINE),
        RejectedRow(4, "tax_rate", "900", Reason.TAX_RATE_DIFFERS),
        RejectedRow(5, "unit_price_fen", "1000000000", Reason.AMOUNT_TOO_LARGE),
    )
    assert (plan.lines, plan.amount_fen) == (1, 350)


def test_line_number_is_free_again_in_another_store(tmp_path: pathlib.Path) -> None:
    plan = build_plan(tmp_path / "plan", [change(2), change(3, store="S2")], source="test")

    assert plan.rejected_count == 0
    assert [store.store for store in plan.stores] == ["S1", "S2"]


def test_basket_over_a_thousand_lines_loses_the_rest(tmp_path: pathlib.Path) -> None:
    trade = [change(no + 1, line_no=no) for no in range(1, 1003)]

    plan = build_plan(tmp_path / "plan", trade, source="test")

    assert plan.lines == 1000
    assert [row.reason for row in plan.rejected] == [Reason.TICKET_FULL] * 2


def test_item_gathers_what_its_lines_say(tmp_path: pathlib.Path) -> None:
    trade = [
        change(2, unit_price_fen=0, name="赠品"),
        change(3, line_no=2, gtin="09521234567882", quantity_milli=762),
        change(4, line_no=3, gtin=""),
    ]

    build_plan(tmp_path / "plan", trade, source="test")

    (planned,) = read_items(tmp_path / "plan")
    assert planned.item.gtins == ("09521234567882", "09521234567899")
    assert planned.item.unit_of_measure is UnitOfMeasure.KILOGRAM
    assert (planned.item.name, planned.unit_price_fen) == ("酱油", 350)


def test_limits_take_the_largest_stores_and_the_earliest_baskets(tmp_path: pathlib.Path) -> None:
    minutes = [datetime.timedelta(minutes=minute) for minute in range(4)]
    trade = [change(2, store="S1")]
    trade += [
        change(3 + n, store="S2", basket_id=f"B{n}", sold_at=AT - minutes[n]) for n in range(4)
    ]

    plan = build_plan(tmp_path / "plan", trade, source="test", stores_max=1, baskets_max=2)

    assert [(store.store, store.baskets) for store in plan.stores] == [("S2", 2)]
    assert [basket.basket_id for basket in read_baskets(tmp_path / "plan", "S2")] == ["B3", "B2"]


def test_plan_is_found_again_after_a_restart(tmp_path: pathlib.Path) -> None:
    refused = RejectedRow(9, "gtin", "12", Reason.BAD_GTIN)
    plan = build_plan(tmp_path / "plan", [LINE, refused], source="test")

    assert load_plan(tmp_path / "plan") == plan
    assert load_plan(tmp_path / "elsewhere") is None


def test_start_that_died_leaves_nothing_behind(tmp_path: pathlib.Path) -> None:
    class PulledPlugError(Exception):
        pass

    def trade() -> object:
        yield LINE
        raise PulledPlugError

    with pytest.raises(PulledPlugError):
        build_plan(tmp_path / "plan", trade(), source="test")  # type: ignore[arg-type]  # A generator.

    assert load_plan(tmp_path / "plan") is None
    assert build_plan(tmp_path / "plan", [LINE], source="test").lines == 1


def test_tender_of_the_file_wins(tmp_path: pathlib.Path) -> None:
    build_plan(tmp_path / "plan", [change(2, tender=TenderKind.CARD)], source="test")

    (basket,) = read_baskets(tmp_path / "plan", "S1")
    assert basket.tender is TenderKind.CARD


def test_nothing_to_play_is_said_plainly(tmp_path: pathlib.Path) -> None:
    refused = RejectedRow(2, "gtin", "12", Reason.BAD_GTIN)

    with pytest.raises(TradeEmptyError, match="no line that can be played; 1 rows were refused"):
        build_plan(tmp_path / "plan", [refused], source="x.csv")
