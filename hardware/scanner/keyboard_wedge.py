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
    DEAD,
    ENTERS,
    KEYPAD_DIGITS,
    LAYOUTS,
    LEFT_ALT,
    NUM_LOCK,
    RIGHT_ALT,
    SHIFTS,
    TABS,
    US,
    KeyboardLayout,
)
from hardware.scanner.scan import GROUP_SEPARATOR, ScanEvent, Suffix, make_scan

EV_SYN, EV_KEY, EV_MSC = 0, 1, 4
SYN_REPORT, SYN_DROPPED, MSC_SCAN = 0, 3, 4
KEY_UP, KEY_DOWN = 0, 1
USAGE_PAGE_KEYBOARD = 0x0007
NO_USAGE = -1
A_KEY = 0x04

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

    def __init__(
        self,
        suffix: Suffix,
        layout: KeyboardLayout = KeyboardLayout.US,
        *,
        separator_usage: int | None = None,
        is_caps_inverted: bool = False,
    ) -> None:
        """Prepare a decoder.

        Args:
            suffix: one of SUFFIX_USAGES.
            layout: that the scanner types for.
            separator_usage: a key that it presses for FNC1.
            is_caps_inverted: whether it types as if CapsLock was on, though it never presses it.
        """
        self._suffix = SUFFIX_USAGES[suffix]
        self._layout, self._dead = LAYOUTS[layout], DEAD[layout]
        self._has_third_level = len(self._layout[A_KEY]) > 2
        self._separator_usage = separator_usage
        self._starts_in_caps = is_caps_inverted
        self._framer = Framer(make_scan, has_suffix=bool(self._suffix))
        self._held: set[int] = set()
        """Modifiers that are down."""
        self._is_dead = False
        """Whether the key before waits for a blank."""
        self._is_caps = is_caps_inverted
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
        events = self._framer.idle(now_ms)
        self._is_dead &= self._framer.is_half
        return events

    def _synchronise(self, code: int, now_ms: int) -> list[ScanEvent]:
        """End a report. After lost events nothing is known: not the text, not what is held."""
        self._is_dropping = code == SYN_DROPPED
        self._usage = NO_USAGE
        if code != SYN_DROPPED:
            return []
        self._held.clear()
        self._is_dead = False
        self._is_caps = self._starts_in_caps
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
            self._is_dead = False
            return self._framer.end(now_ms)
        if usage == self._separator_usage and not self._held:
            return self._put(GROUP_SEPARATOR, now_ms)
        return self._put(self._compose(self._character(usage)), now_ms)

    def _release(self, usage: int, now_ms: int) -> list[ScanEvent]:
        self._held.discard(usage)
        if self._held & ALTS or not self._alt_digits:
            return []
        number, self._alt_digits = int(self._alt_digits), ""
        return self._put(chr(number) if number <= LATIN_1_MAX else None, now_ms)

    def _put(self, character: str | None, now_ms: int) -> list[ScanEvent]:
        if character is None:
            return self._framer.spoil(LossReason.NOISE, now_ms)
        return self._framer.put(character, now_ms) if character else []

    def _character(self, usage: int) -> str | None:
        """Read a key with what is held; None for keys that no code is typed with."""
        if usage in ENTERS and not self._held:
            return "\r"  # Not the suffix here: a line end beside it, or noise inside a code.
        is_third = self._is_third_level
        if usage not in self._layout or (self._held & ALTS and not is_third):
            return None
        character = self._at_level(self._layout[usage], is_third)
        if not self._held & CONTROLS or is_third:
            return character or None
        # Ctrl takes the low 5 bits of the characters from "@" on: Ctrl+] is GS, ASCII 0x1D. Where a
        # layout has no such character on the key, the scanner means the place of the US one.
        if not "@" <= character <= "~":
            character = self._at_level(US.get(usage, ()), is_third=False)
        return chr(ord(character) & 0x1F) if "@" <= character <= "~" else None

    @property
    def _is_third_level(self) -> bool:
        """Whether AltGr is held; to Windows it is Ctrl and the left Alt."""
        is_alt_gr = RIGHT_ALT in self._held
        is_both = LEFT_ALT in self._held and bool(self._held & CONTROLS)
        return self._has_third_level and (is_alt_gr or is_both)

    def _at_level(self, characters: tuple[str, ...], is_third: bool) -> str:
        """What stands on a key, by Shift, CapsLock and AltGr; empty if nothing does."""
        if not characters:
            return ""
        is_letter = characters[0].isascii() and characters[0].isalpha()
        is_capital = self._is_caps and is_letter and not is_third
        is_shifted = bool(self._held & SHIFTS) != is_capital
        level = 2 * is_third + is_shifted
        return characters[level] if level < len(characters) else ""

    def _compose(self, character: str | None) -> str | None:
        """Swallow the blank behind a dead key. With anything else it would be an accent."""
        if self._is_dead:
            self._is_dead = False
            return "" if character == " " else None
        self._is_dead = character in self._dead
        return character
