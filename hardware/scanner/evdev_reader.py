"""Reads one keyboard scanner from its event node, for itself alone."""

from __future__ import annotations

import select
from collections.abc import Iterator
from typing import Protocol

from hardware.clock import Clock
from hardware.errors import DeviceAbsentError, DeviceUnavailableError, explain_os_error
from hardware.scanner.framing import HALF_WAIT_S
from hardware.scanner.keyboard_wedge import KeyboardWedge
from hardware.scanner.scan import ScanEvent, Suffix


class KernelEvent(Protocol):
    """What is read of an evdev.InputEvent."""

    type: int
    code: int
    value: int


class EventSource(Protocol):
    """What is used of an evdev.InputDevice."""

    def fileno(self) -> int:
        """Give the descriptor to wait on."""

    def read(self) -> Iterator[KernelEvent]:
        """Yield what has come. Raises OSError when the device is gone."""

    def close(self) -> None:
        """Give the node back, and the keys to the console."""


class EvdevReader:
    """An opened keyboard scanner."""

    def __init__(self, source: EventSource, wedge: KeyboardWedge, clock: Clock) -> None:
        self._source = source
        self._wedge = wedge
        self._clock = clock

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way."""
        return self._wedge.is_half

    def read(self, timeout_s: float) -> list[ScanEvent]:
        """Wait for keys, at most timeout_s.

        Raises:
            DeviceAbsentError: the scanner was unplugged.
        """
        wait_s = min(timeout_s, HALF_WAIT_S) if self._wedge.is_half else timeout_s
        try:
            ready, _, _ = select.select([self._source.fileno()], [], [], wait_s)
            now_ms = self._clock()
            if not ready:
                return self._wedge.idle(now_ms)
            kernel_events = list(self._source.read())
        except OSError as error:
            raise DeviceAbsentError(f"the event node went away: {error}") from error
        if not kernel_events:
            raise DeviceAbsentError("the event node is at its end")
        events: list[ScanEvent] = []
        for event in kernel_events:
            events += self._wedge.feed(event.type, event.code, event.value, now_ms)
        return events

    def close(self) -> None:
        """Give the event node back. A half scan is lost with it."""
        self._source.close()


def open_keyboard_scanner(address: str, suffix: Suffix, clock: Clock) -> EvdevReader:
    """Take a keyboard scanner for this process alone, so that scans are typed nowhere else.

    Args:
        address: a name that survives a new plug, as /dev/input/by-id/...-event-kbd;
            never /dev/input/eventN, which the kernel gives to the next device.
        suffix: one of SUFFIX_USAGES.
        clock: ages the silence between keys.

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
    return EvdevReader(device, KeyboardWedge(suffix), clock)
