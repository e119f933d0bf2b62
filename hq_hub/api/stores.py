"""Routes of the list of stores."""

from __future__ import annotations

from typing import Annotated

import fastapi

from hq_hub.api.answers import StoresAnswer
from hq_hub.api.csv_answer import WHOLE_LIST, answer_csv
from hq_hub.api.headquarters import Parts, Rows, may
from hq_hub.api.shown import show
from hq_hub.reports.paging import Block, read_as_of
from hq_hub.reports.stores import StoreRow, count_stores, read_stores
from hq_hub.store.engine import read_transaction
from retail_domain.people.permission import Actor
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
    answer = _read(parts, actor, WHOLE_LIST)
    return answer_csv(actor, "stores", StoreRow, answer.rows, answer.total)


def _read(parts: Parts, actor: Actor, block: Block) -> StoresAnswer:
    with read_transaction(parts.read_engine) as db:
        return StoresAnswer(
            rows=read_stores(db, block, parts.clock(), actor.stores),
            total=count_stores(db, actor.stores),
            as_of=read_as_of(db, actor.stores),
        )
