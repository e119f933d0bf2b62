"""What the keys of keyboard scanners mean: USB usages to characters, one table a country.

Source: USB HID Usage Tables 1.5, section 10, "Keyboard/Keypad Page (0x07)". Usages name places on
the keyboard, so these tables hold whatever keymap the box itself has.
"""

from __future__ import annotations

import enum
import string
from collections.abc import Mapping

SHIFTS = frozenset({0xE1, 0xE5})
CONTROLS = frozenset({0xE0, 0xE4})
ALTS = frozenset({0xE2, 0xE6})
"""Left and right: on the US layout the right one is no AltGr."""
CAPS_LOCK = 0x39
NUM_LOCK = 0x53
"""Scanners press it around Alt codes. The usages of the keypad are digits whatever its state."""
ENTERS = frozenset({0x28, 0x58})
TABS = frozenset({0x2B})

KEYPAD_DIGITS: dict[int, str] = {0x59 + n: str(n + 1) for n in range(9)} | {0x62: "0"}

LETTERS: dict[int, str] = {0x04 + n: letter for n, letter in enumerate(string.ascii_lowercase)}

# The keypad says the same on every country's keyboard, but for the decimal point.
KEYPAD: dict[int, tuple[str, str]] = {
    usage: (character, character)
    for usage, character in (
        KEYPAD_DIGITS | {0x54: "/", 0x55: "*", 0x56: "-", 0x57: "+", 0x63: "."}
    ).items()
}

US: dict[int, tuple[str, str]] = {
    **{usage: (letter, letter.upper()) for usage, letter in LETTERS.items()},
    **{0x1E + n: (digit, "!@#$%^&*()"[n]) for n, digit in enumerate("1234567890")},
    0x2C: (" ", " "),
    0x2D: ("-", "_"),
    0x2E: ("=", "+"),
    0x2F: ("[", "{"),
    0x30: ("]", "}"),
    0x31: ("\\", "|"),
    0x33: (";", ":"),
    0x34: ("'", '"'),
    0x35: ("`", "~"),
    0x36: (",", "<"),
    0x37: (".", ">"),
    0x38: ("/", "?"),
    **KEYPAD,
}


class KeyboardLayout(enum.Enum):
    """The country that the scanner was told to type for."""

    US = "us"


LAYOUTS: Mapping[KeyboardLayout, Mapping[int, tuple[str, str]]] = {KeyboardLayout.US: US}
"""Usage to (plain, shifted)."""
assert set(LAYOUTS) == set(KeyboardLayout)
