"""耀华 12-byte stream (XK3190-A23 and alike, 地磅): STX sign digits(6) decimals XOR(2) ETX.

The XOR of bytes 2 to 9 stands as two hexadecimal digits. Nothing says whether the weight is at
rest: that is judged by time (hardware/scale/stability.py). Source: A23 manual; the XOR of its
example is 1B.
"""

from __future__ import annotations

import functools
import operator
import re

from hardware.scale.frame_parser import FrameParser
from hardware.scale.word import ScaleWord, make_weight, read_mg

FRAME = re.compile(rb"\x02([+-])(\d{6})([0-4])([0-9A-Fa-f]{2})\x03")
FRAME_BYTES = 12


def make_parser(unit: str = "kg") -> FrameParser:
    """Make a parser for a scale that shows a unit of UNITS."""

    def read(match: re.Match[bytes]) -> ScaleWord | None:
        counted = functools.reduce(operator.xor, match[0][1:9])
        if counted != int(match[4], 16):
            return None
        weight_mg = read_mg(match[2], unit, decimals=int(match[3]))
        return make_weight(weight_mg, is_stable=True, is_negative=match[1] == b"-")

    return FrameParser(FRAME, read, FRAME_BYTES)
