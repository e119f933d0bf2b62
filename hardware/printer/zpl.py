"""ZPL II, the language of Zebra's label printers: graphic field, ~HS. Pure: bytes in and out.

Source: Zebra, ZPL II programming guide, ^GF, ^PQ, ~JA and ~HS (p. 191 f.).
"""

from __future__ import annotations

from collections.abc import Mapping

from hardware.printer.bitmap import Bitmap
from hardware.printer.language import Answer, Garbage, Language
from hardware.printer.status import Condition

ASK = b"~HS"
"""Answered at once, between the bytes of a format too; not at all while media or ribbon is out, the
head is open or too hot."""
CLEAR = b"~JA"
"""Cancel all: formats that wait and that are printed."""
STX, ETX = b"\x02", b"\x03"
STRINGS = 3
FIELDS = (12, 11, 2)
"""Of each string of the answer."""
ANSWER_BYTES_MAX = 200
"""The three strings have 82 with their frames; more is another language."""


def encode(bitmap: Bitmap, _options: Mapping[str, str]) -> bytes:
    """Bytes of one label: the whole of it as one graphic field in hexadecimal."""
    total = len(bitmap.data)
    return (
        f"^XA^PW{bitmap.width_dots}^LL{bitmap.height_dots}^LH0,0^FO0,0"
        f"^GFA,{total},{total},{bitmap.row_bytes},{bitmap.data.hex().upper()}^FS^PQ1^XZ\r\n"
    ).encode("ascii")


def read_answer(received: bytes) -> Answer | None:
    """Read the three strings of ~HS.

    Raises:
        Garbage: not framed by STX and ETX, or with other fields.
    """
    if len(received) > ANSWER_BYTES_MAX:
        raise Garbage(received[:40].hex(" "))
    stripped = received.strip(b"\r\n")
    if stripped and not stripped.startswith(STX):
        raise Garbage(received[:40].hex(" "))
    if received.count(ETX) < STRINGS:
        return None
    lines = [line.strip(b"\r\n") for line in received.split(ETX)[:STRINGS]]
    fields = [line.removeprefix(STX).decode("latin-1").split(",") for line in lines]
    if tuple(map(len, fields)) != FIELDS:
        raise Garbage(received[:40].hex(" "))
    return _read_fields(fields[0], fields[1])


FIRST_MEANINGS = (
    (1, Condition.PAPER_OUT),
    (2, Condition.PAUSED),
    (5, Condition.BUFFER_FULL),
    (9, Condition.FAULT),  # Its memory lost the settings.
    (11, Condition.OVERHEATED),  # Too cold (10) prints badly, but prints.
)
SECOND_MEANINGS = (
    (2, Condition.COVER_OPEN),
    (3, Condition.RIBBON_OUT),
    (7, Condition.LABEL_WAITS),
)
FORMATS_WAITING, IS_PARTIAL, LABELS_LEFT = 4, 7, 8


def _read_fields(first: list[str], second: list[str]) -> Answer:
    found = {condition for place, condition in FIRST_MEANINGS if first[place] == "1"}
    found |= {condition for place, condition in SECOND_MEANINGS if second[place] == "1"}
    waiting, left = first[FORMATS_WAITING], second[LABELS_LEFT]
    if not (waiting.isdecimal() and left.isdecimal()):
        raise Garbage(f"{waiting} {left}")
    is_done = int(waiting) == 0 and int(left) == 0 and first[IS_PARTIAL] == "0"
    if not is_done:
        found.add(Condition.PRINTING)
    return Answer(frozenset(found), is_done)


ZPL = Language(ask=ASK, read=read_answer, silence=Condition.NOT_READY, clear=CLEAR, encode=encode)
