"""A code that no item has, or several, in a real browser: few steps, and never a blocked queue."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from retail_domain.catalog.gtin import to_gtin_14
from retail_domain.trade.box_event import ItemUnknown
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.pages.box_process import BoxProcess, payloads
from tests.edge_agent.pages.conftest import type_code
from tests.edge_agent.shop_setup import COLA_CODE, TWIN_CODE

pytestmark = pytest.mark.browser

UNKNOWN_CODE = "6901234567892"


def test_unknown_code_is_sold_by_key_price_and_enter(
    page: Page, box_process: BoxProcess, faults: list[str]
) -> None:
    type_code(page, UNKNOWN_CODE)
    expect(page.get_by_role("alert")).to_contain_text(UNKNOWN_CODE)
    page.keyboard.press("F1")
    expect(page.get_by_label("单价（元）")).to_be_focused()
    page.keyboard.type("12.8")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status", name="应收")).to_contain_text("12.80")
    expect(page.get_by_text("待建档商品 13%")).to_be_visible()
    page.keyboard.press("F12")
    page.keyboard.press("Enter")

    expect(page.get_by_role("article", name="销售小票")).to_contain_text("12.80")
    unknown, ticket = payloads(box_process)[-2:]
    assert isinstance(unknown, ItemUnknown)
    assert unknown.scanned_code == UNKNOWN_CODE
    assert isinstance(ticket, Ticket)
    assert faults == []


def test_code_of_two_items_is_answered_with_one_digit(page: Page) -> None:
    type_code(page, TWIN_CODE)
    dialog = page.get_by_role("dialog", name="请选择商品")
    expect(dialog.get_by_role("button", name="孪生乙")).to_be_visible()

    page.keyboard.press("2")

    expect(dialog).to_have_count(0)
    expect(page.get_by_role("list").get_by_text("孪生乙")).to_be_visible()
    expect(page.get_by_role("list").get_by_text("孪生甲")).to_have_count(0)


def test_every_scan_of_such_a_code_asks_again(page: Page) -> None:
    dialog = page.get_by_role("dialog", name="请选择商品")
    for digit, name in (("1", "孪生甲"), ("2", "孪生乙")):
        type_code(page, TWIN_CODE)
        expect(dialog.get_by_role("button", name=name)).to_be_visible()
        page.keyboard.press(digit)
        expect(dialog).to_have_count(0)
        expect(page.get_by_role("list").get_by_text(name)).to_be_visible()
        page.get_by_role("button", name="关闭提示").click()
        expect(page.get_by_role("alert")).to_have_count(0)


def test_code_that_a_scanner_types_into_the_choice_chooses_nothing(page: Page) -> None:
    type_code(page, TWIN_CODE)
    dialog = page.get_by_role("dialog", name="请选择商品")
    expect(dialog.get_by_role("button", name="孪生乙")).to_be_visible()

    page.keyboard.type("12")
    page.wait_for_timeout(300)  # Thrice as long as a digit waits for the next.

    expect(dialog).to_be_visible()
    expect(page.get_by_role("list").get_by_text("孪生甲")).to_have_count(0)


def test_choice_that_was_closed_stays_closed_and_can_be_asked_again(page: Page) -> None:
    type_code(page, TWIN_CODE)
    dialog = page.get_by_role("dialog", name="请选择商品")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("F1")

    expect(dialog).to_be_visible()


def test_lot_and_date_of_a_code_are_on_the_line_and_on_the_receipt(page: Page) -> None:
    type_code(page, f"(01){to_gtin_14(COLA_CODE)}(17)270131(10)L-9")

    expect(page.get_by_text("批次 L-9 · 2027-01-31")).to_be_visible()
    page.keyboard.press("F12")
    page.keyboard.press("Enter")
    receipt = page.get_by_role("article", name="销售小票")
    expect(receipt).to_contain_text("批次 L-9 · 2027-01-31")
