"""Jobs of printers: queued after the commit, handed to a device process, followed to the end."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from edge_agent.services.box import Box
from edge_agent.services.errors import NoPrinterError, NoScaleError
from edge_agent.services.print_pages import DrawerKick, JobPage, Shown, encode_page
from edge_agent.services.receipt_page import lay_out_receipt
from edge_agent.services.receipts import make_receipt
from edge_agent.services.shift_page import lay_out_z
from edge_agent.services.templates import find_receipt
from edge_agent.store import devices, journal, print_jobs
from edge_agent.store.database import write_transaction
from edge_agent.store.print_jobs import FINAL_WORDS, KeptJob
from edge_agent.store.sqlite_library import Connection
from hardware.display.display_text import DisplayText
from hardware.display.pole import Lamp
from hardware.driver import JobKind, JobState, Role
from retail_domain.labels.fill import show_yuan
from retail_domain.trade.fact import Fact
from retail_domain.trade.fact_id import RANDOM_BITS, make_fact_id
from retail_domain.trade.shift import CashMoved, ShiftClosed
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.void import DrawerOpened, ReceiptReprinted

LIFE_MS = {
    JobKind.RECEIPT: 120_000,  # The customer has gone: a later one is asked for.
    JobKind.LABEL: 2 * 3_600_000,  # Somebody fetches a new roll.
    JobKind.DRAWER: 3_000,  # Never by surprise.
    JobKind.DISPLAY: 5_000,
    JobKind.SCALE: 3_000,  # What lies on the pan then may be something else.
}
"""How long a job may wait for its printer."""
assert set(LIFE_MS) == set(JobKind)
SILENT_MAX_MS = 600_000
"""After a job's life, until the box takes it for lost when no device process speaks of it."""
JOBS_KEPT_MS = 7 * 24 * 3_600_000
"""A week: who asks what became of a receipt asks soon."""
JOBS_SHOWN = 100
"""On IT's page."""
OUT = frozenset({JobState.SENT.value, JobState.CONFIRMED.value})
"""It is on paper, as far as the device can say."""
TOLD = FINAL_WORDS - OUT
TOLD_KINDS = frozenset(kind.value for kind in JobKind if kind is not JobKind.DISPLAY)
"""Of which the register is told when they did not come out; a display says it by staying dark."""
NOT_OUT = frozenset({JobState.EXPIRED.value, JobState.FAILED.value, JobState.CANCELLED.value})
"""Surely nothing of a receipt is on paper."""
DRAWER_FACTS = (DrawerOpened, CashMoved)
"""Open the drawer; a ticket does when cash changes hands."""


@dataclasses.dataclass(frozen=True, slots=True)
class TakenJob:
    """A job on its way to a device process."""

    job: KeptJob
    expires_in_ms: int
    parts: tuple[bytes, ...]
    """Pages, as print_pages.py writes them."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Which of a register's devices."""

    register_no: str
    role: Role


@dataclasses.dataclass(frozen=True, slots=True)
class JobNews:
    """What a device process says of a job."""

    job_id: uuid.UUID
    state: JobState
    parts_done: int
    reason: str


def queue_fact(db: Connection, box: Box, fact: Fact) -> None:
    """Queue what a fact puts out at its register, in the fact's own transaction.

    So a committed ticket has its job, and a ticket that was not committed has none. A register
    without a printer prints nothing.
    """
    happening, payload = fact.happening, fact.happening.payload
    if isinstance(payload, Ticket):
        is_cash = any(tender.kind is TenderKind.CASH for tender in payload.tenders)
        kinds = (JobKind.DRAWER, JobKind.RECEIPT) if is_cash else (JobKind.RECEIPT,)
    elif isinstance(payload, ReceiptReprinted | ShiftClosed):
        kinds = (JobKind.RECEIPT,)
    elif isinstance(payload, DRAWER_FACTS):
        kinds = (JobKind.DRAWER,)
    else:
        return
    outputs = devices.read_outputs(db, happening.register_no)
    display_id, device_id = outputs.get(Role.DISPLAY.value), outputs.get(Role.PRINTER.value)
    if display_id is not None and isinstance(payload, Ticket):
        _show(db, box, (display_id, happening.register_no), _closed(payload))
    if device_id is None:
        return
    for kind in kinds:
        job_id, place = uuid.uuid5(happening.fact_id, kind.value), happening.register_no
        job = _make_job(
            box, job_id, kind, happening.fact_id, device_id=device_id, register_no=place
        )
        print_jobs.save_job(db, job)


def _closed(ticket: Ticket) -> Shown:
    """What was paid, and the change."""
    is_change = ticket.change_fen > 0
    text = DisplayText(
        f"合计 {show_yuan(ticket.amount_fen)}",
        f"找零 {show_yuan(ticket.change_fen)}" if is_change else "谢谢惠顾",
    )
    amount_fen = ticket.change_fen if is_change else ticket.amount_fen
    return Shown(text, amount_fen, Lamp.CHANGE if is_change else Lamp.TOTAL)


def show_line(db: Connection, box: Box, register_no: str, name: str, due_fen: int) -> None:
    """Show the customer what was just rung up and what is due, in the command's transaction.

    Nothing happens where there is no display.
    """
    device_id = devices.find_bound(db, register_no, Role.DISPLAY.value)
    if device_id is not None:
        text = DisplayText(name, f"合计 {show_yuan(due_fen)}")
        _show(db, box, (device_id, register_no), Shown(text, due_fen, Lamp.TOTAL))


def _show(db: Connection, box: Box, place: tuple[str, str], shown: Shown) -> None:
    device_id, register_no = place
    job_id = make_fact_id(wall_ms(box), box.clock.random_bits(RANDOM_BITS))
    kind = JobKind.DISPLAY
    job = _make_job(box, job_id, kind, None, device_id=device_id, register_no=register_no)
    print_jobs.save_job(db, job, (encode_page(shown),))


def queue_receipt(
    db: Connection, box: Box, register_no: str, fact_id: uuid.UUID, job_id: uuid.UUID
) -> KeptJob:
    """Have the receipt of a committed fact printed at a register. A repeat changes nothing.

    Raises:
        NoPrinterError: the register has none.
    """
    with write_transaction(db):
        device_id = devices.find_bound(db, register_no, Role.PRINTER.value)
        if device_id is None:
            raise NoPrinterError(register_no=register_no)
        kind = JobKind.RECEIPT
        job = _make_job(box, job_id, kind, fact_id, device_id=device_id, register_no=register_no)
        print_jobs.save_job(db, job)
    return job


def queue_pages(
    db: Connection, box: Box, place: Place, pages: Sequence[JobPage], *, job_id: uuid.UUID
) -> KeptJob:
    """Have pages put out at a register, together one job. A repeated job_id changes nothing.

    Raises:
        NoPrinterError: the register has no device for them.
        NoScaleError: the same of a scale.
    """
    with write_transaction(db):
        device_id = devices.find_bound(db, place.register_no, place.role.value)
        if device_id is None:
            missing = NoScaleError if place.role is Role.SCALE else NoPrinterError
            raise missing(register_no=place.register_no)
        kind, register_no = KIND_OF_ROLE[place.role], place.register_no
        job = _make_job(box, job_id, kind, None, device_id=device_id, register_no=register_no)
        print_jobs.save_job(db, job, tuple(map(encode_page, pages)))
    return job


KIND_OF_ROLE = {
    Role.LABEL_PRINTER: JobKind.LABEL,
    Role.DISPLAY: JobKind.DISPLAY,
    Role.PRINTER: JobKind.RECEIPT,
    Role.SCALE: JobKind.SCALE,
}


def _make_job(
    box: Box,
    job_id: uuid.UUID,
    kind: JobKind,
    fact_id: uuid.UUID | None,
    *,
    device_id: str,
    register_no: str,
) -> KeptJob:
    made_at_ms = wall_ms(box)
    return KeptJob(
        job_id=job_id,
        device_id=device_id,
        register_no=register_no,
        kind=kind.value,
        fact_id=fact_id,
        made_at_ms=made_at_ms,
        expires_at_ms=made_at_ms + LIFE_MS[kind],
    )


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
            else:
                parts = _lay_out(db, box, job)
                taken.append(TakenJob(job, job.expires_at_ms - now_ms, parts))
    return tuple(taken), tuple(expired)


def _lay_out(db: Connection, box: Box, job: KeptJob) -> tuple[bytes, ...]:
    """Pages of a job; a receipt or a Z is laid out now, a receipt by the template of now."""
    if job.kind == JobKind.DRAWER.value:
        return (encode_page(DrawerKick()),)
    if job.fact_id is None:
        return print_jobs.read_parts(db, job.job_id)
    fact, copy_no = journal.find_fact(db, job.fact_id), 0
    if fact is not None and isinstance(fact.happening.payload, ReceiptReprinted):
        copy_no = fact.happening.payload.copy_no
        fact = journal.find_fact(db, fact.happening.payload.ticket_id)
    assert fact is not None, "the journal loses nothing"
    if isinstance(fact.happening.payload, ShiftClosed):
        return (encode_page(lay_out_z(fact, box.identity.store_name, box.time_zone)),)
    receipt = make_receipt(db, box, fact)
    roll = lay_out_receipt(receipt, find_receipt(db), box.time_zone, copy_no=copy_no)
    return (encode_page(roll),)


def end_overdue(db: Connection, box: Box) -> tuple[KeptJob, ...]:
    """End jobs that no device process took, or that one took and never spoke of again.

    Returns:
        Those that are over from now on.
    """
    now_ms = wall_ms(box)
    overdue = print_jobs.read_overdue(db, now_ms)
    if not overdue:
        return ()
    ended = []
    with write_transaction(db):
        print_jobs.forget_old(db, now_ms - JOBS_KEPT_MS)
        for job in overdue:
            if job.state == print_jobs.WAITING:
                job = dataclasses.replace(job, reason=NOT_TAKEN)  # noqa: PLW2901 - the same job
                ended.append(_change(db, job, JobState.EXPIRED.value, now_ms))
            elif now_ms >= job.expires_at_ms + SILENT_MAX_MS:
                job = dataclasses.replace(job, reason=SILENT)  # noqa: PLW2901 - the same job
                ended.append(_change(db, job, JobState.UNKNOWN.value, now_ms))
    return tuple(ended)


NOT_TAKEN = "no device process took it"
SILENT = "the device process did not say what became of it"


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
        if job.kind == JobKind.DISPLAY.value:  # One a line: nobody asks what became of it.
            print_jobs.forget_job(db, job.job_id)
    return dataclasses.replace(job, state=state)


def wall_ms(box: Box) -> int:
    """The wall clock, in milliseconds since 1970."""
    return int(box.wall_at().timestamp() * 1000)
