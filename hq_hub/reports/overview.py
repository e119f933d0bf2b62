"""The first screen of headquarters: the newest business day of the chain at a glance."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa

from hq_hub.reports.checks import read_transit
from hq_hub.reports.paging import AsOf, Stores, read_as_of, within
from hq_hub.reports.sales import DayRow, SalesFilter, read_days, read_sales_sums
from hq_hub.reports.stores import FRESH_S, count_stores
from hq_hub.reports.transfers import has_end_within
from hq_hub.store.orders import to_ms
from hq_hub.store.schema import store
from hq_hub.store.schema_books import parked, store_day
from hq_hub.store.schema_ingest import heard_from, quarantine
from retail_domain.rounding import divide_half_away

DAYS_SHOWN = 30
STORES_SHOWN = 10
BASIS_POINTS = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class StoreSales:
    """One store's sales of the day."""

    store: str
    name: str
    name_en: str
    amount_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class Overview:
    """Figures of one business day, and how the chain stands."""

    business_date: datetime.date | None
    """The newest that any store sold on; None before the first sale."""
    sales_fen: int
    tickets: int
    average_ticket_fen: int
    margin_fen: int
    margin_rate_bp: int
    """Of net sales, per 10,000."""
    stores_total: int
    stores_fresh: int
    parked: int
    quarantined: int
    in_transit_fen: int
    in_transit_transfers: int
    sales_by_day: list[DayRow]
    """The last DAYS_SHOWN days with sales, oldest first."""
    top_stores: list[StoreSales]
    as_of: AsOf


def read_overview(db: sa.Connection, now: datetime.datetime, stores: Stores) -> Overview:
    """Read everything that the first screen shows of the stores within reach."""
    days = read_days(db, SalesFilter(stores=stores), DAYS_SHOWN)
    newest = days[-1].business_date if days else None
    _rows, sums = read_sales_sums(db, SalesFilter(newest, newest, stores=stores))
    transit = read_transit(db, None if stores is None else has_end_within(stores))
    return Overview(
        business_date=newest,
        sales_fen=sums.amount_fen,
        tickets=sums.tickets,
        average_ticket_fen=_divide(sums.amount_fen, sums.tickets),
        margin_fen=sums.margin_fen,
        margin_rate_bp=_divide(sums.margin_fen * BASIS_POINTS, sums.net_fen),
        stores_total=count_stores(db, stores),
        stores_fresh=_count_fresh(db, now, stores),
        parked=_count(db, parked, stores),
        quarantined=_count(db, quarantine, stores),
        in_transit_fen=transit.value_fen,
        in_transit_transfers=transit.transfers,
        sales_by_day=days,
        top_stores=_read_top_stores(db, newest, stores),
        as_of=read_as_of(db, stores),
    )


def _divide(numerator: int, denominator: int) -> int:
    return divide_half_away(numerator, denominator) if denominator > 0 else 0


def _count_fresh(db: sa.Connection, now: datetime.datetime, stores: Stores) -> int:
    since_ms = to_ms(now - datetime.timedelta(seconds=FRESH_S))
    fresh = sa.select(sa.func.count()).where(
        heard_from.c.heard_at_ms >= since_ms, within(heard_from.c.store, stores)
    )
    return int(db.execute(fresh).scalar_one())


def _count(db: sa.Connection, table: sa.Table, stores: Stores) -> int:
    count = sa.select(sa.func.count()).select_from(table).where(within(table.c.store, stores))
    return int(db.execute(count).scalar_one())


def _read_top_stores(
    db: sa.Connection, day: datetime.date | None, stores: Stores
) -> list[StoreSales]:
    if day is None:
        return []
    rows = db.execute(
        sa.select(store.c.store, store.c.name, store.c.name_en, store_day.c.amount_fen)
        .join(store_day, store_day.c.store == store.c.store)
        .where(store_day.c.business_date == day.isoformat(), within(store_day.c.store, stores))
        .order_by(store_day.c.amount_fen.desc(), store.c.store)
        .limit(STORES_SHOWN)
    )
    return [StoreSales(row.store, row.name, row.name_en, row.amount_fen) for row in rows]
