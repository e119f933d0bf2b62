"""What customer displays are told, by language. Pure.

`led_pole` is the Chinese LED pole (客显): eight digits and four lamps. `cd5220` and `epson_display`
have two lines of 20 characters. Source: for the pole two accounts on the web that differ in how the
lamp's number is sent, so it is an option; for the others what is commonly known of their command
sets. No maker's sheet was at hand.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

from hardware.display.display_text import DisplayText

COLUMNS = 20
LED_DIGITS = 8
CLEAR = b"\x0c"
ENCODING = "gb18030"
"""Of displays sold in China; what they can't show is a question mark."""


class Lamp(enum.IntEnum):
    """What the number on an LED pole is."""

    NONE = 0
    UNIT_PRICE = 1
    TOTAL = 2
    RECEIVED = 3
    CHANGE = 4


def show_amount(amount_fen: int, lamp: Lamp, options: Mapping[str, str]) -> bytes:
    """Show an amount on an LED pole.

    Args:
        amount_fen: a negative one is shown with its sign.
        lamp: that is lit beside it.
        options: `lamp_number` raw or digit.

    An amount that does not fit shows dashes, never a part of it.
    """
    sign = "-" if amount_fen < 0 else ""
    text = f"{sign}{abs(amount_fen) // 100}.{abs(amount_fen) % 100:02d}"
    if len(text.replace(".", "")) > LED_DIGITS:
        text = "-" * LED_DIGITS
    number = bytes([lamp]) if options.get("lamp_number") == "raw" else str(int(lamp)).encode()
    return b"\x1bQA" + text.encode() + b"\r\x1bs" + number


def cut_line(text: str) -> bytes:
    """Fit a line into COLUMNS bytes: a Chinese character takes two, and is never halved."""
    line = b""
    for character in text:
        shown = character if character.isprintable() else "?"
        encoded = shown.encode(ENCODING, errors="replace")
        if len(encoded) > 2:  # Four bytes: no display has these characters.
            encoded = b"?"
        if len(line) + len(encoded) > COLUMNS:
            break
        line += encoded
    return line.ljust(COLUMNS)


def show_cd5220(text: DisplayText) -> bytes:
    """Fill both lines: ESC Q A and ESC Q B, each to CR."""
    return b"\x1bQA" + cut_line(text.upper) + b"\r\x1bQB" + cut_line(text.lower) + b"\r"


def show_epson(text: DisplayText) -> bytes:
    """Clear, then write 40 characters: the first line runs over into the second."""
    return CLEAR + cut_line(text.upper) + cut_line(text.lower)
