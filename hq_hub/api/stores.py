"""Routes of the list of stores, and of one store."""

from __future__ import annotations

from typing import Annotated

import fastapi
import sqlalchemy as sa

from hq_hub.api.answers import StoresAnswer
from hq_hub.api.csv_answer import WHOLE_LIST, answer_csv
from hq_hub.api.headquarters import Parts, Rows, may
from hq_hub.api.shown import show
from hq_hub.reports.paging import Block, read_as_of
from hq_hub.reports.store_detail import StoreDetail, read_store_detail
from hq_hub.reports.stores import StoreRow, count_stores, read_stores
from hq_hub.services.errors import StoreNotFoundError
from hq_hub.store.engine import read_transaction
from retail_domain.people.permission import Actor, require_right
from retail_domain.people.right import Right

router = fastapi.APIRouter(tags=["stores"])
Reader = Annotated[Actor, may(Right.READ_STORES)]


@router.get("/stores", response_model=StoresAnswer)
def list_stores(parts: Parts, actor: Reader, rows: Rows) -> fastapi.Response:
    """How each store stands."""
    return show(actor, _read(parts, actor, rows))


@router.get("/stores.csv", response_class=fastapi.Response)
def export_stores(parts: Parts, actor: Reader) -> fastapi.Response:
    """Show the same as CSV."""
    now = parts.clock()

    def read(db: sa.Connection) -> list[StoreRow]:
        return read_stores(db, WHOLE_LIST, now, actor.stores)

    return answer_csv(parts, actor, "stores", StoreRow, read)


@router.get("/stores/{store}", response_model=StoreDetail)
def show_store(store: str, parts: Parts, actor: Reader) -> fastapi.Response:
    """One store: boxes, clock, last days and facts, and what of it needs a person."""
    require_right(actor, Right.READ_STORES, store)
    with read_transaction(parts.read_engine) as db:
        found = read_store_detail(db, store, parts.clock())
    if found is None:
        raise StoreNotFoundError(store=store)
    return show(actor, found)


def _read(parts: Parts, actor: Actor, block: Block) -> StoresAnswer:
    with read_transaction(parts.read_engine) as db:
        return StoresAnswer(
            rows=read_stores(db, block, parts.clock(), actor.stores),
            total=count_stores(db, actor.stores),
            as_of=read_as_of(db, actor.stores),
        )
