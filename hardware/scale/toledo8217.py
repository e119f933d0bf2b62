"""Mettler Toledo 8217 and 8213: the scale answers `W`, and only when the weight is at rest.

Frames: STX weight CR, with N before CR when it is net; STX ? status CR otherwise. Source: Toledo
8217 protocol sheet; DIVA service manual p. 45; Salter Brecknell 3700LP manual p. 11 (grams). Of
the status only bits 0 to 3 are used: clones always set 5 and 6 (Global Industrial 412584 p. 25).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from hardware.reading import Weight, WeightState
from hardware.scale.frame_parser import FrameParser
from hardware.scale.word import Answer, ScaleWord, make_weight, read_mg

WEIGHTS: Mapping[str, bytes] = {
    "kg": rb"\d\d\.\d{3}",
    "lb": rb"\d\d\.\d\d",
    "g": rb"0\d{5}",
}
"""The unit decides the width: a frame that lost a digit is no frame."""
FRAME_BYTES_MAX = 9

MOTION, OVER, UNDER, NO_ZERO = 1 << 0, 1 << 1, 1 << 2, 1 << 3
STATES = (
    (OVER, Weight(WeightState.OVERLOAD, None)),
    (UNDER, Weight(WeightState.NEGATIVE, None)),
    (MOTION, Weight(WeightState.MOTION, None)),
    (NO_ZERO, Weight(WeightState.ERROR_ZERO, None)),
)
"""The first that is set."""

ASK, ZERO, TARE, CLEAR_TARE = b"W", b"Z", b"T", b"C"
PAUSE_MS = 200
"""Between two commands, at least."""


def make_parser(unit: str = "kg") -> FrameParser:
    """Make a parser for a scale that shows a unit of WEIGHTS."""
    pattern = re.compile(rb"\x02(?:(" + WEIGHTS[unit] + rb")(N?)|\?([^\x02\r]))\r")

    def read(match: re.Match[bytes]) -> ScaleWord | None:
        if match[1] is None:
            return read_status(match[3][0])
        return make_weight(read_mg(match[1], unit), is_stable=True, is_net=bool(match[2]))

    return FrameParser(pattern, read, FRAME_BYTES_MAX)


def read_status(status: int) -> ScaleWord:
    """Say what a status byte complains of; DONE if of nothing."""
    return next((word for bit, word in STATES if status & bit), Answer.DONE)
