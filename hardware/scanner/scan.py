"""What a scanner of any kind delivers: a scan, or the news that one was lost."""

from __future__ import annotations

import enum
import re

from hardware.reading import LossReason, Scan, ScanLost

SCAN_CHARACTERS_MAX = 4096
"""Longer than any code of the trade: the largest QR code holds 4,296 letters and digits."""

GROUP_SEPARATOR = "\x1d"
"""FNC1 inside a GS1 code, as scanners transmit it (GS1 General Specifications 7.8.3)."""

# ISO/IEC 15424: "]", a letter for the symbology, a modifier; "]E0" is EAN-13.
AIM_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# ISO/IEC 15434 uses EOT, FS, GS, RS and US inside codes. Any other control character is noise.
NOISE = re.compile(r"[\x00-\x03\x05-\x1b\x7f]")


class Suffix(enum.Enum):
    """How the scanner was told to end a scan."""

    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    TAB = "tab"
    ENTER = "enter"
    """Either Enter key of a keyboard scanner."""
    NONE = "none"
    """Silence ends the scan. Half a scan can't be told from a whole one: prefer any suffix."""


ScanEvent = Scan | ScanLost


def make_scan(characters: str) -> ScanEvent | None:
    """Make a scan of the characters between two suffixes.

    Line ends at both sides are dropped: a scanner may send CR LF where one was configured. Noise
    spoils the whole scan: what is left of it could be another item's code.

    Returns:
        The scan or its loss; None if the characters are only the rest of a line end.
    """
    line = characters.strip("\r\n")
    if not line:
        return None
    identifier = AIM_IDENTIFIER.match(line)
    symbology = identifier[0] if identifier else ""
    text = line[len(symbology) :]
    if not text or NOISE.search(text):
        return ScanLost(LossReason.NOISE)
    return Scan(text, symbology)
