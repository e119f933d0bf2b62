"""Simulated label printers: read ZPL II or TSPL, print onto labels, answer. No I/O."""

from __future__ import annotations

import re

from hardware.printer import tspl, zpl
from hardware.printer.bitmap import INVERSE
from hardware.sim.paper import Paper
from hardware.sim.printer_faults import PrinterFaults

HEAD_MM = 104
"""A four-inch head."""
FORMAT_BYTES_MAX = 1 << 22
"""What waits for its end without coming is thrown away as junk."""


class ZplPrinter:
    """Bytes in, labels and answers out."""

    FORMAT = re.compile(rb"\^XA(.*?)\^XZ", re.DOTALL)
    GRAPHIC = re.compile(rb"\^GFA,(\d+),(\d+),(\d+),([0-9A-Fa-f\s]*)")
    WIDTH = re.compile(rb"\^PW(\d+)")
    LENGTH = re.compile(rb"\^LL(\d+)")
    COPIES = re.compile(rb"\^PQ(\d+)")

    def __init__(self, faults: PrinterFaults, dots_per_mm: int = 8) -> None:
        self.faults = faults
        self.paper = Paper(HEAD_MM * dots_per_mm)
        self.junk = 0
        self._buffer = b""
        self._waiting: list[bytes] = []

    def feed(self, data: bytes) -> bytes:
        """Take bytes; returns what it answers. ~HS is answered at once, in a format too."""
        self._buffer, clear, rest = (self._buffer + data).rpartition(zpl.CLEAR)
        if clear:
            self._waiting.clear()
        self._buffer = rest
        questions = self._buffer.count(b"~HS")
        self._buffer = self._buffer.replace(b"~HS", b"")
        while found := self.FORMAT.search(self._buffer):
            self.junk += len(self._buffer[: found.start()].strip(b"\r\n"))
            self._waiting.append(found[1])
            self._buffer = self._buffer[found.end() :]
        while self._waiting and not self.faults.stops:
            self._print(self._waiting.pop(0))
        return self._answer() * questions

    def _answer(self) -> bytes:
        f = self.faults
        if f.is_mute or f.paper_out or f.ribbon_out or f.cover_open or f.overheated:
            return b""
        if f.answers_garbage:
            return b"\x15hello\r\n"
        is_partial = int(b"^XA" in self._buffer)
        return (
            f"\x02030,0,{int(f.paused)},0320,{len(self._waiting):03},0,0,{is_partial},000,0,0,0"
            "\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
        ).encode()

    def _print(self, body: bytes) -> None:
        graphic = self.GRAPHIC.search(body)
        patterns = (self.WIDTH, self.LENGTH, self.COPIES)
        width, length, copies = (_find_number(pattern, body) for pattern in patterns)
        if graphic is None or width is None or length is None:
            self.junk += len(body)
            return
        total, row_bytes = int(graphic[2]), int(graphic[3])
        data = bytes.fromhex(graphic[4].decode("ascii"))[:total]
        for _ in range(copies or 1):
            _burn_label(self.paper, self.faults, (width, length), row_bytes, data)


def _find_number(pattern: re.Pattern[bytes], body: bytes) -> int | None:
    found = pattern.search(body)
    return None if found is None else int(found[1])


def _burn_label(
    paper: Paper, faults: PrinterFaults, size: tuple[int, int], row_bytes: int, data: bytes
) -> None:
    """One label; when the paper ends in it, the printer prints it again after the next roll."""
    paper.width_dots, length = size
    burnt = faults.burn(length)
    paper.burn(row_bytes, data[: min(burnt, length) * row_bytes])
    paper.cut()
    if burnt < length:
        faults.paper_out = True


class TsplPrinter:
    """Bytes in, labels and answers out."""

    BITMAP = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,")
    LINE = re.compile(rb"([^\r\n]*)\r\n")
    SIZE = re.compile(rb"SIZE ([\d.]+) mm,([\d.]+) mm")
    KNOWN = (b"GAP ", b"DIRECTION ")
    CLEARED = re.compile(re.escape(tspl.CLEAR) + rb"((?:\x1b!\?)*)\Z")
    """At the end only, questions behind it: a bitmap may hold these bytes, too."""

    def __init__(self, faults: PrinterFaults, dots_per_mm: int = 8) -> None:
        self.faults = faults
        self.paper = Paper(HEAD_MM * dots_per_mm)
        self.junk = 0
        self._dots_per_mm = dots_per_mm
        self._buffer = b""
        self._size = (0, 0)
        self._picture: tuple[int, bytes] | None = None

    def feed(self, data: bytes) -> bytes:
        """Take bytes; returns what it answers. ESC ! ? is answered at once, but not in a bitmap."""
        answers: list[bytes] = []
        self._buffer += data
        cleared = self.CLEARED.search(self._buffer)
        if cleared is not None:
            self._buffer = cleared[1]
        while True:
            if self._buffer.startswith(b"\x1b!?"):
                self._buffer = self._buffer[3:]
                answers.append(self._answer())
            elif self.faults.stops and self._is_only_questions_urgent():
                at = self._buffer.find(b"\x1b!?")
                self._buffer = self._buffer[:at] + self._buffer[at + 3 :]
                answers.append(self._answer())
            elif self.faults.stops or not self._take():
                return b"".join(answers)

    def _is_only_questions_urgent(self) -> bool:
        """Whether a question stands behind commands that can't be done now."""
        return self._buffer.endswith(b"\x1b!?")

    def _answer(self) -> bytes:
        f = self.faults
        if f.is_mute:
            return b""
        if f.answers_garbage:
            return b"??"
        return bytes(
            [
                0x04 * f.paper_out
                | 0x08 * f.ribbon_out
                | 0x10 * f.paused
                | 0x20 * (b"PRINT" in self._buffer)
                | 0x40 * f.cover_open
                | 0x80 * f.overheated
            ]
        )

    def _take(self) -> bool:
        """Do the first command of the buffer if all of it is there."""
        bitmap = self.BITMAP.match(self._buffer)
        if bitmap is not None:
            row_bytes, rows = int(bitmap[3]), int(bitmap[4])
            end = bitmap.end() + row_bytes * rows
            if len(self._buffer) < end + 2:
                return False
            picture = self._buffer[bitmap.end() : end].translate(INVERSE)
            self._picture, self._buffer = (row_bytes, picture), self._buffer[end + 2 :]
            return True
        line = self.LINE.match(self._buffer)
        if line is None:
            return False
        self._buffer = self._buffer[line.end() :]
        self._do(line[1])
        return True

    def _do(self, line: bytes) -> None:
        size = self.SIZE.fullmatch(line)
        if size is not None:
            scale = self._dots_per_mm
            width, height = (round(float(part) * scale) for part in size.groups())
            self._size = (width, height)
        elif line == b"CLS":
            self._picture = None
        elif line.startswith(b"PRINT ") and self._picture is not None:
            row_bytes, data = self._picture
            _burn_label(self.paper, self.faults, self._size, row_bytes, data)
        elif not line.startswith(self.KNOWN):
            self.junk += len(line)
