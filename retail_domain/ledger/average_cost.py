"""Moving average cost of one (legal entity, store, item). Only the hub has it.

Rules: domain 3. A pair of value and quantity is kept and divided at issue, never a unit cost.
"""

from __future__ import annotations

from typing import NamedTuple

from retail_domain.rounding import divide_half_away, divide_half_up


class AverageCost(NamedTuple):
    """Value and quantity as a pair; no value without goods, none below zero of goods.

    A tuple: one is read and one made for every line sold, in a third of a dataclass's time.
    """

    value_fen: int = 0
    quantity_milli: int = 0
    """Below zero while goods were sold before their receipt was known."""
    last_value_fen: int = 0
    """Last receipt, as a pair too: the price of what is issued short."""
    last_quantity_milli: int = 0

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
        after = AverageCost(value_after, quantity_after, value_fen, quantity_milli)
        return _checked(after), variance_fen

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
        after = self._replace(value_fen=value_after, quantity_milli=quantity_after)
        return _checked(after), self.value_fen + value_fen - value_after

    def issue(self, quantity_milli: int) -> tuple[AverageCost, int]:
        """Take goods out.

        Returns:
            The new pair, and the cost in fen, not negative. The last piece takes the residue; what
            is issued short goes at the last known cost, and at 0 when none is known.
        """
        assert quantity_milli > 0
        value_fen, held_milli, last_value_fen, last_quantity_milli = self
        if quantity_milli <= held_milli:  # Half up, written out: nearly every line sold.
            cost_fen = (2 * value_fen * quantity_milli + held_milli) // (2 * held_milli)
        else:
            cost_fen = self.provisional_fen(quantity_milli - max(0, held_milli))
            cost_fen += value_fen if held_milli > 0 else 0
        left_fen, left_milli = value_fen - cost_fen, held_milli - quantity_milli
        assert left_milli < 0 or left_fen >= 0, "goods below zero value"
        left = (left_fen, left_milli, last_value_fen, last_quantity_milli)
        return tuple.__new__(AverageCost, left), cost_fen

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
        after = self._replace(value_fen=self.value_fen + held_fen)
        return _checked(after), difference_fen - held_fen


def _checked(pair: AverageCost) -> AverageCost:
    value_fen, quantity_milli, _last_value_fen, _last_quantity_milli = pair
    assert quantity_milli != 0 or value_fen == 0, "value without goods"
    assert quantity_milli <= 0 or value_fen >= 0, "goods below zero value"
    return pair
