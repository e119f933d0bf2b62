"""TSPL, the language of label printers of TSC, Gprinter and Xprinter. Pure: bytes in and out.

Sources: Gprinter GP-2120T manual p. 34 (ESC ! ?); TSC, TSPL programming manual (SIZE, GAP,
BITMAP, ESC ! .).
"""

from __future__ import annotations

from collections.abc import Mapping

from hardware.printer.bitmap import Bitmap
from hardware.printer.language import Answer, Garbage, Language
from hardware.printer.status import Condition

ASK = b"\x1b!?"
"""Answered by one byte at once, whatever is being printed."""
CLEAR = b"\x1b!."
"""Cancel all, at once."""
MEANINGS = (
    (0x01, Condition.COVER_OPEN),  # The head.
    (0x02, Condition.JAM),
    (0x04, Condition.PAPER_OUT),
    (0x08, Condition.RIBBON_OUT),
    (0x10, Condition.PAUSED),
    (0x20, Condition.PRINTING),
    (0x40, Condition.COVER_OPEN),
    (0x80, Condition.OVERHEATED),
)


def encode(bitmap: Bitmap, options: Mapping[str, str]) -> bytes:
    """Bytes of one label: the whole of it as one bitmap, in which 0 is black."""
    scale = int(options["dots_per_mm"])
    head = (
        f"SIZE {_mm(bitmap.width_dots, scale)} mm,{_mm(bitmap.height_dots, scale)} mm\r\n"
        f"GAP {options['gap_mm']} mm,0 mm\r\nDIRECTION 1\r\nCLS\r\n"
        f"BITMAP 0,0,{bitmap.row_bytes},{bitmap.height_dots},0,"
    )
    return head.encode("ascii") + bitmap.inverted() + b"\r\nPRINT 1,1\r\n"


def _mm(dots: int, scale: int) -> str:
    """Dots as millimetres with three decimals at most: 400 at 8 is `50`, 404 is `50.5`."""
    whole, rest = divmod(dots, scale)
    decimals = f"{rest * 1000 // scale:03}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)


def read_answer(received: bytes) -> Answer | None:
    """Read the byte that answers ASK.

    Raises:
        Garbage: more than one byte.
    """
    if not received:
        return None
    if len(received) > 1:
        raise Garbage(received[:40].hex(" "))
    status = frozenset(c for bit, c in MEANINGS if received[0] & bit)
    # While a label waits in the buffer the byte may still say idle, so idle proves nothing.
    return Answer(status)


TSPL = Language(ask=ASK, read=read_answer, silence=Condition.OFFLINE, clear=CLEAR, encode=encode)
