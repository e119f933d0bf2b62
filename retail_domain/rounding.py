"""The one place where fen and milli are divided: half up, and by largest remainder."""

from __future__ import annotations

from collections.abc import Sequence

MILLI = 1000
"""Quantities count thousandths of the stock unit."""
HALF_MILLI = MILLI // 2


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide, halves towards plus infinity."""
    assert denominator > 0
    return (2 * numerator + denominator) // (2 * denominator)


def divide_half_away(numerator: int, denominator: int) -> int:
    """Divide, halves away from zero, so that a reversal is the exact negative."""
    assert denominator > 0
    half_up = (2 * abs(numerator) + denominator) // (2 * denominator)
    return half_up if numerator >= 0 else -half_up


def multiply_price(unit_price_fen: int, quantity_milli: int) -> int:
    """Amount of a quantity at a unit price, in fen; signed like the quantity.

    Written out, not by divide_half_away: a ticket of eight lines asks for it some sixty times.
    """
    product = unit_price_fen * quantity_milli
    if product < 0:
        return -((HALF_MILLI - product) // MILLI)
    return (product + HALF_MILLI) // MILLI


def split_by_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Share a total in proportion to the weights, so that the shares sum to it exactly.

    Args:
        total: what is shared out; any sign.
        weights: not negative, not all zero unless the total is zero; their order breaks ties.

    Returns:
        One share a weight, in the same order, each within one unit of its exact part.
    """
    assert min(weights, default=0) >= 0
    if total < 0:
        return [-share for share in split_by_largest_remainder(-total, weights)]
    whole = sum(weights)
    if whole == 0:
        assert total == 0, "nothing to share the total over"
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    if left:
        remainders = [total * weight % whole for weight in weights]
        by_remainder = sorted(range(len(shares)), key=remainders.__getitem__, reverse=True)
        for i in by_remainder[:left]:  # The sort is stable: ties stay in order.
            shares[i] += 1
    return shares
