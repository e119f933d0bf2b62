"""A serial port made of a pty: plugged, unplugged and found again at one path, as USB is."""

from __future__ import annotations

import os
import pathlib
import select
import time
import tty

SEND_TIMEOUT_S = 2.0
"""A pty holds some kB; if nobody reads them for so long, the simulation is stuck."""
RECEIVE_BYTES_MAX = 4096


class PtyPort:
    """Owns a pty. Its other side hangs at a path that stays the same over plug and unplug."""

    def __init__(self, path: pathlib.Path) -> None:
        """Prepare an unplugged port.

        Args:
            path: where a device process finds it, like the links of /dev/serial/by-id.
        """
        self.path = path
        self._master = -1
        self._slave = -1

    @property
    def is_plugged(self) -> bool:
        """Whether the path leads anywhere."""
        return self._master >= 0

    def plug(self) -> None:
        """Make the pty and hang it at the path. A link left by a killed simulation is replaced."""
        assert not self.is_plugged
        # The slave stays open here, so that a device process that restarts hangs up nothing.
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        new_link = self.path.with_name(self.path.name + ".new")
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(os.ttyname(self._slave))
        new_link.replace(self.path)

    def unplug(self) -> None:
        """Take the device away: a reader sees a hang-up, the path is gone."""
        assert self.is_plugged
        self.path.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def close(self) -> None:
        """Unplug it if it is plugged."""
        if self.is_plugged:
            self.unplug()

    def send(self, data: bytes) -> None:
        """Send bytes as they are.

        Nobody may have opened the line: then they wait in it, as in a USB device's buffer, and
        are thrown away when it is opened.

        Raises:
            TimeoutError: the line is full and nobody reads.
        """
        assert self.is_plugged
        give_up_at = time.monotonic() + SEND_TIMEOUT_S
        while data:
            _, ready, _ = select.select([], [self._master], [], SEND_TIMEOUT_S)
            if not ready or time.monotonic() > give_up_at:
                raise TimeoutError(f"nobody reads {self.path.name}")
            data = data[os.write(self._master, data) :]

    def receive(self, timeout_s: float) -> bytes:
        """Wait for what a device process writes; empty when nothing came."""
        assert self.is_plugged
        ready, _, _ = select.select([self._master], [], [], timeout_s)
        return os.read(self._master, RECEIVE_BYTES_MAX) if ready else b""
