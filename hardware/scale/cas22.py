"""CAS 22-byte stream: the scale talks by itself, a line a reading.

`ST,NT,` id lamps `,` weight(8) blank unit CR LF; ST stable, US not, OL over; GS gross, NT net.
Source: CAS CI-600D manual p. 74, NT-200 p. 48.
"""

from __future__ import annotations

import re

from hardware.reading import Weight, WeightState
from hardware.scale.frame_parser import FrameParser
from hardware.scale.word import ScaleWord, make_weight, read_mg

FRAME = re.compile(rb"(ST|US|OL),(GS|NT),[^\r\n]([^\r\n]),([-+ 0-9.]{8}) (kg|KG| g| G|lb|LB)\r\n")
FRAME_BYTES = 22
IS_STABLE = 1 << 6
"""Of the lamps; it has to say the same as ST."""


def make_parser() -> FrameParser:
    """Make a parser."""
    return FrameParser(FRAME, _read, FRAME_BYTES)


def _read(match: re.Match[bytes]) -> ScaleWord | None:
    status, kind, lamps, digits, unit = match.groups()
    if status == b"OL":
        return Weight(WeightState.OVERLOAD, None)
    sign = digits.strip()[:1]
    number = digits.strip().lstrip(b"+-")
    return make_weight(
        read_mg(number, unit.strip().lower().decode()),
        is_stable=status == b"ST" and bool(lamps[0] & IS_STABLE),
        is_negative=sign == b"-",
        is_net=kind == b"NT",
    )
