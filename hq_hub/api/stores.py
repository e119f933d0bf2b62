"""Routes of the list of stores, and of one store."""

from __future__ import annotations

import fastapi

from hq_hub.api.answers import StoresAnswer
from hq_hub.api.csv_answer import CSV_ROWS_MAX, answer_csv
from hq_hub.api.headquarters import Parts, Rows, SignedIn
from hq_hub.reports.paging import Block, read_as_of
from hq_hub.reports.store_detail import StoreDetail, read_store_detail
from hq_hub.reports.stores import StoreRow, count_stores, read_stores
from hq_hub.services.errors import StoreNotFoundError
from hq_hub.store.engine import read_transaction

router = fastapi.APIRouter(tags=["stores"])

STORES = Block(0, CSV_ROWS_MAX)
"""All of them: a chain has some hundreds."""


@router.get("/stores")
def list_stores(parts: Parts, _user: SignedIn, rows: Rows) -> StoresAnswer:
    """How each store stands."""
    return _read(parts, rows)


@router.get("/stores.csv", response_class=fastapi.Response)
def export_stores(parts: Parts, _user: SignedIn) -> fastapi.Response:
    """Show the same as CSV."""
    now = parts.clock()
    return answer_csv(parts, "stores", StoreRow, lambda db: read_stores(db, STORES, now))


@router.get("/stores/{store}")
def show_store(store: str, parts: Parts, _user: SignedIn) -> StoreDetail:
    """One store: boxes, clock, last days and facts, and what of it needs a person."""
    with read_transaction(parts.read_engine) as db:
        found = read_store_detail(db, store, parts.clock())
    if found is None:
        raise StoreNotFoundError(store=store)
    return found


def _read(parts: Parts, block: Block) -> StoresAnswer:
    with read_transaction(parts.read_engine) as db:
        return StoresAnswer(
            rows=read_stores(db, block, parts.clock()),
            total=count_stores(db),
            as_of=read_as_of(db),
        )
