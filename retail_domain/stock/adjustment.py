"""Stock corrected by a person with a reason: damage, self-use, finds, and moves between states."""

from __future__ import annotations

import dataclasses
import enum

from retail_domain.stock.movement import StockState


class AdjustmentReason(enum.Enum):
    """Why stock changes; decides the account of what leaves or comes."""

    MOVED = "moved"
    """Between states of the same store: nothing leaves."""
    DAMAGED = "damaged"
    EXPIRED = "expired"
    LOST = "lost"
    SELF_USED = "self_used"
    SAMPLED = "sampled"
    FOUND = "found"
    RECLASSIFIED = "reclassified"
    """Was sold as an open item before headquarters knew its code."""


@dataclasses.dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """One item from a state to a state; None is outside the store."""

    line_no: int
    """From 1, without gaps."""
    item_id: int
    lot: str
    quantity_milli: int
    """Above 0."""
    source: StockState | None
    target: StockState | None

    def __post_init__(self) -> None:
        assert self.item_id > 0
        assert self.quantity_milli > 0
        assert self.source is not self.target


@dataclasses.dataclass(frozen=True, slots=True)
class StockAdjusted:
    """Payload: stock was corrected."""

    reason: AdjustmentReason
    note: str
    approved_by: str
    lines: tuple[AdjustmentLine, ...]
    photo_sha256: bytes = b""
    """Of the picture that the box keeps; empty without one."""

    def __post_init__(self) -> None:
        assert self.lines
        assert len(self.photo_sha256) in {0, 32}
        if self.reason is AdjustmentReason.MOVED:
            assert all(line.source and line.target for line in self.lines)
