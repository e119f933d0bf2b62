"""CAS / TEC / Aclas ECR, 15 bytes: CAS SW-II, ACLAS and 顶尖 OS2, Gram ZFOC, Ohaus format 1.

ENQ asks, the scale answers ACK, DC1 fetches: SOH STX status sign weight unit BCC ETX EOT. (DC2
would fetch a longer frame with prices around the same weight; nobody asks for it.) Source: CAS
SW-II manual p. 15; OS2CX manual p. 19 and 23; Gram ZFOC p. 30 and 42; Ohaus Aviator p. 36.
"""

from __future__ import annotations

import functools
import operator
import re

from hardware.reading import Weight, WeightState
from hardware.scale.frame_parser import FrameParser
from hardware.scale.learned_check import LearnedCheck
from hardware.scale.word import Answer, ScaleWord, make_weight, read_mg

# Frames hold no SOH STX but their own, so they never overlap. A BCC may look like ACK or NAK: what
# stands at its place behind SOH STX is none, even while the end of the frame is still to come.
FRAME = re.compile(
    rb"(?<!\x01\x02.{10})[\x06\x15]"
    rb"|\x01\x02([SUF])([ F-])([ 0-9.]{6})(KG|kg|Kg| G| g|LB|lb|TJ|TL|SJ)(.)\x03\x04",
    re.DOTALL,
)
FRAME_BYTES_MAX = 15
LOOKS_BEHIND_BYTES = 12
HEADS = (0, 0x01 ^ 0x02)
"""One manual counts SOH and STX into the BCC, the others do not."""

ENQUIRY, FETCH = b"\x05", b"\x11"
ZERO, TARE = b"\x3cZK\x3e\t", b"\x3cTK\x3e\t"
"""Of OS2; other makers have keys for it."""
PAUSE_MS = 100
ANSWERS = {b"\x06": Answer.ACK, b"\x15": Answer.NAK}


class CasEcrReader:
    """Reads frames, and learns which bytes the scale counts into its BCC."""

    def __init__(self) -> None:
        self._check = LearnedCheck()

    def read(self, match: re.Match[bytes]) -> ScaleWord | None:
        """Read one frame; None if its BCC is wrong."""
        if match[1] is None:
            return ANSWERS[match[0]]
        counted = functools.reduce(operator.xor, match.string[match.start(1) : match.end(4)])
        head = counted ^ match[5][0]
        if not self._check.accept(head if head in HEADS else None):
            return None
        word = _read_weight(*match.group(1, 2, 3, 4))
        is_sure = word is None or self._check.is_sure
        return word if is_sure else Weight(WeightState.MOTION, None)


def _read_weight(status: bytes, sign: bytes, digits: bytes, unit: bytes) -> Weight | None:
    if sign == b"F":
        return Weight(WeightState.OVERLOAD, None)
    if status == b"F":
        return Weight(WeightState.FAULT, None)
    weight_mg = read_mg(digits, unit.strip().lower().decode())
    return make_weight(weight_mg, is_stable=status == b"S", is_negative=sign == b"-")


def make_parser() -> FrameParser:
    """Make a parser."""
    return FrameParser(FRAME, CasEcrReader().read, FRAME_BYTES_MAX, LOOKS_BEHIND_BYTES)
