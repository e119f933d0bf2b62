"""Writing a fact: the one way from a use case into the journal."""

from __future__ import annotations

import uuid

from edge_agent.services.box import Box, Operator
from edge_agent.services.printing import queue_fact
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
    """Write what happens now, on the store's trading day, inside write_transaction().

    What the fact puts out at its register, a receipt or the drawer's pulse, is queued with it.
    """
    day = trading.read_trading_day(db)
    happening = box.happening(payload, day, operator, fact_id=fact_id, causes=causes)
    fact = journal.append_fact(db, box.identity, happening)
    queue_fact(db, box, fact)
    return fact
