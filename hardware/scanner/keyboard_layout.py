"""What the keys of keyboard scanners mean: USB usages to characters, one table a country.

Source: USB HID Usage Tables 1.5, section 10, "Keyboard/Keypad Page (0x07)". Usages name places on
the keyboard, so these tables hold whatever keymap the box itself has.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

SHIFTS = frozenset({0xE1, 0xE5})
CONTROLS = frozenset({0xE0, 0xE4})
LEFT_ALT, RIGHT_ALT = 0xE2, 0xE6
ALTS = frozenset({LEFT_ALT, RIGHT_ALT})
"""The right one is AltGr where a layout has a third level."""
CAPS_LOCK = 0x39
NUM_LOCK = 0x53
"""Scanners press it around Alt codes. The usages of the keypad are digits whatever its state."""
ENTERS = frozenset({0x28, 0x58})
TABS = frozenset({0x2B})

KEYPAD_DIGITS: dict[int, str] = {0x59 + n: str(n + 1) for n in range(9)} | {0x62: "0"}

# The keypad says the same on every country's keyboard, but for the decimal point.
KEYPAD: dict[int, str] = KEYPAD_DIGITS | {0x54: "/", 0x55: "*", 0x56: "-", 0x57: "+", 0x63: "."}

PLACES = (
    (0x35, *range(0x1E, 0x28), 0x2D, 0x2E),
    (0x14, 0x1A, 0x08, 0x15, 0x17, 0x1C, 0x18, 0x0C, 0x12, 0x13, 0x2F, 0x30),
    (0x04, 0x16, 0x07, 0x09, 0x0A, 0x0B, 0x0D, 0x0E, 0x0F, 0x33, 0x34, 0x31),
    (0x64, 0x1D, 0x1B, 0x06, 0x19, 0x05, 0x11, 0x10, 0x36, 0x37, 0x38),
)
"""Usages of the four rows, from the left. 0x64 is the key that only European keyboards have."""
SAME_KEY = {0x32: 0x31}
"""European keyboards number the key beside Enter otherwise."""
SPACE = 0x2C
NONE = "·"
"""In the rows below: nothing stands there. Middle dots are in no code."""

Keys = Mapping[int, tuple[str, ...]]
"""Usage to its characters: plain, with Shift, with AltGr, with both. Empty where nothing stands."""


class KeyboardLayout(enum.Enum):
    """The country that the scanner was told to type for."""

    US = "us"
    UK = "uk"
    DE = "de"
    FR = "fr"
    IT = "it"


ROWS: dict[KeyboardLayout, tuple[tuple[str, ...], ...]] = {
    KeyboardLayout.US: (
        ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "·zxcvbnm,./"),
        ("~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"|', "·ZXCVBNM<>?"),
    ),
    KeyboardLayout.UK: (
        ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'#", "\\zxcvbnm,./"),
        ('¬!"£$%^&*()_+', "QWERTYUIOP{}", "ASDFGHJKL:@~", "|ZXCVBNM<>?"),
    ),
    KeyboardLayout.DE: (
        ("^1234567890ß´", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"),
        ('°!"§$%&/()=?`', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"),
        ("··²³···{[]}\\·", "@·€········~", "·" * 12, "|······µ···"),
    ),
    KeyboardLayout.FR: (
        ("²&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù*", "<wxcvbn,;:!"),
        ("·1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%µ", ">WXCVBN?./§"),
        ("··~#{[|`\\^@]}", "··€········¤", "·" * 12, "·" * 11),
    ),
    KeyboardLayout.IT: (
        ("\\1234567890'ì", "qwertyuiopè+", "asdfghjklòàù", "<zxcvbnm,.-"),
        ('|!"£$%&/()=?^', "QWERTYUIOPé*", "ASDFGHJKLç°§", ">ZXCVBNM;:_"),
        ("·" * 13, "··€·······[]", "·········@#·", "·" * 11),
        ("·" * 13, "··········{}", "·" * 12, "·" * 11),
    ),
}
"""The standard layouts of Windows; scanners imitate these."""
assert set(ROWS) == set(KeyboardLayout)

DEAD: dict[KeyboardLayout, frozenset[str]] = {
    KeyboardLayout.US: frozenset(),
    KeyboardLayout.UK: frozenset(),
    KeyboardLayout.DE: frozenset("^´`"),
    KeyboardLayout.FR: frozenset("^¨~`"),
    KeyboardLayout.IT: frozenset(),
}
"""Keys that wait for the next one. With a blank they are themselves; with anything else they make
an accent, which no code holds. (FR: the circumflex of AltGr and 9 does not wait. It is taken for
one that does: a code with it is lost, not wrong.)"""
assert set(DEAD) == set(KeyboardLayout)


def _make_keys(levels: tuple[tuple[str, ...], ...]) -> Keys:
    keys: dict[int, tuple[str, ...]] = {
        usage: tuple(
            "" if row[place] == NONE else row[place] for row in (level[row_no] for level in levels)
        )
        for row_no, usages in enumerate(PLACES)
        for place, usage in enumerate(usages)
    }
    keys |= {usage: keys[same] for usage, same in SAME_KEY.items()}
    keys |= {usage: (character, character) for usage, character in KEYPAD.items()}
    return keys | {SPACE: (" ", " ")}


LAYOUTS: Mapping[KeyboardLayout, Keys] = {
    layout: _make_keys(levels) for layout, levels in ROWS.items()
}
US = LAYOUTS[KeyboardLayout.US]

SEPARATOR_KEYS: Mapping[str, int | None] = {
    "none": None,
    "right": 0x4F,
    "left": 0x50,
    "down": 0x51,
    "up": 0x52,
    **{f"f{number}": 0x39 + number for number in range(1, 13)},
}
"""Keys that some scanners press for FNC1 instead of Ctrl+] or an Alt code. HHP ValueTeam 3060 has
`down` for it (manual p. 62)."""
