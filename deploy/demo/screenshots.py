"""Pictures of register and console of a live demo, taken by headless Chromium."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import shutil
import time
from collections.abc import Callable, Iterator

import playwright.sync_api

from deploy.broker.broker_command import BrokerKind
from deploy.demo.box_client import TicketView
from deploy.demo.errors import BrowserMissingError
from deploy.demo.layout import HUB_USER, DemoFolder
from deploy.demo.live import CASHIER, LiveDemo
from deploy.demo.live_trade import is_presentable
from deploy.demo.trade_plan import PlannedBasket, read_baskets

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A picture that needs something from outside shows it by its absence.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
REGISTER_SIZE = (1280, 800)
CONSOLE_SIZE = (1440, 900)
SETTLE_MS = 1_200
"""Charts draw themselves in; a picture before that is half a chart."""
LANES_TRADE_S = 20.0
"""So that today's first tickets, a transfer and a delivery are on the screens."""
CONSOLE_PAGES = (
    "overview",
    "stores",
    "stock",
    "transfers",
    "sales",
    "trial-balance",
    "unknown-codes",
    "facts",
    "store",
    "account",
    "fact",
)
FRAGMENT = {
    "overview": "",
    "store": "stores/{store}",
    "account": "accounts/1001",
    "fact": "facts/{store}/1/2",
}
"""Of pages whose address is not their name; the last three are where lists lead to."""
LANGUAGES = ("zh", "en")
TILL_DIALOGS = {
    "tender": "F12",
    "void": "F9",
    "line-discount": "F4",
    "ticket-discount": "F5",
    "price": "F6",
    "return": "F7",
    "shift": "F8",
}
"""Over a ticket that is rung up, by the key that opens each."""
BACK_ROOM_TABS = (
    "today",
    "orders",
    "count",
    "corrections",
    "supplier-return",
    "request",
    "near-date",
    "labels",
)
"""In the order of the screen."""
DEVICE_TABS = ("devices", "plugged-in", "scans", "prints", "label-templates")
"""Of the page for IT, in its order."""
PHONE_SIZE = (412, 915)
DIALOG_MS = 500
"""Dialogs open at once and fetch what they show."""
MIN_LINES = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    language: str
    size: tuple[int, int]
    is_dark: bool = False


def take_screenshots(
    folder: DemoFolder,
    target: pathlib.Path,
    port_base: int | None,
    broker: BrokerKind | None,
    tell: Callable[[str], None],
) -> None:
    """Run a live demo, take the pictures, and stop it.

    Args:
        folder: of the demo.
        target: where the pictures go; made here, files of the same name are replaced.
        port_base: of the demo; None takes free ports.
        broker: None takes the best one that is installed.
        tell: says how far it is.

    Raises:
        BrowserMissingError: there is no Chromium.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        raise BrowserMissingError
    target.mkdir(parents=True, exist_ok=True)
    demo = LiveDemo(folder, port_base, broker, tell)
    try:
        demo.prepare()
        demo.start()
        demo.trade()
        _let_trade(demo)
        with playwright.sync_api.sync_playwright() as player:
            browser = player.chromium.launch(
                executable_path=chromium, args=list(CHROMIUM_FLAGS), headless=True
            )
            with contextlib.closing(browser):
                _picture_register(browser, demo, target)
                _picture_console(browser, demo, target)
    finally:
        demo.close()
    tell(f"{len(list(target.glob('*.png')))} pictures are in {target}")


@contextlib.contextmanager
def open_page(
    browser: playwright.sync_api.Browser, look: Look
) -> Iterator[playwright.sync_api.Page]:
    """Open a browser window of its own, in a language and a palette."""
    width, height = look.size
    context = browser.new_context(viewport={"width": width, "height": height})
    dark = "1" if look.is_dark else "0"
    context.add_init_script(
        f"localStorage.setItem('liushui.language', '{look.language}');"
        f"localStorage.setItem('liushui.dark', '{dark}');"
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def _let_trade(demo: LiveDemo) -> None:
    """Give the lanes time for some customers; the programs are looked after meanwhile."""
    deadline_s = time.monotonic() + LANES_TRADE_S
    demo.chain.troupe.wait_until("trade", 2 * LANES_TRADE_S, lambda: time.monotonic() > deadline_s)


def _picture_register(
    browser: playwright.sync_api.Browser, demo: LiveDemo, target: pathlib.Path
) -> None:
    """Every screen of the till and of the back room, in both languages, light and dark."""
    store = demo.plan.stores[0].store
    basket = _find_basket(demo, store)
    client, scanner = demo.client(store, CASHIER), demo.counters[store].scanner
    for name, look in _looks(REGISTER_SIZE).items():
        with open_page(browser, look) as page, TicketView(client) as view:
            page.goto(demo.register_link(store, CASHIER))
            _shoot(page, target, f"register-empty-{name}")
            _picture_back_room(page, target, name)
            for line in basket.lines:
                code = line.gtin.removeprefix("0")
                scanner.scan(code)
                view.wait(lambda code=code: view.find(code) is not None)  # type: ignore[misc]  # A default binds the loop's code.
            _shoot(page, target, f"register-ticket-{name}")
            for dialog, key in TILL_DIALOGS.items():
                page.keyboard.press(key)
                page.wait_for_timeout(DIALOG_MS)
                _shoot(page, target, f"register-{dialog}-{name}")
                page.keyboard.press("Escape")
                page.wait_for_timeout(DIALOG_MS)
            with open_page(browser, look) as display:
                display.goto(demo.register_link(store, CASHIER) + "&page=display")
                _shoot(display, target, f"customer-display-{name}")
            client.command("pay", tenders=[{"kind": "cash", "amount_fen": view.due_fen + 1_000}])
            view.wait(lambda: view.receipt is not None)
            _shoot(page, target, f"register-receipt-{name}")
        with open_page(browser, look) as page:
            page.goto(demo.register_link(store, CASHIER))
            page.wait_for_timeout(SETTLE_MS)
            page.keyboard.press("F11")
            _shoot(page, target, f"training-{name}")
        with open_page(browser, dataclasses.replace(look, size=PHONE_SIZE)) as page:
            page.goto(demo.register_link(store, CASHIER) + "&page=back_room")
            _shoot(page, target, f"phone-today-{name}")
        with open_page(browser, look) as page:
            page.goto(demo.register_link(store, CASHIER) + "&page=devices")
            page.wait_for_timeout(SETTLE_MS)
            for place, tab in enumerate(DEVICE_TABS):
                page.get_by_role("tab").nth(place).click()
                _shoot(page, target, f"devices-{tab}-{name}")


def _picture_back_room(page: playwright.sync_api.Page, target: pathlib.Path, name: str) -> None:
    """Each kind of work, in the dialog of the till."""
    page.keyboard.press("F10")
    for place, work in enumerate(BACK_ROOM_TABS):
        page.get_by_role("tab").nth(place).click()
        page.wait_for_timeout(DIALOG_MS)
        _shoot(page, target, f"back-room-{work}-{name}")
    page.get_by_role("tab").nth(BACK_ROOM_TABS.index("orders")).click()
    page.wait_for_timeout(DIALOG_MS)
    orders = page.locator("button.held-row")
    if orders.count():
        orders.first.click()
        _shoot(page, target, f"back-room-receiving-{name}")
    page.keyboard.press("Escape")
    page.wait_for_timeout(DIALOG_MS)


def _looks(size: tuple[int, int]) -> dict[str, Look]:
    """Both languages, light and dark."""
    return {
        f"{language}-{'dark' if is_dark else 'light'}": Look(language, size, is_dark)
        for language in LANGUAGES
        for is_dark in (False, True)
    }


def _picture_console(
    browser: playwright.sync_api.Browser, demo: LiveDemo, target: pathlib.Path
) -> None:
    address = f"http://127.0.0.1:{demo.chain.ports.hub_http}/"
    for name, look in _looks(CONSOLE_SIZE).items():
        with open_page(browser, look) as page:
            page.goto(address)
            _shoot(page, target, f"console-sign-in-{name}")
            page.fill("input[name=user_name]", HUB_USER)
            page.fill("input[name=password]", demo.settings.password)
            page.click("button[type=submit]")
            page.wait_for_selector("input[name=password]", state="detached")
            for path in CONSOLE_PAGES:
                fragment = FRAGMENT.get(path, path).format(store=demo.plan.stores[0].store)
                page.goto(f"{address}#/{fragment}")
                _shoot(page, target, f"console-{path}-{name}")


def _find_basket(demo: LiveDemo, store: str) -> PlannedBasket:
    """A basket that fills a screen and does not overflow it."""
    baskets = read_baskets(demo.folder.plan, store)
    return next(
        basket for basket in baskets if is_presentable(basket) and len(basket.lines) >= MIN_LINES
    )


def _shoot(page: playwright.sync_api.Page, target: pathlib.Path, name: str) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=target / f"{name}.png")
