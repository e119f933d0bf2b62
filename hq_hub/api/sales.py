"""Routes of sales by store and business day."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi

from hq_hub.api.answers import SalesAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import Parts, Rows, SignedIn
from hq_hub.reports.paging import Block, read_as_of
from hq_hub.reports.sales import (
    SalesFilter,
    SalesRow,
    iterate_sales,
    read_days,
    read_sales,
    read_sales_sums,
)
from hq_hub.store.engine import read_transaction

router = fastapi.APIRouter(tags=["sales"])

DAYS_MAX = 400
"""Days of one picture: a year and its neighbours."""
FirstDate = Annotated[datetime.date | None, fastapi.Query(alias="from")]
LastDate = Annotated[datetime.date | None, fastapi.Query(alias="to")]
StoreNo = Annotated[str, fastapi.Query(max_length=16, description="Store number.")]


def get_filter(
    first_date: FirstDate = None, last_date: LastDate = None, store: StoreNo = ""
) -> SalesFilter:
    """Which sales are asked for; both dates count."""
    return SalesFilter(first_date, last_date, store)


Wanted = Annotated[SalesFilter, fastapi.Depends(get_filter)]


@router.get("/sales")
def list_sales(parts: Parts, _user: SignedIn, wanted: Wanted, rows: Rows) -> SalesAnswer:
    """Sales by store and business day."""
    return _read(parts, wanted, rows)


@router.get("/sales.csv", response_class=fastapi.Response)
def export_sales(parts: Parts, _user: SignedIn, wanted: Wanted) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, "sales", SalesRow, lambda db: iterate_sales(db, wanted))


def _read(parts: Parts, wanted: SalesFilter, block: Block) -> SalesAnswer:
    with read_transaction(parts.read_engine) as db:
        total, sums = read_sales_sums(db, wanted)
        return SalesAnswer(
            rows=read_sales(db, wanted, block),
            total=total,
            by_day=read_days(db, wanted, DAYS_MAX),
            totals=sums,
            as_of=read_as_of(db),
        )
