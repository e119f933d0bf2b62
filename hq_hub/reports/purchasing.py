"""What suppliers are owed, how old it is, and what came that nobody has invoiced."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from typing import Any

import sqlalchemy as sa

from hq_hub.reports.paging import Block
from hq_hub.store.schema import item, purchase_order, purchase_order_line
from hq_hub.store.schema_books import supplier_invoice
from hq_hub.store.schema_headquarters import own_fact, purchase_progress
from retail_domain.trade.fact_kind import FactKind

OWING_KINDS = [FactKind.SUPPLIER_INVOICED.value, FactKind.LANDED_COST_ADDED.value]


class Age(enum.Enum):
    """How long an invoice is open, by its own date."""

    DAYS_0_TO_30 = "0-30"
    DAYS_31_TO_60 = "31-60"
    DAYS_61_TO_90 = "61-90"
    DAYS_OVER_90 = "over_90"


AGE_FROM_DAYS = {
    Age.DAYS_OVER_90: 91,
    Age.DAYS_61_TO_90: 61,
    Age.DAYS_31_TO_60: 31,
}
"""The youngest age of a group in days, oldest first; the rest is the youngest group."""


@dataclasses.dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice of a supplier or carrier."""

    supplier_no: str
    invoice_no: str
    invoice_date: datetime.date
    gross_fen: int
    """Below 0 for a rebate."""
    paid_fen: int
    open_fen: int
    age: Age


@dataclasses.dataclass(frozen=True, slots=True)
class AgeSum:
    """What is open of one age."""

    age: Age
    invoices: int
    open_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class UninvoicedRow:
    """One line of a purchase order of which something came."""

    purchase_order_no: str
    store: str
    supplier_no: str
    item_id: int
    sku: str
    name: str
    name_en: str
    ordered_milli: int
    received_milli: int
    returned_milli: int
    invoiced_milli: int
    not_invoiced_milli: int
    """Below 0 when more was invoiced than came."""
    not_invoiced_fen: int
    """At the order's cost."""
    price_difference_fen: int
    """What invoices say (+ dearer) against the order's cost."""


@dataclasses.dataclass(frozen=True, slots=True)
class UninvoicedSums:
    """Of the whole query."""

    not_invoiced_fen: int
    price_difference_fen: int


def read_invoices(
    db: sa.Connection,
    block: Block,
    *,
    supplier_no: str,
    is_open_only: bool,
    today: datetime.date,
) -> list[InvoiceRow]:
    """Invoices, the oldest first; an empty supplier number is all."""
    found = _select_invoices(supplier_no, is_open_only=is_open_only)
    ordered = found.order_by(sa.text("invoice_date"), *supplier_invoice.primary_key)
    return [
        InvoiceRow(
            supplier_no=row.supplier_no,
            invoice_no=row.invoice_no,
            invoice_date=datetime.date.fromisoformat(row.invoice_date),
            gross_fen=row.gross_fen,
            paid_fen=row.paid_fen,
            open_fen=row.gross_fen - row.paid_fen,
            age=age_of(datetime.date.fromisoformat(row.invoice_date), today),
        )
        for row in db.execute(ordered.offset(block.start).limit(block.size))
    ]


def read_ages(
    db: sa.Connection, *, supplier_no: str, is_open_only: bool, today: datetime.date
) -> list[AgeSum]:
    """Sums of the whole query by age, the youngest first."""
    found = _select_invoices(supplier_no, is_open_only=is_open_only).subquery().c
    group = sa.case(
        *(
            (found.invoice_date <= _day_before(today, days).isoformat(), age.value)
            for age, days in AGE_FROM_DAYS.items()
        ),
        else_=Age.DAYS_0_TO_30.value,
    )
    aged = sa.select(group.label("age"), (found.gross_fen - found.paid_fen).label("fen")).subquery()
    sums = sa.select(aged.c.age, sa.func.count(), sa.func.sum(aged.c.fen)).group_by(aged.c.age)
    by_age = {row[0]: (int(row[1]), int(row[2])) for row in db.execute(sums)}
    return [AgeSum(age, *by_age.get(age.value, (0, 0))) for age in Age]


def age_of(invoice_date: datetime.date, today: datetime.date) -> Age:
    """Age group of an invoice."""
    days_open = (today - invoice_date).days
    for age, days in AGE_FROM_DAYS.items():
        if days_open >= days:
            return age
    return Age.DAYS_0_TO_30


def count_uninvoiced(db: sa.Connection, *, store: str, is_open_only: bool) -> int:
    """Count the lines of a query."""
    lines = _select_lines(store, is_open_only=is_open_only).subquery()
    return int(db.execute(sa.select(sa.func.count()).select_from(lines)).scalar_one())


def add_up_uninvoiced(db: sa.Connection, *, store: str, is_open_only: bool) -> UninvoicedSums:
    """Sums of the whole query."""
    lines = _select_lines(store, is_open_only=is_open_only).subquery().c
    row = db.execute(
        sa.select(
            sa.func.sum(lines.received_fen - lines.cleared_fen),
            sa.func.sum(lines.invoiced_fen - lines.cleared_fen),
        )
    ).one()
    return UninvoicedSums(int(row[0] or 0), int(row[1] or 0))


def read_uninvoiced(
    db: sa.Connection, block: Block, *, store: str, is_open_only: bool
) -> list[UninvoicedRow]:
    """Lines of purchase orders of which something came or was invoiced, by order and item."""
    lines = _select_lines(store, is_open_only=is_open_only).order_by(*purchase_progress.primary_key)
    return [
        UninvoicedRow(
            purchase_order_no=row.purchase_order_no,
            store=row.store,
            supplier_no=row.supplier_no,
            item_id=row.item_id,
            sku=row.sku,
            name=row.name,
            name_en=row.name_en,
            ordered_milli=row.ordered_milli,
            received_milli=row.received_milli,
            returned_milli=row.returned_milli,
            invoiced_milli=row.invoiced_milli,
            not_invoiced_milli=row.received_milli - row.returned_milli - row.invoiced_milli,
            not_invoiced_fen=row.received_fen - row.cleared_fen,
            price_difference_fen=row.invoiced_fen - row.cleared_fen,
        )
        for row in db.execute(lines.offset(block.start).limit(block.size))
    ]


def _day_before(day: datetime.date, days: int) -> datetime.date:
    return day - datetime.timedelta(days=days)


def _select_invoices(supplier_no: str, *, is_open_only: bool) -> sa.Select[*tuple[Any, ...]]:
    """Invoices with the earliest date under their number."""
    invoice, fact = supplier_invoice.c, own_fact.c
    dates = (
        sa.select(
            fact.party, fact.document_no, sa.func.min(fact.document_date).label("invoice_date")
        )
        .where(fact.kind.in_(OWING_KINDS))
        .group_by(fact.party, fact.document_no)
        .subquery()
    )
    found = sa.select(supplier_invoice, dates.c.invoice_date).join(
        dates,
        (dates.c.party == invoice.supplier_no) & (dates.c.document_no == invoice.invoice_no),
    )
    if supplier_no:
        found = found.where(invoice.supplier_no == supplier_no)
    return found.where(invoice.gross_fen != invoice.paid_fen) if is_open_only else found


def _select_lines(store: str, *, is_open_only: bool) -> sa.Select[*tuple[Any, ...]]:
    done, ordered = purchase_progress.c, purchase_order_line.c
    lines = (
        sa.select(
            purchase_progress,
            purchase_order.c.store,
            purchase_order.c.supplier_no,
            ordered.quantity_milli.label("ordered_milli"),
            item.c.sku,
            item.c.name,
            item.c.name_en,
        )
        .join(purchase_order, purchase_order.c.purchase_order_no == done.purchase_order_no)
        .join(
            purchase_order_line,
            (ordered.purchase_order_no == done.purchase_order_no)
            & (ordered.item_id == done.item_id),
        )
        .join(item, item.c.item_id == done.item_id)
    )
    if store:
        lines = lines.where(purchase_order.c.store == store)
    if is_open_only:
        lines = lines.where(
            (done.received_milli - done.returned_milli != done.invoiced_milli)
            | (done.received_fen != done.cleared_fen)
        )
    return lines
