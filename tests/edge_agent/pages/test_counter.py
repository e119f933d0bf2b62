"""Returns, exchanges and shifts at the till, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from hardware.sim.serial_scanner import SimulatedSerialScanner
from retail_domain.trade.sale_code import make_sale_code
from retail_domain.trade.shift import ShiftClosed
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.trading_day import DayClosed
from tests.edge_agent.pages.box_process import BoxProcess, happenings, payloads
from tests.edge_agent.pages.conftest import show_card, sign_in, type_code
from tests.edge_agent.shop_setup import COLA_CODE
from tests.edge_agent.staffed_store import SUPERVISOR

pytestmark = pytest.mark.browser


def sell(page: Page) -> None:
    """A cola, paid in cash; the receipt is on the screen."""
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    page.keyboard.press("F12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="销售小票")).to_contain_text("可乐 330ml")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_return_is_receipt_goods_confirm_and_cash(
    page: Page, box_process: BoxProcess, faults: list[str]
) -> None:
    sell(page)
    page.keyboard.press("F7")
    expect(page.get_by_label("扫描小票上的码")).to_be_focused()
    type_code(page, "1-1")
    expect(page.get_by_text("可退 1")).to_be_visible()
    type_code(page, COLA_CODE)
    expect(page.get_by_text("退货金额")).to_be_visible()
    page.get_by_role("button", name="退现金 ¥3.00").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("article", name="销售小票")).to_contain_text("−¥3.00")
    returned = payloads(box_process)[-1]
    assert isinstance(returned, Ticket)
    assert (returned.amount_fen, returned.lines[0].quantity_milli) == (-300, -1_000)
    assert faults == []


def test_receipt_read_by_the_scanner_opens_the_exchange(
    page: Page, box_process: BoxProcess
) -> None:
    sell(page)
    sale = happenings(box_process)[-1].fact_id
    type_code(page, "NOODLES")
    expect(page.get_by_role("status", name="应收")).to_contain_text("4.50")
    scanner = SimulatedSerialScanner(box_process.folder / "scanner")
    scanner.plug()
    devices = box_process.run("devices")
    try:
        expect(page.get_by_text("设备 1/1")).to_be_visible(timeout=20_000)
        scanner.scan(make_sale_code(sale))
        expect(page.get_by_text("换货：清单中的商品一并结算")).to_be_visible()
        page.get_by_role("button", name="可乐 330ml 多退一件").click()
        page.get_by_role("button", name="补收 ¥1.50").click()
        page.keyboard.press("Enter")
        expect(page.get_by_role("article", name="销售小票")).to_contain_text("牛肉面")
    finally:
        devices.terminate()
        assert devices.wait(10) == 0
        scanner.close()

    exchanged = payloads(box_process)[-1]
    assert isinstance(exchanged, Ticket)
    assert [line.quantity_milli for line in exchanged.lines] == [-1_000, 1_000]
    assert exchanged.due_fen == 150


def test_cashier_opens_counts_blind_and_hands_over(
    staffed_page: Page, box_process: BoxProcess
) -> None:
    page = staffed_page
    expect(page.get_by_text("本收银台还没有开班")).to_be_visible()
    page.keyboard.press("F8")
    page.get_by_label("备用金").fill("100")
    page.keyboard.press("Enter")
    expect(page.get_by_text("本收银台还没有开班")).to_have_count(0)
    sell(page)
    page.keyboard.press("F8")
    page.get_by_role("button", name="交班点钞").click()
    expect(page.get_by_text("应有现金")).to_have_count(0)
    page.get_by_label("¥100.00").fill("1")
    page.get_by_label("¥1.00").fill("2")
    expect(page.get_by_role("status", name="实点")).to_contain_text("102.00")
    page.keyboard.press("Enter")

    report = page.get_by_role("region", name="Z 报表")
    expect(report).to_contain_text("短款")
    expect(report).to_contain_text("−¥1.00")
    closed = payloads(box_process)[-1]
    assert isinstance(closed, ShiftClosed)
    assert (closed.counted_fen, closed.difference_fen) == (10_200, -100)


def test_shift_closes_once_when_the_answer_is_lost(
    staffed_page: Page, box_process: BoxProcess
) -> None:
    page = staffed_page
    page.keyboard.press("F8")
    page.get_by_label("备用金").fill("100")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("F8")
    page.get_by_role("button", name="交班点钞").click()
    page.get_by_label("¥100.00").fill("1")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/shift/close", lose, times=1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.get_by_role("region", name="Z 报表")).to_contain_text("¥100.00")
    closed = [one for one in payloads(box_process) if isinstance(one, ShiftClosed)]
    assert [one.counted_fen for one in closed] == [10_000]


def test_late_answer_leaves_the_dialog_alone_that_is_open_by_then(staffed_page: Page) -> None:
    page = staffed_page
    page.keyboard.press("F8")
    page.get_by_label("备用金").fill("100")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("F8")
    page.get_by_role("button", name="现金存取").click()
    page.get_by_label("金额").fill("20")
    page.get_by_label("原因").fill("打车")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="需要授权")).to_be_visible()
    held: list[Route] = []
    page.route("**/shift/cash", lambda route: held.append(route))  # noqa: PLW0108 (it is marked)
    show_card(page, SUPERVISOR)
    page.keyboard.press("F8")
    count = page.get_by_role("button", name="交班点钞")
    expect(count).to_be_enabled()

    with page.expect_response("**/shift/cash") as answered:
        held[0].continue_()

    assert answered.value.ok
    count.click()
    expect(page.get_by_label("¥10.00")).to_be_visible()


def test_cash_out_and_the_end_of_the_day_take_a_supervisor(
    staffed_page: Page, box_process: BoxProcess
) -> None:
    page = staffed_page
    page.keyboard.press("F8")
    page.get_by_label("备用金").fill("100")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("F8")
    page.get_by_role("button", name="现金存取").click()
    page.get_by_label("金额").fill("20")
    page.get_by_label("原因").fill("打车")
    page.keyboard.press("Enter")
    with page.expect_response("**/shift/cash"):
        show_card(page, SUPERVISOR)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("F8")
    page.get_by_role("button", name="交班点钞").click()
    page.get_by_label("¥10.00").fill("8")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Z 报表")).to_contain_text("长款")
    page.get_by_role("button", name="日结").click()
    expect(page.get_by_text("不允许").or_(page.get_by_text("没有 close_day 权限"))).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="交班退出").click()
    sign_in(page, SUPERVISOR)
    page.keyboard.press("F8")
    page.get_by_role("button", name="日结").click()
    expect(page.get_by_role("region", name="日结证明")).to_contain_text("已日结")

    assert isinstance(payloads(box_process)[-1], DayClosed)


def test_goods_without_a_receipt_are_paid_back_at_todays_price(
    staffed_page: Page, box_process: BoxProcess
) -> None:
    page = staffed_page
    page.keyboard.press("F7")
    page.get_by_role("button", name="无小票退货").click()
    page.get_by_label("扫描条码或输入货号").fill(COLA_CODE)
    page.keyboard.press("Enter")
    expect(page.get_by_label("数量", exact=True)).to_be_focused()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="退现金 ¥6.00").click()

    expect(page.get_by_role("article", name="销售小票")).to_contain_text("−¥6.00")
    ticket = payloads(box_process)[-1]
    assert isinstance(ticket, Ticket)
    assert (ticket.amount_fen, ticket.lines[0].origin) == (-600, None)
