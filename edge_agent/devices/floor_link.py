"""What the box does with each call of the device link: threads here, the shop's loop there."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import Protocol

from edge_agent.devices import link_messages
from edge_agent.devices.link_messages import JOBS_TAKEN_MAX, LinkHandlers
from edge_agent.services import printing
from edge_agent.services.answers import Refusal
from edge_agent.services.box import Box
from edge_agent.services.floor import DeviceSeen, PluggedDevice, WeightSeen
from edge_agent.services.printing import JobNews, TakenJob
from edge_agent.services.register import Command, CommandName
from edge_agent.store.print_jobs import KeptJob
from edge_agent.store.writer import Writer
from hardware.driver import JobKind
from retail_domain.errors import RetailError

SCAN_TIMEOUT_S = 2.0
"""A device waits 3 s for its line; a line must not come after it was given up."""
WRITER_TIMEOUT_S = 5.0
"""The writer commits a thousand times in it."""


class Refused(Protocol):
    """A broken rule: its stable code, its sentence in English and Chinese."""

    code: str
    detail: str
    detail_zh: str


class Scanned(Protocol):
    """What came of a scan."""

    @property
    def refusal(self) -> Refused | None:
        """None: it is a line now."""


class Floor(Protocol):
    """The registers of the shop; called on its loop."""

    async def scan(self, device_id: str, command: Command) -> Scanned:
        """Do a device's scan at the register that it is bound to."""

    def see_devices(
        self, seen: tuple[DeviceSeen, ...], host: str, plugged: tuple[PluggedDevice, ...] = ()
    ) -> None:
        """Take note of the states of all devices of one machine."""

    def see_weight(self, seen: WeightSeen) -> None:
        """Take note of what a scale shows."""

    def see_jobs(self, jobs: tuple[KeptJob, ...]) -> None:
        """Jobs changed."""

    def find_register(self, device_id: str) -> str | None:
        """The register that a device is bound to; any thread."""

    def is_revoked(self, fingerprint: bytes) -> bool:
        """Whether a till's certificate counts no more; any thread."""

    def attend(self, host: str) -> None:
        """A machine's device process is there."""

    def leave(self, host: str) -> None:
        """It is gone, as often as it came."""


class JobBell:
    """Wakes the link's threads that wait for jobs. Any thread may ring."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings = 0
        self._is_closed = False

    def ring(self) -> None:
        """There may be jobs."""
        with self._changed:
            self._rings += 1
            self._changed.notify_all()

    def close(self) -> None:
        """The box stops: whoever waits goes home, and nobody waits any more."""
        with self._changed:
            self._is_closed = True
        self.ring()

    @property
    def is_closed(self) -> bool:
        """Whether the box stops."""
        with self._changed:
            return self._is_closed

    def count(self) -> int:
        """How often it rang."""
        with self._changed:
            return self._rings

    def wait(self, rings: int, timeout_s: float) -> None:
        """Wait until it rang more often than that, at most timeout_s."""
        with self._changed:
            self._changed.wait_for(lambda: self._rings != rings, timeout_s)


class FloorLink:
    """Translates the link's values to use cases; its methods run in the link's threads."""

    def __init__(
        self, floor: Floor, box: Box, writer: Writer, bell: JobBell, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._floor, self._box, self._writer = floor, box, writer
        self._bell, self._loop = bell, loop

    def handlers(self) -> LinkHandlers:
        """What the link's server calls."""
        return LinkHandlers(
            self.submit,
            self.report,
            self.weigh,
            self.take_jobs,
            self.note_jobs,
            self._floor.find_register,
            self.attend,
            self.leave,
            self._floor.is_revoked,
        )

    def attend(self, host: str) -> None:
        """A device process came."""
        self._loop.call_soon_threadsafe(self._floor.attend, host)

    def leave(self, host: str) -> None:
        """It is gone, or the box stops."""
        with contextlib.suppress(RuntimeError):  # The loop is closed: nobody is told any more.
            self._loop.call_soon_threadsafe(self._floor.leave, host)

    def submit(self, scan: link_messages.ScanSubmitted) -> link_messages.SubmitOutcome:
        """Ring up a scan and wait for what came of it."""
        command = Command(
            command_id=scan.reading_id,
            name=CommandName.SCAN,
            code=scan.text,
            symbology=scan.symbology,
        )
        scanning = self._floor.scan(scan.device_id, command)
        doing = asyncio.run_coroutine_threadsafe(scanning, self._loop)
        try:
            refusal = doing.result(SCAN_TIMEOUT_S).refusal
        except TimeoutError:
            doing.cancel()
            raise
        except RetailError as error:
            found = Refusal.of(error)
        else:
            if refusal is None:
                return link_messages.SubmitOutcome()
            found = Refusal(refusal.code, refusal.detail, refusal.detail_zh)
        return link_messages.SubmitOutcome(
            link_messages.Refusal(found.code, found.detail, found.detail_zh)
        )

    def report(self, host_report: link_messages.HostReport) -> None:
        """Note the devices' states."""
        now_ms = printing.wall_ms(self._box)
        seen = tuple(
            DeviceSeen(
                device_id=report.device_id,
                driver=report.driver,
                role=report.role,
                state=report.state.value,
                lost=report.lost_scans + report.dropped_readings,
                health_code=report.health_code,
                text=report.health_text or report.last_error,
                since_ms=now_ms - report.state_age_ms,
                capabilities=report.capabilities,
            )
            for report in host_report.devices
        )
        self._loop.call_soon_threadsafe(
            self._floor.see_devices, seen, host_report.host, host_report.plugged
        )

    def weigh(self, submitted: link_messages.WeightSubmitted) -> None:
        """Note what a scale shows."""
        read_at_ms = self._box.clock.monotonic_ms() - submitted.age_ms
        seen = WeightSeen(submitted.device_id, submitted.weight, read_at_ms)
        self._loop.call_soon_threadsafe(self._floor.see_weight, seen)

    def take_jobs(
        self, device_ids: tuple[str, ...], wait_s: float
    ) -> tuple[link_messages.PrintJob, ...]:
        """Give jobs, and wait for the first."""
        give_up_at = time.monotonic() + wait_s
        while not self._bell.is_closed:
            rings = self._bell.count()
            taking = self._writer.submit(printing.take_jobs, self._box, device_ids, JOBS_TAKEN_MAX)
            taken, expired = taking.result(WRITER_TIMEOUT_S)
            if expired:
                self._loop.call_soon_threadsafe(self._floor.see_jobs, expired)
            time_left_s = give_up_at - time.monotonic()
            if taken or time_left_s <= 0:
                return tuple(_lay_out(job) for job in taken)
            self._bell.wait(rings, time_left_s)
        return ()

    def note_jobs(self, reports: tuple[link_messages.JobReport, ...]) -> None:
        """Note how far jobs are."""
        news = tuple(JobNews(r.job_id, r.state, r.parts_done, r.reason) for r in reports)
        noting = self._writer.submit(printing.note_news, self._box, news)
        changed = noting.result(WRITER_TIMEOUT_S)
        self._loop.call_soon_threadsafe(self._floor.see_jobs, changed)


def _lay_out(taken: TakenJob) -> link_messages.PrintJob:
    job = taken.job
    return link_messages.PrintJob(
        job.job_id, job.device_id, JobKind(job.kind), taken.parts, taken.expires_in_ms
    )
