"""Jobs of printers on the box: queued once, handed over until reported, over once they are over."""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Iterator

import pytest

from edge_agent.services import printing, shifts
from edge_agent.services.box import Box, Operator
from edge_agent.services.errors import NoPrinterError
from edge_agent.services.facts import write_fact
from edge_agent.services.print_pages import DrawerKick, Shown, decode_page
from edge_agent.services.printing import JobNews
from edge_agent.services.register import (
    BasketLine,
    Command,
    CommandName,
    execute_command,
    sell_basket,
)
from edge_agent.services.reprint import print_again
from edge_agent.services.return_errors import SaleNotFoundError
from edge_agent.services.seat import Seat
from edge_agent.services.shift_print import print_x
from edge_agent.store import devices, journal, print_jobs
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from hardware.display.display_text import DisplayText
from hardware.display.pole import Lamp
from hardware.driver import JobState
from hardware.printer.page import CodeRow, Roll, Row
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.sale_code import parse_sale_code
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.void import ReceiptReprinted
from tests.edge_agent.shop_setup import (
    ALONE,
    ANYBODY,
    COLA,
    PRINTER,
    make_box,
    make_clock,
    open_box,
)
from tests.retail_domain.builders import NOON

JOB = uuid.UUID(int=11)
SOLD = uuid.UUID(int=12)


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    with contextlib.closing(open_box(database)) as db:
        yield db


@pytest.fixture
def box(db: Connection) -> Box:
    """Give a box that sold one bottle before it had a printer."""
    box = make_box()
    with write_transaction(db):
        devices.unbind(db, PRINTER, changed_by="it", changed_at_ms=1)
    sell(db, box, SOLD, TenderKind.CASH)
    with write_transaction(db):
        devices.bind(db, devices.Binding(PRINTER, "printer", "1"), changed_by="it", changed_at_ms=2)
    return box


def sell(db: Connection, box: Box, fact_id: uuid.UUID, tender: TenderKind) -> None:
    """Sell a bottle."""
    seat = Seat("1", "1001", OpenTicket())
    sell_basket(db, box, seat, [BasketLine(COLA, "", 1_000, 300)], fact_id=fact_id, tender=tender)


def later(seconds: int) -> Box:
    return make_box(make_clock(NOON + datetime.timedelta(seconds=seconds)))


def texts_of(roll: Roll) -> list[str]:
    """What stands on a receipt, from top to bottom."""
    return [cell.text for row in roll.blocks if isinstance(row, Row) for cell in row.cells]


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
    roll = decode_page(first[0].parts[0])
    assert isinstance(roll, Roll)
    assert "¥3.00" in texts_of(roll)
    assert first[0].expires_in_ms == 120_000
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


def kinds_of(db: Connection) -> list[str]:
    return [job.kind for job in reversed(print_jobs.read_newest(db, 9))]


@pytest.mark.usefixtures("box")
def test_register_without_a_printer_queues_nothing_for_its_tickets(db: Connection) -> None:
    assert print_jobs.read_newest(db, 9) == []


@pytest.mark.parametrize(
    ("tender", "kinds"),
    [(TenderKind.CASH, ["drawer", "receipt"]), (TenderKind.WECHAT, ["receipt"])],
)
def test_ticket_queues_its_receipt_and_cash_opens_the_drawer(
    db: Connection, box: Box, tender: TenderKind, kinds: list[str]
) -> None:
    sell(db, box, uuid.UUID(int=20), tender)
    sell(db, box, uuid.UUID(int=20), tender)

    assert kinds_of(db) == kinds
    assert {job.fact_id for job in print_jobs.read_newest(db, 9)} == {uuid.UUID(int=20)}


def test_ticket_that_was_not_committed_has_no_job(db: Connection, box: Box) -> None:
    with contextlib.suppress(ZeroDivisionError), write_transaction(db):
        write_fact(db, box, Operator("1001", "1"), ReceiptReprinted(SOLD, 1, 1))
        raise ZeroDivisionError

    assert print_jobs.read_newest(db, 9) == []


def test_drawer_is_pulsed_when_it_is_opened_without_a_sale(db: Connection, box: Box) -> None:
    shifts.open_drawer(db, box, Operator("1001", "1"), "change", ALONE, uuid.UUID(int=21))

    taken, _ = printing.take_jobs(db, box, (PRINTER,), 9)

    assert [decode_page(part) for part in taken[0].parts] == [DrawerKick()]
    assert taken[0].expires_in_ms == 3_000


def test_reprint_is_a_fact_and_is_marked(db: Connection, box: Box) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)
    printing.note_news(db, box, (JobNews(JOB, JobState.UNKNOWN, 0, "cut"),))

    for _ in range(2):
        print_again(db, box, Operator("1001", "1"), SOLD, fact_id=uuid.UUID(int=30))
    print_again(db, box, Operator("1001", "1"), SOLD, fact_id=uuid.UUID(int=31))

    assert journal.count_reprints(db, SOLD) == 2
    taken, _ = printing.take_jobs(db, box, (PRINTER,), 9)
    marks = [texts_of_part(one.parts[0])[0] for one in taken]
    assert marks == ["补打 1 REPRINT 1", "补打 2 REPRINT 2"]


def texts_of_part(part: bytes) -> list[str]:
    roll = decode_page(part)
    assert isinstance(roll, Roll)
    return texts_of(roll)


@pytest.mark.parametrize("state", [JobState.EXPIRED, JobState.FAILED])
def test_receipt_that_never_came_out_is_printed_again_without_a_mark(
    db: Connection, box: Box, state: JobState
) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)
    printing.note_news(db, box, (JobNews(JOB, state, 0, "no paper"),))

    for _ in range(2):
        print_again(db, box, Operator("1001", "1"), SOLD, fact_id=uuid.UUID(int=30))

    assert journal.count_reprints(db, SOLD) == 0
    (taken,), _ = printing.take_jobs(db, box, (PRINTER,), 9)
    assert texts_of_part(taken.parts[0])[0] == "人民路店"


def test_reprint_of_no_sale_is_refused(db: Connection, box: Box) -> None:
    with pytest.raises(SaleNotFoundError):
        print_again(db, box, Operator("1001", "1"), JOB, fact_id=uuid.UUID(int=30))


def test_job_that_no_device_process_takes_expires_by_itself(db: Connection, box: Box) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)
    assert printing.end_overdue(db, later(119)) == ()

    (ended,) = printing.end_overdue(db, later(120))

    assert (ended.state, ended.reason) == ("expired", "no device process took it")
    assert printing.end_overdue(db, later(121)) == ()


def test_job_of_which_the_device_process_speaks_no_more_becomes_unknown(
    db: Connection, box: Box
) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)
    printing.note_news(db, box, (JobNews(JOB, JobState.SENDING, 0, ""),))
    assert printing.end_overdue(db, later(719)) == ()

    printing.end_overdue(db, later(720))

    assert state_of(db) == "unknown"


def test_receipt_says_what_was_paid_and_carries_its_code(db: Connection, box: Box) -> None:
    printing.queue_receipt(db, box, "1", SOLD, JOB)
    (taken,), _ = printing.take_jobs(db, box, (PRINTER,), 9)

    roll = decode_page(taken.parts[0])

    assert isinstance(roll, Roll)
    assert [text for text in texts_of(roll) if "现金" in text] == ["现金"]
    codes = [block.data for block in roll.blocks if isinstance(block, CodeRow)]
    assert [parse_sale_code(code) for code in codes] == [SOLD]


def test_customer_sees_each_line_and_the_change_where_there_is_a_display(
    db: Connection, box: Box
) -> None:
    with write_transaction(db):
        pole = devices.Binding("pole-1", "display", "1")
        devices.bind(db, pole, changed_by="it", changed_at_ms=3)

    for command in (
        Command(command_id=uuid.UUID(int=40), name=CommandName.ADD_ITEM, item_id=COLA),
        Command(
            command_id=uuid.UUID(int=41),
            name=CommandName.PAY,
            tenders=((TenderKind.CASH, 1_000),),
        ),
    ):
        for _ in range(2):
            assert execute_command(db, box, "1", ANYBODY, command).answer.refusal is None

    taken, _ = printing.take_jobs(db, box, ("pole-1",), 9)
    shown = [decode_page(one.parts[0]) for one in taken]
    assert shown == [
        Shown(DisplayText("可乐 330ml", "合计 3.00"), 300, Lamp.TOTAL),
        Shown(DisplayText("合计 3.00", "找零 7.00"), 700, Lamp.CHANGE),
    ]


def test_display_that_is_away_leaves_no_jobs_behind(db: Connection, box: Box) -> None:
    with write_transaction(db):
        pole = devices.Binding("pole-1", "display", "1")
        devices.bind(db, pole, changed_by="it", changed_at_ms=3)
        printing.show_line(db, box, "1", "x", 1)

    (ended,) = printing.end_overdue(db, later(5))

    assert (ended.kind, ended.state) == ("display", "expired")
    assert print_jobs.read_newest(db, 9) == []


def words(part: bytes) -> list[str]:
    page = decode_page(part)
    assert isinstance(page, Roll)
    return [cell.text for block in page.blocks if isinstance(block, Row) for cell in block.cells]


def test_z_prints_itself_with_over_or_short_and_room_for_two_names(
    db: Connection, box: Box
) -> None:
    shifts.open_shift(db, box, Operator("1001", "1"), 10_000, fact_id=uuid.uuid4())
    shifts.close_shift(db, box, Operator("1001", "1"), 9_500, fact_id=uuid.uuid4())

    (job, *_others), _expired = printing.take_jobs(db, box, (PRINTER,), 16)

    printed = words(job.parts[0])
    assert {"交班单 Z", "短款", "-5.00", "交班人", "接班人"} <= set(printed)


def test_x_is_printed_without_what_the_drawer_should_hold(db: Connection, box: Box) -> None:
    shifts.open_shift(db, box, Operator("1001", "1"), 10_000, fact_id=uuid.uuid4())
    for _again in range(2):
        print_x(db, box, "1", job_id=JOB)

    (job,), _expired = printing.take_jobs(db, box, (PRINTER,), 16)

    printed = words(job.parts[0])
    assert "X 报表" in printed
    assert "100.00" in printed
    assert not {"应有", "实点"} & set(printed)
