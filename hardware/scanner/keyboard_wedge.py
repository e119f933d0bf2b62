"""Keyboard scanners: the kernel's key events in, scans out. Pure; the event node is the reader's.

Source: Linux input-event-codes.h. A key is EV_MSC/MSC_SCAN with the USB usage, then EV_KEY with 1
(down) or 0 (up), then EV_SYN. What a key means comes from its usage, never from the key code.
"""

from __future__ import annotations

from hardware.reading import LossReason
from hardware.scanner.framing import Framer
from hardware.scanner.keyboard_layout import (
    ALTS,
    CAPS_LOCK,
    CONTROLS,
    ENTERS,
    KEYPAD_DIGITS,
    LAYOUTS,
    LETTERS,
    NUM_LOCK,
    SHIFTS,
    TABS,
    KeyboardLayout,
)
from hardware.scanner.scan import ScanEvent, Suffix, make_scan

EV_SYN, EV_KEY, EV_MSC = 0, 1, 4
SYN_REPORT, SYN_DROPPED, MSC_SCAN = 0, 3, 4
KEY_UP, KEY_DOWN = 0, 1
USAGE_PAGE_KEYBOARD = 0x0007
NO_USAGE = -1

MODIFIERS = SHIFTS | CONTROLS | ALTS
ALT_DIGITS_MAX = 4
"""Alt codes are typed with 2 to 4 digits: 29, 029, 0029."""
LATIN_1_MAX = 0xFF

SUFFIX_USAGES: dict[Suffix, frozenset[int]] = {
    Suffix.ENTER: ENTERS,
    Suffix.TAB: TABS,
    Suffix.NONE: frozenset(),
}
"""The suffixes that a keyboard scanner may have."""


class KeyboardWedge:
    """Decoder of one keyboard scanner's key events."""

    def __init__(self, suffix: Suffix, layout: KeyboardLayout = KeyboardLayout.US) -> None:
        self._suffix = SUFFIX_USAGES[suffix]
        self._layout = LAYOUTS[layout]
        self._framer = Framer(make_scan, has_suffix=bool(self._suffix))
        self._held: set[int] = set()
        """Modifiers that are down."""
        self._is_caps = False
        """By the scanner's own presses: another keyboard's lock does not change its usages."""
        self._alt_digits = ""
        self._usage = NO_USAGE
        """Of the key event that comes next."""
        self._is_dropping = False
        """From SYN_DROPPED to the next SYN_REPORT: these events are leftovers."""

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way: silence has to be told to `idle`."""
        return self._framer.is_half

    def feed(self, event_type: int, code: int, value: int, now_ms: int) -> list[ScanEvent]:
        """Take one event of the kernel.

        Returns:
            The scan that it ended or the loss that it brought, at most one.
        """
        if event_type == EV_SYN:
            return self._synchronise(code, now_ms)
        if self._is_dropping:
            return []
        if event_type == EV_MSC and code == MSC_SCAN:
            self._usage = value & 0xFFFF if value >> 16 == USAGE_PAGE_KEYBOARD else NO_USAGE
            return []
        if event_type != EV_KEY or value not in (KEY_UP, KEY_DOWN):
            return []  # Lights, and the kernel's own repeats of a held key.
        usage, self._usage = self._usage, NO_USAGE
        return self._press(usage, now_ms) if value == KEY_DOWN else self._release(usage, now_ms)

    def idle(self, now_ms: int) -> list[ScanEvent]:
        """Take the news that the keys were silent until now; see `Framer.idle`."""
        return self._framer.idle(now_ms)

    def _synchronise(self, code: int, now_ms: int) -> list[ScanEvent]:
        """End a report. After lost events nothing is known: not the text, not what is held."""
        self._is_dropping = code == SYN_DROPPED
        self._usage = NO_USAGE
        if code != SYN_DROPPED:
            return []
        self._held.clear()
        self._is_caps = False
        self._alt_digits = ""
        return self._framer.spoil(LossReason.OVERRUN, now_ms)

    def _press(self, usage: int, now_ms: int) -> list[ScanEvent]:
        if usage in MODIFIERS:
            self._held.add(usage)
            return []
        if usage in (CAPS_LOCK, NUM_LOCK):
            self._is_caps ^= usage == CAPS_LOCK
            return []
        if self._held & ALTS and usage in KEYPAD_DIGITS and len(self._alt_digits) < ALT_DIGITS_MAX:
            self._alt_digits += KEYPAD_DIGITS[usage]
            return []
        if usage in self._suffix and not self._held:
            return self._framer.end(now_ms)
        return self._put(self._character(usage), now_ms)

    def _release(self, usage: int, now_ms: int) -> list[ScanEvent]:
        self._held.discard(usage)
        if self._held & ALTS or not self._alt_digits:
            return []
        number, self._alt_digits = int(self._alt_digits), ""
        return self._put(chr(number) if number <= LATIN_1_MAX else None, now_ms)

    def _put(self, character: str | None, now_ms: int) -> list[ScanEvent]:
        if character is None:
            return self._framer.spoil(LossReason.NOISE, now_ms)
        return self._framer.put(character, now_ms)

    def _character(self, usage: int) -> str | None:
        """Read a key with what is held; None for keys that no code is typed with."""
        if usage in ENTERS and not self._held:
            return "\r"  # Not the suffix here: a line end beside it, or noise inside a code.
        if usage not in self._layout or self._held & ALTS:
            return None
        is_shifted = bool(self._held & SHIFTS) != (self._is_caps and usage in LETTERS)
        character = self._layout[usage][is_shifted]
        if not self._held & CONTROLS:
            return character
        # Ctrl takes the low 5 bits of the characters from "@" on: Ctrl+] is GS, ASCII 0x1D.
        return chr(ord(character) & 0x1F) if character >= "@" else None
