"""Routes of stock on hand and of the items behind it."""

from __future__ import annotations

from typing import Annotated

import fastapi

from hq_hub.api.answers import ItemsAnswer, StockAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import BLOCK_ROWS, BLOCK_ROWS_MAX, Parts, Rows, may
from hq_hub.api.shown import show
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
from retail_domain.people.permission import Actor, require_field, require_right
from retail_domain.people.right import Field, Right

router = fastapi.APIRouter(tags=["stock"])

Query = Annotated[str, fastapi.Query(max_length=100, description="Part of a name, SKU or GTIN.")]
StoreNo = Annotated[str, fastapi.Query(max_length=16, description="Store number.")]
Reader = Annotated[Actor, may(Right.READ_STOCK)]
Limit = Annotated[int, fastapi.Query(ge=1, le=BLOCK_ROWS_MAX)]


def get_filter(actor: Reader, query: Query = "", store: StoreNo = "") -> StockFilter:
    """Which stock is asked for."""
    require_right(actor, Right.READ_STOCK, store or None)
    return StockFilter(query, store, actor.stores)


Wanted = Annotated[StockFilter, fastapi.Depends(get_filter)]


def get_sort(
    actor: Reader, sort: Annotated[StockSort, fastapi.Query()] = StockSort.STORE
) -> StockSort:
    """By what it is sorted; an order by value tells the value."""
    if sort in {StockSort.VALUE, StockSort.VALUE_DOWN}:
        require_field(actor, Field.COST)
    return sort


Sort = Annotated[StockSort, fastapi.Depends(get_sort)]


@router.get("/stock", response_model=StockAnswer)
def list_stock(
    parts: Parts, actor: Reader, wanted: Wanted, rows: Rows, sort: Sort
) -> fastapi.Response:
    """Stock on hand with its value."""
    return show(actor, _read(parts, wanted, sort, rows))


@router.get("/stock.csv", response_class=fastapi.Response)
def export_stock(parts: Parts, actor: Reader, wanted: Wanted, sort: Sort) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, actor, "stock", StockRow, lambda db: iterate_stock(db, wanted, sort))


@router.get("/items", response_model=ItemsAnswer)
def list_items(
    parts: Parts, actor: Reader, query: Query = "", limit: Limit = BLOCK_ROWS
) -> fastapi.Response:
    """Items in force that a text finds."""
    with read_transaction(parts.read_engine) as db:
        answer = ItemsAnswer(
            rows=read_items(db, query, limit),
            total=count_items(db, query),
            as_of=read_as_of(db, actor.stores),
        )
    return show(actor, answer)


@router.get("/items.csv", response_class=fastapi.Response)
def export_items(parts: Parts, actor: Reader, query: Query = "") -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, actor, "items", ItemRow, lambda db: iterate_items(db, query))


def _read(parts: Parts, wanted: StockFilter, sort: StockSort, block: Block) -> StockAnswer:
    with read_transaction(parts.read_engine) as db:
        total, sums = read_stock_sums(db, wanted)
        return StockAnswer(
            rows=read_stock(db, wanted, sort, block),
            total=total,
            sums=sums,
            as_of=read_as_of(db, wanted.stores),
        )
