"""Receipts: a closed ticket as it is shown and printed, always from the committed fact."""

from __future__ import annotations

import dataclasses
import datetime
import uuid

from edge_agent.services.box import Box
from edge_agent.services.catalog import Lists
from edge_agent.store import journal
from edge_agent.store.sqlite_library import Connection
from retail_domain.catalog.item import Item
from retail_domain.errors import UnknownItemError
from retail_domain.trade.fact import Fact
from retail_domain.trade.open_ticket import Totals
from retail_domain.trade.tender import Tender
from retail_domain.trade.ticket import Ticket, TicketLine


@dataclasses.dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt, with the names of today's item list."""

    line_id: int
    item_id: int
    name: str
    name_en: str
    scanned_code: str
    unit_of_measure: str
    quantity_milli: int
    list_price_fen: int
    unit_price_fen: int
    discount_fen: int
    amount_fen: int
    lot: str
    """`lot_no|expiry` as read of the goods, empty when they carry none."""


@dataclasses.dataclass(frozen=True, slots=True)
class Receipt:
    """What the customer gets."""

    receipt_no: int
    fact_id: uuid.UUID
    sold_at: datetime.datetime
    business_date: datetime.date
    store: str
    store_name: str
    store_name_en: str
    register_no: str
    staff_no: str
    lines: tuple[ReceiptLine, ...]
    totals: Totals
    tenders: tuple[Tender, ...]
    rounding_fen: int
    """Dropped in the customer's favour; below 0 when a return takes it back."""
    change_fen: int


def make_receipt(db: Connection, box: Box, fact: Fact) -> Receipt:
    """Lay out a ticket fact."""
    happening, ticket = fact.happening, fact.happening.payload
    assert isinstance(ticket, Ticket)
    lists = box.lists(db)
    gross_fen = sum(line.amount_fen + line.discount_fen for line in ticket.lines)
    return Receipt(
        receipt_no=ticket.receipt_no,
        fact_id=happening.fact_id,
        sold_at=happening.wall_at,
        business_date=happening.business_date,
        store=box.identity.store,
        store_name=box.identity.store_name,
        store_name_en=box.identity.store_name_en,
        register_no=happening.register_no,
        staff_no=happening.staff_no,
        lines=tuple(_line(lists, line) for line in ticket.lines),
        totals=Totals(
            line_count=len(ticket.lines),
            quantity_milli=sum(line.quantity_milli for line in ticket.lines),
            gross_fen=gross_fen,
            discount_fen=gross_fen - ticket.amount_fen,
            amount_fen=ticket.amount_fen,
            tax_fen=ticket.tax_fen,
        ),
        tenders=ticket.tenders,
        rounding_fen=ticket.rounding_fen,
        change_fen=ticket.change_fen,
    )


def read_receipt(db: Connection, box: Box, fact_id: uuid.UUID) -> Receipt | None:
    """The receipt of a ticket of this store, None when there is no such fact."""
    fact = journal.find_fact(db, fact_id)
    if fact is None or not isinstance(fact.happening.payload, Ticket):
        return None
    return make_receipt(db, box, fact)


def read_last_receipt(db: Connection, box: Box, register_no: str) -> Receipt | None:
    """The register's newest receipt."""
    fact = journal.read_last_ticket(db, register_no)
    return None if fact is None else make_receipt(db, box, fact)


def _line(lists: Lists, line: TicketLine) -> ReceiptLine:
    item = _find_item(lists, line.item_id)
    return ReceiptLine(
        line_id=line.line_no,
        item_id=line.item_id,
        name=str(line.item_id) if item is None else item.name,
        name_en=str(line.item_id) if item is None else item.name_en,
        scanned_code=line.scanned_code,
        unit_of_measure="piece" if item is None else item.unit_of_measure.value,
        quantity_milli=line.quantity_milli,
        list_price_fen=line.list_price_fen,
        unit_price_fen=line.unit_price_fen,
        discount_fen=line.discount_fen,
        amount_fen=line.amount_fen,
        lot=line.lot,
    )


def _find_item(lists: Lists, item_id: int) -> Item | None:
    try:
        return lists.find(item_id).item
    except UnknownItemError:
        return None  # Delisted since: the receipt shows the number.
