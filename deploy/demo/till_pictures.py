"""Every screen of a store: how a person gets there, in the order of a visit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from playwright.sync_api import Page

from deploy.demo.box_client import BoxClient, TicketView
from deploy.demo.camera import Camera
from deploy.demo.trade_plan import PlannedBasket
from edge_agent.wallets.gateway_sim import PASSWORD_FORGOTTEN
from hardware.sim.serial_scanner import SimulatedSerialScanner

REGISTER_SIZE = (1280, 800)
UNKNOWN_CODE = "6901234567892"
PAY_CODE = "1345678901234567" + PASSWORD_FORGOTTEN
MOVE_MS = 600
"""Dialogs open at once and fetch what they show."""
ANSWER_MS_MAX = 30_000
"""For another store's sale."""
TILL_DIALOGS = {
    "tender": "F12",
    "void": "F9",
    "line-discount": "F4",
    "ticket-discount": "F5",
    "price": "F6",
    "shift": "F8",
}
"""Over a ticket that is rung up, by the key that opens each."""
BACK_ROOM_TABS = {
    "today": "今日",
    "orders": "收货与调拨",
    "corrections": "报损与自用",
    "supplier-return": "退供应商",
    "request": "要货",
    "near-date": "临期",
    "labels": "价签",
    "count": "盘点",
}
"""The count comes last: it is begun."""


@dataclasses.dataclass(frozen=True, slots=True)
class Visit:
    """Who stands at a till, and what lies there."""

    camera: Camera
    page: Page
    link: str
    """Of the till."""
    client: BoxClient
    scanner: SimulatedSerialScanner
    basket: PlannedBasket
    other_store_code: str
    """Of a receipt of another store."""

    def take(self, name: str) -> None:
        """Pictures of what is shown."""
        self.page.wait_for_timeout(MOVE_MS)
        self.camera.take(self.page, name)

    def press(self, *keys: str) -> None:
        """One after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(MOVE_MS)

    def tap(self, button: str) -> None:
        """A button by its Chinese name."""
        self.page.get_by_role("button", name=button).first.click()
        self.page.wait_for_timeout(MOVE_MS)

    def scan(self, code: str) -> None:
        """With the till's own scanner."""
        self.scanner.scan(code)
        self.page.wait_for_timeout(MOVE_MS)

    @property
    def codes(self) -> list[str]:
        """Of the basket's goods."""
        return [line.gtin.removeprefix("0") for line in self.basket.lines]


def picture_till(visit: Visit) -> None:
    """All of it. The tickets that it needs are paid and the count is closed."""
    visit.take("register-empty")
    for picture in (
        _picture_back_room,
        _picture_searching,
        _picture_ticket,
        _picture_wallet,
        _picture_receipt,
        _picture_returns,
        _picture_shift,
        _picture_devices,
    ):
        picture(visit)


def _picture_back_room(visit: Visit) -> None:
    visit.press("F10")
    for name, tab in BACK_ROOM_TABS.items():
        visit.page.get_by_role("tab", name=tab).click()
        visit.take(f"back-room-{name}")
        if name == "orders" and visit.page.locator("button.held-row").count():
            visit.page.locator("button.held-row").first.click()
            visit.take("back-room-receiving")
    visit.tap("开始抽盘")
    visit.page.get_by_label("扫描条码或输入货号").fill(visit.codes[0])
    visit.press("Enter", "7", "Enter")
    visit.take("back-room-counting")
    visit.tap("结束盘点")
    visit.take("back-room-recount")
    visit.tap("按现有结果完成盘点")
    visit.take("back-room-counted")
    visit.press("Escape")


def _picture_searching(visit: Visit) -> None:
    visit.page.keyboard.type("n")
    visit.take("register-search")
    visit.press("Backspace", "Escape")
    visit.scan(UNKNOWN_CODE)
    visit.take("register-unknown-code")
    visit.press("F1")
    visit.take("register-open-item")
    visit.press("Escape")


def _picture_ticket(visit: Visit) -> None:
    with TicketView(visit.client) as view:
        for code in visit.codes:
            visit.scanner.scan(code)
            view.wait(lambda code=code: view.find(code) is not None)  # type: ignore[misc]  # A default binds the loop's code.
    visit.take("register-ticket")
    display = f"{visit.link}&page=display"
    visit.camera.take_each(REGISTER_SIZE, display, "customer-display")
    visit.page.locator("button.quantity").first.click()
    visit.take("register-quantity")
    visit.press("Escape")
    for dialog, key in TILL_DIALOGS.items():
        visit.press(key)
        visit.take(f"register-{dialog}")
        visit.press("Escape")
    visit.press("F2", "F3")
    visit.take("register-held")
    visit.press("Enter")


def _picture_wallet(visit: Visit) -> None:
    visit.scan(PAY_CODE)
    visit.take("register-wallet")
    visit.press("Delete")
    visit.press("Escape")


def _picture_receipt(visit: Visit) -> None:
    with TicketView(visit.client) as view:
        tenders = [{"kind": "cash", "amount_fen": view.due_fen + 1_000}]
        visit.client.command("pay", tenders=tenders)
        view.wait(lambda: view.receipt is not None)
    visit.take("register-receipt")


def _picture_returns(visit: Visit) -> None:
    visit.press("F7")
    visit.take("register-return")
    visit.tap("无小票退货")
    visit.take("register-no-receipt-return")
    visit.press("Escape")
    visit.scan(visit.other_store_code)
    visit.take("register-receipt-of-another-store")
    visit.press("Enter")
    dialog = visit.page.get_by_role("dialog", name="退货")
    dialog.get_by_role("button", name="多退一件").first.click(timeout=ANSWER_MS_MAX)
    visit.take("register-return-of-another-store")
    visit.press("Escape")


def _picture_shift(visit: Visit) -> None:
    visit.press("F8", "Enter")  # Opens it where there was none.
    visit.press("F8")
    visit.take("register-shift-open")
    for button, name in (("X 报表", "x"), ("现金存取", "cash"), ("交班点钞", "count")):
        visit.tap(button)
        visit.take(f"register-shift-{name}")
        visit.press("Escape", "F8")
    visit.press("Escape")


def _picture_devices(visit: Visit) -> None:
    visit.page.locator("button.devices-button").click()
    visit.take("register-devices")
    visit.press("Escape")


def picture_people(visit: Visit, show_people: Callable[[], str]) -> None:
    """Screens that are there once headquarters lists people for the store.

    Args:
        visit: at a till with an empty ticket.
        show_people: lists a cashier; returns number and PIN, with a space between.
    """
    staff_no, pin = show_people().split()
    staff_field = visit.page.get_by_label("工号")
    for _ in range(ANSWER_MS_MAX // MOVE_MS):
        visit.page.reload()
        visit.page.wait_for_timeout(MOVE_MS)
        if staff_field.count():
            break
    visit.take("register-sign-in")
    visit.page.get_by_label("工号").press_sequentially(staff_no)
    visit.press("Enter")
    visit.page.get_by_label("PIN").press_sequentially(pin)
    visit.press("Enter")
    visit.page.get_by_text(f"收银员 {staff_no}").first.wait_for(timeout=ANSWER_MS_MAX)
    visit.scan(visit.codes[0])
    visit.press("F4")
    visit.tap("9 折")
    visit.take("register-approval")
    visit.press("Escape", "Escape")
