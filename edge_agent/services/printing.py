"""Jobs of printers: queued after the commit, handed to a device process, followed to the end."""

from __future__ import annotations

import dataclasses
import uuid

from edge_agent.services.box import Box
from edge_agent.services.errors import NoPrinterError
from edge_agent.services.receipts import Receipt, read_receipt
from edge_agent.store import devices, print_jobs
from edge_agent.store.database import write_transaction
from edge_agent.store.print_jobs import KeptJob
from edge_agent.store.sqlite_library import Connection
from hardware.driver import FINAL_STATES, JobKind, JobState, Role

RECEIPT_LIFE_MS = 120_000
"""The customer has gone: a later receipt is asked for, not printed by surprise."""
JOBS_KEPT_MS = 7 * 24 * 3_600_000
"""A week: who asks what became of a receipt asks soon."""
JOBS_SHOWN = 100
"""On IT's page."""
FINAL_WORDS = frozenset(state.value for state in FINAL_STATES)
OUT = frozenset({JobState.SENT.value, JobState.CONFIRMED.value})
"""It is on paper, as far as the device can say."""


@dataclasses.dataclass(frozen=True, slots=True)
class TakenJob:
    """A job on its way to a device process."""

    job: KeptJob
    expires_in_ms: int
    receipt: Receipt | None
    """To be laid out; None for a job that has parts."""
    parts: tuple[bytes, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class JobNews:
    """What a device process says of a job."""

    job_id: uuid.UUID
    state: JobState
    parts_done: int
    reason: str


def queue_receipt(
    db: Connection, box: Box, register_no: str, fact_id: uuid.UUID, job_id: uuid.UUID
) -> KeptJob:
    """Have a committed ticket printed at a register. A repeated job_id changes nothing.

    Raises:
        NoPrinterError: the register has none.
    """
    made_at_ms = wall_ms(box)
    with write_transaction(db):
        device_id = devices.find_bound(db, register_no, Role.PRINTER.value)
        if device_id is None:
            raise NoPrinterError(register_no=register_no)
        job = KeptJob(
            job_id=job_id,
            device_id=device_id,
            register_no=register_no,
            kind=JobKind.RECEIPT.value,
            fact_id=fact_id,
            made_at_ms=made_at_ms,
            expires_at_ms=made_at_ms + RECEIPT_LIFE_MS,
        )
        print_jobs.save_job(db, job)
        print_jobs.forget_old(db, made_at_ms - JOBS_KEPT_MS)
    return job


def take_jobs(
    db: Connection, box: Box, device_ids: tuple[str, ...], count_max: int
) -> tuple[tuple[TakenJob, ...], tuple[KeptJob, ...]]:
    """Jobs that these devices have not been given yet, or did not say that they have.

    Returns:
        What is to be put out, oldest first; and what became too old and is EXPIRED from now on.
    """
    now_ms = wall_ms(box)
    taken, expired = [], []
    with write_transaction(db):
        for job in print_jobs.read_waiting(db, device_ids, count_max):
            if job.expires_at_ms <= now_ms:
                expired.append(_change(db, job, JobState.EXPIRED.value, now_ms))
                continue
            receipt = None if job.fact_id is None else read_receipt(db, box, job.fact_id)
            parts = print_jobs.read_parts(db, job.job_id)
            taken.append(TakenJob(job, job.expires_at_ms - now_ms, receipt, parts))
    return tuple(taken), tuple(expired)


def note_news(db: Connection, box: Box, news: tuple[JobNews, ...]) -> tuple[KeptJob, ...]:
    """Keep how far jobs are. What is over stays as it is, whoever repeats what.

    Returns:
        The jobs that changed, as they are now.
    """
    now_ms, changed = wall_ms(box), []
    with write_transaction(db):
        for new in news:
            job = print_jobs.find_job(db, new.job_id)
            if job is None or job.state in FINAL_WORDS:
                continue  # Of a box before a restore; or told twice.
            job = dataclasses.replace(job, parts_done=new.parts_done, reason=new.reason)
            changed.append(_change(db, job, new.state.value, now_ms))
    return tuple(changed)


def _change(db: Connection, job: KeptJob, state: str, now_ms: int) -> KeptJob:
    print_jobs.save_state(
        db,
        job.job_id,
        state,
        parts_done=job.parts_done,
        reason=job.reason,
        changed_at_ms=now_ms,
    )
    if state in FINAL_WORDS:
        print_jobs.forget_parts(db, job.job_id)
    return dataclasses.replace(job, state=state)


def wall_ms(box: Box) -> int:
    """The wall clock, in milliseconds since 1970."""
    return int(box.wall_at().timestamp() * 1000)
