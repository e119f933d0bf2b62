"""A simulated keyboard scanner: the events that the kernel makes of its keys, as bytes."""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterable, Iterator

from hardware.scanner.keyboard_layout import (
    DEAD,
    ENTERS,
    KEYPAD,
    KEYPAD_DIGITS,
    LAYOUTS,
    LEFT_ALT,
    RIGHT_ALT,
    SEPARATOR_KEYS,
    SPACE,
    TABS,
    KeyboardLayout,
)
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

LEFT_CONTROL, LEFT_SHIFT = 0xE0, 0xE1
RIGHT_BRACKET = 0x30
DOWN = SEPARATOR_KEYS["down"] or 0
INPUT_EVENT = struct.Struct("@llHHi")
"""struct input_event of 64-bit Linux: seconds, microseconds, type, code, value."""

KeyEvent = tuple[int, int, int]
"""Type, code, value."""

SUFFIX_USAGE = {Suffix.ENTER: min(ENTERS), Suffix.TAB: min(TABS)}
KEYS_OF: dict[KeyboardLayout, dict[str, tuple[int, int]]] = {
    layout: {
        character: (usage, level)
        for usage, characters in reversed(tuple(keys.items()))
        if usage not in KEYPAD
        for level, character in reversed(tuple(enumerate(characters)))
        if character
    }
    for layout, keys in LAYOUTS.items()
}
"""Character to its usage and level: 0 plain, 1 Shift, 2 AltGr, 3 both."""
LEVEL_MODIFIERS: tuple[list[int], ...] = ([], [LEFT_SHIFT], [RIGHT_ALT], [RIGHT_ALT, LEFT_SHIFT])
DIGIT_KEYS = {digit: usage for usage, digit in KEYPAD_DIGITS.items()}

OVERRUN: tuple[KeyEvent, ...] = ((EV_SYN, SYN_DROPPED, 0), (EV_SYN, SYN_REPORT, 0))
"""What the kernel says after it dropped events."""


class SeparatorKeys(enum.Enum):
    """How a scanner types FNC1, which no key stands for."""

    CONTROL = "control"
    """Ctrl+]."""
    ALT = "alt"
    """Alt held, 0029 on the keypad."""
    DOWN = "down"
    """A key of the scanner's own choice."""
    LOST = "lost"
    """Nothing."""


def type_scan(
    text: str,
    suffix: Suffix,
    separator: SeparatorKeys = SeparatorKeys.CONTROL,
    layout: KeyboardLayout = KeyboardLayout.US,
) -> Iterator[KeyEvent]:
    """Yield the events of one scan.

    Args:
        text: characters of the layout and GROUP_SEPARATOR.
        suffix: NONE types nothing.
        separator: how GROUP_SEPARATOR is typed.
        layout: of the country that the scanner types for.
    """
    for character in text:
        if character == GROUP_SEPARATOR:
            yield from _type_separator(separator)
        else:
            usage, level = KEYS_OF[layout][character]
            yield from _chord(LEVEL_MODIFIERS[level], [usage])
            if character in DEAD[layout]:
                yield from _chord([], [SPACE])
    if suffix is not Suffix.NONE:
        yield from _chord([], [SUFFIX_USAGE[suffix]])


def pack_events(events: Iterable[KeyEvent]) -> bytes:
    """Make the bytes that a read of the event node gives. Their times are 0."""
    return b"".join(INPUT_EVENT.pack(0, 0, *event) for event in events)


def _type_separator(separator: SeparatorKeys) -> Iterator[KeyEvent]:
    if separator is SeparatorKeys.CONTROL:
        return _chord([LEFT_CONTROL], [RIGHT_BRACKET])
    if separator is SeparatorKeys.DOWN:
        return _chord([], [DOWN])
    if separator is SeparatorKeys.LOST:
        return iter(())
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
