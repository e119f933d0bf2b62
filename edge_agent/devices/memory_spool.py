"""A spool in memory, with an expiry: what the device process keeps between the box and a driver."""

from __future__ import annotations

import dataclasses
import threading
import uuid

from edge_agent.devices.link_messages import JobReport, PrintJob
from hardware.clock import Clock
from hardware.driver import FINAL_STATES, Job, JobState

JOBS_KEPT_MAX = 1_000
"""Final jobs that are still known, so that a repeat is not put out again."""


@dataclasses.dataclass(slots=True)
class _Kept:
    job: PrintJob
    expires_at_ms: int
    report: JobReport
    is_told: bool = False


class MemorySpool:
    """Jobs of all output devices, each device's in order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._kept: dict[uuid.UUID, _Kept] = {}

    def put(self, job: PrintJob) -> None:
        """Keep a job; see JobSpool."""
        with self._changed:
            kept = self._kept.get(job.job_id)
            if kept is None:
                report = JobReport(job.job_id, JobState.QUEUED)
                expires_at_ms = self._clock() + job.expires_in_ms
                self._kept[job.job_id] = _Kept(job, expires_at_ms, report)
                self._forget()
            else:
                kept.is_told = False
            self._changed.notify_all()

    def take(self, device_id: str) -> Job | None:
        """Give the device's next job; see hardware.driver.Spool."""
        with self._changed:
            for kept in self._kept.values():
                if kept.job.device_id != device_id or kept.report.state in FINAL_STATES:
                    continue
                if kept.report.state is JobState.QUEUED and self._clock() >= kept.expires_at_ms:
                    self._note(kept, JobState.EXPIRED, kept.report.parts_done, "")
                    continue
                done = kept.report.parts_done
                self._note(kept, JobState.CHECKING, done, "")
                return Job(kept.job.job_id, device_id, kept.job.kind, kept.job.parts, done)
        return None

    def note(
        self, job_id: uuid.UUID, state: JobState, *, parts_done: int = 0, reason: str = ""
    ) -> None:
        """Keep how far a job is; see hardware.driver.Spool."""
        with self._changed:
            self._note(self._kept[job_id], state, parts_done, reason)

    def read_news(self, count_max: int) -> tuple[JobReport, ...]:
        """States that the box was not told yet; see JobSpool."""
        with self._changed:
            news = [kept.report for kept in self._kept.values() if not kept.is_told]
            return tuple(news[:count_max])

    def note_told(self, reports: tuple[JobReport, ...]) -> None:
        """The box has these; see JobSpool."""
        with self._changed:
            for report in reports:
                kept = self._kept.get(report.job_id)
                if kept is not None and kept.report == report:
                    kept.is_told = True

    def wait_for_news(self, timeout_s: float) -> bool:
        """Wait until there may be news; see JobSpool."""
        with self._changed:
            return self._changed.wait_for(
                lambda: any(not kept.is_told for kept in self._kept.values()), timeout_s
            )

    def _note(self, kept: _Kept, state: JobState, parts_done: int, reason: str) -> None:
        kept.report = JobReport(kept.job.job_id, state, parts_done, reason)
        kept.is_told = False
        self._changed.notify_all()

    def _forget(self) -> None:
        """Drop the oldest jobs that are final and told."""
        for job_id, kept in list(self._kept.items()):
            if len(self._kept) <= JOBS_KEPT_MAX:
                return
            if kept.is_told and kept.report.state in FINAL_STATES:
                del self._kept[job_id]
