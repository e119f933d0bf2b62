"""The device process's end of the device link: one channel, and who speaks on it."""

from __future__ import annotations

import dataclasses
import logging
import socket
import threading
import uuid
from collections.abc import Callable

from edge_agent.devices.box_attendance import BoxAttendance
from edge_agent.devices.device_reporter import REPORT_TIMEOUT_S, DeviceReporter
from edge_agent.devices.job_carrier import JobCarrier, make_threads
from edge_agent.devices.link_health import LinkHealth
from edge_agent.devices.link_messages import (
    DEVICE_ID_CHARACTERS_MAX,
    DeviceReport,
    HostReport,
    JobSpool,
)
from edge_agent.devices.link_place import BoxPlace
from edge_agent.devices.reading_sender import ReadingSender
from edge_agent.devices.weight_sender import WeightSender
from edge_agent.services.floor import PluggedDevice
from hardware.clock import Clock
from hardware.host.device import DeviceStatus, Reading
from hardware.reading import Weight
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc

STOP_TIMEOUT_S = REPORT_TIMEOUT_S + 0.5
"""For all threads together."""


@dataclasses.dataclass(frozen=True, slots=True)
class Outputs:
    """The output devices of a process and where their jobs are kept."""

    spool: JobSpool
    device_ids: tuple[str, ...]


log = logging.getLogger(__name__)


class LinkClient:
    """Hands readings and device states to the box, whenever it is there."""

    def __init__(
        self,
        place: BoxPlace,
        *,
        clock: Clock,
        outputs: Outputs | None = None,
        new_reading_id: Callable[[], uuid.UUID] = uuid.uuid4,
    ) -> None:
        """Prepare the channel; nothing is sent before `start`.

        Args:
            place: where the box listens. It need not be there yet.
            clock: the one that stamps readings and statuses.
            outputs: None when nothing is put out.
            new_reading_id: names a reading.
        """
        self._clock = clock
        self._host = socket.gethostname()[:DEVICE_ID_CHARACTERS_MAX] or "?"
        self._channel = place.open_channel()
        stub = wire_grpc.DeviceLinkServiceStub(self._channel)
        health = LinkHealth()
        self._reporter = DeviceReporter(stub, health)
        self._sender = ReadingSender(
            stub,
            health,
            clock=clock,
            new_reading_id=new_reading_id,
            on_drop=self._reporter.note_change,
        )
        self._weights = WeightSender(stub, health, clock=clock)
        self._attendance = BoxAttendance(stub, self._host)
        self._jobs = (
            JobCarrier(stub, health, outputs.spool, outputs.device_ids)
            if outputs is not None and outputs.device_ids
            else None
        )
        self._threads: tuple[threading.Thread, ...] = ()

    @property
    def has_crashed(self) -> bool:
        """Whether a bug ended a thread after the start: the process has to be restarted."""
        return not all(thread.is_alive() for thread in self._threads)

    def offer(self, reading: Reading) -> None:
        """Take a reading without waiting. It is dropped if the box does not take it in time."""
        if isinstance(reading.value, Weight):
            self._weights.offer(reading.device_id, reading.value, reading.read_at_monotonic_ms)
        else:
            self._sender.offer(reading)

    def note_change(self) -> None:
        """Report the devices soon."""
        self._reporter.note_change()

    def start(
        self,
        read_statuses: Callable[[], tuple[DeviceStatus, ...]],
        read_plugged: Callable[[], tuple[PluggedDevice, ...]] = lambda: (),
    ) -> None:
        """Start to send.

        Args:
            read_statuses: gives the devices as they are; called by the reporter's thread.
            read_plugged: the same of what hangs on the machine.
        """

        def read_report() -> HostReport:
            devices = tuple(self._make_report(status) for status in read_statuses())
            return HostReport(self._host, devices, read_plugged())

        self._threads = (
            threading.Thread(target=self._sender.run, name="reading-sender", daemon=True),
            threading.Thread(target=self._weights.run, name="weight-sender", daemon=True),
            threading.Thread(target=self._attendance.run, name="box-attendance", daemon=True),
            threading.Thread(
                target=self._reporter.run, args=(read_report,), name="device-reporter", daemon=True
            ),
            *(make_threads(self._jobs) if self._jobs is not None else ()),
        )
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send no more, within STOP_TIMEOUT_S. Readings that wait are given up."""
        self._sender.stop()
        self._weights.stop()
        self._attendance.stop()
        self._reporter.stop()
        if self._jobs is not None:
            self._jobs.stop()
        stop_at_ms = self._clock() + int(STOP_TIMEOUT_S * 1000)
        for thread in self._threads:
            thread.join(max(0, stop_at_ms - self._clock()) / 1000)
        stuck = [thread.name for thread in self._threads if thread.is_alive()]
        if stuck:
            log.error("these did not stop within %s s: %s", STOP_TIMEOUT_S, ", ".join(stuck))
        self._channel.close()

    def _make_report(self, status: DeviceStatus) -> DeviceReport:
        return DeviceReport(
            device_id=status.device_id,
            driver=status.driver.kind,
            role=status.driver.role,
            state=status.state,
            state_age_ms=self._clock() - status.since_monotonic_ms,
            readings=status.readings,
            lost_scans=status.lost_scans,
            dropped_readings=self._sender.count_dropped(status.device_id),
            last_error=status.last_error,
            health_code=status.health.code,
            health_text=status.health.text,
            capabilities=tuple(sorted(status.driver.capabilities)),
        )
