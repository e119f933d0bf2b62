"""Lines on which simulated printers hang: a TCP port, or a pty. Bytes go through the kernel."""

from __future__ import annotations

import os
import pathlib
import select
import socket
import threading
import time
import tty
from typing import Protocol

from hardware.sim.printer_faults import PrinterFaults

RECEIVE_BYTES = 4096
POLL_S = 0.02
"""How soon a fault that was just switched on takes effect."""
CLOSE_TIMEOUT_S = 5.0
SOCKET_BUFFER_BYTES = 4096
"""A printer's buffer is small; the kernel's would hide one that reads nothing."""


class SimulatedPrinter(Protocol):
    """What hangs on a line: bytes in, answers out."""

    faults: PrinterFaults

    def feed(self, data: bytes) -> bytes:
        """Take bytes; returns what it answers."""


class _Pump:
    """Carries bytes between a descriptor and a printer at the pace of its faults."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        self.printer = printer
        self.received = 0
        self.stopping = threading.Event()

    def run(self, descriptor: int) -> None:
        """Carry until the other side closes, the plug is pulled, or the stop."""
        faults = self.printer.faults
        while not self.stopping.is_set():
            if not faults.reads.wait(POLL_S):
                continue
            size = RECEIVE_BYTES
            if faults.bytes_per_s is not None:
                size = max(1, int(faults.bytes_per_s * POLL_S))
                time.sleep(POLL_S)
            left = faults.leaves_after_bytes
            if left is not None:
                size = min(size, left)
                if left <= 0:
                    faults.leaves_after_bytes = None
                    return
            ready, _, _ = select.select([descriptor], [], [], POLL_S)
            # An idle printer looks again, too: its paper may be back.
            data = os.read(descriptor, size) if ready else b""
            if ready and not data:
                return
            self.received += len(data)
            if left is not None:
                faults.leaves_after_bytes = left - len(data)
            answer = self.printer.feed(data)
            if answer:
                os.write(descriptor, answer)


class TcpPrinterLine:
    """A listener on a free port of this machine; one connection at a time, as printers do."""

    def __init__(self, printer: SimulatedPrinter, port: int = 0) -> None:
        """Start to listen."""
        self._pump = _Pump(printer)
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER_BYTES)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(1)
        self._listener.settimeout(POLL_S)
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, name="printer-line", daemon=True)
        self._thread.start()

    @property
    def received(self) -> int:
        """Bytes that the printer took so far."""
        return self._pump.received

    def close(self) -> None:
        """Switch the printer off."""
        self._pump.stopping.set()
        self._thread.join(CLOSE_TIMEOUT_S)
        assert not self._thread.is_alive()
        self._listener.close()

    def _serve(self) -> None:
        while not self._pump.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.setblocking(True)
                try:
                    self._pump.run(connection.fileno())
                except OSError:
                    continue  # The other side is gone; a printer waits for the next.


class PtyPrinterLine:
    """A pty whose other side hangs at a path that stays the same over plug and unplug."""

    def __init__(self, printer: SimulatedPrinter, path: pathlib.Path) -> None:
        """Plug it."""
        self._pump = _Pump(printer)
        self.address = str(path)
        self._path = path
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        path.unlink(missing_ok=True)
        path.symlink_to(os.ttyname(self._slave))
        self._thread = threading.Thread(target=self._serve, name="printer-pty", daemon=True)
        self._thread.start()

    @property
    def received(self) -> int:
        """Bytes that the printer took so far."""
        return self._pump.received

    def close(self) -> None:
        """Pull the plug: the path is gone, who has it open sees a hang-up."""
        self._pump.stopping.set()
        self._thread.join(CLOSE_TIMEOUT_S)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        self._pump.run(self._master)
        self._path.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)
