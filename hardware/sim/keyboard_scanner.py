"""A simulated keyboard scanner: the events that the kernel makes of its keys, as bytes."""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterable, Iterator

from hardware.scanner.keyboard_layout import ENTERS, KEYPAD, KEYPAD_DIGITS, TABS, US
from hardware.scanner.keyboard_wedge import (
    EV_KEY,
    EV_MSC,
    EV_SYN,
    KEY_DOWN,
    KEY_UP,
    MSC_SCAN,
    SYN_DROPPED,
    SYN_REPORT,
    USAGE_PAGE_KEYBOARD,
)
from hardware.scanner.scan import GROUP_SEPARATOR, Suffix

LEFT_CONTROL, LEFT_SHIFT, LEFT_ALT = 0xE0, 0xE1, 0xE2
RIGHT_BRACKET = 0x30
INPUT_EVENT = struct.Struct("@llHHi")
"""struct input_event of 64-bit Linux: seconds, microseconds, type, code, value."""

KeyEvent = tuple[int, int, int]
"""Type, code, value."""

SUFFIX_USAGE = {Suffix.ENTER: min(ENTERS), Suffix.TAB: min(TABS)}
KEYS: dict[str, tuple[int, bool]] = {
    character: (usage, is_shifted)
    for usage, pair in US.items()
    if usage not in KEYPAD
    for is_shifted, character in zip((False, True), pair, strict=True)
    if not is_shifted or character != pair[0]
}
"""Character to (usage, whether Shift is held), on a US keyboard."""
DIGIT_KEYS = {digit: usage for usage, digit in KEYPAD_DIGITS.items()}

OVERRUN: tuple[KeyEvent, ...] = ((EV_SYN, SYN_DROPPED, 0), (EV_SYN, SYN_REPORT, 0))
"""What the kernel says after it dropped events."""


class SeparatorKeys(enum.Enum):
    """How a scanner types FNC1, which no key stands for."""

    CONTROL = "control"
    """Ctrl+]."""
    ALT = "alt"
    """Alt held, 0029 on the keypad."""


def type_scan(
    text: str, suffix: Suffix, separator: SeparatorKeys = SeparatorKeys.CONTROL
) -> Iterator[KeyEvent]:
    """Yield the events of one scan.

    Args:
        text: characters of a US keyboard and GROUP_SEPARATOR.
        suffix: NONE types nothing.
        separator: how GROUP_SEPARATOR is typed.
    """
    for character in text:
        if character == GROUP_SEPARATOR:
            yield from _type_separator(separator)
        else:
            usage, is_shifted = KEYS[character]
            yield from _chord([LEFT_SHIFT] if is_shifted else [], [usage])
    if suffix is not Suffix.NONE:
        yield from _chord([], [SUFFIX_USAGE[suffix]])


def pack_events(events: Iterable[KeyEvent]) -> bytes:
    """Make the bytes that a read of the event node gives. Their times are 0."""
    return b"".join(INPUT_EVENT.pack(0, 0, *event) for event in events)


def _type_separator(separator: SeparatorKeys) -> Iterator[KeyEvent]:
    if separator is SeparatorKeys.CONTROL:
        return _chord([LEFT_CONTROL], [RIGHT_BRACKET])
    return _chord([LEFT_ALT], [DIGIT_KEYS[digit] for digit in "0029"])


def _chord(held: list[int], usages: list[int]) -> Iterator[KeyEvent]:
    """Press and release keys while others are held."""
    for usage in held:
        yield from _key(usage, KEY_DOWN)
    for usage in usages:
        yield from _key(usage, KEY_DOWN)
        yield from _key(usage, KEY_UP)
    for usage in held:
        yield from _key(usage, KEY_UP)


def _key(usage: int, value: int) -> Iterator[KeyEvent]:
    # The key code is the kernel's translation; nobody reads it, so the usage stands in for it.
    yield EV_MSC, MSC_SCAN, USAGE_PAGE_KEYBOARD << 16 | usage
    yield EV_KEY, usage, value
    yield EV_SYN, SYN_REPORT, 0
