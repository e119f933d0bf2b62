"""The spool of the device process: jobs in a SQLite file of its own, one queue a printer.

What is kept survives the process: after a crash a receipt that was being sent is UNKNOWN, a batch
of labels goes on at the label that was being sent. It does not survive the machine's boot: nothing
of yesterday is printed in the morning. The box's own database is never touched.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import pathlib
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import overload

from edge_agent.devices.link_messages import JobReport, PrintJob
from edge_agent.store import spool as rows
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.errors import DiskFullError, NewerDatabaseError
from edge_agent.store.spool import JobRow
from edge_agent.store.sqlite_library import Connection, DatabaseError
from hardware.clock import Clock
from hardware.driver import FINAL_STATES, Job, JobKind, JobState
from hardware.errors import DeviceUnavailableError
from hardware.printer.output import REPEATED_KINDS

JOBS_WAITING_MAX = 100
"""Of one printer: a busy register sells as many tickets in half an hour, which is longer than a
receipt lives."""
WAITING_BYTES_MAX = 64_000_000
"""Of all parts that wait: eight of the largest jobs."""
JOBS_KEPT_MAX = 5_000
"""Final jobs that are still known, so that a repeat is not put out again: days of a busy store."""
ATTEMPTS_MAX = 5
"""To send one label; then something is wrong with it or with the printer."""
EXPIRY_PERIOD_MS = 500
"""How often jobs are looked through for expired ones: a drawer's job lives 3 s."""

REASON_MAX = 300
"""Characters."""
NOT_TAKEN = "the printer could not take it in time"

FIRST_KIND = JobKind.DRAWER
"""Goes before what waits: the cashier stands in front of a closed drawer."""

ALLOWED: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset(
        {JobState.CHECKING, JobState.FAILED, JobState.EXPIRED, JobState.CANCELLED}
    ),
    JobState.CHECKING: frozenset(
        {
            JobState.CHECKING,
            JobState.SENDING,
            JobState.FAILED,
            JobState.EXPIRED,
            JobState.CANCELLED,
        }
    ),
    JobState.SENDING: frozenset(
        {
            JobState.SENDING,
            JobState.CHECKING,
            JobState.SENT,
            JobState.CONFIRMED,
            JobState.UNKNOWN,
            JobState.FAILED,
            JobState.EXPIRED,  # Labels, when the machine was switched off meanwhile.
        }
    ),
    **dict.fromkeys(FINAL_STATES, frozenset()),
}
assert set(ALLOWED) == set(JobState)

log = logging.getLogger(__name__)

Encode = Callable[[str, bytes], bytes]
"""Device and page to the bytes in the device's language. Raises PageError."""


class DurableSpool:
    """Jobs of all output devices of a process. Any thread may use it."""

    def __init__(
        self, path: pathlib.Path, *, clock: Clock, boot_id: uuid.UUID, encode: Encode
    ) -> None:
        """Open the file, and settle what an earlier process left.

        A damaged file is put aside: printing again is worth more than what it held, and the box
        still knows its jobs.

        Args:
            path: of the spool's own file.
            clock: monotonic, of this boot.
            boot_id: of the machine's boot.
            encode: draws a page when its turn has come.

        Raises:
            NewerDatabaseError: a newer program wrote the file.
        """
        self._clock = clock
        self._boot_id = boot_id.bytes
        self._encode = encode
        self._changed = threading.Condition()
        self._looked_at_ms = clock()
        self._db = _open_or_put_aside(path)
        with self._changed:
            for job in rows.read_waiting(self._db):
                self._settle_left_over(job)
            self._has_news = rows.has_news(self._db)

    def put(self, job: PrintJob) -> None:
        """Keep a job, QUEUED. A repeated job_id changes nothing.

        One that finds no room is kept as FAILED: it is not lost without a trace. On a full disk
        nothing is kept, and the box, which is told nothing, sends it again.
        """
        with self._changed, contextlib.suppress(DiskFullError):
            with write_transaction(self._db):
                if rows.find_job(self._db, job.job_id.bytes) is None:
                    self._insert(job)
                else:
                    rows.mark_untold(self._db, job.job_id.bytes)
            self._tell()

    def take(self, device_id: str) -> Job | None:
        """Give the device's next job, now CHECKING; see hardware.driver.Spool.

        Raises:
            DeviceUnavailableError: the disk is full.
        """
        with self._changed:
            while (found := rows.read_next(self._db, device_id, FIRST_KIND.value)) is not None:
                job = self._settle(found)
                if JobState(job.state) not in FINAL_STATES:
                    return self._make_job(job)
        return None

    def note(
        self, job_id: uuid.UUID, state: JobState, *, parts_done: int = 0, reason: str = ""
    ) -> None:
        """Keep how far a job is; see hardware.driver.Spool.

        Raises:
            DeviceUnavailableError: it can't be kept, so nothing may be sent.
        """
        with self._changed:
            job = rows.find_job(self._db, job_id.bytes)
            assert job is not None, job_id
            assert parts_done >= job.parts_done, "what is out does not come back"
            attempts = job.attempts if parts_done == job.parts_done else 0
            if state is JobState.SENDING:
                attempts += 1
            changed = dataclasses.replace(job, parts_done=parts_done, attempts=attempts)
            self._keep(changed, state, reason)

    def read_news(self, count_max: int) -> tuple[JobReport, ...]:
        """States that the box was not told yet, oldest first; those of an earlier process too."""
        with self._changed:
            return tuple(map(_make_report, rows.read_news(self._db, count_max)))

    def note_told(self, reports: tuple[JobReport, ...]) -> None:
        """The box has these: they are news no more, unless the state changed meanwhile."""
        with self._changed, contextlib.suppress(DiskFullError):
            self._has_news = False  # With a full disk they are told once more after the next news.
            with write_transaction(self._db):
                for told in reports:
                    rows.mark_told(self._db, told.job_id.bytes, told.state.value, told.parts_done)
            self._has_news = rows.has_news(self._db)

    def wait_for_news(self, timeout_s: float) -> bool:
        """Wait until there may be news, at most timeout_s. Jobs expire here, too."""
        with self._changed:
            self._expire()
            return self._changed.wait_for(lambda: self._has_news, timeout_s)

    def draw(self, job_no: int, device_id: str, part_no: int) -> bytes:
        """One part of a job in its device's language.

        Raises:
            PageError: it can't be drawn.
        """
        with self._changed:
            page = rows.read_page(self._db, job_no, part_no)
        return self._encode(device_id, page)

    def close(self) -> None:
        """Give the file back."""
        with self._changed:
            self._db.close()

    def _insert(self, job: PrintJob) -> None:
        waiting, waiting_bytes = rows.count_waiting(self._db, job.device_id)
        reason = ""
        if waiting >= JOBS_WAITING_MAX:
            reason = f"{waiting} jobs wait for this printer already"
        elif waiting_bytes + sum(map(len, job.parts)) > WAITING_BYTES_MAX:
            reason = f"{waiting_bytes} bytes wait already"
        row = JobRow(
            job_no=0,
            job_id=job.job_id.bytes,
            device_id=job.device_id,
            kind=job.kind.value,
            state=(JobState.FAILED if reason else JobState.QUEUED).value,
            parts_count=len(job.parts),
            parts_done=0,
            attempts=0,
            boot_id=self._boot_id,
            expires_at_ms=self._clock() + job.expires_in_ms,
            reason=reason,
        )
        rows.insert_job(self._db, row, job.parts, is_final=bool(reason))
        rows.forget_jobs(self._db, JOBS_KEPT_MAX)

    def _expire(self) -> None:
        """End the jobs whose time is over, those of a printer that is away among them."""
        now_ms = self._clock()
        if now_ms - self._looked_at_ms < EXPIRY_PERIOD_MS:
            return
        self._looked_at_ms = now_ms
        for job in rows.read_waiting(self._db):
            if job.state != JobState.SENDING.value and self._is_over(job):
                with contextlib.suppress(DeviceUnavailableError):  # Tried again in a moment.
                    self._keep(job, JobState.EXPIRED, job.reason or NOT_TAKEN)

    def _is_over(self, job: JobRow) -> bool:
        return self._clock() >= job.expires_at_ms

    def _settle(self, job: JobRow) -> JobRow:
        """Bring a job that is not final to where a driver may have it, or to its end."""
        if job.state == JobState.SENDING.value:  # Its printer was lost before it could be noted.
            job = self._keep(job, _state_when_broken(job), "the printer was lost while it was sent")
        if job.state == JobState.UNKNOWN.value:
            return job
        if self._is_over(job):
            return self._keep(job, JobState.EXPIRED, job.reason or NOT_TAKEN)
        if job.attempts >= ATTEMPTS_MAX:
            reason = f"part {job.parts_done + 1} broke {job.attempts} times, last: {job.reason}"
            return self._keep(job, JobState.FAILED, reason)
        if job.state == JobState.QUEUED.value:
            return self._keep(job, JobState.CHECKING)
        return job

    def _settle_left_over(self, job: JobRow) -> None:
        """Decide about a job that an earlier process left."""
        is_sending = job.state == JobState.SENDING.value
        if job.boot_id != self._boot_id:
            is_unknown = is_sending and _state_when_broken(job) is JobState.UNKNOWN
            state = JobState.UNKNOWN if is_unknown else JobState.EXPIRED
            self._keep(job, state, "the machine was switched off")
        elif is_sending:
            self._keep(job, _state_when_broken(job), "the device process ended while it was sent")

    def _keep(self, job: JobRow, state: JobState, reason: str = "") -> JobRow:
        """Write a new state.

        Raises:
            DeviceUnavailableError: the disk is full.
        """
        assert state in ALLOWED[JobState(job.state)], (job, state)
        changed = dataclasses.replace(job, state=state.value, reason=reason[:REASON_MAX])
        try:
            with write_transaction(self._db):
                rows.update_job(self._db, changed, is_final=state in FINAL_STATES)
        except DiskFullError as error:
            raise DeviceUnavailableError("the disk of the spool is full") from error
        self._tell()
        return changed

    def _tell(self) -> None:
        self._has_news = True
        self._changed.notify_all()

    def _make_job(self, job: JobRow) -> Job:
        return Job(
            uuid.UUID(bytes=job.job_id),
            job.device_id,
            JobKind(job.kind),
            _DrawnParts(self, job),
            job.parts_done,
        )


class _DrawnParts(Sequence[bytes]):
    """Parts of a job, each drawn when its turn comes."""

    def __init__(self, spool: DurableSpool, job: JobRow) -> None:
        self._spool, self._job = spool, job

    def __len__(self) -> int:
        return self._job.parts_count

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        assert isinstance(index, int), "parts are drawn one by one"
        if not 0 <= index < self._job.parts_count:
            raise IndexError(index)
        return self._spool.draw(self._job.job_no, self._job.device_id, index)


def _state_when_broken(job: JobRow) -> JobState:
    """What a job is that broke while it was sent."""
    return JobState.CHECKING if JobKind(job.kind) in REPEATED_KINDS else JobState.UNKNOWN


def _make_report(job: JobRow) -> JobReport:
    return JobReport(uuid.UUID(bytes=job.job_id), JobState(job.state), job.parts_done, job.reason)


def _open_or_put_aside(path: pathlib.Path) -> Connection:
    try:
        return _open(path)
    except DatabaseError as error:
        aside = path.with_name(path.name + ".damaged")
        log.error("%s is damaged (%s); it is kept as %s", path, error, aside)
        for suffix in ("", "-wal", "-shm"):
            file = path.with_name(path.name + suffix)
            if file.exists():
                file.replace(aside.with_name(aside.name + suffix))
        return _open(path)


def _open(path: pathlib.Path) -> Connection:
    """Open the file and make its tables.

    Raises:
        DatabaseError: it is damaged.
        NewerDatabaseError: a newer program wrote it.
    """
    db = open_database(str(path))
    try:
        rows.require_sound(db)
        with write_transaction(db):
            version = rows.make_tables(db)
    except DatabaseError:
        db.close()
        raise
    if version > rows.SCHEMA_VERSION:
        db.close()
        raise NewerDatabaseError(path=str(path), found=version, known=rows.SCHEMA_VERSION)
    return db
