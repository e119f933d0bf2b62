"""Routes of alarms: what a person has to look at, of the stores within reach."""

from __future__ import annotations

from typing import Annotated

import fastapi
import sqlalchemy as sa

from hq_hub.api.answers import AlarmsAnswer
from hq_hub.api.csv_answer import answer_csv
from hq_hub.api.headquarters import Headquarters, Parts, may
from hq_hub.api.shown import show
from hq_hub.reports.alarm_rows import ALARMS_MAX, AlarmRow, read_alarm_rows
from hq_hub.reports.paging import Stores, read_as_of
from hq_hub.store.engine import read_transaction
from retail_domain.people.permission import Actor, require_right
from retail_domain.people.right import Right

router = fastapi.APIRouter(tags=["alarms"])
Reader = Annotated[Actor, may(Right.READ_STORES)]
StoreNo = Annotated[str, fastapi.Query(max_length=16)]


@router.get("/alarms", response_model=AlarmsAnswer)
def list_alarms(parts: Parts, actor: Reader, store: StoreNo = "") -> fastapi.Response:
    """The first ALARMS_MAX of one store, or of all within reach; `total` counts them all."""
    stores = _reach(actor, store)
    with read_transaction(parts.read_engine) as db:
        rows = _read(db, parts, actor, stores)
        answer = AlarmsAnswer(rows=rows[:ALARMS_MAX], total=len(rows), as_of=read_as_of(db, stores))
    return show(actor, answer)


@router.get("/alarms.csv", response_class=fastapi.Response)
def export_alarms(parts: Parts, actor: Reader, store: StoreNo = "") -> fastapi.Response:
    """Show the same as CSV."""
    stores = _reach(actor, store)
    return answer_csv(parts, actor, "alarms", AlarmRow, lambda db: _read(db, parts, actor, stores))


def _reach(actor: Actor, store: str) -> Stores:
    if not store:
        return actor.stores
    require_right(actor, Right.READ_STORES, store)
    return frozenset({store})


def _read(db: sa.Connection, parts: Headquarters, actor: Actor, stores: Stores) -> list[AlarmRow]:
    with_transfers = Right.READ_TRANSFERS in actor.role.rights
    return read_alarm_rows(db, parts.clock(), stores, with_transfers=with_transfers)
