"""A simulated serial scanner on a pty: the same bytes, the same unplugging, the same faults."""

from __future__ import annotations

import pathlib

from hardware.scanner.scan import Suffix
from hardware.scanner.serial_line import SUFFIX_BYTES
from hardware.sim.pty_port import PtyPort

NOISE = bytes([0x00, 0xF8, 0x80, 0x00, 0x06, 0xFE, 0x1E, 0x00, 0x98])
"""What a line at the wrong speed looks like: a frame with NUL bytes in it."""


class SimulatedSerialScanner:
    """A scanner at a path that stays the same over plug and unplug."""

    def __init__(self, path: pathlib.Path, suffix: Suffix = Suffix.CR) -> None:
        """Prepare an unplugged scanner.

        Args:
            path: where a device process finds it, like the links of /dev/serial/by-id.
            suffix: one of SUFFIX_BYTES, sent after each scan.
        """
        self._port = PtyPort(path)
        self._suffix = SUFFIX_BYTES[suffix]

    @property
    def path(self) -> pathlib.Path:
        """Where a device process finds it."""
        return self._port.path

    @property
    def is_plugged(self) -> bool:
        """Whether the path leads anywhere."""
        return self._port.is_plugged

    def plug(self) -> None:
        """Plug it in; see PtyPort."""
        self._port.plug()

    def unplug(self) -> None:
        """Take the scanner away; see PtyPort."""
        self._port.unplug()

    def close(self) -> None:
        """Unplug it if it is plugged."""
        self._port.close()

    def scan(self, text: str, symbology: str = "") -> None:
        """Read a code.

        Args:
            text: FNC1 inside it as the character 0x1D.
            symbology: AIM identifier to send before it, as `]E0`.
        """
        self.send(f"{symbology}{text}".encode() + self._suffix)

    def send_half(self, text: str) -> None:
        """Send the first half of a scan and fall silent."""
        self.send(text.encode()[: (len(text) + 1) // 2])

    def send_noise(self) -> None:
        """Send what no code holds, with the suffix behind it."""
        self.send(NOISE + self._suffix)

    def send(self, data: bytes) -> None:
        """Send bytes as they are; see PtyPort.

        Raises:
            TimeoutError: the line is full and nobody reads.
        """
        self._port.send(data)
