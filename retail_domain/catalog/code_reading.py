"""What a code says of the goods that it is printed on. GS1 and scale labels fill it in."""

from __future__ import annotations

import dataclasses
import datetime


def make_lot(lot_no: str, expires_on: datetime.date | None) -> str:
    """The lot's part of the stock key, `lot_no|expiry`; empty for unlabelled goods."""
    if not lot_no and expires_on is None:
        return ""
    return f"{lot_no}|{expires_on or ''}"


def split_lot(lot: str) -> tuple[str, datetime.date | None]:
    """Take apart what `make_lot` made. What is no date there is none."""
    lot_no, _bar, expiry = lot.rpartition("|")
    try:
        return lot_no, datetime.date.fromisoformat(expiry)
    except ValueError:
        return lot_no, None


def expiry_of(lot: str) -> datetime.date | None:
    """The expiry date in a lot; None when it has none."""
    return split_lot(lot)[1]


@dataclasses.dataclass(frozen=True, slots=True)
class CodeReading:
    """A scanned or typed code, taken apart."""

    shown: str
    """The code as it is kept on the line and shown: without control characters."""
    forms: tuple[str, ...]
    """Under which an item may be listed: 14-digit GTINs, SKUs, scale codes."""
    lot_no: str = ""
    expires_on: datetime.date | None = None
    """Part of the lot's key: the expiry date, else the best before date."""
    sell_until: datetime.date | None = None
    """The last day on which it may be sold: the first of all the dates that it carries."""
    weight_mg: int | None = None
    """Net."""
    piece_count: int | None = None
    amount_fen: int | None = None
    """Printed on it, to be paid for all of it."""

    @property
    def lot(self) -> str:
        """The lot's part of the stock key, `lot_no|expiry`; empty when it is unlabelled."""
        return make_lot(self.lot_no, self.expires_on)

    @property
    def has_measure(self) -> bool:
        """Whether the code itself says how much there is, or what it costs."""
        return (self.weight_mg, self.piece_count, self.amount_fen) != (None, None, None)
