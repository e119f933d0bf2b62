"""Any scale that sends lines: IT describes a line by a regular expression with named groups.

`weight` is needed; `unit`, `sign`, `stable`, `net`, `over`, `under` may stand. Without `stable`
the weight is judged by time. A line counts whole or not at all, and the first one after the start
never does: its beginning may be missing.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from hardware.errors import DeviceUnavailableError
from hardware.reading import Weight, WeightState
from hardware.scale.word import ScaleWord, make_weight, read_mg

LINE_BYTES_MAX = 128
"""A longer line is noise."""
GROUPS = frozenset({"weight", "unit", "sign", "stable", "net", "over", "under"})
ENDS: Mapping[str, bytes] = {"crlf": b"\r\n", "cr": b"\r", "lf": b"\n", "etx": b"\x03"}

AND_18 = (
    rb"(?:(?P<stable>ST)|US|(?P<over>OL)),(?:GS|(?P<net>NT)),"
    rb"(?P<sign>[+-])(?P<weight>[ 0-9.]{8})(?P<unit>[ k]g|lb)"
)
CAS_10 = rb"(?P<weight>[ 0-9.]{8})"
NAMED: Mapping[str, bytes] = {"and18": AND_18, "cas10": CAS_10}
"""A&D, 18 bytes a line, and CAS, 10 bytes a line. Source: CAS CI-600D manual."""


@dataclasses.dataclass(frozen=True, slots=True)
class RegexProfile:
    """How a scale's lines are read."""

    pattern: re.Pattern[bytes]
    end: bytes
    unit: str = "kg"
    """Of a line that names none."""

    @property
    def has_motion(self) -> bool:
        """Whether a line says if the weight is at rest."""
        return "stable" in self.pattern.groupindex


def make_profile(options: Mapping[str, str]) -> RegexProfile:
    """Read IT's options: pattern (or a name of NAMED), end, unit.

    Raises:
        DeviceUnavailableError: the pattern can't be read, or names groups that mean nothing.
    """
    text = options.get("pattern", "")
    try:
        pattern = re.compile(NAMED.get(text, text.encode()))
    except re.error as error:
        raise DeviceUnavailableError(f"pattern {text!r} can't be read: {error}") from error
    groups = set(pattern.groupindex)
    if "weight" not in groups or not groups <= GROUPS:
        raise DeviceUnavailableError(
            f"pattern {text!r} needs the group weight, and none beside {', '.join(sorted(GROUPS))}"
        )
    return RegexProfile(pattern, ENDS[options["end"]], options["unit"])


class LineParser:
    """Parser of one scale's lines."""

    def __init__(self, profile: RegexProfile) -> None:
        self._profile = profile
        self._rest = b""
        self._is_whole = False
        """Whether the rest began behind a line's end."""
        self.noise_bytes = 0

    def feed(self, data: bytes) -> list[ScaleWord]:
        """Take bytes as they come; see ScaleParser."""
        end = self._profile.end
        *lines, rest = (self._rest + data).split(end)
        words: list[ScaleWord] = []
        for line in lines:
            word = self._read(line) if self._is_whole else None
            self._is_whole = True
            if word is None:
                self.noise_bytes += len(line) + len(end)
            else:
                words.append(word)
        if len(rest) > LINE_BYTES_MAX:
            kept = rest[-(len(end) - 1) :] if len(end) > 1 else b""
            self.noise_bytes += len(rest) - len(kept)
            self._is_whole, rest = False, kept
        self._rest = rest
        return words

    def _read(self, line: bytes) -> ScaleWord | None:
        match = self._profile.pattern.fullmatch(line) if len(line) <= LINE_BYTES_MAX else None
        if match is None:
            return None
        found = match.groupdict()
        if found.get("over"):
            return Weight(WeightState.OVERLOAD, None)
        if found.get("under"):
            return Weight(WeightState.UNDERLOAD, None)
        unit = (found.get("unit") or self._profile.unit.encode()).strip().lower()
        return make_weight(
            read_mg(found["weight"], unit.decode("latin-1")),
            is_stable=bool(found.get("stable")) or not self._profile.has_motion,
            is_negative=(found.get("sign") or b"").strip() == b"-",
            is_net=bool(found.get("net")),
        )
