"""Every screen of the store, light and dark, before the rules of WCAG 2 A and AA (axe-core)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from retail_domain.trade.sale_code import make_sale_code
from tests.accessibility import (
    find_cut_off,
    find_cut_off_in_english,
    find_faults,
    needs_axe,
    require_no_faults,
)
from tests.edge_agent.pages.box_process import BoxProcess
from tests.edge_agent.pages.conftest import sign_in, type_code
from tests.edge_agent.shop_setup import COLA_CODE, TOKEN, TWIN_CODE
from tests.edge_agent.staffed_store import CASHIER

pytestmark = pytest.mark.browser

Open = Callable[[Page], None]


def ring_up(page: Page) -> None:
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")


def pay(page: Page) -> None:
    ring_up(page)
    page.keyboard.press("F12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="销售小票")).to_be_visible()


def press(*keys: str) -> Open:
    def open_screen(page: Page) -> None:
        ring_up(page)
        for key in keys:
            page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_be_visible()

    return open_screen


def recount(page: Page) -> None:
    """A count whose only line differs from the books."""
    back_room("盘点", "开始抽盘")(page)
    page.get_by_label("扫描条码或输入货号").fill(COLA_CODE)
    page.keyboard.press("Enter")
    expect(page.get_by_label("数量", exact=True)).to_be_focused()
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="已盘商品").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="结束盘点").click()
    expect(page.get_by_role("status", name="需要复点")).to_be_visible()


def scan(code: str) -> Open:
    def open_screen(page: Page) -> None:
        type_code(page, code)
        expect(page.get_by_role("alert").or_(page.get_by_role("dialog")).first).to_be_visible()

    return open_screen


def back_room(tab: str, *buttons: str) -> Open:
    def open_screen(page: Page) -> None:
        page.keyboard.press("F10")
        page.get_by_role("tab", name=tab).click()
        for button in buttons:
            page.get_by_role("button", name=button).click()

    return open_screen


SCREENS: dict[str, Open] = {
    "till": lambda _page: None,
    "ticket": ring_up,
    "receipt": pay,
    "tender": press("F12"),
    "void": press("F9"),
    "line discount": press("F4"),
    "ticket discount": press("F5"),
    "price": press("F6"),
    "return": press("F7"),
    "shift": press("F8"),
    "unknown code": scan("6901234567892"),
    "choice": scan(TWIN_CODE),
    "receipt of another store": scan(make_sale_code(uuid.UUID(int=1 << 100))),
    "today": back_room("今日"),
    "orders": back_room("收货与调拨"),
    "receiving": back_room("收货与调拨", "收货 · PO-000001", "与单据一致"),
    "count": back_room("盘点", "开始抽盘"),
    "recount": recount,
    "corrections": back_room("报损与自用"),
    "supplier returns": back_room("退供应商"),
    "requests": back_room("要货"),
    "near date": back_room("临期"),
    "labels": back_room("价签"),
}


BACK_ROOM_TABS = (
    "今日",
    "收货与调拨",
    "盘点",
    "报损与自用",
    "退供应商",
    "要货",
    "临期",
    "价签",
)


def open_till(page: Page, box: BoxProcess) -> None:
    """As in the morning."""
    page.goto("about:blank")
    page.goto(f"http://127.0.0.1:{box.port}/register/#register_no=1&token={TOKEN}")
    expect(page.get_by_text("人民路店").first).to_be_visible()
    empty(page)


def empty(page: Page) -> None:
    """The ticket of the screen before is none of this one's."""
    wish = {
        "kind": "command",
        "command_id": str(uuid.uuid4()),
        "name": "clear_ticket",
        "arguments": {"reason": "other"},
    }
    origin = page.url.split("/register")[0]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    path = f"{origin}/api/registers/1/commands"
    assert page.request.post(path, data=wish, headers=headers).ok


@needs_axe
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_every_screen_keeps_the_rules_of_accessibility(
    browser: Browser, box_process: BoxProcess, is_dark: bool
) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.add_init_script(f"localStorage.setItem('liushui.dark', '{int(is_dark)}')")
    page = context.new_page()
    faults: dict[str, list[str]] = {}
    for name, open_screen in SCREENS.items():
        open_till(page, box_process)
        open_screen(page)
        faults[name] = find_faults(page)
    context.close()

    require_no_faults(faults)


def test_every_screen_fits_the_smallest_till_in_both_languages(
    browser: Browser, box_process: BoxProcess
) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 600}, locale="zh-CN")
    page, faults = context.new_page(), dict[str, list[str]]()
    for name, open_screen in SCREENS.items():
        open_till(page, box_process)
        open_screen(page)
        faults[name] = find_cut_off(page) + find_cut_off_in_english(page)
    context.close()

    require_no_faults(faults)


def test_every_work_of_the_back_room_fits_a_phone_in_both_languages(
    browser: Browser, box_process: BoxProcess
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page, faults = context.new_page(), dict[str, list[str]]()
    address = f"http://127.0.0.1:{box_process.port}/register/"
    page.goto(f"{address}#register_no=1&token={TOKEN}&page=back_room")
    for tab in BACK_ROOM_TABS:
        page.get_by_role("tab", name=tab).click()
        page.wait_for_load_state("networkidle")
        faults[tab] = find_cut_off(page) + find_cut_off_in_english(page)
    context.close()

    require_no_faults(faults)


@needs_axe
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_screens_that_ask_who_somebody_is_keep_the_rules_too(
    staffed_page: Page, box_process: BoxProcess, is_dark: bool
) -> None:
    page, faults = staffed_page, dict[str, list[str]]()
    page.evaluate(f"localStorage.setItem('liushui.dark', '{int(is_dark)}')")
    page.reload()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("工号")).to_be_focused()
    faults["sign-in"] = find_faults(page)
    sign_in(page, CASHIER)
    page.keyboard.press("F7")
    page.get_by_role("button", name="无小票退货").click()
    faults["no receipt"] = find_faults(page)
    page.keyboard.press("Escape")
    ring_up(page)
    page.keyboard.press("F4")
    page.get_by_role("button", name="9 折").click()
    expect(page.get_by_role("dialog", name="需要授权")).to_be_visible()
    faults["approval"] = find_faults(page)
    display = page.context.new_page()
    address = f"http://127.0.0.1:{box_process.port}/register/"
    display.goto(f"{address}#register_no=1&token={TOKEN}&page=display")
    expect(display.get_by_role("status", name="应收")).to_contain_text("3.00")
    faults["customer display"] = find_faults(display)

    require_no_faults(faults)
