"""A trading day of one store, played with hands: a scanner that scans, keys that are pressed.

The people are a cashier at register 1 and a manager with a phone between the shelves. Every press,
tap and scan is counted, so that a day says how many steps each of its journeys took.
"""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect

from hardware.sim.serial_scanner import SimulatedSerialScanner

PAY_CODE = "134567890123456799"
UNKNOWN_CODE = "6901234567892"


@dataclasses.dataclass(frozen=True, slots=True)
class Goods:
    """An item of the store as its people know it."""

    code: str
    """On the goods."""
    name: str
    price_fen: int


@dataclasses.dataclass(slots=True)
class Hands:
    """Somebody at a page; counts what they do."""

    page: Page
    scanner: SimulatedSerialScanner | None = None
    steps: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    journey: str = ""

    def begin(self, journey: str) -> None:
        """What is done from here on counts for this journey."""
        self.journey = journey

    def scan(self, code: str) -> None:
        """One scan with the register's own scanner."""
        assert self.scanner is not None
        self._count()
        self.scanner.scan(code)

    def card(self, code: str) -> None:
        """A reader of cards or receipts types what stands there."""
        self._count()
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def press(self, *keys: str) -> None:
        """Keys of the keyboard, one after the other."""
        for key in keys:
            self._count()
            self.page.keyboard.press(key)

    def tap(self, what: Locator) -> None:
        """One touch."""
        self._count()
        what.click()

    def _count(self) -> None:
        self.steps[self.journey] += 1


class Cashier:
    """Journeys of a cashier."""

    def __init__(self, hands: Hands, goods: list[Goods]) -> None:
        self.hands, self.page, self.goods = hands, hands.page, goods

    def sign_in_and_open_shift(self, card: str, staff_no: str) -> None:
        """Card, F8, Enter: the float is the same as last time."""
        self.hands.begin("open")
        expect(self.page.get_by_label("工号")).to_be_focused()
        self.hands.card(card)
        expect(self.page.get_by_text(f"收银员 {staff_no}").first).to_be_visible()
        self.hands.press("F8")
        expect(self.page.get_by_label("备用金")).to_be_focused()
        self.hands.press("Enter")
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def sell_ten_by_wallet(self) -> None:
        """Ten scans of goods, one of the customer's phone."""
        self.hands.begin("ten items by wallet")
        for goods in self.goods[:10]:
            self.hands.scan(goods.code)
        self.expect_due(sum(goods.price_fen for goods in self.goods[:10]))
        self.hands.scan(PAY_CODE)
        self.expect_receipt("微信")

    def sell_for_cash(self, goods: Goods) -> None:
        """One scan, F12, Enter."""
        self.hands.begin("one item for cash")
        self.hands.scan(goods.code)
        self.expect_due(goods.price_fen)
        self.pay_cash()

    def pay_cash(self) -> None:
        """Exactly what is due."""
        self.hands.press("F12")
        expect(self.page.get_by_role("dialog", name="收款")).to_be_visible()
        self.hands.press("Enter")
        self.expect_receipt("现金")

    def sell_unknown_code(self) -> None:
        """The queue goes on: a key, the price, Enter."""
        self.hands.begin("unknown code")
        self.hands.scan(UNKNOWN_CODE)
        expect(self.page.get_by_role("alert")).to_contain_text(UNKNOWN_CODE)
        self.hands.press("F1")
        expect(self.page.get_by_label("单价（元）")).to_be_focused()
        self.hands.press("5", "Enter")
        self.expect_due(500)
        self.hands.begin("")
        self.pay_cash()

    def take_a_line_off(self) -> None:
        """One key."""
        self.hands.begin("")
        kept, gone = self.goods[4], self.goods[5]
        for goods in (kept, gone):
            self.hands.scan(goods.code)
        self.expect_due(kept.price_fen + gone.price_fen)
        self.hands.begin("line off")
        self.hands.press("Delete")
        self.expect_due(kept.price_fen)

    def serve_another_first(self) -> None:
        """Hold, sell to the next customer, take up, finish."""
        self.hands.begin("hold")
        self.hands.press("F2")
        self.expect_due(0)
        self.sell_for_cash(self.goods[3])
        self.hands.begin("recall")
        self.hands.press("F3")
        expect(
            self.page.get_by_role("dialog", name="挂单").get_by_role("button").nth(1)
        ).to_be_focused()
        self.hands.press("Enter")
        self.expect_due(self.goods[4].price_fen)
        self.hands.begin("")
        self.pay_cash()

    def take_goods_back(self, receipt_code: str, goods: Goods) -> None:
        """Scan the receipt, scan the goods, pay out."""
        self.hands.begin("return")
        self.hands.scan(receipt_code)
        dialog = self.page.get_by_role("dialog", name="退货")
        expect(dialog.get_by_role("listitem").first).to_be_visible()
        self.hands.scan(goods.code)
        expect(dialog.get_by_text("退货金额")).to_be_visible()
        self.hands.tap(dialog.get_by_role("button", name="退现金"))
        self.expect_receipt("−")

    def close_shift(self, hundreds: int) -> None:
        """Count blind by denomination, and see the Z."""
        self.hands.begin("close shift")
        self.hands.press("F8")
        dialog = self.page.get_by_role("dialog")
        self.hands.tap(dialog.get_by_role("button", name="交班点钞"))
        dialog.get_by_label("¥100.00").fill(str(hundreds))
        self.hands.press("Enter")
        expect(dialog.get_by_text("Z 报表")).to_be_visible()

    def expect_due(self, fen: int) -> None:
        """What the customer would pay now."""
        shown = f"{fen / 100:,.2f}"
        expect(self.page.get_by_role("status", name="应收")).to_contain_text(shown)

    def expect_receipt(self, word: str) -> None:
        """The ticket is closed, the receipt stands there."""
        expect(self.page.get_by_role("article", name="销售小票")).to_contain_text(word)
        expect(self.page.get_by_role("dialog")).to_have_count(0)


class Manager:
    """Journeys of a store manager with a phone."""

    def __init__(self, hands: Hands, goods: list[Goods]) -> None:
        self.hands, self.page, self.goods = hands, hands.page, goods
        self.labels = 0
        """Asked for."""

    def open_tab(self, name: str) -> None:
        """A kind of work."""
        tab = self.page.get_by_role("tab", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")

    def receive_delivery(self, order_no: str) -> None:
        """All of it is there: three taps."""
        self.hands.begin("receive")
        self.open_tab("收货与调拨")
        self.hands.tap(self.page.get_by_role("button", name=order_no))
        self.hands.tap(self.page.get_by_role("button", name="与单据一致"))
        self.hands.tap(self.page.get_by_role("button", name="确认", exact=True))
        expect(self.page.get_by_text(f"{order_no} 已记录")).to_be_visible()

    def handle_transfer(self, transfer_no: str) -> None:
        """It leaves or comes as it was ordered: three taps, too."""
        self.hands.begin("transfer")
        self.open_tab("收货与调拨")
        self.hands.tap(self.page.get_by_role("button", name=transfer_no))
        self.hands.tap(self.page.get_by_role("button", name="与单据一致"))
        self.hands.tap(self.page.get_by_role("button", name="确认", exact=True))
        expect(self.page.get_by_text(f"{transfer_no} 已记录")).to_be_visible()
        self.hands.begin("")

    def hang_labels(self) -> None:
        """Labels of all prices that changed are printed and hung up."""
        self.open_tab("价签")
        changed = self.page.get_by_role("list", name="需要更换的价签").get_by_role("listitem")
        expect(changed.first).to_be_visible()
        self.labels = changed.count()
        self.page.get_by_role("button", name="打印价签").click()
        self.page.get_by_role("button", name="已全部换好").click()
        expect(changed).to_have_count(0)

    def enter(self, code: str, quantity: str) -> None:
        """A code and a number, typed."""
        self.page.get_by_label("扫描条码或输入货号").fill(code)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_label("数量", exact=True)).to_be_focused()
        self.page.keyboard.type(quantity)
        self.page.keyboard.press("Enter")

    def begin_count(self, goods: Goods, pieces: int) -> None:
        """Count one item, and leave the count open."""
        self.open_tab("盘点")
        self.page.get_by_role("button", name="开始抽盘").click()
        self.enter(goods.code, str(pieces))
        expect(self.page.get_by_role("list", name="已盘商品")).to_contain_text(goods.name)

    def close_count(self) -> Locator:
        """What was found and missing; what differs was looked at again before."""
        self.page.get_by_role("button", name="结束盘点").click()
        self.page.get_by_role("button", name="按现有结果完成盘点").click()
        result = self.page.get_by_role("region", name="盘点结果")
        expect(result).to_be_visible()
        return result

    def write_off_damage(self, goods: Goods) -> None:
        """One broken piece."""
        self.open_tab("报损与自用")
        self.enter(goods.code, "1")
        self.page.get_by_role("button", name="确认报损").click()
        expect(self.page.get_by_text("库存已更正")).to_be_visible()

    def ask_for_goods(self, goods: Goods) -> None:
        """A dozen of what runs out."""
        self.open_tab("要货")
        self.enter(goods.code, "12")
        self.page.get_by_role("button", name="发送要货").click()
        expect(self.page.get_by_text("要货已发送")).to_be_visible()


def steps_of(*people: Hands) -> Iterator[tuple[str, int]]:
    """All journeys with their steps."""
    for hands in people:
        yield from sorted(hands.steps.items())
