"""A ticket as its customer got it, laid out again from the fact."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping

from hq_hub.reports.catalog import ItemNames
from protos.fact_view import FactView, to_plain
from protos.liushui.v1 import fact_pb2


@dataclasses.dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line, with the names of today's item list."""

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


@dataclasses.dataclass(frozen=True, slots=True)
class ReceiptTender:
    """How it was paid."""

    kind: str
    amount_fen: int
    given_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class ReceiptTotals:
    """Sums of the lines."""

    line_count: int
    quantity_milli: int
    gross_fen: int
    discount_fen: int
    amount_fen: int
    tax_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class Receipt:
    """What the customer got."""

    receipt_no: int
    fact_id: uuid.UUID | None
    sold_at: datetime.datetime | None
    business_date: datetime.date | None
    store: str
    store_name: str
    store_name_en: str
    register_no: str
    staff_no: str
    lines: list[ReceiptLine]
    totals: ReceiptTotals
    tenders: list[ReceiptTender]
    change_fen: int


def lay_out(
    view: FactView, store: tuple[str, str, str], items: Mapping[int, ItemNames]
) -> Receipt | None:
    """Lay out a ticket; None for any other fact.

    Args:
        view: of the fact.
        store: number, name and English name of the store.
        items: names of the items of the ticket, as far as the hub knows them.
    """
    ticket = view.payload
    if not isinstance(ticket, fact_pb2.Ticket):
        return None
    number, name, name_en = store
    tenders = [_make_tender(tender) for tender in ticket.tenders]
    return Receipt(
        receipt_no=ticket.receipt_no,
        fact_id=view.fact_id,
        sold_at=view.wall_at,
        business_date=view.business_date,
        store=number,
        store_name=name,
        store_name_en=name_en,
        register_no=view.register_no,
        staff_no=view.staff_no,
        lines=[
            _make_line(line_no, line, items) for line_no, line in enumerate(ticket.lines, start=1)
        ],
        totals=_add_up(ticket),
        tenders=tenders,
        change_fen=sum(tender.given_fen - tender.amount_fen for tender in tenders),
    )


def _make_line(
    line_no: int, line: fact_pb2.TicketLine, items: Mapping[int, ItemNames]
) -> ReceiptLine:
    item = items.get(line.item_id) or ItemNames(str(line.item_id), str(line.item_id), "", "piece")
    return ReceiptLine(
        line_id=line_no,
        item_id=line.item_id,
        name=item.name,
        name_en=item.name_en,
        scanned_code=line.scanned_code,
        unit_of_measure=item.unit_of_measure,
        quantity_milli=line.quantity_milli,
        list_price_fen=line.list_price_fen,
        unit_price_fen=line.unit_price_fen,
        discount_fen=line.discount_fen,
        amount_fen=line.amount_fen,
    )


def _make_tender(tender: fact_pb2.Tender) -> ReceiptTender:
    return ReceiptTender(str(to_plain(tender)["kind"]), tender.amount_fen, tender.given_fen)


def _add_up(ticket: fact_pb2.Ticket) -> ReceiptTotals:
    discount_fen = sum(line.discount_fen for line in ticket.lines)
    amount_fen = sum(line.amount_fen for line in ticket.lines)
    return ReceiptTotals(
        line_count=len(ticket.lines),
        quantity_milli=sum(line.quantity_milli for line in ticket.lines),
        gross_fen=amount_fen + discount_fen,
        discount_fen=discount_fen,
        amount_fen=amount_fen,
        tax_fen=sum(line.tax_fen for line in ticket.lines),
    )
