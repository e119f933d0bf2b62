"""A ticket as the books read it, column by column: most of what headquarters posts are tickets."""

from __future__ import annotations

import dataclasses
import datetime
import operator
import uuid
from collections.abc import Mapping

from retail_domain.catalog.item import OPEN_ITEM_ID_MIN
from retail_domain.rounding import multiply_price
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Happening
from retail_domain.trade.tender import Tender
from retail_domain.trade.ticket import SaleOrigin, Ticket

Numbers = tuple[int, ...]
"""One value a line, in the order of the receipt."""


@dataclasses.dataclass(frozen=True, slots=True)
class TicketColumns:
    """A ticket fact without what the books do not ask for; judged as `Ticket` and its lines are.

    An object a line takes three times as long to make as the line takes to post.
    """

    fact_id: uuid.UUID
    business_date: datetime.date
    register_no: str
    receipt_no: int
    item_ids: Numbers
    states: tuple[StockState, ...]
    lots: tuple[str, ...]
    quantities_milli: Numbers
    """+ sold, - brought back; never 0."""
    unit_prices_fen: Numbers
    discounts_fen: Numbers
    amounts_fen: Numbers
    taxes_fen: Numbers
    origins: Mapping[int, SaleOrigin]
    """By line_no, from 1: where goods brought back with their receipt were sold."""
    tenders: tuple[Tender, ...]
    rounding_fen: int

    def __post_init__(self) -> None:
        gross_fen = map(multiply_price, self.unit_prices_fen, self.quantities_milli)
        paid_fen = map(operator.sub, gross_fen, self.discounts_fen)
        assert self.receipt_no >= 1
        assert self.amounts_fen == tuple(paid_fen), self
        assert all(self.quantities_milli), self
        assert all(self.quantities_milli[line_no - 1] < 0 for line_no in self.origins), self
        tendered_fen = sum([tender.amount_fen for tender in self.tenders])
        assert tendered_fen == self.amount_fen - self.rounding_fen, self

    @property
    def amount_fen(self) -> int:
        """What the lines come to, tax included; below 0 when more was brought back than sold."""
        return sum(self.amounts_fen)

    @property
    def tax_fen(self) -> int:
        """The tax in it."""
        return sum(self.taxes_fen)

    @property
    def has_open_items(self) -> bool:
        """Whether a line is of goods whose code nobody knows: it moves no stock."""
        return max(self.item_ids, default=0) >= OPEN_ITEM_ID_MIN


def columns_of(happening: Happening) -> TicketColumns:
    """Read a ticket fact column by column."""
    ticket = happening.payload
    assert isinstance(ticket, Ticket)
    lines = ticket.lines
    return TicketColumns(
        fact_id=happening.fact_id,
        business_date=happening.business_date,
        register_no=happening.register_no,
        receipt_no=ticket.receipt_no,
        item_ids=tuple(line.item_id for line in lines),
        states=tuple(line.state for line in lines),
        lots=tuple(line.lot for line in lines),
        quantities_milli=tuple(line.quantity_milli for line in lines),
        unit_prices_fen=tuple(line.unit_price_fen for line in lines),
        discounts_fen=tuple(line.discount_fen for line in lines),
        amounts_fen=tuple(line.amount_fen for line in lines),
        taxes_fen=tuple(line.tax_fen for line in lines),
        origins={line.line_no: line.origin for line in lines if line.origin is not None},
        tenders=ticket.tenders,
        rounding_fen=ticket.rounding_fen,
    )
