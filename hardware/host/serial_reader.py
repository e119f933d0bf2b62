"""Reads one serial scanner: a transport and the parser of its bytes."""

from __future__ import annotations

from hardware.clock import Clock
from hardware.host.transport import Transport, open_serial
from hardware.scanner.framing import HALF_WAIT_S
from hardware.scanner.scan import ScanEvent, Suffix
from hardware.scanner.serial_line import SerialLine


class SerialReader:
    """An opened serial scanner."""

    def __init__(self, transport: Transport, line: SerialLine, clock: Clock) -> None:
        self._transport = transport
        self._line = line
        self._clock = clock

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way."""
        return self._line.is_half

    def read(self, timeout_s: float) -> list[ScanEvent]:
        """Wait for bytes, at most timeout_s.

        Raises:
            DeviceAbsentError: the scanner was unplugged.
        """
        wait_s = min(timeout_s, HALF_WAIT_S) if self._line.is_half else timeout_s
        data = self._transport.read(wait_s)
        now_ms = self._clock()
        return self._line.feed(data, now_ms) if data else self._line.idle(now_ms)

    def close(self) -> None:
        """Give the line back. A half scan is lost with it."""
        self._transport.close()


def open_serial_scanner(address: str, suffix: Suffix, clock: Clock) -> SerialReader:
    """Open a serial scanner; see `open_serial` for the address and the errors."""
    return SerialReader(open_serial(address), SerialLine(suffix), clock)
