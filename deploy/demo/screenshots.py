"""Pictures of register and console of a live demo, taken by headless Chromium."""

from __future__ import annotations

import contextlib
import pathlib
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable

import playwright.sync_api

from deploy.broker.broker_command import BrokerKind
from deploy.demo.camera import SETTLE_MS, Camera
from deploy.demo.chain import STALL_S
from deploy.demo.configs import make_hub_command
from deploy.demo.errors import BrowserMissingError
from deploy.demo.hub_client import HubClient
from deploy.demo.layout import HUB_USER, DemoFolder
from deploy.demo.live import CASHIER, LiveDemo
from deploy.demo.live_trade import is_presentable
from deploy.demo.till_pictures import REGISTER_SIZE, Visit, picture_people, picture_till
from deploy.demo.trade_plan import PlannedBasket, read_baskets
from edge_agent.store import journal
from edge_agent.store.database import open_database
from edge_agent.store.projections import read_projection
from retail_domain.trade.sale_code import make_sale_code

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
CONSOLE_SIZE = (1440, 900)
PHONE_SIZE = (412, 915)
LANES_TRADE_S = 20.0
"""So that today's first tickets, a transfer and a delivery are on the screens."""
CONSOLE_PAGES = {
    "overview": "",
    "stores": "stores",
    "stock": "stock",
    "transfers": "transfers",
    "sales": "sales",
    "trial-balance": "trial-balance",
    "unknown-codes": "unknown-codes",
    "facts": "facts",
    "store": "stores/{store}",
    "account": "accounts/1001",
    "fact": "facts/{store}/1/2",
}
"""By their fragment; the last three are where lists lead to."""
DEVICE_TABS = ("devices", "plugged-in", "scans", "prints", "label-templates")
"""Of the page for IT, in its order."""
PHONE_TABS = {"today": "今日", "orders": "收货与调拨", "count": "盘点"}
MIN_LINES = 4
ORDERED_MILLI = 12_000
"""Of each item."""
STAFF_NO = "1001"


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
    demo = LiveDemo(folder, port_base, broker, tell)
    try:
        demo.prepare()
        demo.start()
        demo.trade()
        _let_trade(demo)
        demo.stop_trade()
        _order_goods(demo)
        with playwright.sync_api.sync_playwright() as player:
            browser = player.chromium.launch(
                executable_path=chromium, args=list(CHROMIUM_FLAGS), headless=True
            )
            with contextlib.closing(browser):
                camera = Camera(browser, target)
                for picture in (_picture_store, _picture_console, _picture_people):
                    picture(camera, demo)
                    tell(f"{len(list(target.glob('*.png')))} pictures are in {target}")
    finally:
        demo.close()


def _let_trade(demo: LiveDemo) -> None:
    """Give the lanes time for some customers; the programs are looked after meanwhile."""
    deadline_s = time.monotonic() + LANES_TRADE_S
    demo.chain.troupe.wait_until("trade", 2 * LANES_TRADE_S, lambda: time.monotonic() > deadline_s)


def _order_goods(demo: LiveDemo) -> None:
    """Goods for the first store that nobody has sent yet; its box knows of them."""
    store, other = (planned.store for planned in demo.plan.stores[:2])
    password, look = demo.settings.password, demo.chain.troupe.look
    hub = HubClient(demo.chain.ports.hub_http, password, look)
    lines = [
        {"item_id": item_id, "quantity_milli": ORDERED_MILLI}
        for item_id in sorted({line.item_id for line in _find_basket(demo, store).lines})
    ]
    wish = {"source_store": other, "target_store": store, "lines": lines}
    number = hub.post("/transfers", wish, request="picture: draft")["transfer_no"]
    hub.post(f"/transfers/{number}/approve", {}, request="picture: approve")
    box = demo.client(store, CASHIER)

    def is_there() -> bool:
        return number in {order["transfer_no"] for order in box.orders()["transfer_orders"]}

    demo.chain.troupe.wait_until("order", STALL_S, is_there)


def _picture_store(camera: Camera, demo: LiveDemo) -> None:
    """A till, its customer display, practice, a phone, the page for IT, a screen without a link."""
    store = demo.plan.stores[0].store
    link = demo.register_link(store, CASHIER)
    with camera.open_window(REGISTER_SIZE) as page:
        page.goto(link)
        page.wait_for_timeout(SETTLE_MS)
        picture_till(_visit(camera, demo, page))
        page.keyboard.press("F11")
        camera.take(page, "training")
    with camera.open_window(PHONE_SIZE) as page:
        page.goto(link + "&page=back_room")
        for name, tab in PHONE_TABS.items():
            page.get_by_role("tab", name=tab).click()
            camera.take(page, f"phone-{name}")
    with camera.open_window(REGISTER_SIZE) as page:
        page.goto(link + "&page=devices")
        page.wait_for_timeout(SETTLE_MS)
        for place, tab in enumerate(DEVICE_TABS):
            page.get_by_role("tab").nth(place).click()
            camera.take(page, f"devices-{tab}")
    with camera.open_window(REGISTER_SIZE) as page:
        page.goto(link.split("#")[0])
        camera.take(page, "register-not-enrolled")


def _picture_console(camera: Camera, demo: LiveDemo) -> None:
    address = f"http://127.0.0.1:{demo.chain.ports.hub_http}/"
    with camera.open_window(CONSOLE_SIZE) as page:
        page.goto(address)
        camera.take(page, "console-sign-in")
        page.fill("input[name=user_name]", HUB_USER)
        page.fill("input[name=password]", demo.settings.password)
        page.click("button[type=submit]")
        page.wait_for_selector("input[name=password]", state="detached")
        for name, fragment in CONSOLE_PAGES.items():
            page.goto(f"{address}#/{fragment.format(store=demo.plan.stores[0].store)}")
            camera.take(page, f"console-{name}")


def _picture_people(camera: Camera, demo: LiveDemo) -> None:
    """Headquarters lists a cashier for the chain; from then on its tills ask who is there."""

    def show_people() -> str:
        pin = f"{secrets.randbelow(900_000) + 100_000}"
        person = ("--staff-no", STAFF_NO, "--name", "王小明", "--role", "cashier")
        command = [*make_hub_command(demo.folder), *person, "--reach", "all"]
        command[command.index("serve")] = "add-person"
        subprocess.run(command, input=f"{pin}\n", text=True, capture_output=True, check=True)
        return f"{STAFF_NO} {pin}"

    with camera.open_window(REGISTER_SIZE) as page:
        page.goto(demo.register_link(demo.plan.stores[0].store, CASHIER))
        page.wait_for_timeout(SETTLE_MS)
        picture_people(_visit(camera, demo, page), show_people)


def _visit(camera: Camera, demo: LiveDemo, page: playwright.sync_api.Page) -> Visit:
    store, other = (planned.store for planned in demo.plan.stores[:2])
    return Visit(
        camera,
        page,
        demo.register_link(store, CASHIER),
        demo.client(store, CASHIER),
        demo.counters[store].scanner,
        _find_basket(demo, store),
        _find_receipt(demo, other),
    )


def _find_basket(demo: LiveDemo, store: str) -> PlannedBasket:
    """A basket that fills a screen and does not overflow it."""
    baskets = read_baskets(demo.folder.plan, store)
    return next(
        basket for basket in baskets if is_presentable(basket) and len(basket.lines) >= MIN_LINES
    )


def _find_receipt(demo: LiveDemo, store: str) -> str:
    """Code of the last receipt of a store that trades."""
    with contextlib.closing(open_database(str(demo.folder.box(store) / "box.sqlite"))) as db:
        (register_no, _receipt_no), *_others = read_projection(db, "register_receipt")
        fact = journal.read_last_ticket(db, str(register_no))
    assert fact is not None, f"store {store} sold nothing"
    return make_sale_code(fact.happening.fact_id)
