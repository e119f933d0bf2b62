"""Writing a fact: the one way from a use case into the journal."""

from __future__ import annotations

import uuid

from edge_agent.services.box import Box, Operator
from edge_agent.store import journal, trading
from edge_agent.store.sqlite_library import Connection
from retail_domain.trade.fact import Fact, Payload


def write_fact(
    db: Connection,
    box: Box,
    operator: Operator,
    payload: Payload,
    *,
    fact_id: uuid.UUID | None = None,
    causes: tuple[uuid.UUID, ...] = (),
) -> Fact:
    """Write what happens now, on the store's trading day, inside write_transaction()."""
    day = trading.read_trading_day(db)
    happening = box.happening(payload, day, operator, fact_id=fact_id, causes=causes)
    return journal.append_fact(db, box.identity, happening)
