"""Keeps the devices running: one reader thread a device, reopened with bounded pauses."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import threading
from collections.abc import Callable, Sequence

from hardware.clock import Clock
from hardware.errors import DeviceAbsentError, DeviceUnavailableError
from hardware.host.device import Device, DeviceState, DeviceStatus, OpenDevice, Reading
from hardware.reading import Scan

DEVICES_MAX = 64
"""A store of 20 registers with three devices each; a thread a device stays cheap."""
REOPEN_PAUSES_S = (0.25, 0.5, 1.0, 2.0)
"""The last one repeats. A try is one system call; 2 s is what a cashier waits before calling IT."""
STEADY_MS = 5_000
"""A device that breaks sooner after its opening starts no new row of pauses."""
READ_WAIT_S = 0.25
"""How long a silent reader takes to see that it shall stop."""
STOP_TIMEOUT_S = 2.0
"""For all threads together; a driver that hangs in the kernel longer is left to the exit."""

log = logging.getLogger(__name__)

Sink = Callable[[Reading], None]
"""Takes a reading without waiting. Called by the device's own thread."""


class Supervisor:
    """The devices of one process."""

    def __init__(
        self,
        devices: Sequence[Device],
        sink: Sink,
        *,
        clock: Clock,
        on_change: Callable[[], None],
        reopen_pauses_s: Sequence[float] = REOPEN_PAUSES_S,
    ) -> None:
        """Prepare the threads.

        Args:
            devices: with different ids, at most DEVICES_MAX.
            sink: gets each scan, in order per device.
            clock: of the readings.
            on_change: called by any thread after a state or a count of losses changed.
            reopen_pauses_s: pauses between tries; the last one repeats.
        """
        assert len(devices) <= DEVICES_MAX
        assert reopen_pauses_s
        self._sink = sink
        self._clock = clock
        self._on_change = on_change
        self._reopen_pauses_s = tuple(reopen_pauses_s)
        self._stopping = threading.Event()
        self._crashed = threading.Event()
        # Written by the device's own thread only, as a whole; read by any.
        self._statuses = {
            device.device_id: DeviceStatus(
                device.device_id, device.kind, DeviceState.OPENING, clock()
            )
            for device in devices
        }
        assert len(self._statuses) == len(devices), "two devices have one id"
        self._threads = tuple(
            threading.Thread(
                target=self._watch, args=(device,), name=f"device-{device.device_id}", daemon=True
            )
            for device in devices
        )

    @property
    def has_crashed(self) -> bool:
        """Whether a bug ended a reader thread: the process has to be restarted."""
        return self._crashed.is_set()

    def read_statuses(self) -> tuple[DeviceStatus, ...]:
        """Give the status of each device, in the order they were given."""
        return tuple(self._statuses.values())

    def start(self) -> None:
        """Start to open and read the devices."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Close all devices, within STOP_TIMEOUT_S. A half scan is thrown away."""
        self._stopping.set()
        stop_at_ms = self._clock() + int(STOP_TIMEOUT_S * 1000)
        for thread in self._threads:
            thread.join(max(0, stop_at_ms - self._clock()) / 1000)
        stuck = [thread.name for thread in self._threads if thread.is_alive()]
        if stuck:
            log.error("these did not stop within %s s: %s", STOP_TIMEOUT_S, ", ".join(stuck))

    def _watch(self, device: Device) -> None:
        """Run the thread of one device; a bug in it or in the sink is seen by the process."""
        try:
            self._keep_open(device)
        finally:
            if not self._stopping.is_set():
                self._crashed.set()

    def _keep_open(self, device: Device) -> None:
        tries = 0
        while not self._stopping.is_set():
            opened_at_ms = self._clock()
            try:
                with contextlib.closing(device.open()) as opened:
                    self._note_ready(device.device_id)
                    opened_at_ms = self._clock()
                    self._read_until_gone(device.device_id, opened)
            except DeviceUnavailableError as error:
                self._note_gone(device.device_id, error)
            if self._clock() - opened_at_ms >= STEADY_MS:
                tries = 0
            pause_s = self._reopen_pauses_s[min(tries, len(self._reopen_pauses_s) - 1)]
            tries += 1
            self._stopping.wait(pause_s)

    def _read_until_gone(self, device_id: str, opened: OpenDevice) -> None:
        """Hand scans to the sink until the stop.

        Raises:
            DeviceUnavailableError: the device went away or broke.
        """
        try:
            while not self._stopping.is_set():
                for event in opened.read(READ_WAIT_S):
                    if isinstance(event, Scan):
                        self._deliver(device_id, event)
                    else:
                        self._count_lost(device_id)
        except DeviceUnavailableError:
            if opened.is_half:
                self._count_lost(device_id)
            raise

    def _deliver(self, device_id: str, scan: Scan) -> None:
        status = self._statuses[device_id]
        reading_no = status.readings + 1
        self._statuses[device_id] = dataclasses.replace(status, readings=reading_no)
        self._sink(Reading(device_id, scan.text, scan.symbology, self._clock(), reading_no))

    def _count_lost(self, device_id: str) -> None:
        status = self._statuses[device_id]
        self._statuses[device_id] = dataclasses.replace(status, lost_scans=status.lost_scans + 1)
        self._on_change()

    def _note_ready(self, device_id: str) -> None:
        status = self._statuses[device_id]
        self._statuses[device_id] = dataclasses.replace(
            status, state=DeviceState.READY, since_monotonic_ms=self._clock()
        )
        if status.state is not DeviceState.OPENING:
            log.info("%s is back", device_id)
        self._on_change()

    def _note_gone(self, device_id: str, error: DeviceUnavailableError) -> None:
        """Change the state if it is another one. The log hears it once, until it is back."""
        is_absent = isinstance(error, DeviceAbsentError)
        state = DeviceState.ABSENT if is_absent else DeviceState.FAULT
        status = self._statuses[device_id]
        if status.state is state:
            return
        self._statuses[device_id] = dataclasses.replace(
            status, state=state, since_monotonic_ms=self._clock(), last_error=str(error)
        )
        if status.state in (DeviceState.READY, DeviceState.OPENING):
            log.warning("%s is gone (%s): %s", device_id, state.value, error)
        self._on_change()
