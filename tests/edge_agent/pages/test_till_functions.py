"""Discount, price, hold, void: what a till does beside selling, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from retail_domain.trade.approval import Approval
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.void import TicketVoided
from tests.edge_agent.pages.box_process import BoxProcess, payloads
from tests.edge_agent.pages.conftest import show_card, sign_in, type_code
from tests.edge_agent.shop_setup import COLA_CODE, TOKEN
from tests.edge_agent.staffed_store import SUPERVISOR

pytestmark = pytest.mark.browser


def test_supervisors_card_allows_the_tenth_that_the_cashier_may_not_take_off(
    staffed_page: Page, box_process: BoxProcess, faults: list[str]
) -> None:
    page, due = staffed_page, staffed_page.get_by_role("status", name="应收")
    type_code(page, COLA_CODE)
    expect(due).to_contain_text("3.00")
    page.keyboard.press("F4")
    page.get_by_role("button", name="9 折").click()
    expect(page.get_by_text("打折 · 优惠 ¥0.30 · 优惠幅度 10%")).to_be_visible()
    show_card(page, SUPERVISOR)
    expect(due).to_contain_text("2.70")
    page.keyboard.press("F12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="销售小票")).to_contain_text("2.70")

    ticket = payloads(box_process)[-1]
    assert isinstance(ticket, Ticket)
    assert ticket.approvals == (Approval("give_discount", SUPERVISOR, 1),)
    assert faults == []


def test_ticket_is_held_at_one_register_and_paid_at_another(
    staffed_page: Page, browser: Browser, box_process: BoxProcess
) -> None:
    type_code(staffed_page, COLA_CODE)
    expect(staffed_page.get_by_role("status", name="应收")).to_contain_text("3.00")
    staffed_page.keyboard.press("F2")
    expect(staffed_page.get_by_text("请扫描商品").first).to_be_visible()
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    other = context.new_page()
    other.goto(f"http://127.0.0.1:{box_process.port}/register/#register_no=2&token={TOKEN}2")
    sign_in(other, SUPERVISOR)

    expect(other.get_by_role("button", name="取单（1）")).to_be_visible()
    other.keyboard.press("F3")
    expect(other.get_by_role("button", name="可乐 330ml 等 1 项")).to_be_focused()
    other.keyboard.press("Enter")

    expect(other.get_by_role("status", name="应收")).to_contain_text("3.00")
    expect(staffed_page.get_by_role("button", name="取单", exact=False)).not_to_contain_text("（")
    context.close()


def test_price_is_changed_and_the_old_one_stays_visible(page: Page) -> None:
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    page.keyboard.press("F6")
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status", name="应收")).to_contain_text("2.50")
    expect(page.get_by_role("list", name="购物清单").locator("s")).to_contain_text("3.00")


def test_whole_ticket_goes_with_its_reason_in_two_steps(
    staffed_page: Page, box_process: BoxProcess
) -> None:
    type_code(staffed_page, COLA_CODE)
    expect(staffed_page.get_by_role("status", name="应收")).to_contain_text("3.00")
    staffed_page.keyboard.press("F9")
    staffed_page.get_by_role("button", name="录错").click()
    show_card(staffed_page, SUPERVISOR)

    expect(staffed_page.get_by_text("请扫描商品").first).to_be_visible()
    voided = payloads(box_process)[-1]
    assert isinstance(voided, TicketVoided)
    assert (voided.reason, voided.approved_by) == ("mistake", SUPERVISOR)


def test_number_and_star_before_a_code_are_so_many(page: Page) -> None:
    page.keyboard.type(f"3*{COLA_CODE}")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status", name="应收")).to_contain_text("9.00")


def test_customer_sees_the_lines_and_the_change(
    page: Page, browser: Browser, box_process: BoxProcess
) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 600}, locale="zh-CN")
    display = context.new_page()
    address = f"http://127.0.0.1:{box_process.port}/register/#register_no=1&token={TOKEN}"
    display.goto(f"{address}&page=display")
    expect(display.get_by_text("欢迎光临")).to_be_visible()

    type_code(page, COLA_CODE)
    expect(display.get_by_role("status", name="应收")).to_contain_text("3.00")
    expect(display.get_by_role("list", name="商品")).to_contain_text("可乐 330ml")
    page.keyboard.press("F12")
    expect(page.get_by_role("dialog", name="收款")).to_be_visible()
    page.keyboard.type("5")
    page.keyboard.press("Enter")

    expect(display.get_by_role("status", name="找零")).to_contain_text("2.00")
    display.reload()
    expect(display.get_by_text("欢迎光临")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="收款 F12")).to_be_visible()
    context.close()
