"""The supervisor with real ptys: plugs pulled, lines garbled, processes in each other's way."""

from __future__ import annotations

import logging
import pathlib
import queue
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from hardware.clock import monotonic_ms
from hardware.errors import DeviceAbsentError, DeviceUnavailableError
from hardware.host.bench_spool import BenchSpool
from hardware.host.device import Device, DeviceState, DeviceStatus, Reading
from hardware.host.drivers import DRIVERS, fill_options
from hardware.host.openers import open_serial
from hardware.host.supervisor import Supervisor
from hardware.host.transport import OpenTransport
from hardware.reading import Scan
from hardware.sim.serial_scanner import SimulatedSerialScanner

WAIT_S = 10.0
LINE = "9600 8N1"
CODE = "6901234567892"
QUICK_PAUSES_S = (0.01,)
QUIET_S = 0.2
"""A supervisor that makes no pause needs a thousandth of it for the next try."""


class Bench:
    """Supervised devices, and what came of them."""

    def __init__(self, *devices: Device) -> None:
        self.readings: queue.Queue[Reading] = queue.Queue()
        self._changed = threading.Condition()
        self.supervisor = Supervisor(
            devices,
            self.readings.put,
            BenchSpool(),
            clock=monotonic_ms,
            on_change=self._note_change,
            reopen_pauses_s=QUICK_PAUSES_S,
        )

    def _note_change(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def read_status(self, device_id: str) -> DeviceStatus:
        statuses = {status.device_id: status for status in self.supervisor.read_statuses()}
        return statuses[device_id]

    def wait_for(self, condition: Callable[[], bool]) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, WAIT_S)

    def wait_for_state(self, device_id: str, state: DeviceState) -> bool:
        return self.wait_for(lambda: self.read_status(device_id).state is state)

    def wait_for_lost(self, device_id: str, count: int) -> bool:
        return self.wait_for(lambda: self.read_status(device_id).lost_scans == count)

    def next_text(self) -> str:
        return read_scan(self.readings.get(timeout=WAIT_S)).text


def read_scan(reading: Reading) -> Scan:
    assert isinstance(reading.value, Scan)
    return reading.value


def device_on(device_id: str, open_transport: Callable[[], OpenTransport]) -> Device:
    driver = DRIVERS["serial_scanner"]
    return Device(device_id, driver, open_transport, fill_options(driver, {}))


def serial_device(device_id: str, path: pathlib.Path) -> Device:
    return device_on(device_id, lambda: open_serial(str(path), LINE))


@pytest.fixture
def scanner(tmp_path: pathlib.Path) -> Iterator[SimulatedSerialScanner]:
    scanner = SimulatedSerialScanner(tmp_path / "scan-1")
    scanner.plug()
    yield scanner
    scanner.close()


@pytest.fixture
def bench(scanner: SimulatedSerialScanner) -> Iterator[Bench]:
    bench = Bench(serial_device("scan-1", scanner.path))
    bench.supervisor.start()
    assert bench.wait_for_state("scan-1", DeviceState.READY)
    yield bench
    bench.supervisor.stop()


def test_scans_reach_the_sink_in_order(scanner: SimulatedSerialScanner, bench: Bench) -> None:
    began_at_ms = monotonic_ms()

    scanner.scan(CODE, "]E0")
    scanner.scan("0106901234567892\x1d10A", "]C1")

    first, second = bench.readings.get(timeout=WAIT_S), bench.readings.get(timeout=WAIT_S)
    assert (first.device_id, first.value) == ("scan-1", Scan(CODE, "]E0"))
    assert second.value == Scan("0106901234567892\x1d10A", "]C1")
    assert (first.reading_no, second.reading_no) == (1, 2)
    assert began_at_ms <= first.read_at_monotonic_ms <= monotonic_ms()
    assert bench.read_status("scan-1").readings == 2


def test_hundred_scans_at_once_all_arrive(scanner: SimulatedSerialScanner, bench: Bench) -> None:
    codes = [f"{number:013}" for number in range(100)]

    for code in codes:
        scanner.scan(code)

    assert [bench.next_text() for _ in codes] == codes


def test_half_scan_is_counted_and_not_delivered(
    scanner: SimulatedSerialScanner, bench: Bench
) -> None:
    scanner.send_half(CODE)

    assert bench.wait_for_lost("scan-1", 1)
    assert bench.readings.empty()


def test_noise_is_counted_and_the_next_scan_delivered(
    scanner: SimulatedSerialScanner, bench: Bench
) -> None:
    scanner.send_noise()
    scanner.scan(CODE)

    assert bench.next_text() == CODE
    assert bench.read_status("scan-1").lost_scans == 1


def test_unplugged_scanner_is_absent_and_works_when_it_is_back(
    scanner: SimulatedSerialScanner, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    for number in range(3):
        scanner.unplug()
        assert bench.wait_for_state("scan-1", DeviceState.ABSENT)
        scanner.plug()
        assert bench.wait_for_state("scan-1", DeviceState.READY)
        scanner.scan(str(number))
        assert bench.next_text() == str(number)

    said = [record.getMessage().split(" ")[:3] for record in caplog.records]
    assert said == [["scan-1", "is", "gone"], ["scan-1", "is", "back"]] * 3


def test_scanner_that_comes_later_is_opened(tmp_path: pathlib.Path) -> None:
    bench = Bench(serial_device("scan-1", tmp_path / "scan-1"))
    bench.supervisor.start()
    assert bench.wait_for_state("scan-1", DeviceState.ABSENT)
    scanner = SimulatedSerialScanner(tmp_path / "scan-1")

    scanner.plug()

    assert bench.wait_for_state("scan-1", DeviceState.READY)
    bench.supervisor.stop()
    scanner.close()


def test_path_that_is_no_serial_port_is_a_fault_until_it_is_one(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(serial_device("scan-1", tmp_path / "scan-1"))
    bench.supervisor.start()
    assert bench.wait_for_state("scan-1", DeviceState.ABSENT)
    (tmp_path / "scan-1").write_bytes(b"")
    assert bench.wait_for_state("scan-1", DeviceState.FAULT)
    assert "scan-1" in bench.read_status("scan-1").last_error
    assert len(caplog.records) == 1  # Gone is said once, however it is gone.
    scanner = SimulatedSerialScanner(tmp_path / "scan-1")

    scanner.plug()

    assert bench.wait_for_state("scan-1", DeviceState.READY)
    bench.supervisor.stop()
    scanner.close()


def test_second_process_can_not_read_the_same_scanner(
    scanner: SimulatedSerialScanner, bench: Bench
) -> None:
    assert bench.read_status("scan-1").state is DeviceState.READY

    with pytest.raises(DeviceUnavailableError) as raised:
        open_serial(str(scanner.path), LINE)

    assert not isinstance(raised.value, DeviceAbsentError)


def test_dead_scanner_does_not_hold_up_the_other(
    tmp_path: pathlib.Path, scanner: SimulatedSerialScanner
) -> None:
    bench = Bench(
        serial_device("scan-2", tmp_path / "scan-2"),
        serial_device("scan-1", tmp_path / "scan-1"),
    )
    bench.supervisor.start()
    assert bench.wait_for_state("scan-2", DeviceState.ABSENT)
    assert bench.wait_for_state("scan-1", DeviceState.READY)

    scanner.scan(CODE)

    reading = bench.readings.get(timeout=WAIT_S)
    assert (reading.device_id, read_scan(reading).text) == ("scan-1", CODE)
    bench.supervisor.stop()


class BreakingLine:
    """A line that gives some bytes and breaks."""

    def __init__(self, data: bytes) -> None:
        self._waiting = [data] if data else []

    def read(self, timeout_s: float) -> bytes:
        if self._waiting:
            return self._waiting.pop()
        raise DeviceAbsentError(f"broke within {timeout_s} s")

    def write(self, data: bytes, timeout_s: float) -> int:
        raise DeviceAbsentError(f"took nothing of {len(data)} bytes within {timeout_s} s")

    def read_port_status(self) -> int | None:
        return None

    def close(self) -> None:
        """Nothing to give back."""


class BreakingDevice:
    """A scanner that opens well and breaks at once."""

    def __init__(self, data: bytes = b"") -> None:
        self.opened = 0
        self.opened_thrice = threading.Event()
        self.opened_again = threading.Event()
        self._data = data

    def open(self) -> OpenTransport:
        self.opened += 1
        if self.opened == 3:
            self.opened_thrice.set()
        if self.opened > 3:
            self.opened_again.set()
        return BreakingLine(self._data)


def test_scan_cut_by_the_unplugging_is_counted_as_lost() -> None:
    bench = Bench(device_on("scan-1", BreakingDevice(b"690123").open))

    bench.supervisor.start()

    assert bench.wait_for(lambda: bench.read_status("scan-1").lost_scans >= 1)
    assert bench.readings.empty()
    bench.supervisor.stop()


def test_device_that_breaks_at_once_is_not_tried_without_pause() -> None:
    device = BreakingDevice()
    supervisor = Supervisor(
        [device_on("scan-1", device.open)],
        lambda _: None,
        BenchSpool(),
        clock=monotonic_ms,
        on_change=lambda: None,
        reopen_pauses_s=(0.0, 0.0, 3600.0),
    )
    supervisor.start()

    assert device.opened_thrice.wait(WAIT_S)
    assert not device.opened_again.wait(QUIET_S)
    supervisor.stop()


def forget_the_catch(reading: Reading) -> None:
    raise AssertionError(f"a bug, at {reading.value}")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_bug_in_the_sink_is_seen_by_the_process(
    tmp_path: pathlib.Path, scanner: SimulatedSerialScanner
) -> None:
    ready = threading.Event()
    supervisor = Supervisor(
        [serial_device("scan-1", tmp_path / "scan-1")],
        forget_the_catch,
        BenchSpool(),
        clock=monotonic_ms,
        on_change=ready.set,
    )
    supervisor.start()
    assert ready.wait(WAIT_S)
    assert not supervisor.has_crashed

    scanner.scan(CODE)

    give_up_at = time.monotonic() + WAIT_S
    while not supervisor.has_crashed:
        assert time.monotonic() < give_up_at
        time.sleep(0.01)
    supervisor.stop()


def test_stop_closes_the_port(scanner: SimulatedSerialScanner, bench: Bench) -> None:
    bench.supervisor.stop()

    open_serial(str(scanner.path), LINE).close()
