"""Use cases of held tickets: one customer steps aside, the next one is served."""

from __future__ import annotations

import uuid

from edge_agent.services.attendance import now_ms
from edge_agent.services.box import Box
from edge_agent.services.errors import HeldTicketGoneError, HeldTicketsFullError
from edge_agent.store import held_tickets
from edge_agent.store.held_tickets import HeldTicket
from edge_agent.store.sqlite_library import Connection
from retail_domain.errors import TicketEmptyError
from retail_domain.trade.fact_id import RANDOM_BITS, make_fact_id
from retail_domain.trade.open_ticket import OpenTicket

HELD_TICKETS_MAX = 50
"""Of a store: whoever holds more has forgotten most of them."""


def hold_ticket(
    db: Connection, box: Box, register_no: str, staff_no: str, ticket: OpenTicket
) -> uuid.UUID:
    """Put a ticket aside, for any register of the store; inside write_transaction().

    Returns:
        Its held_id.

    Raises:
        TicketEmptyError: nothing is rung up.
        HeldTicketsFullError
    """
    if not ticket.lines:
        raise TicketEmptyError
    if held_tickets.count_held_tickets(db) >= HELD_TICKETS_MAX:
        raise HeldTicketsFullError(limit=HELD_TICKETS_MAX)
    held_id = make_fact_id(now_ms(box), box.clock.random_bits(RANDOM_BITS))
    held_tickets.insert_held_ticket(
        db, HeldTicket(held_id, register_no, staff_no, now_ms(box), ticket)
    )
    return held_id


def recall_ticket(db: Connection, held_id: uuid.UUID) -> OpenTicket:
    """Take a ticket up as it was rung up; inside write_transaction(), so only one register can.

    Raises:
        HeldTicketGoneError
    """
    held = held_tickets.take_held_ticket(db, held_id)
    if held is None:
        raise HeldTicketGoneError
    return held.ticket
