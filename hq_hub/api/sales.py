"""Routes of sales by store and business day."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi

from hq_hub.api.answers import SalesAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import Parts, Rows, may
from hq_hub.api.shown import show
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
from retail_domain.people.permission import Actor, require_right
from retail_domain.people.right import Right

router = fastapi.APIRouter(tags=["sales"])

DAYS_MAX = 400
"""Days of one picture: a year and its neighbours."""
FirstDate = Annotated[datetime.date | None, fastapi.Query(alias="from")]
LastDate = Annotated[datetime.date | None, fastapi.Query(alias="to")]
StoreNo = Annotated[str, fastapi.Query(max_length=16, description="Store number.")]


Reader = Annotated[Actor, may(Right.READ_SALES)]


def get_filter(
    actor: Reader, first_date: FirstDate = None, last_date: LastDate = None, store: StoreNo = ""
) -> SalesFilter:
    """Which sales are asked for; both dates count."""
    require_right(actor, Right.READ_SALES, store or None)
    return SalesFilter(first_date, last_date, store, actor.stores)


Wanted = Annotated[SalesFilter, fastapi.Depends(get_filter)]


@router.get("/sales", response_model=SalesAnswer)
def list_sales(parts: Parts, actor: Reader, wanted: Wanted, rows: Rows) -> fastapi.Response:
    """Sales by store and business day."""
    return show(actor, _read(parts, wanted, rows))


@router.get("/sales.csv", response_class=fastapi.Response)
def export_sales(parts: Parts, actor: Reader, wanted: Wanted) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, actor, "sales", SalesRow, lambda db: iterate_sales(db, wanted))


def _read(parts: Parts, wanted: SalesFilter, block: Block) -> SalesAnswer:
    with read_transaction(parts.read_engine) as db:
        total, sums = read_sales_sums(db, wanted)
        return SalesAnswer(
            rows=read_sales(db, wanted, block),
            total=total,
            by_day=read_days(db, wanted, DAYS_MAX),
            totals=sums,
            as_of=read_as_of(db, wanted.stores),
        )
