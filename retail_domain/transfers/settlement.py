"""What became of goods that left one store and never arrived, or arrived without having left."""

from __future__ import annotations

import dataclasses
import enum


class SettlementReason(enum.Enum):
    """Who answers for the difference."""

    LOST_BY_SOURCE = "lost_by_source"
    LOST_BY_CARRIER = "lost_by_carrier"
    LOST_BY_TARGET = "lost_by_target"
    """It arrived and was not noted: the target's count will find it."""
    MISCOUNTED = "miscounted"
    """More arrived than was noted at the start."""


@dataclasses.dataclass(frozen=True, slots=True)
class SettledLine:
    """One item of a transfer."""

    line_no: int
    """From 1, without gaps."""
    item_id: int
    quantity_milli: int
    """+ taken out of transit as lost, - put into transit because it arrived."""

    def __post_init__(self) -> None:
        assert self.item_id > 0
        assert self.quantity_milli != 0


@dataclasses.dataclass(frozen=True, slots=True)
class TransferSettled:
    """Payload: headquarters closed a transfer that did not come out even."""

    transfer_no: str
    responsible_store: str
    reason: SettlementReason
    lines: tuple[SettledLine, ...]

    def __post_init__(self) -> None:
        assert self.lines
