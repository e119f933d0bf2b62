"""Scanners on a serial line or USB CDC: bytes in, scans out. Pure; the port is the reader's."""

from __future__ import annotations

from hardware.scanner.framing import Framer
from hardware.scanner.scan import ScanEvent, Suffix, make_scan

SUFFIX_BYTES: dict[Suffix, bytes] = {
    Suffix.CR: b"\r",
    Suffix.LF: b"\n",
    Suffix.CRLF: b"\r\n",
    Suffix.TAB: b"\t",
    Suffix.NONE: b"",
}
"""The suffixes that a serial scanner may have."""


class SerialLine:
    """Parser of one serial scanner's bytes.

    It is clean for all 8 bits. The scans depend on the bytes alone, not on how reads cut them.
    """

    def __init__(self, suffix: Suffix) -> None:
        self._suffix = SUFFIX_BYTES[suffix]
        self._framer = Framer(read_line, has_suffix=bool(self._suffix))
        self._previous = -1

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way: silence has to be told to `idle`."""
        return self._framer.is_half

    def feed(self, data: bytes, now_ms: int) -> list[ScanEvent]:
        """Take bytes as they come.

        Returns:
            The scans that ended in them and the losses, in order.
        """
        events: list[ScanEvent] = []
        for byte in data:
            if self._is_end(byte):
                events += self._framer.end(now_ms)
            else:
                events += self._framer.put(chr(byte), now_ms)
            self._previous = byte
        return events

    def idle(self, now_ms: int) -> list[ScanEvent]:
        """Take the news that the line was silent until now; see `Framer.idle`."""
        return self._framer.idle(now_ms)

    def _is_end(self, byte: int) -> bool:
        """Whether the byte completes the suffix. `make_scan` drops the CR of a CR LF."""
        if not self._suffix or byte != self._suffix[-1]:
            return False
        return len(self._suffix) == 1 or self._previous == self._suffix[0]


def read_line(line: str) -> ScanEvent | None:
    """Make a scan of the bytes of one line, given as one character a byte.

    The text is UTF-8 if the bytes are, else one character a byte, so that none is lost.
    """
    try:
        return make_scan(line.encode("latin-1").decode("utf-8"))
    except UnicodeDecodeError:
        return make_scan(line)
