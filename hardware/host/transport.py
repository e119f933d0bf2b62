"""Byte streams to devices: a serial line by pyserial, behind a Protocol of two methods."""

from __future__ import annotations

import select
from typing import Protocol

import serial

from hardware.errors import DeviceAbsentError, DeviceUnavailableError, explain_os_error

SERIAL_BAUD = 9600
"""Factory setting of RS-232 scanners; USB CDC and ptys ignore it."""
READ_BYTES_MAX = 4096


class Transport(Protocol):
    """An opened byte stream."""

    def read(self, timeout_s: float) -> bytes:
        """Wait for bytes, at most timeout_s. Empty means that nothing came.

        Raises:
            DeviceAbsentError: the line is gone.
        """

    def close(self) -> None:
        """Give the line back."""


class SerialTransport:
    """A serial port, or whatever pyserial gives a descriptor for."""

    def __init__(self, port: serial.SerialBase) -> None:
        self._port = port

    def read(self, timeout_s: float) -> bytes:
        """Wait for bytes; see Transport."""
        try:
            ready, _, _ = select.select([self._port], [], [], timeout_s)
            return bytes(self._port.read(READ_BYTES_MAX)) if ready else b""
        except OSError as error:  # serial.SerialException among them.
            raise DeviceAbsentError(f"the line went away: {error}") from error

    def close(self) -> None:
        """Give the port back."""
        self._port.close()


def open_serial(address: str) -> SerialTransport:
    """Open a port for this process alone: 9600 baud, 8 data bits, no parity.

    Args:
        address: a path that survives a new plug (/dev/serial/by-id/...), or a pyserial URL.

    Raises:
        DeviceAbsentError: no such port.
        DeviceUnavailableError: no permission, another process has it, not a serial port.
    """
    try:
        port = serial.serial_for_url(address, baudrate=SERIAL_BAUD, timeout=0, exclusive=True)
    except OSError as error:  # serial.SerialException among them.
        raise explain_os_error(address, error) from error
    except ValueError as error:  # A URL that pyserial does not know.
        raise DeviceUnavailableError(f"{address} can't be opened: {error}") from error
    return SerialTransport(port)
