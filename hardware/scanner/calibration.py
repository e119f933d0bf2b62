"""Learns how a scanner is set up from two codes of a printed sheet. Pure.

The person scans both codes once. Whatever settings make their known texts of the keys or bytes
that came are the scanner's settings. Which codes the sheet has:
hardware/tools/calibration_sheet.py.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator

from hardware.reading import Scan
from hardware.scanner.framing import RECOVERY_MS
from hardware.scanner.keyboard_layout import SEPARATOR_KEYS, KeyboardLayout
from hardware.scanner.keyboard_wedge import SUFFIX_USAGES, KeyboardWedge
from hardware.scanner.scan import GROUP_SEPARATOR, ScanEvent, Suffix
from hardware.scanner.serial_line import SerialLine

LAYOUT_TEXT = 'LS1-aZqm/\\#@|{"+'
"""Every layout types at least one of these with another key; on all of them they can be typed."""
SEPARATOR_TEXT = f"21ab{GROUP_SEPARATOR}3712"
"""A GS1 code with FNC1 in the middle: serial number `ab`, count 12."""
SEPARATOR_DATA = "[21]ab[37]12"
"""The same as a printer of codes wants it."""

KeyEvent = tuple[int, int, int]
"""Type, code, value of the kernel."""


@dataclasses.dataclass(frozen=True, slots=True)
class Calibration:
    """What was learned of a scanner."""

    options: dict[str, str]
    """Of its driver, to be written into the settings."""
    sends_symbology: bool
    """Whether it sends the AIM identifier."""
    problems: tuple[str, ...]
    """What to change at the scanner, English sentences; empty when it is well set up."""


LOST = (
    "FNC1 is lost: GS1 codes with a lot or a serial number cannot be read. Scan the code for "
    "'function code mapping' or 'control characters' of the scanner's manual, or use serial mode."
)
NO_SUFFIX = "No suffix is sent: half a scan can't be told from a whole one. Switch on CR or Enter."
NO_SYMBOLOGY = "No AIM identifier is sent: a GS1 code can't be told from a plain one. Switch it on."
PREAMBLE = "It sends {preamble!r} before each code. Switch that off."


def learn_keyboard(events: list[KeyEvent]) -> Calibration | None:
    """Find the settings of a scanner that types.

    Args:
        events: of its event node while both codes were scanned, in this order: layout, separator.

    Returns:
        None if no settings make the texts of the sheet; then it is another layout, or no scanner.
    """
    candidates = (
        (
            {
                "suffix": suffix.value,
                "layout": layout.value,
                "separator_key": key,
                "caps": "inverted" if is_caps_inverted else "normal",
            },
            read_keys(
                events,
                KeyboardWedge(
                    suffix,
                    layout,
                    separator_usage=SEPARATOR_KEYS[key],
                    is_caps_inverted=is_caps_inverted,
                ),
            ),
        )
        for suffix, layout, key, is_caps_inverted in itertools.product(
            SUFFIX_USAGES, KeyboardLayout, SEPARATOR_KEYS, (False, True)
        )
    )
    return _choose(candidates)


def learn_serial(chunks: list[bytes]) -> Calibration | None:
    """Find the settings of a scanner on a serial line.

    Args:
        chunks: what it sent for each of the two codes, in this order: layout, separator.

    Returns:
        None if no settings make the texts of the sheet: look at speed and parity.
    """
    candidates = (
        ({"suffix": suffix.value}, read_chunks(chunks, SerialLine(suffix)))
        for suffix in (Suffix.CRLF, Suffix.CR, Suffix.LF, Suffix.TAB, Suffix.NONE)
    )
    return _choose(candidates)


def read_keys(events: list[KeyEvent], wedge: KeyboardWedge) -> list[ScanEvent]:
    """Decode key events by one choice of settings, with silence after them."""
    scans = [scan for event in events for scan in wedge.feed(*event, 0)]
    return scans + wedge.idle(RECOVERY_MS)


def read_chunks(chunks: list[bytes], line: SerialLine) -> list[ScanEvent]:
    """Decode bytes by one choice of settings, with silence after each code."""
    scans: list[ScanEvent] = []
    for number, chunk in enumerate(chunks, start=1):
        scans += line.feed(chunk, number * RECOVERY_MS)
        scans += line.idle((number + 1) * RECOVERY_MS - 1)
    return scans


def _choose(candidates: Iterator[tuple[dict[str, str], list[ScanEvent]]]) -> Calibration | None:
    """Take the first settings by which all is read, else the first by which the layout is."""
    readable = [
        (options, found)
        for options, scans in candidates
        if (found := _find_texts(scans)) is not None
    ]
    whole = [(options, found) for options, found in readable if found.has_separator]
    for options, found in (*whole, *readable):
        return Calibration(options, found.has_symbology, tuple(_complain(options, found)))
    return None


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    """What one choice of settings made of the codes."""

    preamble: str
    has_separator: bool
    has_symbology: bool


def _find_texts(scans: list[ScanEvent]) -> _Found | None:
    """Look for the sheet's codes in scans; None if the code of the layout is not among them."""
    texts = [scan for scan in scans if isinstance(scan, Scan)]
    layout = next((scan for scan in texts if scan.text.endswith(LAYOUT_TEXT)), None)
    if layout is None or len(scans) > 2:
        return None
    return _Found(
        layout.text.removesuffix(LAYOUT_TEXT),
        any(scan.text.endswith(SEPARATOR_TEXT) for scan in texts),
        bool(layout.symbology),
    )


def _complain(options: dict[str, str], found: _Found) -> Iterator[str]:
    """What is to be changed at the scanner."""
    checks: tuple[tuple[bool, Callable[[], str]], ...] = (
        (not found.has_separator, lambda: LOST),
        (options["suffix"] == Suffix.NONE.value, lambda: NO_SUFFIX),
        (not found.has_symbology, lambda: NO_SYMBOLOGY),
        (bool(found.preamble), lambda: PREAMBLE.format(preamble=found.preamble)),
    )
    return (say() for is_so, say in checks if is_so)
