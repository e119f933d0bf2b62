"""The right to take goods of a sale back, which is at one store at a time, and passes between them.

It begins with the store that sold. Whoever has it may pay out; nobody else may. So a refund needs
nobody's leave but the store's own, and all stores together never pay out more than was paid.
"""

from __future__ import annotations

import dataclasses
import enum
import uuid


class SaleOutcome(enum.Enum):
    """What a store says that was asked for a sale."""

    PASSED_ON = "passed_on"
    NOT_HERE = "not_here"
    """It does not know the sale, or passed it on before."""


@dataclasses.dataclass(frozen=True, slots=True)
class ReturnedShare:
    """What one store took back of a sale's line, all times together."""

    store: str
    sale_line_no: int
    quantity_milli: int
    """Above 0."""
    amount_fen: int
    """Of the lines, paid back; 0 or above."""

    def __post_init__(self) -> None:
        assert self.quantity_milli > 0
        assert self.amount_fen >= 0


@dataclasses.dataclass(frozen=True, slots=True)
class RefundedShare:
    """What one store gave back of a payment through a provider, all times together."""

    store: str
    payment_no: str
    amount_fen: int
    """Above 0."""

    def __post_init__(self) -> None:
        assert self.amount_fen > 0


@dataclasses.dataclass(frozen=True, slots=True)
class SaleRequested:
    """A store wants to take back goods that another store sold."""

    sale_id: uuid.UUID
    """fact_id of the ticket; printed on its receipt."""


@dataclasses.dataclass(frozen=True, slots=True)
class SaleAnswered:
    """The store that was asked passes the right on, or does not have it."""

    request_id: uuid.UUID
    """fact_id of the request."""
    sale_id: uuid.UUID
    to_store: str
    outcome: SaleOutcome
    pass_no: int
    """How often the sale was passed on, with this time; 0 when it is not here."""
    returned: tuple[ReturnedShare, ...]
    """Of every store so far."""
    refunded: tuple[RefundedShare, ...]
    """Likewise."""
