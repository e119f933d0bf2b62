"""A transport over a file descriptor: event nodes, USB printers, terminals, sockets."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

from hardware.errors import DeviceAbsentError

READ_BYTES_MAX = 4096
"""A serial line brings one byte a millisecond; the kernel keeps 64 key events of 24 bytes."""


class DescriptorTransport:
    """Bytes of a descriptor that does not block."""

    def __init__(
        self,
        descriptor: int,
        close: Callable[[], None],
        read_port_status: Callable[[], int | None] = lambda: None,
        *,
        is_end_gone: bool = True,
    ) -> None:
        """Take over a descriptor.

        Args:
            descriptor: opened with O_NONBLOCK.
            close: gives it back.
            read_port_status: see `Transport`; may raise OSError.
            is_end_gone: whether a read of nothing means that the device went away. A USB printer
                may well answer with nothing.
        """
        self._descriptor = descriptor
        self._close = close
        self._read_port_status = read_port_status
        self._is_end_gone = is_end_gone

    def read(self, timeout_s: float) -> bytes:
        """Wait for bytes; see Transport."""
        try:
            ready, _, _ = select.select([self._descriptor], [], [], timeout_s)
            if not ready:
                return b""
            data = os.read(self._descriptor, READ_BYTES_MAX)
        except BlockingIOError:
            return b""  # It was ready and is not any more.
        except OSError as error:
            raise DeviceAbsentError(f"the device went away: {error}") from error
        if not data and self._is_end_gone:
            raise DeviceAbsentError("the device went away: nothing comes any more")
        return data

    def write(self, data: bytes, timeout_s: float) -> int:
        """Send bytes; see Transport."""
        taken, give_up_at = 0, time.monotonic() + timeout_s
        try:
            while taken < len(data):
                time_left_s = max(0.0, give_up_at - time.monotonic())
                _, ready, _ = select.select([], [self._descriptor], [], time_left_s)
                if not ready:
                    return taken
                try:
                    taken += os.write(self._descriptor, data[taken:])
                except BlockingIOError:
                    continue
        except OSError as error:
            raise DeviceAbsentError(f"the device went away: {error}") from error
        return taken

    def read_port_status(self) -> int | None:
        """Ask the port; see Transport."""
        try:
            return self._read_port_status()
        except OSError as error:
            raise DeviceAbsentError(f"the device went away: {error}") from error

    def close(self) -> None:
        """Give the device back."""
        self._close()
