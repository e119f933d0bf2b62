"""Keeps the devices running: one thread a device, reopened with bounded pauses."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import threading
from collections.abc import Callable, Sequence

from hardware.clock import Clock
from hardware.driver import WELL, Health, OpenDevice, Opening, Spool
from hardware.errors import DeviceAbsentError, DeviceUnavailableError
from hardware.host.capture import RecordingTransport, Ring
from hardware.host.device import Device, DeviceState, DeviceStatus, Reading
from hardware.reading import ScanLost

DEVICES_MAX = 64
"""A store of 20 registers with three devices each; a thread a device stays cheap."""
REOPEN_PAUSES_S = (0.25, 0.5, 1.0, 2.0)
"""The last one repeats. A try is one system call; 2 s is what a cashier waits before calling IT."""
STEADY_MS = 5_000
"""A device that breaks sooner after its opening starts no new row of pauses."""
WORK_WAIT_S = 0.25
"""How long a silent device takes to see that it shall stop."""
HUNG_MS = 5_000
"""A driver that has not come back for so long hangs in the kernel: its device is no use."""
STOP_TIMEOUT_S = 2.0
"""For all threads together; a driver that hangs in the kernel longer is left to the exit."""

log = logging.getLogger(__name__)

Sink = Callable[[Reading], None]
"""Takes a reading without waiting. Called by the device's own thread."""


class Watched:
    """One device and what its thread knows of it. Written by that thread only; read by any."""

    def __init__(self, device: Device, clock: Clock) -> None:
        self.device = device
        self.status = DeviceStatus(device.device_id, device.driver, DeviceState.OPENING, clock())
        self.ring = Ring(clock)
        self.alive_at_ms = clock()
        self.plugged = threading.Event()
        """Set by any: something was plugged, so that the pause before the next try may end."""


class Supervisor:
    """The devices of one process."""

    def __init__(
        self,
        devices: Sequence[Device],
        sink: Sink,
        spool: Spool,
        *,
        clock: Clock,
        on_change: Callable[[], None],
        reopen_pauses_s: Sequence[float] = REOPEN_PAUSES_S,
    ) -> None:
        """Prepare the threads.

        Args:
            devices: with different ids, at most DEVICES_MAX.
            sink: gets each reading, in order per device.
            spool: where output devices get their jobs.
            clock: of the readings.
            on_change: called by any thread after a state, a health or a count of losses changed.
            reopen_pauses_s: pauses between tries; the last one repeats.
        """
        assert len(devices) <= DEVICES_MAX
        assert reopen_pauses_s
        self._sink = sink
        self._spool = spool
        self._clock = clock
        self._on_change = on_change
        self._reopen_pauses_s = tuple(reopen_pauses_s)
        self._stopping = threading.Event()
        self._crashed = threading.Event()
        self._watched = {device.device_id: Watched(device, clock) for device in devices}
        assert len(self._watched) == len(devices), "two devices have one id"
        self._threads = tuple(
            threading.Thread(
                target=self._watch,
                args=(watched,),
                name=f"device-{watched.device.device_id}",
                daemon=True,
            )
            for watched in self._watched.values()
        )

    @property
    def has_crashed(self) -> bool:
        """Whether a bug ended a device's thread: the process has to be restarted."""
        return self._crashed.is_set()

    def read_statuses(self) -> tuple[DeviceStatus, ...]:
        """Give the status of each device, in the order they were given."""
        return tuple(self._read_status(watched) for watched in self._watched.values())

    def read_ring(self, device_id: str) -> Ring:
        """Give the last bytes of a device."""
        return self._watched[device_id].ring

    def start(self) -> None:
        """Start to open and read the devices."""
        for thread in self._threads:
            thread.start()

    def note_plugged(self) -> None:
        """Try all devices that are away at once: something was plugged."""
        for watched in self._watched.values():
            watched.plugged.set()

    def stop(self) -> None:
        """Close all devices, within STOP_TIMEOUT_S. A half scan is thrown away."""
        self._stopping.set()
        self.note_plugged()
        stop_at_ms = self._clock() + int(STOP_TIMEOUT_S * 1000)
        for thread in self._threads:
            thread.join(max(0, stop_at_ms - self._clock()) / 1000)
        stuck = [thread.name for thread in self._threads if thread.is_alive()]
        if stuck:
            log.error("these did not stop within %s s: %s", STOP_TIMEOUT_S, ", ".join(stuck))

    def _read_status(self, watched: Watched) -> DeviceStatus:
        status, alive_at_ms = watched.status, watched.alive_at_ms
        is_open = status.state in (DeviceState.READY, DeviceState.DEGRADED)
        if not is_open or self._clock() - alive_at_ms < HUNG_MS:
            return status
        return dataclasses.replace(
            status,
            state=DeviceState.FAULT,
            since_monotonic_ms=alive_at_ms,
            last_error=f"its driver has not come back for {HUNG_MS // 1000} s",
        )

    def _watch(self, watched: Watched) -> None:
        """Run the thread of one device; a bug in it or in the sink is seen by the process."""
        try:
            self._keep_open(watched)
        finally:
            if not self._stopping.is_set():
                self._crashed.set()

    def _keep_open(self, watched: Watched) -> None:
        tries = 0
        while not self._stopping.is_set():
            opened_at_ms = self._clock()
            # Before the try: a plug that comes while it is made is worth another one.
            watched.plugged.clear()
            try:
                with contextlib.closing(watched.device.open_transport()) as transport:
                    recorded = RecordingTransport(transport, watched.ring)
                    opened = self._open(watched.device, recorded)
                    self._note_open(watched, opened.health)
                    opened_at_ms = self._clock()
                    self._work_until_gone(watched, opened)
            except DeviceUnavailableError as error:
                self._note_gone(watched, error)
            if self._clock() - opened_at_ms >= STEADY_MS:
                tries = 0
            pause_s = self._reopen_pauses_s[min(tries, len(self._reopen_pauses_s) - 1)]
            tries += 1
            if not self._stopping.is_set():
                watched.plugged.wait(pause_s)

    def _open(self, device: Device, transport: RecordingTransport) -> OpenDevice:
        opening = Opening(device.device_id, transport, device.options, self._clock, self._spool)
        return device.driver.open(opening)

    def _work_until_gone(self, watched: Watched, opened: OpenDevice) -> None:
        """Hand readings to the sink until the stop.

        Raises:
            DeviceUnavailableError: the device went away or broke.
        """
        try:
            while not self._stopping.is_set():
                watched.alive_at_ms = self._clock()
                for event in opened.work(WORK_WAIT_S):
                    if isinstance(event, ScanLost):
                        self._count_lost(watched)
                    else:
                        reading_no = watched.status.readings + 1
                        watched.status = dataclasses.replace(watched.status, readings=reading_no)
                        self._sink(
                            Reading(watched.device.device_id, event, self._clock(), reading_no)
                        )
                if opened.health != watched.status.health:
                    self._note_open(watched, opened.health)
        except DeviceUnavailableError:
            if opened.is_half:
                self._count_lost(watched)
            raise

    def _count_lost(self, watched: Watched) -> None:
        lost_scans = watched.status.lost_scans + 1
        watched.status = dataclasses.replace(watched.status, lost_scans=lost_scans)
        self._on_change()

    def _note_open(self, watched: Watched, health: Health) -> None:
        """Note that the device is open, and how well it is. The log hears what changed."""
        status, device_id = watched.status, watched.device.device_id
        state = DeviceState.READY if health == WELL else DeviceState.DEGRADED
        is_new_state = state is not status.state
        watched.status = dataclasses.replace(
            status,
            state=state,
            health=health,
            since_monotonic_ms=self._clock() if is_new_state else status.since_monotonic_ms,
        )
        watched.alive_at_ms = self._clock()
        if health != WELL:
            log.warning("%s needs somebody: %s %s", device_id, health.code, health.text)
        elif status.state is not DeviceState.OPENING:
            log.info("%s is back", device_id)
        self._on_change()

    def _note_gone(self, watched: Watched, error: DeviceUnavailableError) -> None:
        """Change the state if it is another one. The log hears it once, until it is back."""
        is_absent = isinstance(error, DeviceAbsentError)
        state = DeviceState.ABSENT if is_absent else DeviceState.FAULT
        status, device_id = watched.status, watched.device.device_id
        if status.state is state:
            return
        watched.status = dataclasses.replace(
            status,
            state=state,
            health=WELL,
            since_monotonic_ms=self._clock(),
            last_error=str(error),
        )
        if status.state not in (DeviceState.ABSENT, DeviceState.FAULT):
            log.warning("%s is gone (%s): %s", device_id, state.value, error)
        self._on_change()
