"""ESC/POS, the language of receipt printers: raster, cut, drawer, status. Pure: bytes in and out.

Sources: Epson TM-U220 manual p. 54 (DLE EOT), Citizen iDP-3221 p. 60 (DLE EOT 3). GS v 0, ESC d,
GS V, GS r and DLE DC4 are as in Epson's command reference. What was tried: docs/devices.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from hardware.drawer.kick import make_kick
from hardware.printer.bitmap import Bitmap
from hardware.printer.language import Answer, Garbage, Language
from hardware.printer.status import Condition

INITIALIZE = b"\x1b@"
NO_AUTOMATIC_STATUS = b"\x1da\x00"
"""GS a 0: else the printer mixes unasked bytes into its answers."""
FEED_LINES = b"\x1bd"
CUT = {"full": b"\x1dV\x00", "partial": b"\x1dV\x01", "none": b""}
CUT_FEED_LINES = 6
"""From the head to the knife; python-escpos feeds as much."""
SLICE_ROWS_MAX = 255
"""Rows of one raster command: printers with small buffers take no more."""
ASK = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
"""DLE EOT 1 to 4: printer, reason of offline, error, paper. Answered even while offline."""
ASK_END = b"\x1dr\x01"
"""GS r 1: taken in turn with the data, so its answer comes when what was before it is printed."""

CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8: empties the buffers, at once and in the middle of a raster, too."""

FIXED_MASK, FIXED_BITS = 0x93, 0x12
"""Bits 7, 4, 1, 0 of each answer to DLE EOT, by which it is told from anything else."""
END_MASK, END_BITS = 0x90, 0x00
"""Bits 7 and 4 of the answer to GS r."""

MEANINGS: tuple[tuple[tuple[int, Condition], ...], ...] = (
    ((0x08, Condition.OFFLINE),),
    ((0x04, Condition.COVER_OPEN), (0x20, Condition.PAPER_OUT), (0x40, Condition.FAULT)),
    ((0x08, Condition.CUTTER_FAULT), (0x20, Condition.FAULT), (0x40, Condition.OVERHEATED)),
    ((0x0C, Condition.PAPER_LOW), (0x60, Condition.PAPER_OUT)),
)
"""Of each answer: bits and what they mean. Bit 6 of the third is Epson's "recovers by itself": the
head is too hot, or the cover is up while it prints."""


def encode(bitmap: Bitmap, options: Mapping[str, str]) -> bytes:
    """Bytes of one receipt: raster in slices, feed, cut."""
    parts = [INITIALIZE, NO_AUTOMATIC_STATUS]
    for first in range(0, bitmap.height_dots, SLICE_ROWS_MAX):
        slice_ = bitmap.rows(first, SLICE_ROWS_MAX)
        header = slice_.row_bytes.to_bytes(2, "little") + slice_.height_dots.to_bytes(2, "little")
        parts += [b"\x1dv0\x00", header, slice_.data]
    parts += [FEED_LINES, bytes([CUT_FEED_LINES]), CUT[options["cut"]]]
    return b"".join(parts)


def read_answer(received: bytes) -> Answer | None:
    """Read the answers to ASK.

    Raises:
        Garbage: a byte that is no answer to DLE EOT, or one too many.
    """
    if len(received) > len(MEANINGS) or any(b & FIXED_MASK != FIXED_BITS for b in received):
        raise Garbage(received.hex(" "))
    if len(received) < len(MEANINGS):
        return None
    found = {
        condition
        for byte, meanings in zip(received, MEANINGS, strict=True)
        for bits, condition in meanings
        if byte & bits == bits
    }
    if found - {Condition.OFFLINE, Condition.PAPER_LOW}:
        found.discard(Condition.OFFLINE)  # It says why; that helps more.
    return Answer(frozenset(found))


def split_end(received: bytes) -> tuple[bool, bytes]:
    """Whether the answer to ASK_END is among the bytes, and the bytes without it."""
    rest = bytes(byte for byte in received if byte & END_MASK != END_BITS)
    return len(rest) < len(received), rest


def kick(options: Mapping[str, str]) -> bytes:
    """The bytes that open the drawer at the printer."""
    return make_kick(options["drawer_pin"])


ESCPOS = Language(
    ask=ASK,
    read=read_answer,
    silence=Condition.OFFLINE,
    clear=CLEAR,
    encode=encode,
    ask_end=ASK_END,
    split_end=split_end,
    kick=kick,
)
