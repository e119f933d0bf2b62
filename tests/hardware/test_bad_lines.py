"""Lines on which something else speaks, through the real host: nothing false, and no end of it."""

from __future__ import annotations

import pathlib
import random
import time
from collections.abc import Callable

import pytest

from hardware.clock import monotonic_ms
from hardware.errors import DeviceAbsentError, DeviceUnavailableError, explain_os_error
from hardware.host.bench_spool import BenchSpool
from hardware.host.capture import (
    RING_BYTES_MAX,
    Passage,
    ReplayTransport,
    Ring,
    dump_capture,
    load_capture,
)
from hardware.host.device import Device, DeviceState, Reading
from hardware.host.drivers import DRIVERS, fill_options
from hardware.host.supervisor import Supervisor
from hardware.host.transport import open_transport
from hardware.reading import Weight, WeightState

WAIT_S = 30.0
TEN_MINUTES_BYTES = 9_600 // 10 * 600
"""At 9600 baud with ten bits a byte."""
READ_BYTES = 256
CODE = b"6901234567892\r"
SCALES = [kind for kind, driver in DRIVERS.items() if driver.role.value == "scale"]


def make_noise(seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(TEN_MINUTES_BYTES)


def replay(data: bytes) -> ReplayTransport:
    pieces = [data[place : place + READ_BYTES] for place in range(0, len(data), READ_BYTES)]
    return ReplayTransport(tuple(Passage(0, False, piece) for piece in pieces))


class Bench:
    """One device under the real supervisor, over what a line brought."""

    def __init__(self, kind: str, data: bytes) -> None:
        self.readings: list[Reading] = []
        driver = DRIVERS[kind]
        chosen = {"pattern": "and18"} if "pattern" in driver.options else {}
        options = fill_options(driver, chosen)
        device = Device("bench", driver, lambda: replay(data), options)
        self.supervisor = Supervisor(
            [device],
            self.readings.append,
            BenchSpool(),
            clock=monotonic_ms,
            on_change=lambda: None,
        )
        self.supervisor.start()

    def wait_for(self, is_so: Callable[[], bool]) -> bool:
        give_up_at = time.monotonic() + WAIT_S
        while not is_so():
            if time.monotonic() > give_up_at:
                return False
            time.sleep(0.02)
        return True

    def state(self) -> DeviceState:
        return self.supervisor.read_statuses()[0].state


def test_ten_minutes_of_garbage_leave_a_scanner_that_reads_the_next_code() -> None:
    bench = Bench("serial_scanner", make_noise() + b"\r" + CODE)

    arrived = bench.wait_for(
        lambda: any(getattr(r.value, "text", "") == "6901234567892" for r in bench.readings)
    )

    status = bench.supervisor.read_statuses()[0]
    assert arrived
    assert status.state is DeviceState.READY
    assert status.lost_scans > 1_000
    assert sum(len(p.data) for p in bench.supervisor.read_ring("bench").read()) <= RING_BYTES_MAX
    assert not bench.supervisor.has_crashed
    bench.supervisor.stop()


@pytest.mark.parametrize("kind", SCALES)
def test_ten_minutes_of_garbage_are_no_weight_to_sell_by(kind: str) -> None:
    bench = Bench(kind, make_noise())

    assert bench.wait_for(lambda: bench.state() is DeviceState.DEGRADED)

    sold = [r for r in bench.readings if isinstance(r.value, Weight)]
    assert {r.value.state for r in sold if isinstance(r.value, Weight)} <= {
        WeightState.FAULT,
        WeightState.OFFLINE,
        WeightState.MOTION,
        WeightState.STALE,
    }
    bench.supervisor.stop()


def test_driver_on_a_port_that_it_can_not_use_is_told_which_ports_it_can() -> None:
    with pytest.raises(DeviceUnavailableError, match=r"event_node.*serial") as raised:
        open_transport(DRIVERS["serial_scanner"], "/dev/input/event0", "9600 8N1")

    assert not isinstance(raised.value, DeviceAbsentError)


def test_url_without_a_descriptor_is_a_fault() -> None:
    with pytest.raises(DeviceUnavailableError, match="descriptor"):
        open_transport(DRIVERS["serial_scanner"], "loop://", "9600 8N1")


def test_missing_permission_is_a_fault_and_no_absence() -> None:
    error = explain_os_error("/dev/ttyACM0", PermissionError(13, "Permission denied"))

    assert type(error) is DeviceUnavailableError
    assert "Permission denied" in str(error)


def test_ring_keeps_the_last_bytes_and_a_capture_reads_back() -> None:
    ring = Ring(lambda: 5)
    for number in range(100):
        ring.keep(bytes([number]) * 1024, is_sent=bool(number % 2))

    passages = ring.read()
    assert sum(len(passage.data) for passage in passages) == RING_BYTES_MAX
    assert passages[-1].data == bytes([99]) * 1024
    read_back = load_capture("# a note\n" + dump_capture(passages))
    assert [(p.is_sent, p.data) for p in read_back] == [(p.is_sent, p.data) for p in passages]


@pytest.mark.parametrize("text", ["5 ? 00", "x < 00", "5 < 0g"])
def test_file_that_is_no_capture_is_a_fault(tmp_path: pathlib.Path, text: str) -> None:
    path = tmp_path / "capture"
    path.write_text(text)

    with pytest.raises(DeviceUnavailableError):
        open_transport(DRIVERS["cas22"], f"replay:{path}", "9600 8N1")
