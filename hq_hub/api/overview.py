"""Routes of the first screen, and of the check that the hub is alive."""

from __future__ import annotations

import fastapi

from hq_hub.api.answers import Health
from hq_hub.api.headquarters import Parts, SignedIn
from hq_hub.reports.overview import Overview, read_overview
from hq_hub.reports.paging import read_as_of
from hq_hub.store.engine import read_transaction

router = fastapi.APIRouter(tags=["overview"])


@router.get("/overview")
def show_overview(parts: Parts, _user: SignedIn) -> Overview:
    """The newest business day of the chain at a glance."""
    with read_transaction(parts.read_engine) as db:
        return read_overview(db, parts.clock())


@router.get("/health")
def show_health(parts: Parts) -> Health:
    """Whether the hub answers and reads its database; it tells no figure."""
    with read_transaction(parts.read_engine) as db:
        read_as_of(db)
    return Health(status="ok")
