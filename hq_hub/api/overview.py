"""Routes of the first screen, and of the check that the hub is alive."""

from __future__ import annotations

from typing import Annotated

import fastapi

from hq_hub.api.answers import Health
from hq_hub.api.headquarters import Parts, may
from hq_hub.api.shown import show
from hq_hub.reports.overview import Overview, read_overview
from hq_hub.reports.paging import EVERY_STORE, read_as_of
from hq_hub.store.engine import read_transaction
from retail_domain.people.permission import Actor
from retail_domain.people.right import Right

router = fastapi.APIRouter(tags=["overview"])


@router.get("/overview", response_model=Overview)
def show_overview(parts: Parts, actor: Annotated[Actor, may(Right.READ_SALES)]) -> fastapi.Response:
    """The newest business day of the chain, or of the stores within reach, at a glance."""
    with read_transaction(parts.read_engine) as db:
        return show(actor, read_overview(db, parts.clock(), actor.stores))


@router.get("/health")
def show_health(parts: Parts) -> Health:
    """Whether the hub answers and reads its database; it tells no figure."""
    with read_transaction(parts.read_engine) as db:
        read_as_of(db, EVERY_STORE)
    return Health(status="ok")
