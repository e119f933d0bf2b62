"""Jobs of printers on the box: queued once, handed over until reported, over once they are over."""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Iterator

import pytest

from edge_agent.services import printing
from edge_agent.services.box import Box
from edge_agent.services.errors import NoPrinterError
from edge_agent.services.printing import JobNews
from edge_agent.services.register import BasketLine, sell_basket
from edge_agent.services.seat import Seat
from edge_agent.store import devices, print_jobs
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from hardware.driver import JobState
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.tender import TenderKind
from tests.edge_agent.shop_setup import COLA, PRINTER, make_box, make_clock, open_box
from tests.retail_domain.builders import NOON

JOB = uuid.UUID(int=11)
SOLD = uuid.UUID(int=12)


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    with contextlib.closing(open_box(database)) as db:
        yield db


@pytest.fixture
def box(db: Connection) -> Box:
    """Give a box that has sold one bottle."""
    box = make_box()
    seat = Seat("1", "1001", OpenTicket())
    lines = [BasketLine(COLA, "", 1_000, 300)]
    sell_basket(db, box, seat, lines, fact_id=SOLD, tender=TenderKind.CASH)
    return box


def later(seconds: int) -> Box:
    return make_box(make_clock(NOON + datetime.timedelta(seconds=seconds)))


def state_of(db: Connection, job_id: uuid.UUID = JOB) -> str:
    job = print_jobs.find_job(db, job_id)
    assert job is not None
    return job.state


def test_receipt_is_handed_over_until_its_state_was_reported(db: Connection, box: Box) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)

    first, _ = printing.take_jobs(db, box, (PRINTER,), 9)
    again, _ = printing.take_jobs(db, box, (PRINTER,), 9)
    printing.note_news(db, box, (JobNews(JOB, JobState.QUEUED, 0, ""),))
    after, _ = printing.take_jobs(db, box, (PRINTER,), 9)

    assert [taken.job.job_id for taken in first] == [JOB]
    assert first == again
    assert first[0].receipt is not None
    assert first[0].receipt.totals.amount_fen == 300
    assert first[0].expires_in_ms == printing.RECEIPT_LIFE_MS
    assert after == ()


def test_repeated_job_is_queued_once(db: Connection, box: Box) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)
    printing.queue_receipt(db, box, "1", SOLD, JOB)

    assert len(print_jobs.read_newest(db, 9)) == 1


def test_job_of_another_printer_is_not_given(db: Connection, box: Box) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)

    assert printing.take_jobs(db, box, ("printer-2",), 9) == ((), ())
    assert printing.take_jobs(db, box, (), 9) == ((), ())


def test_register_without_a_printer_says_so(db: Connection, box: Box) -> None:
    with write_transaction(db):
        devices.unbind(db, PRINTER, changed_by="it", changed_at_ms=1)

    with pytest.raises(NoPrinterError):
        printing.queue_receipt(db, box, "1", SOLD, JOB)


def test_job_that_nobody_took_in_time_expires(db: Connection, box: Box) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)

    taken, expired = printing.take_jobs(db, later(120), (PRINTER,), 9)

    assert taken == ()
    assert [(job.job_id, job.state) for job in expired] == [(JOB, "expired")]
    assert state_of(db) == "expired"


def test_what_is_over_stays_as_it_is(db: Connection, box: Box) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)
    printing.note_news(db, box, (JobNews(JOB, JobState.UNKNOWN, 0, "cover opened"),))

    changed = printing.note_news(db, box, (JobNews(JOB, JobState.CHECKING, 0, ""),))

    assert changed == ()
    assert state_of(db) == "unknown"


def test_news_of_a_job_that_nobody_knows_changes_nothing(db: Connection, box: Box) -> None:
    assert printing.note_news(db, box, (JobNews(JOB, JobState.SENT, 1, ""),)) == ()


def test_bytes_of_a_job_go_when_it_is_over(db: Connection, box: Box) -> None:
    job = printing.queue_receipt(db, box, "1", SOLD, JOB)
    other = uuid.UUID(int=13)
    with write_transaction(db):
        print_jobs.save_job(db, replace_id(job, other), (b"one", b"two"))
    assert print_jobs.read_parts(db, other) == (b"one", b"two")

    printing.note_news(db, box, (JobNews(other, JobState.CONFIRMED, 2, ""),))

    assert print_jobs.read_parts(db, other) == ()


def replace_id(job: print_jobs.KeptJob, job_id: uuid.UUID) -> print_jobs.KeptJob:
    return print_jobs.KeptJob(
        job_id=job_id,
        device_id=job.device_id,
        register_no=job.register_no,
        kind="label",
        fact_id=None,
        made_at_ms=job.made_at_ms,
        expires_at_ms=job.expires_at_ms,
    )


def test_bindings_have_a_history_that_nobody_edits(db: Connection) -> None:
    with write_transaction(db):
        devices.bind(db, devices.Binding(PRINTER, "printer", "1"), changed_by="it", changed_at_ms=1)
        devices.unbind(db, PRINTER, changed_by="it", changed_at_ms=2)
        assert not devices.unbind(db, PRINTER, changed_by="it", changed_at_ms=3)

    newest = devices.read_changes(db)[0]

    assert (newest.device_id, newest.register_no, newest.changed_at_ms) == (PRINTER, None, 2)
    for statement in (
        "UPDATE device_binding_change SET changed_by = 'nobody'",
        "DELETE FROM device_binding_change",
    ):
        with pytest.raises(Exception, match="append-only"):
            db.execute(statement)
