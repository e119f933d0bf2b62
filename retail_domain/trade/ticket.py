"""The ticket as a fact: what was sold and brought back, at which price and tax, and how paid."""

from __future__ import annotations

import dataclasses
import itertools
import uuid
from collections.abc import Sequence

from retail_domain.catalog.item import TaxRate
from retail_domain.errors import TicketEmptyError
from retail_domain.rounding import multiply_price
from retail_domain.stock.movement import StockState
from retail_domain.trade.approval import Approval
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.tax import allocate_tax
from retail_domain.trade.tender import Tender, TenderKind, round_cash_fen, settle_tenders


@dataclasses.dataclass(frozen=True, slots=True)
class FeedPosition:
    """Which documents were known: the hub's generation and the version of the feed's scope."""

    generation: int
    version: int


@dataclasses.dataclass(frozen=True, slots=True)
class SaleOrigin:
    """The line of an earlier ticket that goods brought back were sold on."""

    store: str
    fact_id: uuid.UUID
    """Of the ticket; printed on its receipt."""
    sale_line_no: int

    def __post_init__(self) -> None:
        assert self.store
        assert self.sale_line_no >= 1


@dataclasses.dataclass(frozen=True, slots=True)
class TicketLine:
    """One line as it was sold or taken back. Headquarters never computes it again."""

    line_no: int
    """From 1, without gaps, in the order of the receipt."""
    item_id: int
    state: StockState
    """Where the goods come from, or, brought back, where they go."""
    lot: str
    scanned_code: str
    """What the scanner read, kept for audit; nothing branches on it."""
    quantity_milli: int
    """+ sold, - brought back; never 0."""
    list_price_fen: int
    unit_price_fen: int
    discount_fen: int
    """Signed like the quantity: a return gives back what was taken off."""
    amount_fen: int
    """Paid for the line, tax included: price times quantity, less the discount."""
    tax_rate: TaxRate
    tax_fen: int
    """Contained in amount_fen; the residue of the ticket is already placed."""
    origin: SaleOrigin | None = None
    """Of goods brought back with their receipt; None for a sale, and for a return without one."""
    reason: str = ""
    """Of a return: a code of the store's list, such as `damaged`."""

    def __post_init__(self) -> None:
        gross_fen = multiply_price(self.unit_price_fen, self.quantity_milli)
        assert self.amount_fen == gross_fen - self.discount_fen, self
        assert self.quantity_milli != 0, self
        assert self.origin is None or self.quantity_milli < 0, self

    @property
    def is_return(self) -> bool:
        """Whether goods came back."""
        return self.quantity_milli < 0


@dataclasses.dataclass(frozen=True, slots=True)
class Ticket:
    """Payload of a ticket fact: sales and returns in one, so that an exchange is one fact."""

    receipt_no: int
    """Of the store's register, from 1, without gaps; printed."""
    prices: FeedPosition
    """The price list that was in force."""
    lines: tuple[TicketLine, ...]
    tenders: tuple[Tender, ...]
    rounding_fen: int = 0
    """Dropped in the customer's favour (抹零); below 0 when a return takes it back."""
    approvals: tuple[Approval, ...] = ()

    def __post_init__(self) -> None:
        assert self.receipt_no >= 1
        assert [line.line_no for line in self.lines] == list(range(1, len(self.lines) + 1))
        assert sum(tender.amount_fen for tender in self.tenders) == self.due_fen

    @property
    def amount_fen(self) -> int:
        """What the lines come to, tax included; below 0 when more was brought back than sold."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def due_fen(self) -> int:
        """What the tenders settle: the amount less what was rounded away."""
        return self.amount_fen - self.rounding_fen

    @property
    def tax_fen(self) -> int:
        """The tax in it: the sum of the lines."""
        return sum(line.tax_fen for line in self.lines)

    @property
    def change_fen(self) -> int:
        """Handed back, in cash."""
        return sum(tender.given_fen - tender.amount_fen for tender in self.tenders)


def close_ticket(
    ticket: OpenTicket,
    offered: Sequence[tuple[TenderKind, int]],
    *,
    receipt_no: int,
    prices: FeedPosition,
    paid: tuple[Tender, ...] = (),
    rounding_unit_fen: int = 0,
) -> Ticket:
    """Price, tax and settle a rung-up ticket.

    Args:
        ticket: what was rung up.
        offered: what is handed over now.
        receipt_no: of the register.
        prices: which list was in force.
        paid: through a provider, before; the rest is due.
        rounding_unit_fen: what cash is rounded down to.

    Raises:
        TicketEmptyError: no lines.
        RetailError: the rules of `settle_tenders`.
    """
    if not ticket.lines:
        raise TicketEmptyError
    lines = sale_lines(ticket)
    due_fen = sum([line.amount_fen for line in lines]) - sum([one.amount_fen for one in paid])
    rounding_fen = round_cash_fen(due_fen, offered, rounding_unit_fen)
    tenders, _change_fen = settle_tenders(due_fen - rounding_fen, offered)
    return Ticket(
        receipt_no,
        prices,
        lines,
        (*paid, *tenders),
        rounding_fen,
        approvals=ticket.approvals_by_line_no(),
    )


def sale_lines(ticket: OpenTicket) -> tuple[TicketLine, ...]:
    """The lines of a rung-up ticket as they are sold, with the ticket's tax placed on them."""
    amounts_fen = [line.amount_fen for line in ticket.lines]
    rates = [line.tax_rate for line in ticket.lines]
    taxes_fen = allocate_tax(list(zip(rates, amounts_fen, strict=True)))
    return tuple(
        TicketLine(
            line_no=line_no,
            item_id=line.item_id,
            state=StockState.SELLABLE,
            lot=line.lot,
            scanned_code=line.scanned_code,
            quantity_milli=line.quantity_milli,
            list_price_fen=line.list_price_fen,
            unit_price_fen=line.unit_price_fen,
            discount_fen=line.discount_fen,
            amount_fen=amount_fen,
            tax_rate=line.tax_rate,
            tax_fen=tax_fen,
        )
        for line_no, line, amount_fen, tax_fen in zip(
            itertools.count(1), ticket.lines, amounts_fen, taxes_fen, strict=False
        )
    )
