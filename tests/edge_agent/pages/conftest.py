"""A real browser before a real box."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from edge_agent.services.registers import enrol_register
from edge_agent.store import journal
from edge_agent.store.database import open_database
from tests.edge_agent.pages.box_process import BoxProcess
from tests.edge_agent.shop_setup import TOKEN
from tests.edge_agent.staffed_store import CARDS, CASHIER, PINS, staff_store

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def box_process(tmp_path: pathlib.Path, request: pytest.FixtureRequest) -> Iterator[BoxProcess]:
    """A box that serves; with people and two registers where the test takes `staffed_page`."""
    if not (pathlib.Path(journal.__file__).parents[1] / "api/static/index.html").exists():
        pytest.skip("the register's page is not built (LIUSHUI_SKIP_SCREENS)")
    box = BoxProcess(tmp_path)
    if "staffed_page" in request.fixturenames:
        with contextlib.closing(open_database(box.database)) as db:
            staff_store(db)
            enrol_register(db, "2", TOKEN + "2", {})
    box.start()
    yield box
    with contextlib.suppress(ValueError):
        box.stop()


@pytest.fixture
def faults() -> list[str]:
    """What the browser complained of, and what it asked of others than the box."""
    return []


@pytest.fixture
def page(browser: Browser, box_process: BoxProcess, faults: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    origin = f"http://127.0.0.1:{box_process.port}/"
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security" in said.text else None,
    )
    page.on(
        "request",
        lambda request: (
            faults.append(request.url)
            if not request.url.startswith((origin, "data:", "ws://127.0.0.1:"))
            else None
        ),
    )
    page.goto(f"{origin}register/#register_no=1&token={TOKEN}")
    expect(page.get_by_text("人民路店").first).to_be_visible()
    yield page
    context.close()


def type_code(page: Page, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def sign_in(page: Page, staff_no: str) -> None:
    page.get_by_label("工号").press_sequentially(staff_no)
    page.keyboard.press("Enter")
    page.get_by_label("PIN").press_sequentially(PINS[staff_no])
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"收银员 {staff_no}").first).to_be_visible()


def show_card(page: Page, staff_no: str) -> None:
    """A card reader types its code and Enter into the field that waits."""
    expect(page.get_by_role("dialog", name="需要授权")).to_be_visible()
    expect(page.get_by_label("工号")).to_be_focused()
    page.keyboard.type(CARDS[staff_no])
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="需要授权")).to_have_count(0)


@pytest.fixture
def staffed_page(page: Page) -> Page:
    """A cashier at register 1 of a store with people and two registers."""
    sign_in(page, CASHIER)
    return page
