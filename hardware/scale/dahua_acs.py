"""大华 ACS-A: a stream of lines of five digits, in grams, each between CR and LF.

Source: one public account of a till's program; no sheet of the maker was found. No checksum, no
sign, no word for motion: the weight is judged by time, and a line counts whole or not at all.
"""

from __future__ import annotations

import re

from hardware.scale.regex_profile import LineParser, RegexProfile

PROFILE = RegexProfile(re.compile(rb"\r?(?P<weight>[ 0-9]{4}[0-9])"), b"\n", "g")


def make_parser() -> LineParser:
    """Make a parser."""
    return LineParser(PROFILE)
