"""NCI / Weigh-Tronix SCP-01 and NCI-ECR: the scale answers `W` CR with weight and status.

Frames: LF weight unit CR LF status CR ETX, and LF status CR ETX when there is no weight to show;
ECR has an S before the status; LF ? CR ETX for a command that it does not know. Source:
Weigh-Tronix 7821 manual p. 25, 7800 p. 32; DIVA service manual p. 34; Ohaus Aviator p. 47 and 49;
NCI 6702 p. 14. Status bits by Ohaus and Fairbanks PC2250 p. 61. One vendor's SCP-12 sheet prints
inverted senses: such a scale is never stable here, which is safe.
"""

from __future__ import annotations

import re

from hardware.reading import Weight, WeightState
from hardware.scale.frame_parser import FrameParser
from hardware.scale.word import Answer, ScaleWord, make_weight, read_mg

FRAME = re.compile(
    rb"\n(?:([ 0-9.^_-]{5,8})(KG|kg|LB|lb|OZ|oz| G| g)\r\n)?"
    rb"(?:(\?)|S?([0-\x3f][0-\x7f]{0,3}))\r\x03"
)
FRAME_BYTES_MAX = 20

MOTION, BROKEN_1 = 1 << 0, 1 << 2 | 1 << 3
UNDER, OVER, BROKEN_2 = 1 << 0, 1 << 1, 1 << 2 | 1 << 3
NET, NO_ZERO = 1 << 2, 1 << 3
FIXED = 0x30
"""These bits are always set in a status byte."""

FULL_DISPLAY = {
    b"^": Weight(WeightState.OVERLOAD, None),
    b"_": Weight(WeightState.UNDERLOAD, None),
    b"-": Weight(WeightState.ERROR_ZERO, None),
}

ASK, ZERO = b"W\r", b"Z\r"
PAUSE_MS = 100


def make_parser() -> FrameParser:
    """Make a parser."""
    return FrameParser(FRAME, _read, FRAME_BYTES_MAX)


def _read(match: re.Match[bytes]) -> ScaleWord | None:
    weight, unit, unknown, status = match.groups()
    if unknown is not None:
        return Answer.REFUSED
    if any(byte & FIXED != FIXED for byte in status):
        return None
    complaint = _read_status(status)
    if weight is None:
        return complaint or Answer.DONE
    overflow = FULL_DISPLAY.get(weight.strip()[:1])
    if overflow is not None and weight.strip() == weight.strip()[:1] * len(weight.strip()):
        return overflow
    if complaint is not None and complaint.state is not WeightState.MOTION:
        return complaint
    weight_mg = read_mg(weight, unit.strip().lower().decode())
    is_net = len(status) > 2 and bool(status[2] & NET)
    return make_weight(weight_mg, is_stable=complaint is None, is_net=is_net)


def _read_status(status: bytes) -> Weight | None:
    """Say the worst that the status complains of; None if all is well."""
    first, second, third = (*status, 0, 0)[:3]
    complaints = (
        (first & BROKEN_1 or second & BROKEN_2, WeightState.FAULT),
        (second & OVER, WeightState.OVERLOAD),
        (second & UNDER, WeightState.UNDERLOAD),
        (third & NO_ZERO, WeightState.ERROR_ZERO),
        (first & MOTION, WeightState.MOTION),
    )
    return next((Weight(state, None) for is_so, state in complaints if is_so), None)
