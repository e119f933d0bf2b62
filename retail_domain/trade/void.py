"""What was rung up and never sold, and what opened a drawer without a sale: for loss prevention."""

from __future__ import annotations

import dataclasses
import enum
import uuid


class VoidScope(enum.Enum):
    """How much was taken off an open ticket."""

    LINE = "line"
    TICKET = "ticket"


@dataclasses.dataclass(frozen=True, slots=True)
class VoidedLine:
    """A line that was on the screen."""

    item_id: int
    quantity_milli: int
    amount_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class TicketVoided:
    """Payload: lines were taken off an open ticket before it was paid. Nothing moved."""

    scope: VoidScope
    reason: str
    approved_by: str
    """staff_no of who let it happen; empty when nobody had to."""
    lines: tuple[VoidedLine, ...]

    def __post_init__(self) -> None:
        assert self.lines


@dataclasses.dataclass(frozen=True, slots=True)
class DrawerOpened:
    """Payload: the drawer was opened without a sale."""

    reason: str
    approved_by: str


@dataclasses.dataclass(frozen=True, slots=True)
class ReceiptReprinted:
    """Payload: a receipt was printed again, marked as a copy."""

    ticket_id: uuid.UUID
    """fact_id of the ticket."""
    receipt_no: int
    copy_no: int
    """1 for the first copy."""
