"""The people of a store. Whoever is cut off by the power does the same thing again."""

from __future__ import annotations

import collections
import random
import uuid
from collections.abc import Callable
from typing import TypeVar

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
from edge_agent.services.box import Box, Operator
from edge_agent.services.counting import Counted
from edge_agent.services.goods import ReturnedGoods
from edge_agent.services.register import (
    BasketLine,
    Command,
    CommandName,
    execute_command,
    sell_basket,
)
from edge_agent.services.returns import BroughtBack, BroughtBackWithoutReceipt, ExchangeWish
from edge_agent.services.seat import Seat
from edge_agent.services.shifts import CashTaken
from edge_agent.store import counts, feeds, journal, trading
from edge_agent.store.sqlite_library import Connection
from protos.documents import ITEMS_FEED, PurchaseOrder, TransferOrder
from retail_domain.errors import RetailError
from retail_domain.rounding import MILLI
from retail_domain.stock.adjustment import AdjustmentReason
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.stock.movement import StockState
from retail_domain.trade.approval import Approval
from retail_domain.trade.fact import Fact
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.refund import GoodsBack
from retail_domain.trade.shift import CashMove
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket
from retail_domain.transfers.transfer_order import OrderLine, TransferState
from tests.edge_agent.shop_setup import ALONE, ANYBODY
from tests.prove.fuse import DiedError
from tests.prove.machine import Machine
from tests.prove.templates import MAD_SUPPLIER
from tests.prove.witness import Witness
from tests.scenarios.month.goods import ITEM_IDS, OPEN_ITEM_ID, PRICES_FEN

T = TypeVar("T")
CASHIER, CLERK = Operator("1001", "1"), Operator("2001")
SELLABLE, DAMAGED = StockState.SELLABLE, StockState.DAMAGED
TRIES_MAX = 5
GIVE_UP = 0.1
"""How often nobody tries again after a power cut."""
BASKET_LINES_MAX = 12
SALES_KEPT = 30
"""Receipts that customers may still bring back."""
WAITING_MAX = 3
"""Customers; the first ones go home."""
ELSEWHERE = ("sale_not_found", "sale_passed_on")
"""Why goods cannot come back here, and the sale is asked for."""


class Shop:
    """One store with its people, and the machine that is switched on there."""

    def __init__(self, machine: Machine, witness: Witness, chance: random.Random) -> None:
        self.machine, self.witness, self._chance = machine, witness, chance
        self.refused: collections.Counter[str] = collections.Counter()
        self._sales: list[tuple[uuid.UUID, list[int]]] = []
        self._received: list[PurchaseOrder] = []
        self._done: set[tuple[str, str]] = set()
        self._awaited: list[tuple[uuid.UUID, int]] = []
        """Sales and lines that customers wait with."""
        self.keeps_days = True
        """Not where the journal holds what this program cannot read: totals need all of it."""

    @property
    def store(self) -> str:
        return self.machine.store

    @property
    def has_lists(self) -> bool:
        """Whether the box knows what it sells."""
        return feeds.read_position(self.machine.db, ITEMS_FEED).version > 0

    def work_a_little(self) -> None:
        """One thing that happens in a store."""
        if self.has_lists:
            works, weights = zip(*WORKS.items(), strict=True)
            self._chance.choices(works, weights)[0](self)

    def open_up(self) -> None:
        """The day begins, and the drawer is filled."""
        if trading.read_trading_day(self.machine.db).opened is None:
            self._do("day", lambda db, box, no: trading_days.open_day(db, box, CLERK, fact_id=no))
        self._open_shift()

    def shut(self) -> None:
        """The drawer is counted, and the day ends."""
        if not self.keeps_days:
            return
        self._close_shift()
        key = self.machine.key
        self._do("day", lambda db, box, no: trading_days.close_day(db, box, CLERK, key, fact_id=no))

    def forget_receipts(self) -> None:
        """The box came back from the past, and may not know them for a while."""
        self._sales.clear()
        self._received.clear()

    def answer_headquarters(self) -> int:
        """Put right what was sold before its code was known; pass on what others ask for."""
        if not self.has_lists:
            return 0
        answered = self._try("reclassification", adjustments.answer_reclassifications) or 0
        return answered + (self._try("sale_answer", passed_sales.answer_questions) or 0)

    # How things are done.

    def _do(
        self, operation: str, use_case: Callable[[Connection, Box, uuid.UUID], Fact]
    ) -> Fact | None:
        """Do something under one identity, and believe what the screen says."""
        fact_id = uuid.UUID(int=self._chance.getrandbits(128))
        fact = self._try(operation, lambda db, box: use_case(db, box, fact_id))
        if fact is None:
            self.witness.stores[self.store].unsure.add(fact_id.bytes)
        else:
            assert fact.happening.fact_id == fact_id, "another fact than was asked for"
            self.witness.saw(fact)
        return fact

    def _try(self, operation: str, use_case: Callable[[Connection, Box], T]) -> T | None:
        for _ in range(TRIES_MAX):
            try:
                return self.machine.work(operation, use_case)
            except DiedError:
                if self._chance.random() < GIVE_UP:
                    break
            except RetailError as error:
                self.refused[error.code] += 1
                return None
        return None

    # The till.

    def _sell_basket(self) -> None:
        chance = self._chance
        lines = [self._basket_line() for _ in range(chance.randint(1, BASKET_LINES_MAX))]
        if chance.random() < 0.05:
            lines.append(BasketLine(OPEN_ITEM_ID, "6900000000007", MILLI, 455))
        seat, tender = Seat("1", "1001", OpenTicket()), chance.choice(list(TenderKind))
        fact = self._do(
            "sale",
            lambda db, box, no: sell_basket(db, box, seat, lines, fact_id=no, tender=tender),
        )
        if fact is not None:
            self._keep_receipt(fact)

    def _basket_line(self) -> BasketLine:
        chance = self._chance
        item_id = chance.choice(ITEM_IDS)
        discount_fen = chance.choice([0, 0, 0, 1, 33])
        units = chance.randint(1, 4)
        return BasketLine(item_id, "", units * MILLI, PRICES_FEN[item_id], discount_fen)

    def _ring_up(self) -> None:
        """At the screen, with a second thought now and then."""
        chance = self._chance
        total_fen = 0
        for number in range(1, chance.randint(2, 4)):
            item_id = chance.choice(ITEM_IDS)
            total_fen += 2 * PRICES_FEN[item_id]
            self._command(CommandName.ADD_ITEM, item_id=item_id)
            if number == 2 and chance.random() < 0.4:
                self._command(CommandName.REMOVE_LINE, line_id=1, reason="wrong_item")
        if chance.random() < 0.1:
            self._command(CommandName.CLEAR_TICKET, reason="left")
            return
        tenders = ((TenderKind.CASH, total_fen + 10_000),)
        fact = self._command(CommandName.PAY, tenders=tenders)
        if fact is not None and isinstance(fact.happening.payload, Ticket):
            self._keep_receipt(fact)

    def _command(self, name: CommandName, **said: object) -> Fact | None:
        command_id = uuid.UUID(int=self._chance.getrandbits(128))
        command = Command(command_id=command_id, name=name, **said)  # type: ignore[arg-type]  # By its names.
        done = self._try("command", lambda db, box: execute_command(db, box, "1", ANYBODY, command))
        if done is None:
            self.witness.stores[self.store].given_up += 1
            return None
        if done.answer.fact_id is None:
            if done.fact is not None:
                self.witness.saw(done.fact)
            return None
        fact = journal.find_fact(self.machine.db, done.answer.fact_id)
        assert fact is not None, "a receipt was printed, and nothing was written"
        self.witness.saw(fact)
        return fact

    def _bring_back(self) -> None:
        chance = self._chance
        goods_back = GoodsBack(MILLI, chance.choice([SELLABLE, SELLABLE, DAMAGED]), "unwanted")
        back: BroughtBack | BroughtBackWithoutReceipt
        if self._sales and chance.random() < 0.9:
            sale_id, line_nos = chance.choice(self._sales)
            back = BroughtBack(sale_id, chance.choice(line_nos), goods_back)
        else:
            back = BroughtBackWithoutReceipt(chance.choice(ITEM_IDS), 100, goods_back)
        self._pay_back(back)

    def _bring_back_from_anywhere(self) -> None:
        """A receipt of any store; of another one, the sale is asked for, and the customer waits."""
        chance = self._chance
        if self.witness.receipts and (not self._awaited or chance.random() < 0.3):
            sale_id, line_nos = chance.choice(self.witness.receipts)
            self._awaited.append((sale_id, chance.choice(line_nos)))
        elif not self._awaited:
            return
        sale_id, _line_no = self._awaited[-1]
        if not self._serve_who_waits() and chance.random() < 0.5:
            self._do(
                "sale_request",
                lambda db, box, no: passed_sales.request_sale(
                    db, box, CASHIER, sale_id, fact_id=no
                ),
            )
        del self._awaited[:-WAITING_MAX]

    def serve_all_who_wait(self) -> None:
        """Before the shop closes for good."""
        while self._awaited:
            if not self._serve_who_waits():
                self._awaited.pop()

    def _serve_who_waits(self) -> bool:
        """Whether the last one got an answer; False when the sale is awaited."""
        sale_id, line_no = self._awaited[-1]
        before = sum(self.refused[code] for code in ELSEWHERE)
        pieces = self._chance.choice([1, 1, 2])
        self._pay_back(BroughtBack(sale_id, line_no, GoodsBack(pieces * MILLI, SELLABLE, "")))
        is_here = sum(self.refused[code] for code in ELSEWHERE) == before
        if is_here:
            self._awaited.pop()
        return is_here

    def _pay_back(self, back: BroughtBack | BroughtBackWithoutReceipt) -> None:
        wish = ExchangeWish([back], TenderKind.CASH, (Approval("refund", "3001"),))
        seat = Seat("1", "1001", OpenTicket())
        self._do("exchange", lambda db, box, no: returns.exchange(db, box, seat, wish, fact_id=no))

    def _keep_receipt(self, fact: Fact) -> None:
        ticket = fact.happening.payload
        assert isinstance(ticket, Ticket)
        line_nos = [line.line_no for line in ticket.lines if line.item_id != OPEN_ITEM_ID]
        if line_nos:
            self._sales = [*self._sales, (fact.happening.fact_id, line_nos)][-SALES_KEPT:]
            self.witness.receipts.append((fact.happening.fact_id, line_nos))

    def _move_cash(self) -> None:
        taken = CashTaken(self._chance.choice(list(CashMove)), self._chance.randrange(1, 900), "")
        self._do("cash", lambda db, box, no: shifts.move_cash(db, box, CASHIER, taken, ALONE, no))

    def _change_shift(self) -> None:
        if self.keeps_days:
            self._close_shift()
            self._open_shift()

    def _open_shift(self) -> None:
        shift = trading.read_shift(self.machine.db, "1")
        if shift is None or not shift.is_open:
            self._do(
                "shift",
                lambda db, box, no: shifts.open_shift(db, box, CASHIER, 30_000, fact_id=no),
            )

    def _close_shift(self) -> None:
        shift = trading.read_shift(self.machine.db, "1")
        if shift is None or not shift.is_open:
            return
        _shift, x = shifts.read_x(self.machine.db, "1")
        counted_fen = max(0, x.expected_cash_fen + self._chance.choice([0, 0, -5, 10]))
        self._do(
            "shift",
            lambda db, box, no: shifts.close_shift(db, box, CASHIER, counted_fen, fact_id=no),
        )

    # The back room.

    def _handle_order(self) -> None:
        """The first order that nobody handled yet."""
        purchases, transfers = goods.list_orders(self.machine.db)
        for order in purchases:
            is_sane = order.supplier_no != MAD_SUPPLIER
            if is_sane and self._is_new("receive", order.purchase_order_no):
                self._receive(order)
                return
        for transfer in transfers:
            if transfer.decision is TransferState.APPROVED and self._handle_transfer(transfer):
                return

    def _receive(self, order: PurchaseOrder) -> None:
        fact = self._do(
            "receipt",
            lambda db, box, no: goods.receive_goods(
                db, box, order.purchase_order_no, order.lines, fact_id=no, staff_no="2001"
            ),
        )
        if fact is not None and order.purpose is ReceiptPurpose.PURCHASE:
            self._received.append(order)

    def _handle_transfer(self, order: TransferOrder) -> bool:
        """Ship what this store sends, take in what it gets; one piece too few or many at times."""
        number = order.transfer_no
        if order.source_store == self.store:
            if not self._is_new("ship", number):
                return False
            self._do(
                "shipment",
                lambda db, box, no: goods.ship_transfer(
                    db, box, number, order.lines, fact_id=no, staff_no="2001"
                ),
            )
            return True
        if not self._is_new("arrive", number):
            return False
        first, *rest = order.lines
        milli = first.quantity_milli + self._chance.choice([0, 0, -MILLI, MILLI])
        lines = [OrderLine(first.item_id, milli), *rest]
        self._do(
            "arrival",
            lambda db, box, no: goods.receive_transfer(
                db, box, number, lines, fact_id=no, staff_no="2001"
            ),
        )
        return True

    def _return_to_supplier(self) -> None:
        if not self._received:
            return
        order = self._chance.choice(self._received)
        returned = ReturnedGoods([OrderLine(order.lines[0].item_id, MILLI)], SELLABLE, "broken")
        self._do(
            "supplier_return",
            lambda db, box, no: goods.return_to_supplier(
                db, box, order.purchase_order_no, returned, fact_id=no, staff_no="2001"
            ),
        )

    def _count(self) -> None:
        """Count two items, and sell something before the count is closed."""
        count_id = uuid.UUID(int=self._chance.getrandbits(128))
        self._try(
            "count",
            lambda db, box: counting.begin_count(db, box, CLERK, count_id=count_id, reason="cycle"),
        )
        for item_id in self._chance.sample(ITEM_IDS, 2):
            there = max(0, counts.read_book(self.machine.db, SELLABLE, item_id, ""))
            found = max(0, there + self._chance.choice([0, -MILLI, MILLI]))
            self._count_line(count_id, Counted(item_id, found))
        self._sell_basket()
        self._do(
            "count",
            lambda db, box, no: counting.close_count(db, box, CLERK, count_id, fact_id=no),
        )

    def _count_line(self, count_id: uuid.UUID, counted: Counted) -> None:
        self._try("count", lambda db, box: counting.count_line(db, box, CLERK, count_id, counted))

    def _adjust(self) -> None:
        reason, source, target = self._chance.choice(ADJUSTMENTS)
        adjustment = Adjustment(self._chance.choice(ITEM_IDS), MILLI, source, target)
        correction = Correction(reason, [adjustment])
        self._do(
            "adjustment",
            lambda db, box, no: adjustments.adjust_stock(db, box, CLERK, correction, fact_id=no),
        )

    def _is_new(self, step: str, number: str) -> bool:
        if (step, number) in self._done:
            return False
        self._done.add((step, number))
        return True


ADJUSTMENTS = (
    (AdjustmentReason.MOVED, SELLABLE, DAMAGED),
    (AdjustmentReason.DAMAGED, DAMAGED, None),
    (AdjustmentReason.FOUND, None, SELLABLE),
    (AdjustmentReason.EXPIRED, SELLABLE, None),
    (AdjustmentReason.LOST, SELLABLE, None),
)
WORKS: dict[Callable[[Shop], object], float] = {
    Shop._sell_basket: 10,  # noqa: SLF001 - this table is part of the class
    Shop._ring_up: 1,  # noqa: SLF001 - as above
    Shop._bring_back: 3,  # noqa: SLF001 - as above
    Shop._bring_back_from_anywhere: 2,  # noqa: SLF001 - as above
    Shop.answer_headquarters: 2,
    Shop._handle_order: 3,  # noqa: SLF001 - as above
    Shop._return_to_supplier: 0.3,  # noqa: SLF001 - as above
    Shop._count: 0.5,  # noqa: SLF001 - as above
    Shop._adjust: 1,  # noqa: SLF001 - as above
    Shop._move_cash: 0.4,  # noqa: SLF001 - as above
    Shop._change_shift: 0.3,  # noqa: SLF001 - as above
}
"""What happens in a store, and how often."""
