"""A simulated customer display: what was sent, as a customer reads it."""

from __future__ import annotations

import dataclasses
import re

from hardware.display.pole import COLUMNS, ENCODING, Lamp

LED = re.compile(rb"\x1bQA([-0-9.]{1,9})\r|\x1bs([\x00-\x04]|[0-4])|(\x0c)")
LINES = re.compile(rb"\x1bQ([AB])([^\r]{20})\r|(\x0c)")
REST_BYTES_MAX = 64


@dataclasses.dataclass(slots=True)
class SimulatedLedPole:
    """Eight digits and four lamps."""

    digits: str = ""
    lamp: Lamp = Lamp.NONE
    _rest: bytes = b""

    def feed(self, data: bytes) -> None:
        """Take bytes as they come."""
        stream, done = self._rest + data, 0
        for match in LED.finditer(stream):
            done = match.end()
            if match[1] is not None:
                self.digits = match[1].decode()
            elif match[2] is not None:
                self.lamp = Lamp(match[2][0] & 0x0F)
            else:
                self.digits, self.lamp = "", Lamp.NONE
        self._rest = stream[done:][-REST_BYTES_MAX:]


@dataclasses.dataclass(slots=True)
class SimulatedTwoLines:
    """Two lines of 20 characters, of CD5220 or Epson."""

    lines: list[bytes] = dataclasses.field(default_factory=lambda: [b" " * COLUMNS] * 2)
    _rest: bytes = b""

    def feed_cd5220(self, data: bytes) -> None:
        """Take bytes of CD5220 as they come."""
        stream, done = self._rest + data, 0
        for match in LINES.finditer(stream):
            done = match.end()
            if match[1] is not None:
                self.lines[match[1] == b"B"] = match[2]
            else:
                self.lines = [b" " * COLUMNS] * 2
        self._rest = stream[done:][-REST_BYTES_MAX:]

    def feed_epson(self, data: bytes) -> None:
        """Take bytes of Epson as they come: a form feed begins a new picture."""
        *_before, now = (self._rest + data).rpartition(b"\x0c")
        self._rest = b"\x0c" + now
        self.lines = [now[:COLUMNS].ljust(COLUMNS), now[COLUMNS : 2 * COLUMNS].ljust(COLUMNS)]

    @property
    def text(self) -> list[str]:
        """The lines without the blanks behind them."""
        return [line.decode(ENCODING).rstrip() for line in self.lines]
