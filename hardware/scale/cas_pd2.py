"""CAS PD-II, interface types 0 and 1: ENQ, ACK, DC2 fetches STX id weight(5) BCC ETX.

Source: CAS PD-II manual p. 19. It gives the order of the bytes and neither what the BCC counts (the
digits, with or without id and STX: learned from the first frames) nor where the point stands (an
option). Overload and motion are not in it: the scale is silent or answers NAK then.
"""

from __future__ import annotations

import functools
import operator
import re

from hardware.reading import Weight, WeightState
from hardware.scale.frame_parser import FrameParser
from hardware.scale.learned_check import LearnedCheck
from hardware.scale.word import Answer, ScaleWord, make_weight, read_mg

# A BCC may look like ACK or NAK: behind STX, id and digits it is none.
FRAME = re.compile(
    rb"(?<!\x02[ -~]\d{5})[\x06\x15]|(\x02)([ -~])(\d{5})(.)\x03",
    re.DOTALL,
)
FRAME_BYTES_MAX = 9
LOOKS_BEHIND_BYTES = 7

ENQUIRY, FETCH = b"\x05", b"\x12"
PAUSE_MS = 100
ANSWERS = {b"\x06": Answer.ACK, b"\x15": Answer.NAK}
DECIMALS = {"kg": 3, "lb": 2}
"""Of five digits, where the scale weighs up to 15 kg or 30 lb."""


class CasPd2Reader:
    """Reads frames, and learns which bytes the scale counts into its BCC."""

    def __init__(self, unit: str) -> None:
        """Prepare for a scale that weighs in kg or lb."""
        self._unit = unit
        self._check = LearnedCheck()

    def read(self, match: re.Match[bytes]) -> ScaleWord | None:
        """Read one frame; None if its BCC is wrong."""
        if match[1] is None:
            return ANSWERS[match[0]]
        stx, scale_id, digits, bcc = match.groups()
        counted = functools.reduce(operator.xor, digits)
        kinds = (counted, counted ^ scale_id[0], counted ^ scale_id[0] ^ stx[0])
        if not self._check.accept(kinds.index(bcc[0]) if bcc[0] in kinds else None):
            return None
        if not self._check.is_sure:
            return Weight(WeightState.MOTION, None)
        return make_weight(read_mg(digits, self._unit, DECIMALS[self._unit]), is_stable=True)


def make_parser(unit: str) -> FrameParser:
    """Make a parser."""
    return FrameParser(FRAME, CasPd2Reader(unit).read, FRAME_BYTES_MAX, LOOKS_BEHIND_BYTES)
