"""Every screen of the store, light and dark, before the rules of WCAG 2 A and AA (axe-core)."""

from __future__ import annotations

import pathlib
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.edge_agent.pages.box_process import BoxProcess
from tests.edge_agent.pages.conftest import type_code
from tests.edge_agent.shop_setup import COLA_CODE, TOKEN, TWIN_CODE

pytestmark = pytest.mark.browser

AXE = pathlib.Path(__file__).parents[3] / "screens/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
Open = Callable[[Page], None]


def find_faults(page: Page) -> list[str]:
    """What axe has to say, one line a fault: rule, element, why."""
    page.wait_for_timeout(500)  # Colours of something that fades in are nobody's colours.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{violation['id']}: {node['html'][:160]} | {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


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
    "today": back_room("今日"),
    "orders": back_room("收货与调拨"),
    "receiving": back_room("收货与调拨", "收货 · PO-000001", "与单据一致"),
    "count": back_room("盘点", "开始抽盘"),
    "corrections": back_room("报损与自用"),
    "supplier returns": back_room("退供应商"),
    "requests": back_room("要货"),
    "near date": back_room("临期"),
    "labels": back_room("价签"),
}


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


@pytest.mark.skipif(not AXE.exists(), reason="the screens' packages are not installed")
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_every_screen_keeps_the_rules_of_accessibility(
    browser: Browser, box_process: BoxProcess, is_dark: bool
) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.add_init_script(f"localStorage.setItem('liushui.dark', '{int(is_dark)}')")
    page = context.new_page()
    faults: dict[str, list[str]] = {}
    for name, open_screen in SCREENS.items():
        page.goto("about:blank")
        page.goto(f"http://127.0.0.1:{box_process.port}/register/#register_no=1&token={TOKEN}")
        expect(page.get_by_text("人民路店").first).to_be_visible()
        empty(page)
        open_screen(page)
        found = find_faults(page)
        if found:
            faults[name] = found
    context.close()

    told = [f"{name}: {fault}" for name, found in faults.items() for fault in found]
    assert not told, "\n".join(told)
