"""友声 JCS-B 6-byte stream: FF flags BCD low, middle, high unit.

Flags: bits 0-2 decimals, 3-4 mode, 5 negative, 6 stable, 7 overload; unit 0 kg, 1 lb. No checksum:
two equal readings are needed before a weight counts. Source: 友声 JCS-B manual p. 6. Another
account counts the decimals from 1: option `decimals_from`.
"""

from __future__ import annotations

import re

from hardware.reading import Weight, WeightState
from hardware.scale.frame_parser import FrameParser
from hardware.scale.word import ScaleWord, make_weight, read_mg

# No byte behind the first can be FF, so frames never overlap.
BCD = (
    rb"[\x00-\x09\x10-\x19\x20-\x29\x30-\x39\x40-\x49\x50-\x59\x60-\x69\x70-\x79\x80-\x89\x90-\x99]"
)
FRAME = re.compile(rb"\xff([^\xff])(" + BCD + rb"{3})([\x00\x01])")
FRAME_BYTES = 6
DECIMALS, NEGATIVE, STABLE, OVERLOAD = 0x07, 1 << 5, 1 << 6, 1 << 7
DECIMALS_MAX = 5
UNIT_NAMES = ("kg", "lb")


def make_parser(decimals_from: int = 0) -> FrameParser:
    """Make a parser.

    Args:
        decimals_from: what the decimals field says for none, 0 or 1.
    """

    def read(match: re.Match[bytes]) -> ScaleWord | None:
        flags = match[1][0]
        if flags & OVERLOAD:
            return Weight(WeightState.OVERLOAD, None)
        decimals = (flags & DECIMALS) - decimals_from
        if not 0 <= decimals <= DECIMALS_MAX:
            return None
        digits = match[2][::-1].hex().encode()
        return make_weight(
            read_mg(digits, UNIT_NAMES[match[3][0]], decimals=decimals),
            is_stable=bool(flags & STABLE),
            is_negative=bool(flags & NEGATIVE),
        )

    return FrameParser(FRAME, read, FRAME_BYTES)
