"""Mettler Toledo MT-SICS, level 0 and 1: commands and answers are lines.

`S S    100.00 g` stable, `S D` moving, `S I` not now, `S +` over, `S -` under; ES, ET, EL for
commands that it does not take. Source: MT 7405 manual p. 72; MT-SICS of AT balances p. 87; BTEK
T104 p. 44. That a moving weight is `S D` was not seen in these sheets.
"""

from __future__ import annotations

import re

from hardware.reading import Weight, WeightState
from hardware.scale.frame_parser import FrameParser
from hardware.scale.word import Answer, ScaleWord, make_weight, read_mg

FRAME = re.compile(
    rb"(?:S ([SD]) {1,12}(-?)([0-9.]{1,10}) (kg|g|lb|oz)|S ([I+-])|(E[STL])"
    rb"|(?:Z|ZI|T|TI|TA|TAC) ([ADSI+-])(?: {1,12}-?[0-9.]{1,10} (?:kg|g|lb|oz))?)\r\n"
)
FRAME_BYTES_MAX = 40
COMPLAINTS: dict[bytes, ScaleWord] = {
    b"I": Weight(WeightState.MOTION, None),
    b"+": Weight(WeightState.OVERLOAD, None),
    b"-": Weight(WeightState.UNDERLOAD, None),
}

ASK, ZERO, TARE, CLEAR_TARE = b"SI\r\n", b"Z\r\n", b"T\r\n", b"TAC\r\n"
PAUSE_MS = 100


def make_parser() -> FrameParser:
    """Make a parser."""
    return FrameParser(FRAME, _read, FRAME_BYTES_MAX)


def _read(match: re.Match[bytes]) -> ScaleWord | None:
    status, sign, digits, unit, complaint, error, outcome = match.groups()
    if status is not None:
        weight_mg = read_mg(digits, unit.decode())
        return make_weight(weight_mg, is_stable=status == b"S", is_negative=sign == b"-")
    if complaint is not None:
        return COMPLAINTS[complaint]
    if error is not None or outcome in (b"I", b"+", b"-"):
        return Answer.REFUSED
    return Answer.DONE
