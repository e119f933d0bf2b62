"""The trading day of a store: opened and closed as facts, never guessed from a clock.

The close carries a certificate: which facts the day has, where the chain stood, what was sold.
Signed by the box, it tells headquarters what is missing even when the facts themselves are not
there yet. Source: domain rule 10.
"""

from __future__ import annotations

import dataclasses
import datetime


@dataclasses.dataclass(frozen=True, slots=True)
class DayOpened:
    """Payload: the store trades; the fact's business_date is the day."""

    reason: str = ""
    """Why a person opened it against the clock; empty for the ordinary way."""


@dataclasses.dataclass(frozen=True, slots=True)
class DayCertificate:
    """What a day of a store holds."""

    store: str
    epoch: int
    business_date: datetime.date
    first_seq: int
    """First fact after the close before it, in this epoch."""
    last_seq: int
    """Last fact before the close; first_seq - 1 when nothing happened."""
    head: bytes
    """Chain after last_seq, 32 bytes."""
    tickets: int
    sales_fen: int
    """Of sale lines, tax included."""
    returns_fen: int
    """Of return lines, not negative."""
    stock_digest: bytes
    """Of stock on hand at the close, 32 bytes."""

    def __post_init__(self) -> None:
        assert self.last_seq >= self.first_seq - 1 >= 0
        assert len(self.head) == len(self.stock_digest) == 32


@dataclasses.dataclass(frozen=True, slots=True)
class DayClosed:
    """Payload: the store's day is over."""

    certificate: DayCertificate
    signature: bytes
    """By the box's key over the certificate's bytes (protos.day_certificate)."""


def trading_day(
    by_clock: datetime.date, *, opened: datetime.date | None, closed: datetime.date | None
) -> datetime.date:
    """Business date of what happens now.

    Args:
        by_clock: what the store's clock and cut-off say.
        opened: the day that is open, None between a close and an opening.
        closed: the last closed day, None when none was ever closed.

    Returns:
        The open day; else the clock's, but never a day that is closed already.
    """
    if opened is not None:
        return opened
    if closed is not None and by_clock <= closed:
        return closed + datetime.timedelta(days=1)
    return by_clock
