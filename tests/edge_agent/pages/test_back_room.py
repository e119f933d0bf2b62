"""The back room in a real browser, with nobody at headquarters."""

from __future__ import annotations

import contextlib
import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from edge_agent.store.database import open_database
from edge_agent.store.photos import read_photo
from hq_hub.services.certificates import BoxName, issue_box, load_authority
from protos.transfer_slip import write_slip
from retail_domain.stock.adjustment import AdjustmentReason, StockAdjusted
from retail_domain.stock.count import StockCounted
from retail_domain.stock.goods import (
    GoodsReceived,
    StockRequested,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.stock.movement import StockState
from retail_domain.transfers.transfer_order import OrderLine
from retail_domain.transfers.transfer_slip import TransferSlip
from tests.edge_agent.pages.box_process import BoxProcess, payloads
from tests.edge_agent.shop_setup import COLA, COLA_CODE, KEY, TOKEN

pytestmark = pytest.mark.browser


def enter(page: Page, code: str, quantity: str) -> None:
    """A scan ends with Enter and leads to the quantity."""
    page.get_by_label("扫描条码或输入货号").fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_label("数量", exact=True)).to_be_focused()
    page.keyboard.type(quantity)
    page.keyboard.press("Enter")


def open_orders(page: Page) -> None:
    page.keyboard.press("F10")
    page.get_by_role("tab", name="收货与调拨").click()


def test_delivery_is_scanned_at_the_door_and_received_as_it_is(
    page: Page, box_process: BoxProcess, faults: list[str]
) -> None:
    open_orders(page)
    page.get_by_role("button", name="收货 · PO-000001").click()
    enter(page, COLA_CODE, "24")
    expect(page.get_by_role("list", name="已录商品")).to_contain_text("24")
    page.get_by_label("扫描条码或输入货号").fill("NOODLES")
    page.keyboard.press("Enter")
    expect(page.get_by_text("NOODLES 不在这张单据上")).to_be_visible()
    page.get_by_role("button", name="确认", exact=True).click()
    page.get_by_role("button", name="差异无误，确认").click()

    expect(page.get_by_text("PO-000001 已记录")).to_be_visible()
    received = payloads(box_process)[-1]
    assert isinstance(received, GoodsReceived)
    assert [(line.item_id, line.quantity_milli) for line in received.lines] == [(COLA, 24_000)]
    assert faults == []


def test_transfer_is_sent_as_it_was_ordered_with_three_taps(
    page: Page, box_process: BoxProcess
) -> None:
    open_orders(page)
    page.get_by_role("button", name="发调拨 · T-000001").click()
    page.get_by_role("button", name="与单据一致").click()
    page.get_by_role("button", name="确认", exact=True).click()

    expect(page.get_by_text("T-000001 已记录")).to_be_visible()
    expect(page.get_by_role("button", name="发调拨 · T-000001")).to_have_count(0)
    shipped = payloads(box_process)[-1]
    assert isinstance(shipped, TransferShipped)
    assert len(shipped.lines) == 2
    page.get_by_role("button", name="打印随货单").click()
    expect(page.get_by_text("随货单已送打印")).to_be_visible()
    page.get_by_role("button", name="在屏幕上显示").click()
    shown = page.get_by_role("img", name="随货单")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 72 * 8, "as wide as its paper"


def test_slip_brings_a_transfer_that_headquarters_did_not_tell_of(
    page: Page, box_process: BoxProcess
) -> None:
    slip = TransferSlip("T-000099", "S002", "S001", (OrderLine(COLA, 2_000),))
    authority = load_authority(box_process.folder / "pki")
    name, now = BoxName("test-chain", "S002", "B2"), datetime.datetime.now(datetime.UTC)
    parts = write_slip(slip, KEY, issue_box(authority, KEY.public_key(), name, now))
    open_orders(page)
    field = page.get_by_label("扫描随货单（总部单据未到时）")

    for number, part in enumerate(parts, start=1):
        field.fill(part)
        page.keyboard.press("Enter")
        if number < len(parts):
            expect(page.get_by_text(f"随货单已扫 {number} / {len(parts)} 个码")).to_be_visible()
    page.get_by_role("button", name="收调拨 · T-000099").click()
    page.get_by_role("button", name="与单据一致").click()
    page.get_by_role("button", name="确认", exact=True).click()

    expect(page.get_by_text("T-000099 已记录")).to_be_visible()
    received = payloads(box_process)[-1]
    assert isinstance(received, TransferReceived)
    assert (received.source_store, received.lines[0].quantity_milli) == ("S002", 2_000)
    field.fill(parts[0])
    page.keyboard.press("Enter")
    for part in parts[1:]:
        field.fill(part)
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("T-000099 已全部收货")


def test_count_is_blind_and_its_differences_are_known_at_the_close(
    page: Page, box_process: BoxProcess
) -> None:
    page.keyboard.press("F10")
    page.get_by_role("tab", name="盘点").click()
    page.get_by_role("button", name="开始抽盘").click()
    enter(page, COLA_CODE, "4")
    expect(page.get_by_role("list", name="已盘商品")).to_contain_text("可乐 330ml")
    expect(page.get_by_role("list", name="货架进度")).to_contain_text("1 / 1")
    page.get_by_role("button", name="结束盘点").click()
    again = page.get_by_role("status", name="需要复点")
    expect(again).to_contain_text("以下 1 种商品与账面不同")
    expect(again).not_to_contain_text("4")
    enter(page, COLA_CODE, "5")
    expect(again).to_have_count(0)
    page.get_by_role("button", name="按现有结果完成盘点").click()

    result = page.get_by_role("region", name="盘点结果")
    expect(result).to_contain_text("第 1 次盘点：共 1 项")
    expect(result).to_contain_text("5")
    counted = payloads(box_process)[-1]
    assert isinstance(counted, StockCounted)
    assert counted.lines[0].variance_milli == 5_000


def test_delivery_with_differences_shows_them_before_it_is_received(
    page: Page, box_process: BoxProcess
) -> None:
    open_orders(page)
    page.get_by_role("button", name="收货 · PO-000001").click()
    enter(page, COLA_CODE, "90")
    page.get_by_role("radio", name="破损").click()
    enter(page, COLA_CODE, "4")
    page.get_by_role("button", name="确认", exact=True).click()

    expect(page.get_by_text("有 2 项与单据不一致")).to_be_visible()
    first = page.get_by_role("list", name="单据商品").get_by_role("listitem").first
    expect(first).to_contain_text("−6")
    page.get_by_role("button", name="差异无误，确认").click()

    expect(page.get_by_text("PO-000001 已记录")).to_be_visible()
    expect(page.get_by_role("button", name="收货 · PO-000001")).to_contain_text("部分完成")
    received = payloads(box_process)[-1]
    assert isinstance(received, GoodsReceived)
    there = {(line.state, line.quantity_milli) for line in received.lines}
    assert there == {(StockState.SELLABLE, 90_000), (StockState.DAMAGED, 4_000)}


def test_lot_is_typed_with_six_digits_and_near_its_date_it_is_on_todays_list(
    page: Page, box_process: BoxProcess
) -> None:
    soon = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=5)
    open_orders(page)
    page.get_by_role("button", name="收货 · PO-000001").click()
    page.get_by_label("扫描条码或输入货号").fill(COLA_CODE)
    page.keyboard.press("Enter")
    expect(page.get_by_label("数量", exact=True)).to_be_focused()
    page.get_by_label("批号").fill("L7")
    page.get_by_label("到期日 6 位").fill(soon.strftime("%y%m%d"))
    page.get_by_label("数量", exact=True).fill("12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="已录商品")).to_contain_text(f"L7 · {soon.isoformat()}")
    page.get_by_role("button", name="确认", exact=True).click()
    page.get_by_role("button", name="差异无误，确认").click()
    expect(page.get_by_text("PO-000001 已记录")).to_be_visible()
    page.get_by_role("tab", name="今日").click()
    page.get_by_role("button", name="两周内到期的批次 1").click()

    lots = page.get_by_role("list", name="临期商品")
    expect(lots).to_contain_text("L7")
    received = payloads(box_process)[-1]
    assert isinstance(received, GoodsReceived)
    assert received.lines[0].lot == f"L7|{soon.isoformat()}"


def test_damage_is_taken_off_stock_with_a_reason(page: Page, box_process: BoxProcess) -> None:
    page.keyboard.press("F10")
    page.get_by_role("tab", name="报损与自用").click()
    page.get_by_role("radio", name="自用").click()
    enter(page, COLA_CODE, "2")
    camera = page.get_by_label("拍照（可不拍）")
    camera.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    expect(page.get_by_role("alert")).to_contain_text("无法打开这张图片")
    picture = page.screenshot()
    camera.set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": picture})
    expect(page.get_by_alt_text("已附照片")).to_be_visible()
    page.get_by_role("button", name="确认自用").click()

    expect(page.get_by_text("库存已更正")).to_be_visible()
    adjusted = payloads(box_process)[-1]
    assert isinstance(adjusted, StockAdjusted)
    assert (adjusted.reason, adjusted.lines[0].quantity_milli) == (
        AdjustmentReason.SELF_USED,
        2_000,
    )
    with contextlib.closing(open_database(box_process.database)) as db:
        content = read_photo(db, adjusted.photo_sha256)
    assert content is not None
    assert content.startswith(b"\xff\xd8\xff"), "the page sends a JPEG, whatever it got"


def test_headquarters_is_asked_for_goods(page: Page, box_process: BoxProcess) -> None:
    page.keyboard.press("F10")
    page.get_by_role("tab", name="要货").click()
    enter(page, "NOODLES", "30")
    page.get_by_label("备注").fill("周末促销")
    page.get_by_role("button", name="发送要货").click()

    expect(page.get_by_text("要货已发送")).to_be_visible()
    asked = payloads(box_process)[-1]
    assert isinstance(asked, StockRequested)
    assert (asked.note, asked.lines[0].quantity_milli) == ("周末促销", 30_000)


def test_goods_of_a_delivery_go_back_to_their_supplier(page: Page, box_process: BoxProcess) -> None:
    open_orders(page)
    page.get_by_role("button", name="收货 · PO-000001").click()
    page.get_by_role("button", name="与单据一致").click()
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("PO-000001 已记录")).to_be_visible()
    page.get_by_role("tab", name="退供应商").click()
    page.get_by_role("button", name="PO-000001").click()
    page.get_by_role("radio", name="质量问题").click()
    enter(page, COLA_CODE, "3")
    page.get_by_role("button", name="确认退供应商").click()

    expect(page.get_by_text("退货已记录")).to_be_visible()
    returned = payloads(box_process)[-1]
    assert isinstance(returned, SupplierReturn)
    assert (returned.reason, returned.lines[0].quantity_milli) == ("quality", 3_000)


def test_phone_between_the_shelves_has_the_back_room_alone(
    page: Page, box_process: BoxProcess, browser: Browser
) -> None:
    address = f"http://127.0.0.1:{box_process.port}/register/#register_no=1&token={TOKEN}"
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    phone = context.new_page()
    phone.goto(f"{address}&page=back_room")
    phone.get_by_role("tab", name="盘点").click()
    phone.get_by_role("button", name="开始抽盘").click()
    enter(phone, COLA_CODE, "0")

    expect(phone.get_by_role("list", name="已盘商品")).to_contain_text("可乐 330ml")
    for element in ("document.documentElement", "document.querySelector('main')"):
        assert phone.evaluate(f"{element}.scrollWidth") <= 390
    context.close()


def test_work_that_was_opened_while_the_box_was_away_is_there_when_it_is_back(
    page: Page, box_process: BoxProcess
) -> None:
    page.keyboard.press("F10")
    expect(page.get_by_role("tab", name="今日")).to_be_visible()
    box_process.kill()
    page.get_by_role("tab", name="收货与调拨").click()
    expect(page.get_by_role("dialog", name="后台").get_by_role("alert")).to_be_visible()

    box_process.start()

    expect(page.get_by_role("button", name="收货 · PO-000001")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("dialog", name="后台").get_by_role("alert")).to_have_count(0)
