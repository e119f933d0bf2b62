"""Simulated scales on ptys, through the real host: weighed, frozen, pulled and plugged again."""

from __future__ import annotations

import pathlib
import time
from collections.abc import Callable, Iterator

import pytest

from hardware.clock import monotonic_ms
from hardware.host.bench_spool import BenchSpool
from hardware.host.device import Device, DeviceState, Reading
from hardware.host.drivers import DRIVERS, fill_options
from hardware.host.openers import open_serial
from hardware.host.supervisor import Supervisor
from hardware.reading import Weight, WeightState
from hardware.sim.scale import ScaleFault, SimulatedScale

WAIT_S = 10.0
POLL_S = 0.02
LINE = "9600 8N1"
"""A pty knows no other; the driver's own settings are for a real port."""


class Bench:
    """A scale under the host's supervisor."""

    def __init__(self, scale: SimulatedScale, kind: str) -> None:
        self.readings: list[Reading] = []
        driver = DRIVERS[kind]
        device = Device(
            "scale-1",
            driver,
            lambda: open_serial(str(scale.path), LINE),
            fill_options(driver, {}),
        )
        self.supervisor = Supervisor(
            [device],
            self.readings.append,
            BenchSpool(),
            clock=monotonic_ms,
            on_change=lambda: None,
            reopen_pauses_s=(0.01,),
        )

    def wait_for(self, state: WeightState, weight_mg: int | None) -> bool:
        """Whether the scale shows it before WAIT_S is over."""
        return self._wait(lambda value: (value.state, value.weight_mg) == (state, weight_mg))

    def wait_for_device(self, state: DeviceState) -> bool:
        until_s = time.monotonic() + WAIT_S
        while self.supervisor.read_statuses()[0].state is not state:
            if time.monotonic() > until_s:
                return False
            time.sleep(POLL_S)
        return True

    def _wait(self, is_it: Callable[[Weight], bool]) -> bool:
        until_s = time.monotonic() + WAIT_S
        while time.monotonic() < until_s:
            values = [reading.value for reading in self.readings]
            if values and isinstance(values[-1], Weight) and is_it(values[-1]):
                return True
            time.sleep(POLL_S)
        return False


@pytest.fixture(params=["toledo8217", "cas_ecr", "cas_pd2", "cas22", "dahua_acs"])
def scale(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[SimulatedScale]:
    scale = SimulatedScale(tmp_path / "scale-1", request.param)
    scale.plug()
    yield scale
    scale.close()


@pytest.fixture
def bench(scale: SimulatedScale) -> Iterator[Bench]:
    bench = Bench(scale, scale.voice.kind)
    bench.supervisor.start()
    yield bench
    bench.supervisor.stop()


def test_weight_arrives_and_comes_back_after_a_pulled_plug(
    scale: SimulatedScale, bench: Bench
) -> None:
    scale.voice.put(1_234_000)
    assert bench.wait_for(WeightState.STABLE, 1_234_000)

    scale.unplug()
    assert bench.wait_for_device(DeviceState.ABSENT)
    scale.voice.put(500_000)
    scale.plug()

    assert bench.wait_for(WeightState.STABLE, 500_000)
    assert bench.supervisor.read_statuses()[0].state is DeviceState.READY


def test_frozen_scale_needs_somebody(scale: SimulatedScale, bench: Bench) -> None:
    assert bench.wait_for(WeightState.ZERO, 0)

    scale.voice.fault = ScaleFault.FROZEN

    assert bench.wait_for(WeightState.OFFLINE, None)
    assert bench.wait_for_device(DeviceState.DEGRADED)
