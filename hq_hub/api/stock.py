"""Routes of stock on hand and of the items behind it."""

from __future__ import annotations

from typing import Annotated

import fastapi

from hq_hub.api.answers import ItemsAnswer, StockAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import BLOCK_ROWS, BLOCK_ROWS_MAX, Parts, Rows, SignedIn
from hq_hub.reports.catalog import ItemRow, count_items, iterate_items, read_items
from hq_hub.reports.paging import Block, read_as_of
from hq_hub.reports.stock import (
    StockFilter,
    StockRow,
    StockSort,
    iterate_stock,
    read_stock,
    read_stock_sums,
)
from hq_hub.store.engine import read_transaction

router = fastapi.APIRouter(tags=["stock"])

Query = Annotated[str, fastapi.Query(max_length=100, description="Part of a name, SKU or GTIN.")]
StoreNo = Annotated[str, fastapi.Query(max_length=16, description="Store number.")]
Sort = Annotated[StockSort, fastapi.Query()]
Limit = Annotated[int, fastapi.Query(ge=1, le=BLOCK_ROWS_MAX)]


def get_filter(query: Query = "", store: StoreNo = "") -> StockFilter:
    """Which stock is asked for."""
    return StockFilter(query, store)


Wanted = Annotated[StockFilter, fastapi.Depends(get_filter)]


@router.get("/stock")
def list_stock(
    parts: Parts, _user: SignedIn, wanted: Wanted, rows: Rows, sort: Sort = StockSort.STORE
) -> StockAnswer:
    """Stock on hand with its value."""
    return _read(parts, wanted, sort, rows)


@router.get("/stock.csv", response_class=fastapi.Response)
def export_stock(
    parts: Parts, _user: SignedIn, wanted: Wanted, sort: Sort = StockSort.STORE
) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, "stock", StockRow, lambda db: iterate_stock(db, wanted, sort))


@router.get("/items")
def list_items(
    parts: Parts, _user: SignedIn, query: Query = "", limit: Limit = BLOCK_ROWS
) -> ItemsAnswer:
    """Items in force that a text finds."""
    with read_transaction(parts.read_engine) as db:
        return ItemsAnswer(
            rows=read_items(db, query, limit),
            total=count_items(db, query),
            as_of=read_as_of(db),
        )


@router.get("/items.csv", response_class=fastapi.Response)
def export_items(parts: Parts, _user: SignedIn, query: Query = "") -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, "items", ItemRow, lambda db: iterate_items(db, query))


def _read(parts: Parts, wanted: StockFilter, sort: StockSort, block: Block) -> StockAnswer:
    with read_transaction(parts.read_engine) as db:
        total, sums = read_stock_sums(db, wanted)
        return StockAnswer(
            rows=read_stock(db, wanted, sort, block),
            total=total,
            sums=sums,
            as_of=read_as_of(db),
        )
