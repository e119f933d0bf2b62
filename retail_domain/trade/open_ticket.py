"""The ticket while it is rung up: pure steps from one state to the next. Nothing is sold yet."""

from __future__ import annotations

import dataclasses

from retail_domain.catalog.item import WHOLE_UNITS, Item, Price, TaxRate, UnitOfMeasure
from retail_domain.catalog.quantity import require_quantity
from retail_domain.errors import (
    AmountOutOfRangeError,
    DiscountTooLargeError,
    LineNotFoundError,
    TicketFullError,
)
from retail_domain.rounding import multiply_price, split_by_largest_remainder
from retail_domain.trade.approval import Approval
from retail_domain.trade.tax import allocate_tax

TICKET_LINES_MAX = 1_000
"""A ticket is one fact, and a fact must fit a batch of 256 kB: about 80 bytes a line."""
LINE_FEN_MAX = 1_000_000_000_000
"""Ten billion yuan a line: 1,000 such lines still fit int64 a thousand times."""


@dataclasses.dataclass(frozen=True, slots=True)
class OpenLine:
    """One line as the cashier sees it."""

    line_id: int
    """Of this open ticket, from 1, never used twice in it."""
    item_id: int
    name: str
    name_en: str
    scanned_code: str
    unit_of_measure: UnitOfMeasure
    tax_rate: TaxRate
    quantity_milli: int
    list_price_fen: int
    """The price list's, a stock unit, VAT included."""
    unit_price_fen: int
    """What is charged; differs from the list after a price override."""
    discount_fen: int = 0
    """Taken off this line, not negative."""
    lot: str = ""
    """`lot_no|expiry` as read of the goods, empty when they carry none."""

    @property
    def gross_fen(self) -> int:
        """Price times quantity, before the discount."""
        return multiply_price(self.unit_price_fen, self.quantity_milli)

    @property
    def amount_fen(self) -> int:
        """What the customer pays for the line, tax included."""
        return multiply_price(self.unit_price_fen, self.quantity_milli) - self.discount_fen


@dataclasses.dataclass(frozen=True, slots=True)
class OpenTicket:
    """Lines in the order in which they were added."""

    lines: tuple[OpenLine, ...] = ()
    next_line_id: int = 1
    approvals: tuple[Approval, ...] = ()
    """What somebody else let the cashier do; goes into the ticket's fact."""

    @property
    def due_fen(self) -> int:
        """What the lines come to, tax included."""
        return sum([line.amount_fen for line in self.lines])

    def approvals_by_line_no(self, lines_before: int = 0) -> tuple[Approval, ...]:
        """Approvals by the lines' place on the receipt, after so many other lines."""
        if not self.approvals:
            return ()
        first = lines_before + 1
        line_nos = {line.line_id: line_no for line_no, line in enumerate(self.lines, first)}
        return tuple(
            dataclasses.replace(one, approved_line_no=line_nos.get(one.approved_line_no, 0))
            for one in self.approvals
        )

    def line(self, line_id: int) -> OpenLine:
        """Find a line.

        Raises:
            LineNotFoundError: removed, or never there.
        """
        for line in self.lines:
            if line.line_id == line_id:
                return line
        raise LineNotFoundError(line_id=line_id)


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """What the screen and the receipt show under the lines; every figure sums the lines."""

    line_count: int
    quantity_milli: int
    gross_fen: int
    discount_fen: int
    amount_fen: int
    """Due, tax included."""
    tax_fen: int


def total(ticket: OpenTicket) -> Totals:
    """Add the lines up."""
    taxes_fen = allocate_tax([(line.tax_rate, line.amount_fen) for line in ticket.lines])
    return Totals(
        line_count=len(ticket.lines),
        quantity_milli=sum(line.quantity_milli for line in ticket.lines),
        gross_fen=sum(line.gross_fen for line in ticket.lines),
        discount_fen=sum(line.discount_fen for line in ticket.lines),
        amount_fen=ticket.due_fen,
        tax_fen=sum(taxes_fen),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """An item with the price it is sold at now, and how it was found."""

    item: Item
    price: Price
    scanned_code: str = ""
    lot: str = ""
    """`lot_no|expiry` as read of the code."""


def add_item(
    ticket: OpenTicket,
    offer: Offer,
    quantity_milli: int,
    *,
    unit_price_fen: int | None = None,
    discount_fen: int = 0,
) -> tuple[OpenTicket, int]:
    """Add goods; pieces of the same item at the same price join their line.

    Args:
        ticket: the state before.
        offer: what was scanned or chosen.
        quantity_milli: above 0.
        unit_price_fen: instead of the list price (a price override); such a line stands alone.
        discount_fen: taken off a line that stands alone.

    Returns:
        The state after, and the line that changed.

    Raises:
        RetailError: the quantity rules of `require_quantity`, TicketFullError,
            DiscountTooLargeError, AmountOutOfRangeError.
    """
    if unit_price_fen is None:
        assert discount_fen == 0, "a discount is for one line alone"
        for line in ticket.lines:
            if _joins(line, offer):
                return set_quantity(ticket, line.line_id, line.quantity_milli + quantity_milli)
    if len(ticket.lines) >= TICKET_LINES_MAX:
        raise TicketFullError(limit=TICKET_LINES_MAX)
    item = offer.item
    charged_fen = offer.price.unit_price_fen if unit_price_fen is None else unit_price_fen
    line = OpenLine(
        line_id=ticket.next_line_id,
        item_id=item.item_id,
        name=item.name,
        name_en=item.name_en,
        scanned_code=offer.scanned_code,
        unit_of_measure=item.unit_of_measure,
        tax_rate=item.tax_rate,
        quantity_milli=quantity_milli,
        list_price_fen=offer.price.unit_price_fen,
        unit_price_fen=charged_fen,
        discount_fen=discount_fen,
        lot=offer.lot,
    )
    _require_line(line)
    after = OpenTicket((*ticket.lines, line), ticket.next_line_id + 1, ticket.approvals)
    return after, line.line_id


def set_quantity(ticket: OpenTicket, line_id: int, quantity_milli: int) -> tuple[OpenTicket, int]:
    """Change how much of a line is sold.

    Its discount stays when the quantity grows and shrinks with it: what was allowed for ten is
    not allowed for one.

    Raises:
        RetailError: LineNotFoundError, the quantity rules, AmountOutOfRangeError.
    """
    before = ticket.line(line_id)
    line = dataclasses.replace(before, quantity_milli=quantity_milli)
    if before.discount_fen and 0 < quantity_milli < before.quantity_milli:
        discount_fen = before.discount_fen * line.gross_fen // before.gross_fen
        line = dataclasses.replace(line, discount_fen=discount_fen)
    _require_line(line)
    return _replace(ticket, line), line_id


def set_discount(ticket: OpenTicket, line_id: int, discount_fen: int) -> tuple[OpenTicket, int]:
    """Take an amount off a line.

    Raises:
        RetailError: LineNotFoundError, DiscountTooLargeError, AmountOutOfRangeError.
    """
    line = dataclasses.replace(ticket.line(line_id), discount_fen=discount_fen)
    _require_line(line)
    return _replace(ticket, line), line_id


def set_price(ticket: OpenTicket, line_id: int, unit_price_fen: int) -> tuple[OpenTicket, int]:
    """Charge another price than the list's for a line; its discount goes.

    Raises:
        RetailError: LineNotFoundError, AmountOutOfRangeError.
    """
    line = ticket.line(line_id)
    line = dataclasses.replace(line, unit_price_fen=unit_price_fen, discount_fen=0)
    _require_line(line)
    return _replace(ticket, line), line_id


def discount_ticket(ticket: OpenTicket, discount_fen: int) -> OpenTicket:
    """Take an amount off the whole ticket, shared by what each line costs before discount.

    It takes the place of all discounts on the lines, so 0 takes them back.

    Raises:
        DiscountTooLargeError: above what the lines cost, or below 0.
    """
    grosses_fen = [line.gross_fen for line in ticket.lines]
    if not 0 <= discount_fen <= sum(grosses_fen):
        raise DiscountTooLargeError(discount_fen=discount_fen, gross_fen=sum(grosses_fen))
    shares_fen = split_by_largest_remainder(discount_fen, grosses_fen)
    lines = tuple(
        dataclasses.replace(line, discount_fen=share_fen)
        for line, share_fen in zip(ticket.lines, shares_fen, strict=True)
    )
    return dataclasses.replace(ticket, lines=lines)


def approve(ticket: OpenTicket, approval: Approval) -> OpenTicket:
    """Note who let something happen; an approval of the same thing takes the older one's place."""
    kept = tuple(
        old
        for old in ticket.approvals
        if (old.right, old.approved_line_no) != (approval.right, approval.approved_line_no)
    )
    return dataclasses.replace(ticket, approvals=(*kept, approval))


def remove_line(ticket: OpenTicket, line_id: int) -> OpenTicket:
    """Take a line off.

    Raises:
        LineNotFoundError: it is not there.
    """
    gone = ticket.line(line_id)
    return dataclasses.replace(
        ticket,
        lines=tuple(line for line in ticket.lines if line is not gone),
        approvals=tuple(one for one in ticket.approvals if one.approved_line_no != line_id),
    )


def _joins(line: OpenLine, offer: Offer) -> bool:
    return (
        line.item_id == offer.item.item_id
        and line.unit_of_measure in WHOLE_UNITS
        and line.unit_price_fen == line.list_price_fen == offer.price.unit_price_fen
        and line.scanned_code == offer.scanned_code
        and line.lot == offer.lot
        and line.discount_fen == 0
    )


def _replace(ticket: OpenTicket, line: OpenLine) -> OpenTicket:
    lines = tuple(line if old.line_id == line.line_id else old for old in ticket.lines)
    return dataclasses.replace(ticket, lines=lines)


def _require_line(line: OpenLine) -> None:
    require_quantity(line.quantity_milli, line.unit_of_measure, line.name)
    gross_fen = multiply_price(line.unit_price_fen, line.quantity_milli)
    for amount_fen in (line.unit_price_fen, gross_fen, line.discount_fen):
        if not 0 <= amount_fen <= LINE_FEN_MAX:
            raise AmountOutOfRangeError(amount_fen=amount_fen, limit_fen=LINE_FEN_MAX)
    if line.discount_fen > gross_fen:
        raise DiscountTooLargeError(discount_fen=line.discount_fen, gross_fen=gross_fen)
