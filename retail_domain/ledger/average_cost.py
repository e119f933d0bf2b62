"""Moving average cost of one (legal entity, store, item). Only the hub has it.

Rules: domain 3. A pair of value and quantity is kept and divided at issue, never a unit cost.
"""

from __future__ import annotations

import dataclasses

from retail_domain.rounding import divide_half_away, divide_half_up


@dataclasses.dataclass(frozen=True, slots=True)
class AverageCost:
    """Value and quantity as a pair."""

    value_fen: int = 0
    quantity_milli: int = 0
    """Below zero while goods were sold before their receipt was known."""
    last_value_fen: int = 0
    """Last receipt, as a pair too: the price of what is issued short."""
    last_quantity_milli: int = 0

    def __post_init__(self) -> None:
        assert self.quantity_milli != 0 or self.value_fen == 0, "value without goods"
        assert self.quantity_milli <= 0 or self.value_fen >= 0, "goods below zero value"

    def receive(self, value_fen: int, quantity_milli: int) -> tuple[AverageCost, int]:
        """Add a receipt.

        Returns:
            The new pair, and the variance in fen: what goods issued short really cost more (+) or
            less (-) than was posted. It goes to cost variance in the open period.
        """
        assert quantity_milli > 0
        assert value_fen >= 0
        quantity_after = self.quantity_milli + quantity_milli
        value_after = self.value_fen + value_fen
        if self.quantity_milli < 0:
            value_after = divide_half_away(value_fen * quantity_after, quantity_milli)
        variance_fen = self.value_fen + value_fen - value_after
        return AverageCost(value_after, quantity_after, value_fen, quantity_milli), variance_fen

    def restore(self, value_fen: int, quantity_milli: int) -> tuple[AverageCost, int]:
        """Take goods back in at a value of their own: brought back, found, never really gone.

        Unlike a receipt they say nothing of today's price: the last receipt stays, and what was
        issued short keeps the value it was issued at, but for the part that they fill up.

        Returns:
            The new pair, and the variance in fen that goes to cost variance.
        """
        assert quantity_milli > 0
        assert value_fen >= 0
        quantity_after = self.quantity_milli + quantity_milli
        if self.quantity_milli >= 0:
            value_after = self.value_fen + value_fen
        elif quantity_after <= 0:
            value_after = divide_half_away(self.value_fen * -quantity_after, -self.quantity_milli)
        else:
            value_after = divide_half_away(value_fen * quantity_after, quantity_milli)
        after = dataclasses.replace(self, value_fen=value_after, quantity_milli=quantity_after)
        return after, self.value_fen + value_fen - value_after

    def issue(self, quantity_milli: int) -> tuple[AverageCost, int]:
        """Take goods out.

        Returns:
            The new pair, and the cost in fen, not negative. The last piece takes the residue; what
            is issued short goes at the last known cost, and at 0 when none is known.
        """
        assert quantity_milli > 0
        held_milli = max(0, min(quantity_milli, self.quantity_milli))
        cost_fen = 0
        if held_milli:
            cost_fen = divide_half_up(self.value_fen * held_milli, self.quantity_milli)
        if held_milli < quantity_milli:
            cost_fen += self.provisional_fen(quantity_milli - held_milli)
        after = AverageCost(
            self.value_fen - cost_fen,
            self.quantity_milli - quantity_milli,
            self.last_value_fen,
            self.last_quantity_milli,
        )
        return after, cost_fen

    def provisional_fen(self, quantity_milli: int) -> int:
        """Cost of goods that are not there, by the last receipt; 0 when there was none."""
        assert quantity_milli >= 0
        if not self.last_quantity_milli:
            return 0
        return divide_half_up(self.last_value_fen * quantity_milli, self.last_quantity_milli)

    def estimate_fen(self, quantity_milli: int) -> int:
        """What this quantity would cost now, by the average, else by the last receipt."""
        assert quantity_milli >= 0
        if self.quantity_milli > 0:
            return divide_half_up(self.value_fen * quantity_milli, self.quantity_milli)
        return self.provisional_fen(quantity_milli)

    def revalue(self, difference_fen: int, quantity_milli: int) -> tuple[AverageCost, int]:
        """Correct the value of an earlier receipt without touching what was posted.

        Args:
            difference_fen: what the goods cost more (+) or less (-) than they were taken in at.
            quantity_milli: of that receipt, above 0.

        Returns:
            The new pair, carrying the part of goods still held (at most), and the rest in fen: it
            belongs to goods already issued and goes to cost variance.
        """
        assert quantity_milli > 0
        held_milli = max(0, min(quantity_milli, self.quantity_milli))
        held_fen = divide_half_away(difference_fen * held_milli, quantity_milli)
        held_fen = max(held_fen, -max(self.value_fen, 0))
        after = dataclasses.replace(self, value_fen=self.value_fen + held_fen)
        return after, difference_fen - held_fen
