"""How each port is opened: a serial line, an event node, a USB printer, a TCP printer."""

from __future__ import annotations

import array
import fcntl
import io
import os
import re
import socket
import termios

import serial

from hardware.errors import DeviceAbsentError, DeviceUnavailableError, explain_os_error
from hardware.host.descriptor import DescriptorTransport

LINE = re.compile(r"(\d{3,6}) ([78])([NEO])([12])")
"""Speed, data bits, parity, stop bits: `9600 8N1`."""
CONNECT_TIMEOUT_S = 1.5
"""A printer in the same room answers in milliseconds; who waits longer looks at a dead one."""
UNANSWERED_MS = 10_000
"""A printer whose cable was pulled in a job is noticed this long after it should have taken bytes.
One that is there and takes none for a while (it cuts, cools down, waits for a label to be taken)
counts as unanswered, too: the driver gives up sooner, by itself, and knows what was taken."""
KEEPALIVE_S = 1
"""A silent connection is asked this often whether the other side is still there, three times."""
LPGETSTATUS = 0x060B
"""ioctl of drivers/usb/class/usblp.c: the IEEE 1284 status byte, in an int."""


def open_serial(address: str, line: str) -> DescriptorTransport:
    """Open a port for this process alone.

    Args:
        address: a path that survives a new plug (/dev/serial/by-id/...), or a pyserial URL that
            has a descriptor (socket://host:port).
        line: `9600 8N1`. A pty takes 8N1 only.

    Raises:
        DeviceAbsentError: no such port.
        DeviceUnavailableError: no permission, another process has it, not a serial port, or it
            can't have these settings.
    """
    speed, data_bits, parity, stop_bits = split_line(line)
    try:
        port = serial.serial_for_url(
            address,
            baudrate=speed,
            bytesize=data_bits,
            parity=parity,
            stopbits=stop_bits,
            timeout=0,
            write_timeout=0,
            exclusive=True,
        )
    except OSError as error:  # serial.SerialException among them.
        raise explain_os_error(address, error) from error
    except ValueError as error:  # A URL that pyserial does not know.
        raise DeviceUnavailableError(f"{address} can't be opened: {error}") from error
    except termios.error as error:  # It is no OSError.
        raise DeviceUnavailableError(f"{address} can't be set to {line}: {error}") from error
    try:
        return DescriptorTransport(port.fileno(), port.close)
    except io.UnsupportedOperation as error:  # rfc2217:// and loop:// have none.
        port.close()
        raise DeviceUnavailableError(f"{address} has no descriptor to wait on") from error


def split_line(line: str) -> tuple[int, int, str, int]:
    """Speed, data bits, parity and stop bits of `9600 8N1`.

    Raises:
        ValueError: it is written in another way.
    """
    found = LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"a serial setting is written as '9600 8N1', not as {line!r}")
    return int(found[1]), int(found[2]), found[3], int(found[4])


def open_event_node(address: str, _line: str) -> DescriptorTransport:
    """Take a keyboard scanner for this process alone, so that scans are typed nowhere else.

    Args:
        address: a name that survives a new plug, as /dev/input/by-id/...-event-kbd;
            never /dev/input/eventN, which the kernel gives to the next device.

    Raises:
        DeviceAbsentError: no such node.
        DeviceUnavailableError: no permission, or another process has grabbed it.
    """
    import evdev  # Here, because a bench without Linux may import this module.

    try:
        device = evdev.InputDevice(address)
    except OSError as error:
        raise explain_os_error(address, error) from error
    try:
        device.grab()
    except OSError as error:
        device.close()
        raise DeviceUnavailableError(f"{address} can't be grabbed: {error}") from error
    return DescriptorTransport(device.fd, device.close)


def open_usb_printer(address: str, _line: str) -> DescriptorTransport:
    """Open /dev/usb/lp...: usblp lets one process in at a time.

    Raises:
        DeviceAbsentError: no such node.
        DeviceUnavailableError: no permission, or another process has it.
    """
    try:
        descriptor = os.open(address, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise explain_os_error(address, error) from error

    def read_port_status() -> int:
        status = array.array("i", [0])
        fcntl.ioctl(descriptor, LPGETSTATUS, status)
        return status[0] & 0xFF

    return DescriptorTransport(
        descriptor, lambda: os.close(descriptor), read_port_status, is_end_gone=False
    )


def open_tcp(address: str, _line: str) -> DescriptorTransport:
    """Connect to `tcp://host:port`. Most printers serve one connection at a time.

    Raises:
        DeviceAbsentError: nobody answers there.
        DeviceUnavailableError: it is no such address.
    """
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    if not (address.startswith("tcp://") and host and port.isdecimal()):
        raise DeviceUnavailableError(f"{address} is not written as tcp://host:port")
    try:
        connection = socket.create_connection((host, int(port)), CONNECT_TIMEOUT_S)
    except OSError as error:
        raise DeviceAbsentError(f"{address} does not answer: {error}") from error
    connection.setblocking(False)
    for level, name, value in (
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_MS),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_S),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_S),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    ):
        connection.setsockopt(level, name, value)
    return DescriptorTransport(connection.fileno(), connection.close)
