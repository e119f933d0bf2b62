"""The ticket as a fact: what was sold at which price and tax, and how it was paid."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

from retail_domain.catalog.item import TaxRate
from retail_domain.errors import TicketEmptyError
from retail_domain.rounding import multiply_price
from retail_domain.stock.movement import StockState
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.tax import allocate_tax
from retail_domain.trade.tender import Tender, TenderKind, settle_tenders


@dataclasses.dataclass(frozen=True, slots=True)
class FeedPosition:
    """Which documents were known: the hub's generation and the version of the feed's scope."""

    generation: int
    version: int


@dataclasses.dataclass(frozen=True, slots=True)
class TicketLine:
    """One line as it was sold. Headquarters never computes it again."""

    line_no: int
    """From 1, without gaps, in the order of the receipt."""
    item_id: int
    state: StockState
    lot: str
    scanned_code: str
    """What the scanner read, kept for audit; nothing branches on it."""
    quantity_milli: int
    """+ sold, - brought back."""
    list_price_fen: int
    unit_price_fen: int
    discount_fen: int
    amount_fen: int
    """Paid for the line, tax included: price times quantity, less the discount."""
    tax_rate: TaxRate
    tax_fen: int
    """Contained in amount_fen; the residue of the ticket is already placed."""

    def __post_init__(self) -> None:
        gross_fen = multiply_price(self.unit_price_fen, self.quantity_milli)
        assert self.amount_fen == gross_fen - self.discount_fen, self


@dataclasses.dataclass(frozen=True, slots=True)
class Ticket:
    """Payload of a ticket fact."""

    receipt_no: int
    """Of the store's register, from 1, without gaps; printed."""
    prices: FeedPosition
    """The price list that was in force."""
    lines: tuple[TicketLine, ...]
    tenders: tuple[Tender, ...]

    def __post_init__(self) -> None:
        assert self.receipt_no >= 1
        assert [line.line_no for line in self.lines] == list(range(1, len(self.lines) + 1))
        assert sum(tender.amount_fen for tender in self.tenders) == self.amount_fen

    @property
    def amount_fen(self) -> int:
        """What the ticket comes to, tax included."""
        return sum(line.amount_fen for line in self.lines)

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
) -> Ticket:
    """Price, tax and settle a rung-up ticket.

    Raises:
        TicketEmptyError: no lines.
        RetailError: the rules of `settle_tenders`.
    """
    if not ticket.lines:
        raise TicketEmptyError
    amounts_fen = [line.amount_fen for line in ticket.lines]
    tenders, _change_fen = settle_tenders(sum(amounts_fen), offered)
    rates = [line.tax_rate for line in ticket.lines]
    taxes_fen = allocate_tax(list(zip(rates, amounts_fen, strict=True)))
    lines = tuple(
        TicketLine(
            line_no=line_no,
            item_id=line.item_id,
            state=StockState.SELLABLE,
            lot="",
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
    return Ticket(receipt_no, prices, lines, tenders)
