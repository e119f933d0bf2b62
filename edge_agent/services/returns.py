"""Goods brought back: returns and exchanges at the counter, each one ticket in one transaction."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Sequence

from edge_agent.services.box import Box, Operator
from edge_agent.services.facts import write_fact
from edge_agent.services.passed_sales import SaleHere, find_sale_here
from edge_agent.services.return_errors import (
    ReceiptNotFoundError,
    ReturnPriceError,
    SaleLineNotFoundError,
)
from edge_agent.services.seat import Seat
from edge_agent.services.wallet_errors import WalletOverpaidError
from edge_agent.services.wallet_payments import (
    ask_refunds,
    owe_refunds,
    read_paid,
    require_by_code,
    settle_payments,
)
from edge_agent.store import journal, trading
from edge_agent.store.database import write_transaction
from edge_agent.store.projections import read_receipt_no
from edge_agent.store.sqlite_library import Connection
from retail_domain.catalog.quantity import require_quantity
from retail_domain.errors import TicketEmptyError
from retail_domain.labels.fill import show_yuan
from retail_domain.trade.approval import Approval
from retail_domain.trade.fact import Fact
from retail_domain.trade.refund import (
    GoodsBack,
    return_line,
    return_without_receipt,
    rounding_back_fen,
)
from retail_domain.trade.sale_code import parse_sale_code
from retail_domain.trade.tender import TenderKind, settle_tenders
from retail_domain.trade.ticket import SaleOrigin, Ticket, TicketLine, sale_lines

TYPED_RECEIPT = re.compile(r"(?P<register_no>[0-9A-Za-z]{1,20})-(?P<receipt_no>[0-9]{1,12})")
"""A receipt as a person types it: register and number."""


@dataclasses.dataclass(frozen=True, slots=True)
class BroughtBack:
    """Goods with the receipt that they were sold on."""

    sale_id: uuid.UUID
    """fact_id of the ticket; in the receipt's code."""
    sale_line_no: int
    goods: GoodsBack


@dataclasses.dataclass(frozen=True, slots=True)
class BroughtBackWithoutReceipt:
    """Goods at a price that somebody with the right to it decided."""

    item_id: int
    unit_price_fen: int
    goods: GoodsBack


Back = BroughtBack | BroughtBackWithoutReceipt


@dataclasses.dataclass(frozen=True, slots=True)
class ExchangeWish:
    """What a customer wants at the counter."""

    back: Sequence[Back]
    """A line of a sale may come in several parts."""
    offered: Sequence[tuple[TenderKind, int]] | TenderKind
    """Kinds and amounts handed over, or to the customer; a kind alone settles exactly."""
    approvals: tuple[Approval, ...] = ()
    """Who let it happen."""


@dataclasses.dataclass(frozen=True, slots=True)
class Exchange:
    """What comes back and what is bought for it, before it is settled."""

    lines: tuple[TicketLine, ...]
    rounding_fen: int

    @property
    def due_fen(self) -> int:
        """By the customer; below 0 to the customer."""
        return sum(line.amount_fen for line in self.lines) - self.rounding_fen


def price_exchange(db: Connection, box: Box, seat: Seat, back: Sequence[Back]) -> Exchange:
    """Say what an exchange comes to; nothing is written.

    Raises:
        RetailError: as `exchange`, but for the tenders.
    """
    counter = _Counter(db, box)
    returned = [counter.take_back(line_no, one) for line_no, one in enumerate(back, start=1)]
    sold = [
        dataclasses.replace(line, line_no=len(returned) + line.line_no)
        for line in sale_lines(seat.ticket)
    ]
    if not returned and not sold:
        raise TicketEmptyError
    return Exchange((*returned, *sold), -counter.rounding_fen)


def exchange(
    db: Connection,
    box: Box,
    seat: Seat,
    wish: ExchangeWish,
    *,
    fact_id: uuid.UUID,
) -> Fact:
    """Take goods back, and sell what the seat's ticket holds, as one fact.

    Every line comes back at what was paid for it, with its tax; all returns of a line together
    never exceed it. A repeated fact_id changes nothing. The caller empties the open ticket.

    Args:
        db: the box's database.
        box: its clock gives the instant.
        seat: register and staff; its ticket holds what is bought.
        wish: what is brought, and how it is settled.
        fact_id: of the ticket.

    Raises:
        SaleNotFoundError, SalePassedOnError, SaleUnreadableError, SaleLineNotFoundError
        ReturnTooLargeError, TicketEmptyError
        RetailError: the rules of quantities and tenders.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        return write_exchange(db, box, seat, wish, fact_id=fact_id)


def write_exchange(
    db: Connection,
    box: Box,
    seat: Seat,
    wish: ExchangeWish,
    *,
    fact_id: uuid.UUID | None = None,
) -> Fact:
    """Do what `exchange` does, inside write_transaction().

    What wallets paid for the register's ticket before goes into it.

    Raises:
        WalletPendingError: a payment is not known to be made.
        WalletOverpaidError: more was paid than is due.
        RetailError: as `exchange`.
    """
    priced, offered = price_exchange(db, box, seat, wish.back), wish.offered
    paid = read_paid(db, seat.register_no)
    paid_fen = sum(tender.amount_fen for tender in paid)
    if paid_fen > max(0, priced.due_fen):
        raise WalletOverpaidError(
            paid_yuan=show_yuan(paid_fen), due_yuan=show_yuan(max(0, priced.due_fen))
        )
    rest_fen = priced.due_fen - paid_fen
    if isinstance(offered, TenderKind):
        offered = ((offered, abs(rest_fen)),)
    if rest_fen > 0:
        require_by_code(box, tuple(offered))
    tenders, _change_fen = settle_tenders(rest_fen, offered)
    ticket = Ticket(
        receipt_no=read_receipt_no(db, seat.register_no) + 1,
        prices=box.lists(db).prices,
        lines=priced.lines,
        tenders=(*paid, *tenders),
        rounding_fen=priced.rounding_fen,
        approvals=wish.approvals,
    )
    causes = tuple(sorted({one.sale_id for one in wish.back if isinstance(one, BroughtBack)}))
    ticket = owe_refunds(db, box, ticket, causes)
    operator = Operator(seat.staff_no, seat.register_no)
    fact = write_fact(db, box, operator, ticket, fact_id=fact_id, causes=causes)
    settle_payments(db, box, seat.register_no, fact)
    ask_refunds(db, box, fact)
    return fact


def refunded_fen(db: Connection, box: Box, back: Sequence[Back]) -> int:
    """What the goods that are brought back were paid with, whatever is bought for it.

    Raises:
        RetailError: as `price_exchange`.
    """
    counter = _Counter(db, box)
    return -sum(
        counter.take_back(line_no, one).amount_fen for line_no, one in enumerate(back, start=1)
    )


def unreceipted_fen(db: Connection, staff_no: str) -> int:
    """What somebody took back without a receipt since the last close of a day, in fen.

    Reads the facts since then, some thousand at most.
    """
    day = trading.read_trading_day(db)
    sum_fen = 0
    for fact, _body, _head in journal.iterate_facts(db, after=(day.epoch, day.seq)):
        ticket = fact.happening.payload
        if fact.happening.staff_no == staff_no and isinstance(ticket, Ticket):
            sum_fen -= sum(
                line.amount_fen for line in ticket.lines if line.is_return and line.origin is None
            )
    return sum_fen


def find_sale(db: Connection, code: str) -> uuid.UUID:
    """Which sale a receipt's code names, or `register-receipt` as it stands on the paper.

    Raises:
        ReceiptNotFoundError: neither, or not one of this store's newest.
    """
    fact_id = parse_sale_code(code)
    if fact_id is not None:
        return fact_id
    typed = TYPED_RECEIPT.fullmatch(code.strip())
    fact = None
    if typed is not None:
        fact = journal.find_ticket(db, typed["register_no"], int(typed["receipt_no"]))
    if fact is None:
        raise ReceiptNotFoundError(code=code.strip())
    return fact.happening.fact_id


@dataclasses.dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a sale, with what may still come back of it."""

    line: TicketLine
    left_milli: int


def read_sale(db: Connection, store: str, sale_id: uuid.UUID) -> tuple[Fact, tuple[SoldLine, ...]]:
    """A sale as the counter of a store sees it.

    Raises:
        SaleNotFoundError, SalePassedOnError, SaleUnreadableError
    """
    here = find_sale_here(db, store, sale_id)
    return here.fact, tuple(
        SoldLine(line, line.quantity_milli - here.returned_milli(line.line_no))
        for line in here.ticket.lines
        if not line.is_return
    )


class _Counter:
    """What of each sale came back, before and in this exchange."""

    def __init__(self, db: Connection, box: Box) -> None:
        self._db, self._box = db, box
        self._sales: dict[uuid.UUID, SaleHere] = {}
        self._returned_milli: dict[tuple[uuid.UUID, int], int] = {}
        self._refunded_fen: dict[uuid.UUID, int] = {}
        self.rounding_fen = 0
        """Not paid out, because it was rounded away at the sales."""

    def take_back(self, line_no: int, one: Back) -> TicketLine:
        """Make the line of one part."""
        if isinstance(one, BroughtBackWithoutReceipt):
            listed = self._box.lists(self._db).find(one.item_id)
            item, list_price_fen = listed.item, listed.unit_price_fen
            require_quantity(one.goods.quantity_milli, item.unit_of_measure, item.name)
            if list_price_fen is None or one.unit_price_fen > list_price_fen:
                raise ReturnPriceError(name=item.name, limit_yuan=show_yuan(list_price_fen or 0))
            return return_without_receipt(line_no, item, one.unit_price_fen, one.goods)
        here = self._find(one.sale_id)
        sale = here.ticket
        sold = self._find_line(sale, one.sale_line_no)
        key = (one.sale_id, one.sale_line_no)
        origin = SaleOrigin(here.fact.position.store, *key)
        before_milli = self._returned_milli.get(key, 0)
        line = return_line(line_no, origin, sold, one.goods, before_milli=before_milli)
        self._returned_milli[key] = before_milli + one.goods.quantity_milli
        refunding_fen, refunded_fen = -line.amount_fen, self._refunded_fen[one.sale_id]
        if refunding_fen:
            self.rounding_fen += rounding_back_fen(
                sale, refunded_fen=refunded_fen, refunding_fen=refunding_fen
            )
        self._refunded_fen[one.sale_id] = refunded_fen + refunding_fen
        return line

    def _find(self, sale_id: uuid.UUID) -> SaleHere:
        if sale_id not in self._sales:
            here = find_sale_here(self._db, self._box.identity.store, sale_id)
            self._sales[sale_id] = here
            self._refunded_fen[sale_id] = sum(one.refunded_fen for one in here.returned.values())
            for line_no, one in here.returned.items():
                self._returned_milli[sale_id, line_no] = one.milli
        return self._sales[sale_id]

    def _find_line(self, sale: Ticket, line_no: int) -> TicketLine:
        if not 1 <= line_no <= len(sale.lines) or sale.lines[line_no - 1].is_return:
            raise SaleLineNotFoundError(receipt_no=sale.receipt_no, line_no=line_no)
        return sale.lines[line_no - 1]
