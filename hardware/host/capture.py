"""Captures: every byte between host and device, kept in a ring, written down, played again.

A capture is text: a line a read or write, `MILLISECONDS < HEX` for what the device sent and `>` for
what it was sent. Lines that start with # are notes.
"""

from __future__ import annotations

import collections
import dataclasses
import pathlib
import threading
import time

from hardware.clock import Clock
from hardware.driver import Transport
from hardware.errors import DeviceUnavailableError, explain_os_error

RING_BYTES_MAX = 64 * 1024
"""A device's: an hour of a scanner, some minutes of a scale that never stops."""
CAPTURE_BYTES_MAX = 16 * 1024 * 1024
"""A longer file is no capture of a device."""


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """Bytes that passed at once."""

    at_ms: int
    is_sent: bool
    """To the device, not from it."""
    data: bytes


class Ring:
    """The last bytes of a device, for any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._passages: collections.deque[Passage] = collections.deque()
        self._size = 0
        self._lock = threading.Lock()

    def keep(self, data: bytes, *, is_sent: bool) -> None:
        """Keep bytes, and forget the oldest beyond RING_BYTES_MAX."""
        with self._lock:
            self._passages.append(Passage(self._clock(), is_sent, data))
            self._size += len(data)
            while self._size > RING_BYTES_MAX:
                self._size -= len(self._passages.popleft().data)

    def read(self) -> tuple[Passage, ...]:
        """What is kept, in order."""
        with self._lock:
            return tuple(self._passages)


class RecordingTransport:
    """A transport whose bytes are kept in a ring."""

    def __init__(self, transport: Transport, ring: Ring) -> None:
        self._transport = transport
        self._ring = ring

    def read(self, timeout_s: float) -> bytes:
        """Wait for bytes; see Transport."""
        data = self._transport.read(timeout_s)
        if data:
            self._ring.keep(data, is_sent=False)
        return data

    def write(self, data: bytes, timeout_s: float) -> int:
        """Send bytes; see Transport."""
        taken = self._transport.write(data, timeout_s)
        if taken:
            self._ring.keep(data[:taken], is_sent=True)
        return taken

    def read_port_status(self) -> int | None:
        """Ask the port; see Transport."""
        return self._transport.read_port_status()


class ReplayTransport:
    """Gives what a device once sent, a passage a read, then silence. Takes what it is sent."""

    def __init__(self, passages: tuple[Passage, ...]) -> None:
        self._waiting = collections.deque(p.data for p in passages if not p.is_sent)
        self.sent = bytearray()
        """What a driver wrote."""

    def read(self, timeout_s: float) -> bytes:
        """Give the next passage at once; the pauses of the capture are not kept."""
        if self._waiting:
            return self._waiting.popleft()
        time.sleep(timeout_s)
        return b""

    def write(self, data: bytes, timeout_s: float) -> int:
        """Take all."""
        assert timeout_s >= 0
        self.sent += data
        return len(data)

    def read_port_status(self) -> int | None:
        """No port is there to ask."""
        return None

    def close(self) -> None:
        """Nothing has to be given back."""


def open_replay(address: str, _line: str) -> ReplayTransport:
    """Open `replay:PATH`.

    Raises:
        DeviceAbsentError: no such file.
        DeviceUnavailableError: it is no capture.
    """
    path = pathlib.Path(address.removeprefix("replay:"))
    try:
        with path.open("rb") as file:
            text = file.read(CAPTURE_BYTES_MAX).decode("ascii")
        return ReplayTransport(load_capture(text))
    except OSError as error:
        raise explain_os_error(address, error) from error
    except ValueError as error:
        raise DeviceUnavailableError(f"{address} is no capture: {error}") from error


def dump_capture(passages: tuple[Passage, ...]) -> str:
    """Write passages as lines, times from the first on."""
    began_at_ms = passages[0].at_ms if passages else 0
    return "".join(
        f"{passage.at_ms - began_at_ms} {'>' if passage.is_sent else '<'} {passage.data.hex(' ')}\n"
        for passage in passages
    )


def load_capture(text: str) -> tuple[Passage, ...]:
    """Read the lines of a capture.

    Raises:
        ValueError: a line is written in another way.
    """
    passages = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        at_ms, _, rest = line.partition(" ")
        direction, _, digits = rest.partition(" ")
        if not at_ms.isdecimal() or direction not in {"<", ">"}:
            raise ValueError(f"line {number} is not written as 'MILLISECONDS < HEX'")
        passages.append(Passage(int(at_ms), direction == ">", bytes.fromhex(digits)))
    return tuple(passages)
