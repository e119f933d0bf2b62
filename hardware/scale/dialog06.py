"""Dialog 02, 04 and 06 of European cash registers: the register sends a price, the scale answers.

EOT STX `01` ESC price(6) ESC ETX, ACK; EOT ENQ; STX `02` ESC `3` ESC weight(5) ESC price(6) ESC
amount(6) ETX. NAK instead means that there is no weight: EOT STX `08` ETX asks why, STX `09` ESC
code(2) ETX says it. The weight is in grams. Source: Ohaus Aviator p. 40, and p. 45 for 02 (at
2400 baud) and 04; Cely PI100 p. 18.
"""

from __future__ import annotations

import re

from hardware.reading import Weight, WeightState
from hardware.scale.frame_parser import FrameParser
from hardware.scale.word import Answer, ScaleWord, make_weight, read_mg

FRAME = re.compile(
    rb"[\x06\x15]"
    rb"|\x0202\x1b3\x1b(\d{5})\x1b(\d{6})\x1b(\d{6})\x03"
    rb"|\x0209\x1b(\d\d)\x03"
)
FRAME_BYTES_MAX = 26
REASONS: dict[bytes, Weight] = {
    b"20": Weight(WeightState.MOTION, None),
    b"30": Weight(WeightState.UNDERLOAD, None),
    b"31": Weight(WeightState.NEGATIVE, None),
    b"32": Weight(WeightState.OVERLOAD, None),
}
OTHER_REASON = Weight(WeightState.FAULT, None)
ANSWERS = {b"\x06": Answer.ACK, b"\x15": Answer.NAK}

PRICE_FEN = 1
"""The scale needs one to answer; ours is made from the price list."""
SEND_PRICE = b"\x04\x0201\x1b%06d\x1b\x03" % PRICE_FEN
FETCH = b"\x04\x05"
ASK_REASON = b"\x04\x0208\x03"
PAUSE_MS = 100


def make_parser() -> FrameParser:
    """Make a parser."""
    return FrameParser(FRAME, _read, FRAME_BYTES_MAX)


def _read(match: re.Match[bytes]) -> ScaleWord | None:
    weight, price, amount, reason = match.groups()
    if weight is not None:
        # The amount checks the weight: price times weight, a fen of rounding apart.
        if abs(int(amount) * 1_000 - int(price) * int(weight)) > 1_000:
            return None
        return make_weight(read_mg(weight, "g"), is_stable=True)
    if reason is not None:
        return REASONS.get(reason, OTHER_REASON)
    return ANSWERS[match[0]]
