"""What scales say, whatever the protocol: weights, and short answers. Numbers become milligrams."""

from __future__ import annotations

import enum

from hardware.reading import Weight, WeightState


class Answer(enum.Enum):
    """A word of a scale that is no weight."""

    ACK = "ack"
    NAK = "nak"
    DONE = "done"
    """A command was carried out, or nothing is wrong."""
    REFUSED = "refused"
    """A command was not understood, or can't be carried out now."""


ScaleWord = Weight | Answer

UNITS: dict[str, tuple[int, int]] = {
    "kg": (1_000_000, 1),
    "g": (1_000, 1),
    "lb": (45_359_237, 100),
    "oz": (45_359_237, 1_600),
    "sj": (500_000_000, 1_000),
    "tj": (600_000_000, 1_000),
    "tl": (37_500, 1),
}
"""Milligrams of a unit as a fraction. sj is 市斤 (500 g), tj 台斤 (600 g), tl 台两 (37.5 g)."""
UNIT_CHOICES = ("kg", "g", "lb", "oz")

DIGITS_MAX = 9
"""No scale shows more; beyond it is no weight."""


def read_mg(digits: bytes, unit: str, decimals: int | None = None) -> int | None:
    """Read an unsigned number.

    Args:
        digits: with blanks around it and at most one point, as ` 1.234`.
        unit: one of UNITS, in small letters.
        decimals: of digits that come without a point.

    Returns:
        Milligrams, rounded half up; None if it is no number or the unit is unknown.
    """
    whole, point, part = digits.strip().partition(b".")
    number = whole + part
    if unit not in UNITS or not number.isdigit() or len(number) > DIGITS_MAX:
        return None
    if decimals is not None and not point:
        scale: int = 10**decimals
    else:
        scale = 10 ** len(part)
    numerator, denominator = UNITS[unit]
    divisor = denominator * scale
    return (2 * int(number) * numerator + divisor) // (2 * divisor)


def make_weight(
    weight_mg: int | None, *, is_stable: bool, is_negative: bool = False, is_net: bool = False
) -> Weight | None:
    """Make the weight that a frame shows; None if its number could not be read."""
    if weight_mg is None:
        return None
    if is_negative and weight_mg:
        state = WeightState.NEGATIVE if is_stable else WeightState.MOTION
        return Weight(state, -weight_mg, is_net=is_net)
    if not is_stable:
        return Weight(WeightState.MOTION, weight_mg, is_net=is_net)
    return Weight(WeightState.STABLE if weight_mg else WeightState.ZERO, weight_mg, is_net=is_net)
