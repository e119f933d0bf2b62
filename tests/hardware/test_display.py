"""Customer displays: amounts whole or not at all, lines that fit, jobs that are told."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.display.display_text import DisplayText
from hardware.display.pole import COLUMNS, Lamp, cut_line, show_amount, show_cd5220, show_epson
from hardware.driver import Health, Job, JobKind, JobState, OpenDevice, Opening
from hardware.errors import DeviceAbsentError
from hardware.host.bench_spool import BenchSpool
from hardware.host.drivers import DRIVERS, fill_options
from hardware.sim.display import SimulatedLedPole, SimulatedTwoLines

JOB_ID = uuid.UUID(int=1)
RAW, DIGIT = {"lamp_number": "raw"}, {"lamp_number": "digit"}


@pytest.mark.parametrize(
    ("amount_fen", "lamp", "options", "data"),
    [
        # By hand, from the frames of two accounts of these poles.
        (1_250, Lamp.TOTAL, RAW, "1B 51 41 31 32 2E 35 30 0D 1B 73 02"),
        (1_250, Lamp.TOTAL, DIGIT, "1B 51 41 31 32 2E 35 30 0D 1B 73 32"),
        (5, Lamp.CHANGE, RAW, "1B 51 41 30 2E 30 35 0D 1B 73 04"),
        (-300, Lamp.NONE, RAW, "1B 51 41 2D 33 2E 30 30 0D 1B 73 00"),
    ],
)
def test_amount_is_what_the_pole_understands(
    amount_fen: int, lamp: Lamp, options: dict[str, str], data: str
) -> None:
    assert show_amount(amount_fen, lamp, options) == bytes.fromhex(data)


@given(st.integers(-(10**10), 10**10), st.sampled_from(Lamp), st.sampled_from([RAW, DIGIT]))
def test_amount_is_shown_whole_or_as_dashes(
    amount_fen: int, lamp: Lamp, options: dict[str, str]
) -> None:
    pole = SimulatedLedPole()

    pole.feed(show_amount(amount_fen, lamp, options))

    assert pole.lamp is lamp
    if pole.digits != "--------":
        assert int(pole.digits.replace(".", "")) == amount_fen
        assert len(pole.digits.replace(".", "")) <= 8


@given(st.text(max_size=30))
def test_line_fits_and_holds_no_commands(text: str) -> None:
    line = cut_line(text)

    assert len(line) == COLUMNS
    assert not {0x0C, 0x0D, 0x1B} & set(line)
    line.decode("gb18030")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Cola 330ml", "Cola 330ml"),
        ("康师傅红烧牛肉面大食桶", "康师傅红烧牛肉面大食"),
        ("a康师傅红烧牛肉面大食桶", "a康师傅红烧牛肉面大"),
        ("面\x1b@\r", "面?@?"),
        ("😀 x", "? x"),
    ],
)
def test_both_languages_show_the_same_lines(text: str, shown: str) -> None:
    first, second = SimulatedTwoLines(), SimulatedTwoLines()

    first.feed_cd5220(show_cd5220(DisplayText(text, "12.50")))
    second.feed_epson(show_epson(DisplayText(text, "12.50")))

    assert first.text == second.text == [shown, "12.50"]


@given(st.data())
def test_any_cut_of_the_bytes_shows_the_same(data: st.DataObject) -> None:
    stream = show_cd5220(DisplayText("一二三", "1.00")) + show_cd5220(DisplayText("abc", "2.00"))
    cut = data.draw(st.integers(0, len(stream)))
    display = SimulatedTwoLines()

    display.feed_cd5220(stream[:cut])
    display.feed_cd5220(stream[cut:])

    assert display.text == ["abc", "2.00"]


class DisplayLine:
    """A line to a display that takes so many bytes of each write."""

    def __init__(self) -> None:
        self.taken = b""
        self.takes_max = 1_000
        self.is_plugged = True

    def read(self, timeout_s: float) -> bytes:
        assert timeout_s > 0
        return b""

    def write(self, data: bytes, timeout_s: float) -> int:
        assert timeout_s > 0
        if not self.is_plugged:
            raise DeviceAbsentError("unplugged")
        self.taken += data[: self.takes_max]
        return min(len(data), self.takes_max)

    def read_port_status(self) -> int | None:
        return None


def open_display(line: DisplayLine, spool: BenchSpool) -> OpenDevice:
    driver = DRIVERS["cd5220"]
    return driver.open(Opening("pole-1", line, fill_options(driver, {}), lambda: 0, spool))


def put_job(spool: BenchSpool) -> None:
    data = show_cd5220(DisplayText("a", "b"))
    spool.put(Job(JOB_ID, "pole-1", JobKind.DISPLAY, (data,)))


def test_job_is_shown_once() -> None:
    line, spool = DisplayLine(), BenchSpool()
    put_job(spool)
    display = open_display(line, spool)

    display.work(0.1)
    display.work(0.1)

    assert line.taken == show_cd5220(DisplayText("a", "b"))
    assert [noted.state for noted in spool.noted[JOB_ID]][-2:] == [JobState.SENDING, JobState.SENT]


def test_display_that_takes_nothing_needs_somebody_until_it_does() -> None:
    line, spool = DisplayLine(), BenchSpool()
    line.takes_max = 3
    put_job(spool)
    display = open_display(line, spool)
    display.work(0.1)
    stuck = display.health.code
    line.takes_max = 1_000
    spool.put(Job(uuid.UUID(int=2), "pole-1", JobKind.DISPLAY, (b"x",)))
    display.work(0.1)

    assert stuck == "not_taking"
    assert spool.noted[JOB_ID][-1].state is JobState.FAILED
    assert display.health == Health()


def test_unplugged_display_leaves_its_job_unknown() -> None:
    line, spool = DisplayLine(), BenchSpool()
    line.is_plugged = False
    put_job(spool)

    with pytest.raises(DeviceAbsentError):
        open_display(line, spool).work(0.1)

    assert spool.noted[JOB_ID][-1].state is JobState.UNKNOWN
