"""A simulated receipt printer: reads ESC/POS, prints it onto paper, answers. No I/O."""

from __future__ import annotations

from collections.abc import Callable

from hardware.printer.escpos import CLEAR
from hardware.sim.paper import Paper
from hardware.sim.printer_faults import PrinterFaults

HEAD_DOTS = {"80": 576, "58": 384}
LINE_ROWS = 34
"""A line of 1/6 inch at 203 dpi."""


class EscposPrinter:
    """Bytes in, paper and answers out. What it does not know is counted as junk."""

    def __init__(self, faults: PrinterFaults, paper_mm: str = "80") -> None:
        self.faults = faults
        self.paper = Paper(HEAD_DOTS[paper_mm])
        self.kicks: list[int] = []
        """Pins of the drawer, as they were pulsed."""
        self.junk = 0
        """Bytes that are in no command: a real printer would print them as text."""
        self._buffer = b""

    def feed(self, data: bytes) -> bytes:
        """Take bytes; returns what it answers.

        Questions of DLE EOT are answered at once, wherever they stand; all else waits in the
        buffer while the printer can't print.
        """
        answers: list[bytes] = []
        self._buffer = (self._buffer + data).rpartition(CLEAR)[2]
        while True:
            taken = self._take_urgent(answers)
            if not taken and not self.faults.stops:
                taken = self._take(answers)
            if not taken:
                return b"".join(answers)

    def _take_urgent(self, answers: list[bytes]) -> bool:
        """Answer the first DLE EOT of the buffer unless it lies in raster data."""
        at = self._buffer.find(b"\x10\x04")
        if at < 0 or len(self._buffer) < at + 3 or self._is_in_raster(at):
            return False
        n = self._buffer[at + 2]
        self._buffer = self._buffer[:at] + self._buffer[at + 3 :]
        if n in (1, 2, 3, 4) and not self.faults.is_mute:
            answers.append(b"U" if self.faults.answers_garbage else bytes([self._status(n)]))
        return True

    def _is_in_raster(self, at: int) -> bool:
        start = self._buffer.rfind(b"\x1dv0\x00", 0, at)
        return start >= 0 and at < start + 8 + self._raster_bytes(start)

    def _raster_bytes(self, start: int) -> int:
        width, height = self._buffer[start + 4 : start + 6], self._buffer[start + 6 : start + 8]
        return int.from_bytes(width, "little") * int.from_bytes(height, "little")

    def _status(self, n: int) -> int:
        f = self.faults
        bits = {
            1: 0x08 * f.stops,
            2: 0x04 * f.cover_open | 0x20 * f.paper_out | 0x40 * f.cutter_stuck,
            3: 0x08 * f.cutter_stuck | 0x40 * f.overheated,
            4: 0x0C * f.paper_low | 0x60 * f.paper_out,
        }
        return 0x12 | bits[n]

    def _take(self, answers: list[bytes]) -> bool:
        """Do the first command of the buffer if all of it is there."""
        for head, length, act in self._commands():
            if self._buffer.startswith(head):
                if len(self._buffer) < length:
                    return False
                command, self._buffer = self._buffer[:length], self._buffer[length:]
                answer = act(command)
                if answer and not self.faults.is_mute:
                    answers.append(answer)
                return True
        if any(head.startswith(self._buffer) for head in HEADS):
            return False
        self.junk += 1
        self._buffer = self._buffer[1:]
        return True

    def _commands(self) -> list[tuple[bytes, int, Callable[[bytes], bytes]]]:
        """Beginning, length and effect of each command it knows."""
        raster = 8 + (self._raster_bytes(0) if len(self._buffer) >= 8 else 0)
        return [
            (b"\x1b@", 2, lambda _: b""),
            (b"\x1da", 3, lambda _: b""),
            (b"\x1bd", 3, self._feed_lines),
            (b"\x1dV", 3, self._cut),
            (b"\x1bp", 5, self._kick),
            (b"\x1dr", 3, lambda _: bytes([0x03 * self.faults.paper_low])),
            (b"\x1dv0\x00", raster, self._burn),
        ]

    def _burn(self, command: bytes) -> bytes:
        row_bytes, data = int.from_bytes(command[4:6], "little"), command[8:]
        rows = len(data) // row_bytes
        burnt = self.faults.burn(rows)
        self.paper.burn(row_bytes, data[: burnt * row_bytes])
        if burnt < rows:  # The rest waits until there is paper again.
            rest = data[burnt * row_bytes :]
            head = command[:6] + (rows - burnt).to_bytes(2, "little")
            self._buffer = head + rest + self._buffer
        return b""

    def _feed_lines(self, command: bytes) -> bytes:
        self.paper.feed(command[2] * LINE_ROWS)
        return b""

    def _cut(self, _command: bytes) -> bytes:
        self.paper.cut()
        return b""

    def _kick(self, command: bytes) -> bytes:
        self.kicks.append({0: 2, 1: 5}[command[2] & 1])
        return b""


HEADS = (
    b"\x1b@",
    b"\x1da",
    b"\x1bd",
    b"\x1dV",
    b"\x1bp",
    b"\x1dr",
    b"\x1dv0\x00",
    b"\x10\x04",
    CLEAR,
)
"""Beginnings of what it knows: an incomplete one is waited for."""
