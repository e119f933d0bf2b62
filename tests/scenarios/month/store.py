"""What the people of one store do on a day of the month, by the box's own use cases."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import random
import uuid
from collections.abc import Sequence

from edge_agent.services import (
    adjustments,
    counting,
    goods,
    passed_sales,
    returns,
    shifts,
    trading_days,
)
from edge_agent.services.adjustments import Adjustment, Correction
from edge_agent.services.box import Operator
from edge_agent.services.counting import Counted
from edge_agent.services.facts import write_fact
from edge_agent.services.goods import ReturnedGoods
from edge_agent.services.register import (
    BasketLine,
    Command,
    CommandName,
    execute_command,
    sell_basket,
)
from edge_agent.services.registers import enrol_register
from edge_agent.services.return_errors import SaleNotFoundError, SalePassedOnError
from edge_agent.services.returns import (
    BroughtBack,
    BroughtBackWithoutReceipt,
    ExchangeWish,
    price_exchange,
)
from edge_agent.services.seat import Seat
from edge_agent.services.shifts import CashTaken
from edge_agent.store import counts, feeds, journal, trading
from edge_agent.store.database import write_transaction
from edge_agent.store.registers import read_register_nos
from protos.documents import ITEMS_FEED, PurchaseOrder, TransferOrder
from retail_domain.errors import ReturnTooLargeError
from retail_domain.rounding import MILLI
from retail_domain.stock.adjustment import AdjustmentReason
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.stock.movement import StockState
from retail_domain.trade.approval import Approval
from retail_domain.trade.attendance import SignedIn, SignedOut, SignInMethod, SignOutReason
from retail_domain.trade.box_event import BoxEventKind, ItemUnknown
from retail_domain.trade.fact import Fact
from retail_domain.trade.open_ticket import OpenTicket, add_item
from retail_domain.trade.refund import GoodsBack
from retail_domain.trade.shift import CashMove
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket
from retail_domain.transfers.transfer_order import OrderLine, TransferState
from tests.edge_agent.shop_setup import ALONE, ANYBODY
from tests.scenarios.month.goods import ITEM_IDS, OPEN_ITEM_ID, PRICES_FEN, VAT9
from tests.scenarios.month.line import CHINA, BoxLine

CASHIER, CLERK = Operator("1001", "1"), Operator("2001")
SELLABLE, DAMAGED = StockState.SELLABLE, StockState.DAMAGED
LEAVING = (AdjustmentReason.EXPIRED, AdjustmentReason.LOST, AdjustmentReason.SELF_USED)
STRANGERS = 3
"""Customers of the neighbour, so few that they come again."""
SALES_KEPT = 40
"""Receipts that customers may still bring back."""


@dataclasses.dataclass(frozen=True, slots=True)
class Busy:
    """How much happens on a day."""

    baskets: int
    returns: int


class Store:
    """One store with its people; everything by chance comes from one source."""

    def __init__(self, line: BoxLine, chance: random.Random) -> None:
        self.line, self._chance = line, chance
        self._sales: list[tuple[uuid.UUID, Sequence[int]]] = []
        self._received: list[PurchaseOrder] = []
        self._done: set[tuple[str, str]] = set()
        self.neighbour: Store = self
        """Whose customers come here with their receipts."""

    def new_id(self) -> uuid.UUID:
        return uuid.UUID(int=self._chance.getrandbits(128))

    def day(self, date: datetime.date, busy: Busy, *, is_closed_in_the_evening: bool) -> None:
        """Open, trade, close; what the morning brings comes first.

        A new box that no line has brought its lists yet has nothing to sell: the shop stays shut.
        """
        if feeds.read_position(self.line.db, ITEMS_FEED).version == 0:
            return
        self._at(date, 7)
        self._begin(date)
        self._handle_goods()
        self.answer_headquarters()
        for hour in range(9, 9 + busy.baskets):
            self._at(date, min(hour, 21), self._chance.randrange(60))
            self._sell_something()
        for _ in range(busy.returns):
            self._bring_something_back()
        self._serve_a_stranger()
        self._do_back_room_work()
        self._at(date, 22)
        self._end(is_closed_in_the_evening=is_closed_in_the_evening)

    def answer_headquarters(self) -> None:
        """What was sold before its code was known; sales that other stores ask for."""
        adjustments.answer_reclassifications(self.line.db, self.line.box)
        passed_sales.answer_questions(self.line.db, self.line.box)

    def trade_on(self, busy: Busy) -> None:
        """Sell and take back without a day or a shift: what comes after the close counts too."""
        for _ in range(busy.baskets):
            self._sell_something()
        for _ in range(busy.returns):
            self._bring_something_back()
        self._do_back_room_work()

    # Morning and evening.

    def _begin(self, date: datetime.date) -> None:
        line = self.line
        if not read_register_nos(line.db):
            enrol_register(line.db, "1", f"token-{line.store}", {})
        adjustments.note_event(
            line.db, line.box, BoxEventKind.STARTED, f"0.{date.day // 10}.0", staff_no="it"
        )
        if trading.read_trading_day(line.db).opened is None:
            trading_days.open_day(line.db, line.box, CLERK, fact_id=self.new_id())
        self._write(CASHIER, SignedIn(SignInMethod.PIN, "cashier"))
        shift = trading.read_shift(line.db, "1")
        if shift is None or not shift.is_open:
            shifts.open_shift(line.db, line.box, CASHIER, 30_000, fact_id=self.new_id())

    def _end(self, *, is_closed_in_the_evening: bool) -> None:
        line = self.line
        moves = self._chance.sample(list(CashMove), 2)
        for move in moves:
            taken = CashTaken(move, self._chance.randrange(1, 3_000), "by script")
            shifts.move_cash(line.db, line.box, CASHIER, taken, ALONE, self.new_id())
        shifts.open_drawer(line.db, line.box, CASHIER, "change", ALONE, self.new_id())
        _shift, x = shifts.read_x(line.db, "1")
        counted_fen = max(0, x.expected_cash_fen + self._chance.choice([0, 0, 0, -5, 10]))
        shifts.close_shift(line.db, line.box, CASHIER, counted_fen, fact_id=self.new_id())
        self._write(CASHIER, SignedOut(SignOutReason.BY_PERSON))
        if is_closed_in_the_evening:
            trading_days.close_day(
                line.db, line.box, CLERK, line.enrolled.key, fact_id=self.new_id()
            )

    # The till.

    def _sell_something(self) -> None:
        if self._chance.random() < 0.3:
            self._ring_up()
            return
        basket = [self._basket_line() for _ in range(self._chance.randint(1, 5))]
        if self._chance.random() < 0.1:
            basket.append(BasketLine(OPEN_ITEM_ID, "6900000000007", MILLI, 455))
            unknown = ItemUnknown("6900000000007", "新茶", 455, VAT9)
            adjustments.report_unknown_item(
                self.line.db, self.line.box, CASHIER, unknown, fact_id=self.new_id()
            )
        tender = self._chance.choice(list(TenderKind))
        fact = sell_basket(
            self.line.db, self.line.box, self._seat(), basket, fact_id=self.new_id(), tender=tender
        )
        self._keep_receipt(fact)
        if self._chance.random() < 0.1:
            shifts.note_reprint(self.line.db, self.line.box, CASHIER, fact, fact_id=self.new_id())

    def _basket_line(self) -> BasketLine:
        item_id = self._chance.choice(ITEM_IDS)
        price_fen = PRICES_FEN[item_id] - self._chance.choice([0, 0, 0, 7])
        units = self._chance.randint(1, 4)
        discount_fen = self._chance.choice([0, 0, 0, 1, 33])
        return BasketLine(item_id, "", units * MILLI, price_fen, discount_fen)

    def _ring_up(self) -> None:
        """At the screen, with a second thought now and then."""
        line = self.line
        total = 0
        for number in range(1, self._chance.randint(2, 4)):
            item_id = self._chance.choice(ITEM_IDS)
            total += PRICES_FEN[item_id]
            self._do(CommandName.ADD_ITEM, item_id=item_id)
            if number == 2 and self._chance.random() < 0.5:
                self._do(CommandName.REMOVE_LINE, line_id=1, reason="wrong_item")
        if self._chance.random() < 0.2:
            self._do(CommandName.CLEAR_TICKET, reason="left")
            return
        paid = ((TenderKind.CASH, total * 2 + 10_000),)
        command = Command(command_id=self.new_id(), name=CommandName.PAY, tenders=paid)
        done = execute_command(line.db, line.box, "1", ANYBODY, command)
        if done.fact is not None:
            self._keep_receipt(done.fact)

    def _do(
        self, name: CommandName, *, item_id: int = 0, line_id: int = 0, reason: str = ""
    ) -> None:
        command = Command(
            command_id=self.new_id(), name=name, item_id=item_id, line_id=line_id, reason=reason
        )
        execute_command(self.line.db, self.line.box, "1", ANYBODY, command)

    def _bring_something_back(self) -> None:
        state = self._chance.choice([SELLABLE, SELLABLE, DAMAGED])
        goods_back = GoodsBack(MILLI, state, "unwanted")
        back: BroughtBack | BroughtBackWithoutReceipt
        if self._sales and self._chance.random() < 0.8:
            sale_id, sale_line_nos = self._chance.choice(self._sales)
            back = BroughtBack(sale_id, self._chance.choice(sale_line_nos), goods_back)
        else:
            back = BroughtBackWithoutReceipt(self._chance.choice(ITEM_IDS), 100, goods_back)
        with contextlib.suppress(SalePassedOnError):  # The customer is sent to the other store.
            self._pay_back(back)

    def _serve_a_stranger(self) -> None:
        """A receipt of the neighbour: its sale is asked for, and the customer comes again."""
        line, receipts = self.line, self.neighbour.receipts[:STRANGERS]
        if not receipts:
            return
        sale_id, sale_line_nos = self._chance.choice(receipts)
        goods_back = GoodsBack(MILLI, SELLABLE, "unwanted")
        try:
            self._pay_back(BroughtBack(sale_id, self._chance.choice(sale_line_nos), goods_back))
        except (SaleNotFoundError, SalePassedOnError):
            passed_sales.request_sale(line.db, line.box, CASHIER, sale_id, fact_id=self.new_id())

    @property
    def receipts(self) -> Sequence[tuple[uuid.UUID, Sequence[int]]]:
        """Sale and lines of its customers."""
        return tuple(self._sales)

    def _pay_back(self, back: BroughtBack | BroughtBackWithoutReceipt) -> None:
        line = self.line
        ticket = OpenTicket()
        if self._chance.random() < 0.4:
            offer = line.box.lists(line.db).make_offer(self._chance.choice(ITEM_IDS))
            ticket, _ = add_item(ticket, offer, MILLI)
        seat = Seat("1", "1001", ticket)
        approvals = (Approval("refund", "3001"),)
        wish = ExchangeWish([back], TenderKind.CASH, approvals)
        try:
            price_exchange(line.db, line.box, seat, wish.back)
        except ReturnTooLargeError:
            return  # The customer had brought it back before.
        returns.exchange(line.db, line.box, seat, wish, fact_id=self.new_id())

    def _keep_receipt(self, fact: Fact) -> None:
        ticket = fact.happening.payload
        assert isinstance(ticket, Ticket)
        line_nos = [one.line_no for one in ticket.lines if one.item_id != OPEN_ITEM_ID]
        if line_nos:
            self._sales = [*self._sales, (fact.happening.fact_id, line_nos)][-SALES_KEPT:]

    def forget_receipts(self) -> None:
        """The box came back from the past: what it forgot may be unknown here for a while."""
        self._sales.clear()
        self._received.clear()

    # The back room.

    def _handle_goods(self) -> None:
        purchases, transfers = goods.list_orders(self.line.db)
        for order in purchases:
            if self._is_new("receive", order.purchase_order_no):
                self._receive(order)
        for transfer in transfers:
            if transfer.decision is not TransferState.APPROVED:
                continue
            if transfer.source_store == self.line.store:
                if self._is_new("ship", transfer.transfer_no):
                    self._ship(transfer)
            elif self._is_new("arrive", transfer.transfer_no):
                self._take_in(transfer)

    def _receive(self, order: PurchaseOrder) -> None:
        line = self.line
        goods.receive_goods(
            line.db, line.box, order.purchase_order_no, order.lines,
            fact_id=self.new_id(), staff_no="2001",
        )  # fmt: skip
        if order.purpose is ReceiptPurpose.PURCHASE:
            self._received.append(order)

    def _ship(self, transfer: TransferOrder) -> None:
        goods.ship_transfer(
            self.line.db, self.line.box, transfer.transfer_no, transfer.lines,
            fact_id=self.new_id(), staff_no="2001",
        )  # fmt: skip

    def _take_in(self, transfer: TransferOrder) -> None:
        """Now and then one piece is missing, or one too many."""
        first, *rest = transfer.lines
        change = self._chance.choice([0, 0, -MILLI, MILLI])
        lines = [OrderLine(first.item_id, first.quantity_milli + change), *rest]
        goods.receive_transfer(
            self.line.db, self.line.box, transfer.transfer_no, lines,
            fact_id=self.new_id(), staff_no="2001",
        )  # fmt: skip

    def _do_back_room_work(self) -> None:
        works = (self._count, self._adjust, self._return_to_supplier, self._request)
        for work in works:
            if self._chance.random() < 0.4:
                work()

    def _count(self) -> None:
        """Count two items, and sell one of them before the count is closed."""
        line, count_id = self.line, self.new_id()
        counting.begin_count(line.db, line.box, CLERK, count_id=count_id, reason="cycle")
        for item_id in self._chance.sample(ITEM_IDS, 2):
            there = max(0, counts.read_book(line.db, SELLABLE, item_id, ""))
            found = max(0, there + self._chance.choice([0, 0, -MILLI, MILLI]))
            counting.count_line(line.db, line.box, CLERK, count_id, Counted(item_id, found))
        lot = f"L{self._chance.randint(1, 3)}|2027-01-31"
        found = self._chance.randint(0, 3) * MILLI
        counted = Counted(ITEM_IDS[0], found, StockState.DISPLAY, lot)
        counting.count_line(line.db, line.box, CLERK, count_id, counted)
        self._sell_something()
        counting.close_count(line.db, line.box, CLERK, count_id, fact_id=self.new_id())

    def _adjust(self) -> None:
        line, item_id = self.line, self._chance.choice(ITEM_IDS)
        moved = [Adjustment(item_id, MILLI, SELLABLE, DAMAGED)]
        for correction in (
            Correction(AdjustmentReason.MOVED, moved),
            Correction(AdjustmentReason.DAMAGED, [Adjustment(item_id, MILLI, DAMAGED, None)]),
            Correction(AdjustmentReason.FOUND, [Adjustment(item_id, MILLI, None, SELLABLE)]),
            Correction(self._chance.choice(LEAVING), [Adjustment(item_id, MILLI, SELLABLE, None)]),
        ):
            adjustments.adjust_stock(line.db, line.box, CLERK, correction, fact_id=self.new_id())

    def _return_to_supplier(self) -> None:
        if not self._received:
            return
        order = self._chance.choice(self._received)
        returned = ReturnedGoods([OrderLine(order.lines[0].item_id, MILLI)], SELLABLE, "broken")
        goods.return_to_supplier(
            self.line.db, self.line.box, order.purchase_order_no, returned,
            fact_id=self.new_id(), staff_no="2001",
        )  # fmt: skip

    def _request(self) -> None:
        goods.request_stock(
            self.line.db, self.line.box, [OrderLine(self._chance.choice(ITEM_IDS), 5 * MILLI)],
            note="", fact_id=self.new_id(), staff_no="2001",
        )  # fmt: skip

    def _is_new(self, step: str, number: str) -> bool:
        if (step, number) in self._done:
            return False
        self._done.add((step, number))
        return True

    def _seat(self) -> Seat:
        return Seat("1", "1001", OpenTicket())

    def _write(self, operator: Operator, payload: SignedIn | SignedOut) -> None:
        with write_transaction(self.line.db):
            write_fact(self.line.db, self.line.box, operator, payload)

    def _at(self, date: datetime.date, hour: int, minute: int = 0) -> None:
        local = datetime.datetime.combine(date, datetime.time(hour, minute), CHINA)
        self.line.clock.at = max(self.line.clock.at, local.astimezone(datetime.UTC))


def journal_ids(line: BoxLine) -> list[uuid.UUID]:
    """Identities of all facts of a box, in its order."""
    return [fact.happening.fact_id for fact, _body, _head in journal.iterate_facts(line.db)]
