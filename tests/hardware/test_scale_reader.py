"""The driver of scales, over simulated scales that speak the protocols' own bytes."""

from __future__ import annotations

import contextlib
import uuid

import pytest

from hardware.driver import Health, Job, JobKind, JobState, Opening
from hardware.errors import DeviceAbsentError
from hardware.host.bench_spool import BenchSpool
from hardware.host.drivers import DRIVERS, fill_options
from hardware.reading import SURE_STATES, Weight, WeightState
from hardware.scale.scale_reader import REPLIES_MAX, ScaleReader
from hardware.sim.scale import ScaleFault, ScaleVoice

KINDS = [
    "toledo8217",
    "nci",
    "cas_ecr",
    "cas22",
    "yaohua12",
    "jcsb6",
    "mtsics",
    "dialog06",
    "and18",
]
STREAM_MS = 100


class ScaleLine:
    """A line to a simulated scale, in a time of its own: waiting is what makes it pass."""

    def __init__(self, voice: ScaleVoice) -> None:
        self.voice = voice
        self.now_ms = 0
        self.is_plugged = True
        self.takes_max = 100
        self.answer = b""
        """Noise on top of every answer."""
        self.said = b""
        self._waiting = b""
        self._uttered_at_ms = 0

    def clock(self) -> int:
        return self.now_ms

    def read(self, timeout_s: float) -> bytes:
        self._require_plugged()
        if not self._waiting:
            self.now_ms += max(1, int(timeout_s * 1_000))
        if self.now_ms - self._uttered_at_ms >= STREAM_MS:
            self._uttered_at_ms = self.now_ms
            self._waiting += self.voice.utter()
        data, self._waiting = self._waiting, b""
        return data

    def write(self, data: bytes, timeout_s: float) -> int:
        assert timeout_s > 0
        self._require_plugged()
        self.said += data
        self._waiting += self.voice.hear(data[: self.takes_max]) + self.answer
        return min(len(data), self.takes_max)

    def read_port_status(self) -> int | None:
        return None

    def _require_plugged(self) -> None:
        if not self.is_plugged:
            raise DeviceAbsentError("unplugged")


class Bench:
    """An opened driver, its scale, and what it told."""

    def __init__(self, kind: str) -> None:
        self.line = ScaleLine(ScaleVoice(kind))
        self.voice = self.line.voice
        self.spool = BenchSpool()
        self.told: list[Weight] = []
        self._jobs = 0
        driver = DRIVERS["regex_scale" if kind == "and18" else kind]
        options = fill_options(driver, {"pattern": "and18"} if kind == "and18" else {})
        opened = driver.open(Opening("scale-1", self.line, options, self.line.clock, self.spool))
        assert isinstance(opened, ScaleReader)
        self.reader = opened

    def run(self, seconds: int) -> None:
        until_ms = self.line.now_ms + seconds * 1_000
        while self.line.now_ms < until_ms:
            for event in self.reader.work(0.25):
                assert isinstance(event, Weight)
                self.told.append(event)

    @property
    def last(self) -> Weight:
        return self.told[-1]

    def send(self, name: bytes) -> None:
        self._jobs += 1
        self.spool.put(Job(uuid.UUID(int=self._jobs), "scale-1", JobKind.DISPLAY, (name,)))


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


def test_goods_on_the_pan_become_one_stable_weight(bench: Bench) -> None:
    bench.run(2)
    bench.voice.put(1_234_000)
    bench.run(2)

    assert (bench.last.state, bench.last.weight_mg) == (WeightState.STABLE, 1_234_000)
    assert bench.reader.health == Health()
    assert {w.weight_mg for w in bench.told if w.state in SURE_STATES} == {0, 1_234_000}


def test_motion_that_never_settles_is_never_a_weight(bench: Bench) -> None:
    for grams in range(500, 560):
        bench.voice.put(grams * 1_000, WeightState.MOTION)
        bench.run(1)

    assert [w for w in bench.told if w.state in SURE_STATES and w.weight_mg] == []


@pytest.mark.parametrize(
    "state",
    [WeightState.OVERLOAD, WeightState.UNDERLOAD, WeightState.ERROR_ZERO, WeightState.FAULT],
)
def test_trouble_of_the_scale_is_never_a_weight_and_never_0(
    bench: Bench, state: WeightState
) -> None:
    bench.voice.put(500_000, state)
    bench.run(5)

    assert bench.told
    assert [w for w in bench.told if w.state in SURE_STATES] == []


def test_pan_below_zero_is_no_weight(bench: Bench) -> None:
    bench.voice.put(-20_000)
    bench.run(2)

    assert [w for w in bench.told if w.state in SURE_STATES] == []


@pytest.mark.parametrize("fault", [ScaleFault.GARBAGE, ScaleFault.HALF, ScaleFault.PARITY])
def test_ten_minutes_of_a_bad_line_are_no_weight_and_end_with_it(
    bench: Bench, fault: ScaleFault
) -> None:
    bench.voice.put(500_000)
    bench.voice.fault = fault
    bench.run(600)
    bad, bench.told = bench.told, []
    complaint = bench.reader.health.code
    bench.voice.fault = None
    bench.run(3)

    assert [w for w in bad if w.state in SURE_STATES] == []
    assert complaint in {"unreadable", "no_answer"}
    assert (bench.last.state, bench.last.weight_mg) == (WeightState.STABLE, 500_000)
    assert bench.reader.health == Health()


def test_frozen_scale_is_stale_then_offline_within_two_seconds(bench: Bench) -> None:
    bench.voice.put(500_000)
    bench.run(2)
    bench.voice.fault = ScaleFault.FROZEN
    bench.told.clear()
    bench.run(2)
    bench.run(1)

    states = list(dict.fromkeys(w.state for w in bench.told))
    assert states[-2:] == [WeightState.STALE, WeightState.OFFLINE]
    assert bench.reader.health.code == "no_answer"


def test_unplugged_scale_is_told_to_the_host(bench: Bench) -> None:
    bench.run(1)
    bench.line.is_plugged = False

    with pytest.raises(DeviceAbsentError):
        bench.run(1)


def test_noise_that_looks_like_answers_is_not_answered_for_ever() -> None:
    bench = Bench("cas_ecr")
    bench.line.answer = b"\x06" * 50

    bench.run(10)

    questions = bench.line.said.count(b"\x05")
    assert 30 < questions < 50
    assert bench.line.said.count(b"\x11") <= REPLIES_MAX * questions


@pytest.mark.parametrize("kind", ["toledo8217", "mtsics"])
def test_tare_is_taken_off_and_given_back(kind: str) -> None:
    bench = Bench(kind)
    bench.voice.put(50_000)
    bench.send(b"tare")
    bench.run(2)
    bench.voice.put(550_000)
    bench.run(2)
    netto = bench.last
    bench.send(b"clear_tare")
    bench.run(2)

    assert (netto.state, netto.weight_mg) == (WeightState.STABLE, 500_000)
    assert bench.last.weight_mg == 550_000
    assert {noted[-1].state for noted in bench.spool.noted.values()} == {JobState.SENT}


@pytest.mark.parametrize("kind", ["toledo8217", "nci", "cas_ecr", "mtsics"])
def test_zero_empties_the_display(kind: str) -> None:
    bench = Bench(kind)
    bench.voice.put(3_000)
    bench.send(b"zero")
    bench.run(3)

    assert bench.last.state is WeightState.ZERO


@pytest.mark.parametrize(
    ("is_plugged", "takes_max", "state"),
    [(False, 100, JobState.UNKNOWN), (True, 0, JobState.FAILED)],
)
def test_command_that_did_not_arrive_is_told(
    is_plugged: bool, takes_max: int, state: JobState
) -> None:
    bench = Bench("toledo8217")
    bench.run(1)
    bench.send(b"zero")
    bench.line.is_plugged, bench.line.takes_max = is_plugged, takes_max

    with contextlib.suppress(DeviceAbsentError):
        bench.run(1)

    (noted,) = bench.spool.noted.values()
    assert (noted[-1].state, bool(noted[-1].reason)) == (state, True)


@pytest.mark.parametrize("name", [b"tare", b"explode"])
def test_what_a_scale_cannot_do_fails_with_a_reason(name: bytes) -> None:
    bench = Bench("cas22")
    bench.send(name)
    bench.run(1)

    (noted,) = bench.spool.noted.values()
    assert (noted[-1].state, bool(noted[-1].reason)) == (JobState.FAILED, True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spoken", KINDS)
def test_scale_of_another_protocol_is_never_a_wrong_weight(kind: str, spoken: str) -> None:
    bench = Bench(kind)
    if spoken == kind:
        return
    bench.line.voice = ScaleVoice(spoken)
    bench.line.voice.put(500_000)
    bench.run(5)

    sold = {w.weight_mg for w in bench.told if w.state in SURE_STATES}
    assert sold <= {500_000}
    assert sold or bench.reader.health.code in {"no_answer", "unreadable"}
