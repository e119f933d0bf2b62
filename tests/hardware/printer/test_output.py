"""The output driver: a job is printed once, or it stands somewhere with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.driver import JobKind, JobState
from hardware.printer.drivers import encode_kick, encode_page
from hardware.printer.errors import TextTooLongError
from tests.hardware.printer.bench import OPTIONS, Bench
from tests.hardware.printer.pages import RECEIPT, SHELF_LABEL

RECEIPT_BYTES = encode_page("escpos", OPTIONS["escpos"], RECEIPT)
LABELS = {kind: encode_page(kind, OPTIONS[kind], SHELF_LABEL) for kind in ("zpl", "tspl")}
KICK = encode_kick("escpos", OPTIONS["escpos"])
S = JobState


def test_a_receipt_is_printed_once_and_confirmed() -> None:
    bench = Bench("escpos")
    job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)

    bench.work(10)

    assert bench.states(job) == [S.QUEUED, S.SENDING, S.CONFIRMED]
    assert len(bench.printer.paper.sheets) == 1
    assert bench.printer.junk == 0
    assert bench.device.health.code == ""


def test_a_receipt_is_on_paper_within_half_a_second() -> None:
    bench = Bench("escpos")
    bench.work(2)
    bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)

    bench.work(0.5)

    assert len(bench.printer.paper.sheets) == 1


@pytest.mark.parametrize("kind", ["zpl", "tspl"])
def test_a_batch_of_labels_is_printed_in_order_and_each_once(kind: str) -> None:
    bench = Bench(kind)
    job = bench.spool.put(JobKind.LABEL, *[LABELS[kind]] * 20)

    bench.work(60)

    assert bench.state(job) is (S.CONFIRMED if kind == "zpl" else S.SENT)
    assert bench.spool.noted[job].parts_done == 20
    assert len(bench.printer.paper.sheets) == 20


@pytest.mark.parametrize(
    ("kind", "fault", "code"),
    [
        ("escpos", "paper_out", "paper_out"),
        ("escpos", "cover_open", "cover_open"),
        ("escpos", "overheated", "overheated"),
        ("escpos", "cutter_stuck", "cutter_fault"),
        ("zpl", "paper_out", "not_ready"),
        ("zpl", "cover_open", "not_ready"),
        ("zpl", "paused", "paused"),
        ("tspl", "paper_out", "paper_out"),
        ("tspl", "cover_open", "cover_open"),
        ("tspl", "overheated", "overheated"),
        ("tspl", "paused", "paused"),
        ("tspl", "ribbon_out", "ribbon_out"),
    ],
)
def test_a_job_waits_before_a_printer_that_can_not_and_is_printed_afterwards(
    kind: str, fault: str, code: str
) -> None:
    bench = Bench(kind)
    setattr(bench.faults, fault, True)
    data = RECEIPT_BYTES if kind == "escpos" else LABELS[kind]
    job = bench.spool.put(JobKind.RECEIPT if kind == "escpos" else JobKind.LABEL, data)
    bench.work(5)
    assert (bench.states(job), bench.device.health.code) == ([S.QUEUED], code)

    setattr(bench.faults, fault, False)
    bench.work(10)

    assert bench.state(job) in {S.CONFIRMED, S.SENT}
    assert len(bench.printer.paper.sheets) == 1
    assert bench.device.health.code == ""


def test_a_fault_of_an_idle_printer_is_seen_within_two_seconds() -> None:
    bench = Bench("escpos")
    bench.work(5)

    bench.faults.cover_open = True
    bench.work(2)

    assert bench.device.health.code == "cover_open"


def test_low_paper_is_told_and_hinders_nothing() -> None:
    bench = Bench("escpos")
    bench.faults.paper_low = True
    job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)

    bench.work(5)

    assert bench.device.health.code == "paper_low"
    assert bench.state(job) is S.CONFIRMED


@settings(deadline=None, max_examples=30)
@given(st.integers(1, len(RECEIPT_BYTES)))
def test_a_receipt_cut_in_the_middle_is_unknown_and_never_printed_again(count: int) -> None:
    bench = Bench("escpos")
    bench.work(1)
    bench.faults.leaves_after_bytes = 12 + count  # The question before it has 12 bytes.
    job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)
    next_job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)

    bench.work(30)

    assert bench.states(job) == [S.QUEUED, S.SENDING, S.UNKNOWN]
    assert "went away" in bench.spool.noted[job].reason
    assert bench.state(next_job) is S.CONFIRMED


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(["zpl", "tspl"]), st.integers(1, 60_000))
def test_labels_go_on_at_the_one_that_was_cut(kind: str, count: int) -> None:
    bench = Bench(kind)
    bench.work(1)
    bench.faults.leaves_after_bytes = count
    job = bench.spool.put(JobKind.LABEL, *[LABELS[kind]] * 4)

    bench.work(60)

    assert bench.state(job) in {S.CONFIRMED, S.SENT}
    assert 4 <= len(bench.printer.paper.sheets) <= 5


def test_paper_that_ends_in_a_receipt_makes_it_unknown() -> None:
    bench = Bench("escpos")
    bench.faults.paper_ends_after_rows = 100
    job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)

    bench.work(30)

    assert bench.states(job) == [S.QUEUED, S.SENDING, S.UNKNOWN]
    assert "paper_out" in bench.spool.noted[job].reason
    assert bench.device.health.code == "paper_out"


def test_paper_that_ends_in_a_batch_of_labels_loses_none() -> None:
    bench = Bench("tspl")
    bench.faults.paper_ends_after_rows = 600
    job = bench.spool.put(JobKind.LABEL, *[LABELS["tspl"]] * 5)
    bench.work(30)
    assert bench.state(job) is S.CHECKING

    bench.faults.paper_out = False
    bench.work(30)

    assert bench.state(job) is S.SENT
    assert len(bench.printer.paper.sheets) >= 5


def test_a_printer_that_never_reads_is_told_and_the_receipt_stays_whole() -> None:
    bench = Bench("escpos")
    bench.faults.reads.clear()
    job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)
    bench.work(20)
    assert (bench.states(job), bench.device.health.code) == ([S.QUEUED], "offline")

    bench.faults.reads.set()
    bench.work(10)

    assert bench.state(job) is S.CONFIRMED


def test_a_printer_that_stops_reading_in_the_middle_makes_the_receipt_unknown() -> None:
    bench = Bench("escpos")
    bench.faults.bytes_per_s = 4_000
    job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)
    bench.work(2)

    bench.faults.reads.clear()
    bench.work(3)
    assert bench.device.health.code == "not_taking"
    bench.work(8)

    assert bench.states(job) == [S.QUEUED, S.SENDING, S.UNKNOWN]


def test_a_mute_printer_that_takes_no_byte_keeps_the_receipt_to_be_tried_again() -> None:
    bench = Bench("escpos", status="no")
    bench.faults.reads.clear()
    job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)
    bench.work(20)
    assert S.UNKNOWN not in bench.states(job)

    bench.faults.reads.set()
    bench.work(10)

    assert bench.state(job) is S.SENT
    assert len(bench.printer.paper.sheets) == 1


def test_a_slow_printer_is_waited_for() -> None:
    bench = Bench("escpos")
    bench.faults.bytes_per_s = 2_000
    job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)

    bench.work(60)

    assert bench.states(job) == [S.QUEUED, S.SENDING, S.CONFIRMED]


def test_a_printer_that_answers_nothing_gets_no_receipt_unless_it_was_set_up_so() -> None:
    asked, mute = Bench("escpos"), Bench("escpos", status="no")
    for bench in (asked, mute):
        bench.faults.is_mute = True
        bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)

        bench.work(10)

    assert (asked.device.health.code, len(asked.printer.paper.sheets)) == ("offline", 0)
    assert (mute.device.health.code, len(mute.printer.paper.sheets)) == ("", 1)
    (noted,) = mute.spool.noted.values()
    assert noted.states[-1] is S.SENT


def test_a_mute_usb_printer_says_by_its_port_that_it_has_no_paper() -> None:
    bench = Bench("escpos", status="no", port_status=0x30)
    job = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)
    bench.work(5)
    assert (bench.states(job), bench.device.health.code) == ([S.QUEUED], "paper_out")

    bench.line.port_status = 0x18
    bench.work(5)

    assert bench.state(job) is S.SENT


@pytest.mark.parametrize("kind", ["escpos", "zpl", "tspl"])
def test_a_printer_of_another_language_is_called_unreadable(kind: str) -> None:
    bench = Bench(kind)
    bench.faults.answers_garbage = True
    job = bench.spool.put(JobKind.LABEL, b"x")

    bench.work(10)

    assert bench.device.health.code == "unreadable"
    assert bench.states(job) == [S.QUEUED]


def test_noise_once_changes_nothing() -> None:
    bench = Bench("escpos")
    bench.work(3)
    bench.faults.answers_garbage = True
    bench.device.work(0.25)
    bench.faults.answers_garbage = False

    bench.work(3)

    assert bench.device.health.code == ""


def test_the_drawer_opens_at_once_and_only_once() -> None:
    bench = Bench("escpos")
    job = bench.spool.put(JobKind.DRAWER, KICK)

    bench.work(3)

    assert bench.states(job) == [S.QUEUED, S.SENDING, S.SENT]
    assert bench.printer.kicks == [2]


def test_the_drawer_does_not_open_by_itself_when_the_paper_is_back() -> None:
    bench = Bench("escpos")
    bench.faults.paper_out = True
    job = bench.spool.put(JobKind.DRAWER, KICK)
    bench.work(3)
    bench.spool.note(job, S.CHECKING)
    bench.spool.note(job, S.EXPIRED)

    bench.faults.paper_out = False
    bench.work(5)

    assert bench.printer.kicks == []


def test_a_page_that_can_not_be_drawn_ends_its_job_with_the_name_of_the_field() -> None:
    class Undrawable(tuple[bytes, ...]):
        __slots__ = ()

        def __getitem__(self, _index: object) -> bytes:  # type: ignore[override]  # only ints here
            raise TextTooLongError("price", "'1' does not fit")

    bench = Bench("zpl")
    job = bench.spool.put(JobKind.LABEL, b"x")
    bench.spool.noted[job].job = type(bench.spool.noted[job].job)(
        job, "printer", JobKind.LABEL, Undrawable((b"x",))
    )

    bench.work(5)

    assert bench.states(job) == [S.QUEUED, S.FAILED]
    assert bench.spool.noted[job].reason == ("text_too_long: part 1: price: '1' does not fit")


def test_a_printer_that_does_not_know_the_question_about_the_end_is_waited_for_once() -> None:
    bench = Bench("escpos")
    feed = bench.printer.feed
    bench.printer.feed = lambda data: feed(data.replace(b"\x1dr\x01", b""))
    first = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)
    bench.work(10)
    second = bench.spool.put(JobKind.RECEIPT, RECEIPT_BYTES)

    bench.work(2)

    assert (bench.state(first), bench.state(second)) == (S.SENT, S.SENT)
    assert len(bench.printer.paper.sheets) == 2
