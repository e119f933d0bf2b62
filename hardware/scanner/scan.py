"""What a scanner of any kind delivers: a scan, or the news that one was lost."""

from __future__ import annotations

import dataclasses
import enum
import re

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


class LossReason(enum.Enum):
    """Why a scan was thrown away instead of delivered."""

    HALF = "half"
    """Silence came before the suffix."""
    TOO_LONG = "too_long"
    """More than SCAN_CHARACTERS_MAX characters."""
    NOISE = "noise"
    """Characters or keys that no code holds."""
    OVERRUN = "overrun"
    """The kernel dropped key events because nobody read them in time."""


@dataclasses.dataclass(frozen=True, slots=True)
class Scan:
    """One code as the scanner read it."""

    text: str
    """Without suffix and symbology. FNC1 inside it is GROUP_SEPARATOR."""
    symbology: str
    """AIM identifier with its bracket (`]E0`), empty when the scanner does not send one."""


@dataclasses.dataclass(frozen=True, slots=True)
class ScanLost:
    """A scan was thrown away whole. The person has to scan again."""

    reason: LossReason


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
