"""The back room in a real browser, with nobody at headquarters."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from retail_domain.stock.count import StockCounted
from retail_domain.stock.goods import GoodsReceived, TransferShipped
from tests.edge_agent.pages.box_process import BoxProcess, payloads
from tests.edge_agent.shop_setup import COLA, COLA_CODE

pytestmark = pytest.mark.browser


def enter(page: Page, code: str, quantity: str) -> None:
    """A scan ends with Enter and leads to the quantity."""
    page.get_by_label("扫描条码或输入货号").fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_label("数量", exact=True)).to_be_focused()
    page.keyboard.type(quantity)
    page.keyboard.press("Enter")


def test_delivery_is_scanned_at_the_door_and_received_as_it_is(
    page: Page, box_process: BoxProcess, faults: list[str]
) -> None:
    page.keyboard.press("F10")
    page.get_by_role("button", name="收货 · PO-000001").click()
    enter(page, COLA_CODE, "24")
    expect(page.get_by_role("list", name="单据商品")).to_contain_text("24")
    enter(page, "NOODLES", "1")
    expect(page.get_by_text("NOODLES 不在这张单据上")).to_be_visible()
    page.get_by_role("button", name="确认", exact=True).click()

    expect(page.get_by_role("button", name="收货 · PO-000001")).to_contain_text("已完成")
    received = payloads(box_process)[-1]
    assert isinstance(received, GoodsReceived)
    assert [(line.item_id, line.quantity_milli) for line in received.lines] == [(COLA, 24_000)]
    assert faults == []


def test_transfer_is_sent_as_it_was_ordered_with_three_taps(
    page: Page, box_process: BoxProcess
) -> None:
    page.keyboard.press("F10")
    page.get_by_role("button", name="发调拨 · T-000001").click()
    page.get_by_role("button", name="与单据一致").click()
    page.get_by_role("button", name="确认", exact=True).click()

    expect(page.get_by_role("button", name="发调拨 · T-000001")).to_contain_text("已完成")
    shipped = payloads(box_process)[-1]
    assert isinstance(shipped, TransferShipped)
    assert len(shipped.lines) == 2


def test_count_is_blind_and_its_differences_are_known_at_the_close(
    page: Page, box_process: BoxProcess
) -> None:
    page.keyboard.press("F10")
    page.get_by_role("tab", name="盘点").click()
    page.get_by_role("button", name="开始抽盘").click()
    enter(page, COLA_CODE, "5")
    expect(page.get_by_role("list", name="已盘商品")).to_contain_text("可乐 330ml")
    page.get_by_role("button", name="结束盘点").click()

    result = page.get_by_role("region", name="盘点结果")
    expect(result).to_contain_text("第 1 次盘点：共 1 项")
    expect(result).to_contain_text("5")
    counted = payloads(box_process)[-1]
    assert isinstance(counted, StockCounted)
    assert counted.lines[0].variance_milli == 5_000
