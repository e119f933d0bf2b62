"""Where a use case at a register takes place."""

from __future__ import annotations

import dataclasses

from retail_domain.trade.open_ticket import OpenTicket


@dataclasses.dataclass(frozen=True, slots=True)
class Seat:
    """Where a command comes from, and the ticket it finds there."""

    register_no: str
    staff_no: str
    ticket: OpenTicket
