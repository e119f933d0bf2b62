"""What happened to the box itself, and codes that nobody knew: tasks for headquarters and IT."""

from __future__ import annotations

import dataclasses
import enum

from retail_domain.catalog.item import TaxRate

DETAIL_LENGTH_MAX = 200
"""Of a sentence for IT."""


class BoxEventKind(enum.Enum):
    """What happened."""

    STARTED = "started"
    """detail: version of the software."""
    CLOCK_JUMPED = "clock_jumped"
    """detail: by how many seconds, against the monotonic clock."""
    RESTORED = "restored"
    """detail: from what."""
    FEED_APPLIED = "feed_applied"
    """detail: feed, scope, generation and version."""


@dataclasses.dataclass(frozen=True, slots=True)
class BoxEvent:
    """Payload: something about the box that explains other facts."""

    event: BoxEventKind
    detail: str

    def __post_init__(self) -> None:
        assert len(self.detail) <= DETAIL_LENGTH_MAX


@dataclasses.dataclass(frozen=True, slots=True)
class ItemUnknown:
    """Payload: a code that no item has; the goods may have been sold as an open item."""

    scanned_code: str
    name: str
    """What the cashier typed; empty when only scanned."""
    unit_price_fen: int
    """What was charged; 0 when it was not sold."""
    tax_rate: TaxRate | None
    """Of the open item that it was sold as; None when it was not sold."""
