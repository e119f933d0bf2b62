"""Sales by store and business day. Turnover is what customers paid, VAT included."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from hq_hub.reports.paging import Block, Stores, read_in_parts, within
from hq_hub.store.schema import store
from hq_hub.store.schema_books import store_day

MONEY_AND_GOODS = ("tickets", "quantity_milli", "amount_fen", "tax_fen", "discount_fen", "cost_fen")


@dataclasses.dataclass(frozen=True, slots=True)
class SalesFilter:
    """Which sales are asked for; None and empty mean all."""

    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    store: str = ""
    stores: Stores = None
    """Within reach."""


@dataclasses.dataclass(frozen=True, slots=True)
class SalesSums:
    """Sums of sales."""

    tickets: int
    quantity_milli: int
    amount_fen: int
    tax_fen: int
    discount_fen: int
    cost_fen: int
    net_fen: int
    """Amount less tax."""
    margin_fen: int
    """Net less cost."""


@dataclasses.dataclass(frozen=True, slots=True)
class SalesRow:
    """One store and business day."""

    store: str
    name: str
    name_en: str
    business_date: datetime.date
    tickets: int
    quantity_milli: int
    amount_fen: int
    tax_fen: int
    net_fen: int
    discount_fen: int
    cost_fen: int
    margin_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class DayRow:
    """One business day of the chain, or of the store that was asked for."""

    business_date: datetime.date
    amount_fen: int
    tickets: int


def read_sales_sums(db: sa.Connection, wanted: SalesFilter) -> tuple[int, SalesSums]:
    """Count the rows that a filter finds, and add them up."""
    columns = [sa.func.sum(store_day.c[name]) for name in MONEY_AND_GOODS]
    row = db.execute(sa.select(sa.func.count(), *columns).where(*_conditions(wanted))).one()
    tickets, quantity, amount, tax, discount, cost = (int(value or 0) for value in row[1:])
    net = amount - tax
    return int(row[0]), SalesSums(tickets, quantity, amount, tax, discount, cost, net, net - cost)


def read_sales(db: sa.Connection, wanted: SalesFilter, block: Block) -> list[SalesRow]:
    """Rows of a filter, newest day first, then by store."""
    rows = db.execute(_select(wanted).offset(block.start).limit(block.size))
    return [_make_row(row) for row in rows]


def iterate_sales(db: sa.Connection, wanted: SalesFilter) -> Iterator[SalesRow]:
    """All rows of a filter, in the same order."""
    for part in read_in_parts(db, _select(wanted)):
        yield from map(_make_row, part)


def _select(wanted: SalesFilter) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(store_day, store.c.name, store.c.name_en)
        .join(store, store.c.store == store_day.c.store)
        .where(*_conditions(wanted))
        .order_by(store_day.c.business_date.desc(), store_day.c.store)
    )


def _make_row(row: sa.Row[*tuple[Any, ...]]) -> SalesRow:
    return SalesRow(
        store=row.store,
        name=row.name,
        name_en=row.name_en,
        business_date=datetime.date.fromisoformat(row.business_date),
        tickets=row.tickets,
        quantity_milli=row.quantity_milli,
        amount_fen=row.amount_fen,
        tax_fen=row.tax_fen,
        net_fen=row.amount_fen - row.tax_fen,
        discount_fen=row.discount_fen,
        cost_fen=row.cost_fen,
        margin_fen=row.amount_fen - row.tax_fen - row.cost_fen,
    )


def read_days(db: sa.Connection, wanted: SalesFilter, days_max: int) -> list[DayRow]:
    """Sums a business day, the last ones that a filter finds, oldest first."""
    table = store_day.c
    rows = db.execute(
        sa.select(table.business_date, sa.func.sum(table.amount_fen), sa.func.sum(table.tickets))
        .where(*_conditions(wanted))
        .group_by(table.business_date)
        .order_by(table.business_date.desc())
        .limit(days_max)
    ).all()
    return [
        DayRow(datetime.date.fromisoformat(row[0]), int(row[1]), int(row[2]))
        for row in reversed(rows)
    ]


def _conditions(wanted: SalesFilter) -> list[sa.ColumnElement[bool]]:
    table = store_day.c
    conditions = [within(table.store, wanted.stores)]
    if wanted.first_date is not None:
        conditions.append(table.business_date >= wanted.first_date.isoformat())
    if wanted.last_date is not None:
        conditions.append(table.business_date <= wanted.last_date.isoformat())
    if wanted.store:
        conditions.append(table.store == wanted.store)
    return conditions
