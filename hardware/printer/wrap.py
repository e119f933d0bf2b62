"""Breaks a text into lines of a width: anywhere between Chinese characters, at spaces in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from hardware.printer.font import measure

NEVER_FIRST = frozenset("，。、；：？！）》」』】〕％…·,.;:?!)]}%°")
"""A line does not begin with these (GB/T 15834, 5.1)."""
NEVER_LAST = frozenset("（《「『【〔([{￥¥$")
WIDE = frozenset({"W", "F"})


def wrap(text: str, size_dots: int, width_dots: int) -> list[str]:
    """Break a text into lines, each as wide as `width_dots` at most.

    A word that is wider than a line is broken inside; a single character that is, stands alone.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if not line or measure(size_dots, line + piece.rstrip()) <= width_dots:
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
        while measure(size_dots, line.rstrip()) > width_dots and len(line) > 1:
            head = _fitting_head(line, size_dots, width_dots)
            lines.append(head.rstrip())
            line = line[len(head) :].lstrip()
    if line.rstrip() or not lines:
        lines.append(line.rstrip())
    return lines


def cut(line: str, size_dots: int, width_dots: int) -> str:
    """As much of a line as fits with an ellipsis behind."""
    while line and measure(size_dots, line + "…") > width_dots:
        line = line[:-1]
    return line + "…"


def _pieces(text: str) -> Iterator[str]:
    """What is not broken: a Chinese character with its punctuation, a word with its space."""
    piece = ""
    for character in text:
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after in NEVER_FIRST or before in NEVER_LAST or after == " ":
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in WIDE


def _fitting_head(line: str, size_dots: int, width_dots: int) -> str:
    """The longest beginning that fits, of one character at least."""
    low, high = 1, len(line) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if measure(size_dots, line[:middle]) <= width_dots:
            low = middle
        else:
            high = middle - 1
    return line[:low]
