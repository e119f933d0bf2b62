"""A simulated printer on a line without a kernel: its clock moves only when somebody waits."""

from __future__ import annotations

from hardware.errors import DeviceAbsentError
from hardware.sim.printer_line import SimulatedPrinter


class BenchLine:
    """A transport to a simulated printer, and the clock of both. Nothing here takes time."""

    def __init__(self, printer: SimulatedPrinter, port_status: int | None = None) -> None:
        self._printer = printer
        self._now_us = 1_000_000_000
        self._answers = b""
        self.port_status = port_status
        self.is_plugged = True

    def clock(self) -> int:
        """Milliseconds."""
        return self._now_us // 1000

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self._now_us += round(seconds * 1_000_000)

    def read(self, timeout_s: float) -> bytes:
        """Wait for bytes; see Transport."""
        self._require_plugged()
        self._answers += self._printer.feed(b"")  # Its paper may be back.
        if not self._answers:
            self.wait(timeout_s)
        answers, self._answers = self._answers, b""
        return answers

    def write(self, data: bytes, timeout_s: float) -> int:
        """Send bytes; see Transport."""
        self._require_plugged()
        faults = self._printer.faults
        if not faults.reads.is_set():
            self.wait(timeout_s)
            return 0
        count = len(data)
        if faults.bytes_per_s is not None:
            count = min(count, max(1, int(faults.bytes_per_s * timeout_s)))
            self.wait(count / faults.bytes_per_s)
        left = faults.leaves_after_bytes
        if left is not None:
            count = min(count, left)
            faults.leaves_after_bytes = left - count
        self._answers += self._printer.feed(data[:count])
        if left is not None and left == count:
            faults.leaves_after_bytes = None
            self.is_plugged = False
        self._require_plugged()
        return count

    def read_port_status(self) -> int | None:
        """Status byte of the port; see Transport."""
        self._require_plugged()
        return self.port_status

    def _require_plugged(self) -> None:
        if not self.is_plugged:
            raise DeviceAbsentError("the plug was pulled")
