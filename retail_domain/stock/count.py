"""Counting stock while the store sells: each line has its own instant, and its own book quantity.

Goods leave the shelf when the customer takes them, and the books when the ticket is paid. So the
book quantity of a line is stock on hand at the line's instant less what lies in open baskets then.
What is sold between the line and the end of the count changes both sides alike, and the variance
stays what it was. Source: domain rule 9.
"""

from __future__ import annotations

import dataclasses
import datetime

from retail_domain.stock.movement import StockState


@dataclasses.dataclass(frozen=True, slots=True)
class CountLine:
    """One key of stock as one person counted it."""

    line_no: int
    """From 1, without gaps."""
    item_id: int
    state: StockState
    lot: str
    counted_milli: int
    """What was there, 0 or above."""
    book_milli: int
    """What should have been there at counted_at; may be below 0."""
    counted_at: datetime.datetime
    """UTC, whole milliseconds."""
    counted_by: str
    """staff_no."""

    def __post_init__(self) -> None:
        assert self.item_id > 0
        assert self.counted_milli >= 0
        assert self.counted_at.utcoffset() == datetime.timedelta(0)

    @property
    def variance_milli(self) -> int:
        """Found (+) or missing (-)."""
        return self.counted_milli - self.book_milli


@dataclasses.dataclass(frozen=True, slots=True)
class StockCounted:
    """Payload: a count is closed. What was not counted is not zero: it is not in here."""

    count_no: int
    """Of the store, from 1."""
    reason: str
    """Which kind of count, such as `cycle` or `full`."""
    lines: tuple[CountLine, ...]

    def __post_init__(self) -> None:
        assert self.lines
        keys = {(line.item_id, line.state, line.lot) for line in self.lines}
        assert len(keys) == len(self.lines), "a key of stock stands once in a count"
