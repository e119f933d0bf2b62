"""Transfer orders: states and what may follow what. A document of headquarters."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence

from retail_domain.errors import (
    ItemListedTwiceError,
    NoLinesError,
    TransferSameStoreError,
    TransferStateError,
)


class TransferState(enum.Enum):
    """Where an order stands. Drafted, approved and cancelled are decided; the rest happened."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    CANCELLED = "cancelled"


DECISIONS = {
    (TransferState.DRAFTED, TransferState.APPROVED),
    (TransferState.DRAFTED, TransferState.CANCELLED),
    (TransferState.APPROVED, TransferState.CANCELLED),
}
"""(from, to) that headquarters may decide; a repeat of the same decision changes nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class OrderLine:
    """One item of an order; an item stands once."""

    item_id: int
    quantity_milli: int


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """What the stores did with one item of an order."""

    ordered_milli: int
    shipped_milli: int
    received_milli: int
    settled_milli: int = 0
    """What headquarters wrote off as lost (+), or as arrived without having left (-)."""

    @property
    def in_transit_milli(self) -> int:
        """Between the stores; below 0 when more arrived than is known to have left."""
        return self.shipped_milli - self.received_milli - self.settled_milli


def require_decision(transfer_no: str, state: TransferState, target: TransferState) -> None:
    """Check a step that headquarters wants to take.

    Raises:
        TransferStateError: not from this state.
    """
    if state is not target and (state, target) not in DECISIONS:
        raise TransferStateError(transfer_no=transfer_no, state=state.value, step=target.value)


def require_order(
    transfer_no: str, source_store: str, target_store: str, lines: Sequence[OrderLine]
) -> None:
    """Check a new order.

    Raises:
        TransferSameStoreError, NoLinesError, ItemListedTwiceError
    """
    if source_store == target_store:
        raise TransferSameStoreError(store=source_store)
    require_lines(transfer_no, lines)


def require_lines(document_no: str, lines: Sequence[OrderLine]) -> None:
    """Check the lines of any order.

    Raises:
        NoLinesError: none.
        ItemListedTwiceError: an item stands on two lines.
    """
    if not lines:
        raise NoLinesError(document_no=document_no)
    seen: set[int] = set()
    for line in lines:
        if line.item_id in seen:
            raise ItemListedTwiceError(item_id=line.item_id)
        seen.add(line.item_id)


def state_of(decided: TransferState, progress: Sequence[Progress]) -> TransferState:
    """State that people see: what was decided, moved on by what the stores did.

    An order is received when something was shipped and everything shipped has arrived or was
    settled. Goods that arrive before their shipment is known keep it in transit.
    """
    shipped = any(line.shipped_milli for line in progress)
    received = any(line.received_milli for line in progress)
    if not shipped and not received:
        return decided
    if all(line.in_transit_milli == 0 for line in progress):
        return TransferState.RECEIVED
    return TransferState.IN_TRANSIT
