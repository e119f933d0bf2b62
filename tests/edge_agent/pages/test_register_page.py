"""The register's page in a real browser, over the real box process."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from edge_agent.services.rebuild import verify_projections
from edge_agent.store import journal
from edge_agent.store.database import open_database
from hardware.sim.serial_scanner import SimulatedSerialScanner
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.pages.box_process import BoxProcess
from tests.edge_agent.pages.conftest import type_code
from tests.edge_agent.shop_setup import COLA_CODE, TOKEN
from tests.edge_agent.staffed_store import CARDS, CASHIER, PINS, SUPERVISOR, staff_store

pytestmark = pytest.mark.browser


def test_sale_by_keyboard_from_code_to_receipt(
    page: Page, box_process: BoxProcess, faults: list[str]
) -> None:
    type_code(page, COLA_CODE)
    type_code(page, COLA_CODE)
    expect(page.get_by_role("list", name="购物清单").get_by_text("可乐 330ml")).to_be_visible()
    expect(page.get_by_role("status", name="应收")).to_contain_text("6.00")
    page.keyboard.press("F12")
    page.keyboard.type("10")
    page.keyboard.press("Enter")

    expect(page.get_by_role("article", name="销售小票")).to_contain_text("可乐 330ml")
    expect(page.get_by_text("¥4.00").first).to_be_visible()  # Change of ten yuan.
    with contextlib.closing(open_database(box_process.database)) as db:
        facts = [fact for fact, _body, _head in journal.iterate_facts(db)]
        assert [c.table for c in verify_projections(db) if c.differing_rows] == []
    assert len(facts) == 1
    assert isinstance(facts[0].happening.payload, Ticket)
    assert facts[0].happening.payload.amount_fen == 600
    assert faults == []


def test_scan_of_a_scanner_becomes_a_line_on_the_screen(
    page: Page, box_process: BoxProcess
) -> None:
    scanner = SimulatedSerialScanner(box_process.folder / "scanner")
    scanner.plug()
    devices = box_process.run("devices")
    try:
        expect(page.get_by_text("设备 1/1")).to_be_visible(timeout=20_000)

        scanner.scan(COLA_CODE)
        expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
        scanner.scan("4711")
        expect(page.get_by_text("没有条码为 4711 的商品").first).to_be_visible()
        scanner.scan(f"010{COLA_CODE}10L-9", "]C1")
        expect(page.get_by_text("(10)L-9")).to_be_visible()
        scanner.scan(f"010{COLA_CODE}17200131", "]d2")
        expect(page.get_by_text("已过期").first).to_be_visible()
        scanner.scan("96385074", "]C1")  # Without the identifier it would be a GTIN-8.
        expect(page.get_by_text("物流标签").first).to_be_visible()
        expect(page.get_by_role("status", name="应收")).to_contain_text("6.00")
    finally:
        devices.terminate()
        assert devices.wait(10) == 0
        scanner.close()


def test_box_killed_in_the_middle_of_a_ticket_loses_nothing_that_was_on_the_screen(
    page: Page, box_process: BoxProcess
) -> None:
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    page.evaluate("window.isTheSamePage = true")

    box_process.kill()
    expect(page.get_by_text("门店主机在线")).to_have_count(0)
    box_process.start()

    expect(page.get_by_text("门店主机在线").first).to_be_visible()
    expect(page.get_by_role("list", name="购物清单").get_by_text("可乐 330ml")).to_be_visible()
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("6.00")
    assert page.evaluate("window.isTheSamePage") is True


def test_goods_are_sold_by_three_letters_of_pinyin(page: Page) -> None:
    type_code(page, "nrm")

    expect(page.get_by_role("status", name="应收")).to_contain_text("4.50")
    expect(page.get_by_role("list").get_by_text("牛肉面")).to_be_visible()


def test_code_that_is_typed_while_a_name_is_looked_up_keeps_its_digits(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/items?*", lambda route: waiting.append(route))  # noqa: PLW0108 (it is marked)
    with page.expect_request("**/items?query=nrm*"):
        type_code(page, "nrm")
    page.keyboard.type(COLA_CODE)
    waiting[0].continue_()
    expect(page.get_by_role("list").get_by_text("牛肉面")).to_be_visible()

    page.keyboard.press("Enter")

    expect(page.get_by_role("list").get_by_text("可乐 330ml")).to_be_visible()


def test_unknown_code_is_a_sentence_and_english_is_one_tap_away(page: Page) -> None:
    type_code(page, "6901234567892")
    expect(page.get_by_text("没有条码为 6901234567892 的商品").first).to_be_visible()

    page.get_by_text("EN", exact=True).click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_text("People's Road").first).to_be_visible()


def test_cashier_signs_in_sells_and_hands_over_to_a_card(
    browser: Browser, box_process: BoxProcess
) -> None:
    with contextlib.closing(open_database(box_process.database)) as db:
        staff_store(db)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{box_process.port}/register/#register_no=1&token={TOKEN}")
    number, pin = page.get_by_label("工号"), page.get_by_label("PIN")

    number.press_sequentially(CASHIER)
    number.press("Enter")
    pin.press_sequentially("000000")
    pin.press("Enter")
    expect(page.get_by_text("工号或 PIN 错误").first).to_be_visible()
    number.press_sequentially(CASHIER)
    number.press("Enter")
    pin.press_sequentially(PINS[CASHIER])
    pin.press("Enter")
    expect(page.get_by_text(f"收银员 {CASHIER}").first).to_be_visible()
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    page.get_by_role("button", name="交班退出").click()
    expect(number).to_be_visible()
    number.press_sequentially(CARDS[SUPERVISOR])
    number.press("Enter")

    expect(page.get_by_text(f"收银员 {SUPERVISOR}").first).to_be_visible()
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    context.close()


def test_page_without_a_token_gets_nothing(browser: Browser, box_process: BoxProcess) -> None:
    context = browser.new_context()
    page = context.new_page()

    page.goto(f"http://127.0.0.1:{box_process.port}/register/#register_no=1&token=guess")

    expect(page.get_by_text("没有登记到 1 号收银台").first).to_be_visible()
    context.close()


def test_box_stops_cleanly_on_sigterm(box_process: BoxProcess) -> None:
    assert box_process.stop() == 0
    box_process.start()
