"""Hears that something was plugged, from the kernel and from udev, and says no more than that.

What is there is read anew each time (registry.py), so a message that is lost or early does no harm:
udev sends a second one once it has set the permissions, and every device is tried again at most 2 s
later anyway. Source: lib/kobject_uevent.c of Linux; the group of udev is libudev's.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
from collections.abc import Callable

NETLINK_KOBJECT_UEVENT = 15
"""linux/netlink.h."""
GROUPS = 1 | 2
"""The kernel's messages, and those that udev sends after its rules ran."""
MESSAGE_BYTES_MAX = 8 * 1024
"""The kernel's limit (UEVENT_BUFFER_SIZE) is 2 kB, udev's messages are longer."""
STOP_POLL_S = 0.25
"""How long the thread takes to see that it shall stop."""
SUBSYSTEMS = (b"SUBSYSTEM=input", b"SUBSYSTEM=tty", b"SUBSYSTEM=usbmisc")
"""Of the devices that we drive; disks and network cards come and go, too."""

log = logging.getLogger(__name__)


class HotplugListener:
    """One thread that calls back when something was plugged or pulled."""

    def __init__(self, on_plug: Callable[[], None]) -> None:
        self._on_plug = on_plug
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hotplug", daemon=True)

    def start(self) -> None:
        """Start to listen. A machine that can't be listened to is tried by time alone."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more. A repeat does nothing."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(4 * STOP_POLL_S)

    def _run(self) -> None:
        try:
            listener = socket.socket(
                socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT
            )
        except OSError as error:
            log.warning("plugs are not heard, only looked for every 2 s: %s", error)
            return
        with listener:
            listener.bind((0, GROUPS))
            while not self._stopping.is_set():
                if select.select([listener], [], [], STOP_POLL_S)[0]:
                    self._hear(listener)

    def _hear(self, listener: socket.socket) -> None:
        try:
            message = listener.recv(MESSAGE_BYTES_MAX)
        except OSError:  # ENOBUFS: so much was plugged at once that messages were lost.
            self._on_plug()
            return
        if any(subsystem in message for subsystem in SUBSYSTEMS):
            self._on_plug()
