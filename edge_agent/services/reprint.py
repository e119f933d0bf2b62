"""Printing a receipt again: a copy is marked and is a fact; what never came out is no copy."""

from __future__ import annotations

import uuid

from edge_agent.services.box import Box, Operator
from edge_agent.services.errors import NoPrinterError
from edge_agent.services.printing import NOT_OUT, queue_receipt
from edge_agent.services.return_errors import SaleNotFoundError
from edge_agent.services.shifts import note_reprint
from edge_agent.store import devices, journal, print_jobs
from edge_agent.store.sqlite_library import Connection
from hardware.driver import JobKind, Role
from retail_domain.trade.ticket import Ticket


def print_again(
    db: Connection, box: Box, operator: Operator, ticket_id: uuid.UUID, *, fact_id: uuid.UUID
) -> None:
    """Print a receipt again: marked and noted as a copy, unless it surely never came out.

    A repeated fact_id changes nothing.

    Raises:
        NoPrinterError: the register has none.
        SaleNotFoundError: there is no such ticket.
    """
    if devices.find_bound(db, operator.register_no, Role.PRINTER.value) is None:
        raise NoPrinterError(register_no=operator.register_no)
    ticket = journal.find_fact(db, ticket_id)
    if ticket is None or not isinstance(ticket.happening.payload, Ticket):
        raise SaleNotFoundError(fact_id=str(ticket_id))
    last = print_jobs.find_newest(db, ticket_id, JobKind.RECEIPT.value)
    if last is not None and last.state in NOT_OUT:
        queue_receipt(db, box, operator.register_no, ticket_id, fact_id)
    elif last is None or last.job_id != fact_id:
        note_reprint(db, box, operator, ticket, fact_id=fact_id)
