"""The one font of labels and receipts: Noto Sans CJK with its Simplified Chinese shapes."""

from __future__ import annotations

import functools
import unicodedata

import noto_cjk_sans_otc
from PIL import ImageFont

SIMPLIFIED_CHINESE = 2
"""Index of the SC face in the collection: JP, KR, SC, TC, HK (Noto CJK readme)."""
SIZES_MAX = 24
"""Faces kept open, a megabyte each: a template has a handful, shrinking tries some more."""
GLYPHS_KNOWN_MAX = 20_000
MISSING = "〓"
"""Stands for what the font lacks; the Chinese printer's mark for a missing type."""
NO_CHARACTER = "\uffff"
"""Never a character (Unicode 3.4, D14): shows how the font draws what it lacks."""
JOINERS = frozenset("\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff")
"""Shape what stands beside them and have no picture of their own."""

Face = ImageFont.FreeTypeFont


@functools.lru_cache(SIZES_MAX)
def open_face(size_dots: int) -> Face:
    """The font at one size; kept for the next time."""
    path = str(noto_cjk_sans_otc.FONT_PATH)
    # BASIC: no ligatures and no shaping, so a text is as wide as its characters together.
    return ImageFont.truetype(
        path, size_dots, index=SIMPLIFIED_CHINESE, layout_engine=ImageFont.Layout.BASIC
    )


@functools.lru_cache(GLYPHS_KNOWN_MAX)
def _advance(size_dots: int, character: str) -> int:
    """Dots from one character to the next; whole, because the font is drawn without grey."""
    return round(open_face(size_dots).getlength(character))


def measure(size_dots: int, text: str) -> int:
    """Width of a text in dots. The font has no kerning, so it is what its characters take."""
    return sum(_advance(size_dots, character) for character in text)


@functools.lru_cache(GLYPHS_KNOWN_MAX)
def is_printable(character: str) -> bool:
    """Whether the font has a picture of a character, or it is a space."""
    category = unicodedata.category(character)
    if category == "Zs":
        return True
    if category.startswith("C") or category in {"Zl", "Zp"}:
        return False
    face = open_face(PROBE_SIZE_DOTS)
    mask, missing = face.getmask(character), face.getmask(NO_CHARACTER)
    return mask.size != missing.size or bytes(mask) != bytes(missing)


PROBE_SIZE_DOTS = 24


def find_unprintable(text: str) -> str | None:
    """The first character that can't be printed; joiners don't count."""
    return next((c for c in text if c not in JOINERS and not is_printable(c)), None)


def make_printable(text: str) -> str:
    """The text with one MISSING for each run of characters that can't be printed."""
    made: list[str] = []
    is_missing = False
    for character in text:
        if character in JOINERS:
            continue
        if character in "\r\n\t":
            character = " "  # noqa: PLW2901 - A receipt's cell is one paragraph.
        was_missing, is_missing = is_missing, not is_printable(character)
        if not is_missing:
            made.append(character)
        elif not was_missing:
            made.append(MISSING)
    return "".join(made)
