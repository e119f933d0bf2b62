"""Use case: headquarters was heard, and its list of people is the one that is here."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from edge_agent.services.attendance import now_ms
from edge_agent.services.box import Box
from edge_agent.store import feeds, staff
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from protos.documents import PEOPLE_FEED, ROLES_FEED
from protos.liushui.v1 import sync_pb2

CONFIRM_INTERVAL = datetime.timedelta(minutes=10)
"""A lease counts days; a write every ten minutes costs a box nothing."""


def hear_positions(db: Connection, box: Box, said: Iterable[sync_pb2.FeedPosition]) -> None:
    """Begin the lease anew when the box's people and roles are those of headquarters."""
    at_ms = now_ms(box)
    interval_ms = int(CONFIRM_INTERVAL.total_seconds() * 1_000)
    if abs(at_ms - staff.read_lease(db).confirmed_at_ms) < interval_ms:
        return
    hub = {position.feed: position for position in said}
    for known in feeds.read_positions(db):
        position = hub.get(known.feed)
        if known.feed in {PEOPLE_FEED, ROLES_FEED} and (
            position is None
            or (position.scope, position.generation, position.content_hash)
            != (known.scope, known.generation, known.content_hash)
        ):
            return
    with write_transaction(db):
        staff.confirm_people(db, at_ms)
