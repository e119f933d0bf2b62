"""Which lots are still there, when most sales do not say: the first to expire are sold first.

A till that reads a plain code knows the item and no lot. What it sold is taken off the lots in the
order of their expiry (FEFO), for people to look at; the books keep what was really read.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable

from retail_domain.catalog.code_reading import expiry_of


@dataclasses.dataclass(frozen=True, slots=True)
class LotOnHand:
    """One lot of an item."""

    lot: str
    """`lot_no|expiry`."""
    quantity_milli: int
    is_assumed: bool = False
    """Whether goods of unknown lots were taken off: somebody has to look."""

    @property
    def expires_on(self) -> datetime.date | None:
        """None for a lot without a date; it goes last."""
        return expiry_of(self.lot)


def assume_fefo(lots: Iterable[LotOnHand], unlabelled_milli: int) -> tuple[LotOnHand, ...]:
    """Lots that should still be there, the first to expire first.

    Args:
        lots: as the books hold them; those at or below zero are gone.
        unlabelled_milli: stock under no lot; below 0 is what was sold and never named its lot.
    """
    sold_milli = max(0, -unlabelled_milli)
    there = sorted(
        (lot for lot in lots if lot.lot and lot.quantity_milli > 0),
        key=lambda lot: (lot.expires_on or datetime.date.max, lot.lot),
    )
    left: list[LotOnHand] = []
    for lot in there:
        taken_milli = min(sold_milli, lot.quantity_milli)
        sold_milli -= taken_milli
        if taken_milli < lot.quantity_milli:
            is_assumed = lot.is_assumed or unlabelled_milli < 0
            left.append(LotOnHand(lot.lot, lot.quantity_milli - taken_milli, is_assumed))
    return tuple(left)
