"""Scanner to use case: a real pty, the real supervisor, real gRPC, and real processes killed."""

from __future__ import annotations

import contextlib
import multiprocessing
import pathlib
import signal
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from edge_agent.devices.device_process import run_device_process
from edge_agent.devices.device_setup import DeviceConfig, DeviceProcessConfig
from edge_agent.devices.errors import (
    DeviceIdError,
    DeviceLineError,
    DeviceOptionError,
    TooManyDevicesError,
    UnknownDriverError,
)
from edge_agent.devices.link_messages import DeviceReport
from edge_agent.devices.link_place import LocalBox
from hardware.clock import monotonic_ms
from hardware.host.device import DeviceState
from hardware.sim.serial_scanner import SimulatedSerialScanner
from tests.edge_agent.devices.recording_box import WAIT_S, RecordingBox

CODE = "6901234567892"
Argument = TypeVar("Argument")
SPAWN = multiprocessing.get_context("spawn")


def serial_config(device_id: str, path: pathlib.Path) -> DeviceConfig:
    return DeviceConfig(device_id, "serial_scanner", str(path))


def report_of(box: RecordingBox, device_id: str) -> DeviceReport | None:
    reports = box.reports[-1] if box.reports else ()
    return {report.device_id: report for report in reports}.get(device_id)


def wait_for_lost(box: RecordingBox, count: int) -> bool:
    def is_reported() -> bool:
        report = report_of(box, "scan-1")
        return report is not None and report.lost_scans == count

    return box.wait_for(is_reported)


@contextlib.contextmanager
def running(config: DeviceProcessConfig) -> Iterator[None]:
    """Run a device process inside the test."""
    stop = threading.Event()
    thread = threading.Thread(target=run_device_process, args=(config, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(WAIT_S)
    assert not thread.is_alive()


def drive_for_ever(config: DeviceProcessConfig) -> None:
    run_device_process(config, threading.Event())


def serve_for_ever(socket_path: pathlib.Path) -> None:
    box = RecordingBox(socket_path)
    box.start()
    threading.Event().wait()


@contextlib.contextmanager
def killed_at_the_end(run: Callable[[Argument], None], argument: Argument) -> Iterator[None]:
    """Run a process of its own and kill it, by SIGKILL, when the block ends."""
    process = SPAWN.Process(target=run, args=(argument,))
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join(WAIT_S)
    assert process.exitcode == -signal.SIGKILL, "it had ended by itself"


@pytest.fixture
def scanner(tmp_path: pathlib.Path) -> Iterator[SimulatedSerialScanner]:
    scanner = SimulatedSerialScanner(tmp_path / "scan-1")
    scanner.plug()
    yield scanner
    scanner.close()


BOOT_ID = uuid.UUID(int=1)


def make_config(
    devices: tuple[DeviceConfig, ...], socket_path: pathlib.Path
) -> DeviceProcessConfig:
    spool_path = socket_path.with_name("spool.sqlite")
    return DeviceProcessConfig(devices, LocalBox(socket_path), spool_path, BOOT_ID)


@pytest.fixture
def config(scanner: SimulatedSerialScanner, socket_path: pathlib.Path) -> DeviceProcessConfig:
    return make_config((serial_config("scan-1", scanner.path),), socket_path)


def test_scan_reaches_the_use_case(
    scanner: SimulatedSerialScanner, box: RecordingBox, config: DeviceProcessConfig
) -> None:
    box.start()

    with running(config):
        assert box.wait_for_state("scan-1", DeviceState.READY)
        scanner.scan(CODE, "]E0")
        scanner.scan("0106901234567892\x1d10A", "]C1")
        assert box.wait_for_texts(CODE, "0106901234567892\x1d10A")

    assert [(scan.device_id, scan.symbology) for scan in box.scans] == [
        ("scan-1", "]E0"),
        ("scan-1", "]C1"),
    ]


def test_two_scanners_keep_their_names(
    tmp_path: pathlib.Path,
    scanner: SimulatedSerialScanner,
    box: RecordingBox,
    config: DeviceProcessConfig,
    socket_path: pathlib.Path,
) -> None:
    second = SimulatedSerialScanner(tmp_path / "scan-2")
    second.plug()
    devices = (*config.devices, serial_config("scan-2", second.path))
    box.start()

    with running(make_config(devices, socket_path)):
        assert box.wait_for_state("scan-1", DeviceState.READY)
        assert box.wait_for_state("scan-2", DeviceState.READY)
        second.scan("2")
        assert box.wait_for_texts("2")
        scanner.scan("1")
        assert box.wait_for_texts("2", "1")

    assert [scan.device_id for scan in box.scans] == ["scan-2", "scan-1"]
    second.close()


def test_lost_scans_are_reported_and_make_no_line(
    scanner: SimulatedSerialScanner, box: RecordingBox, config: DeviceProcessConfig
) -> None:
    box.start()

    with running(config):
        assert box.wait_for_state("scan-1", DeviceState.READY)
        scanner.send_noise()
        assert wait_for_lost(box, 1)
        scanner.send_half(CODE)
        assert wait_for_lost(box, 2)

    assert box.scans == []


def test_unplugged_scanner_is_reported_and_back_after_the_next_plug(
    scanner: SimulatedSerialScanner, box: RecordingBox, config: DeviceProcessConfig
) -> None:
    box.start()

    with running(config):
        assert box.wait_for_state("scan-1", DeviceState.READY)
        scanner.unplug()
        assert box.wait_for_state("scan-1", DeviceState.ABSENT)
        scanner.plug()
        assert box.wait_for_state("scan-1", DeviceState.READY)
        scanner.scan(CODE)
        assert box.wait_for_texts(CODE)


def test_killed_device_process_loses_nothing_it_had_handed_over(
    scanner: SimulatedSerialScanner, box: RecordingBox, config: DeviceProcessConfig
) -> None:
    box.start()
    with killed_at_the_end(drive_for_ever, config):
        assert box.wait_for_state("scan-1", DeviceState.READY)
        scanner.scan("1")
        assert box.wait_for_texts("1")
    box.reports.clear()

    with killed_at_the_end(drive_for_ever, config):
        assert box.wait_for_state("scan-1", DeviceState.READY)
        scanner.scan("2")
        assert box.wait_for_texts("1", "2")

    assert box.scans[0].reading_id != box.scans[1].reading_id


def test_box_killed_and_started_again_gets_the_scan_of_the_meantime_once(
    scanner: SimulatedSerialScanner,
    box: RecordingBox,
    config: DeviceProcessConfig,
    socket_path: pathlib.Path,
) -> None:
    with running(config):
        with killed_at_the_end(serve_for_ever, socket_path):
            assert box.wait_for(socket_path.is_socket)
        assert socket_path.is_socket()

        box.start()
        assert box.wait_for_state("scan-1", DeviceState.READY)
        box.stop()
        scanner.scan(CODE)
        box.start()

        assert box.wait_for_texts(CODE)
    assert len(set(box.arrivals)) == 1


def test_bug_in_a_thread_ends_the_process(config: DeviceProcessConfig) -> None:
    process = SPAWN.Process(target=drive_with_a_bug, args=(config,))

    process.start()

    process.join(WAIT_S)
    assert process.exitcode == 1


def drive_with_a_bug(config: DeviceProcessConfig) -> None:
    def clock() -> int:
        assert not threading.current_thread().name.startswith("device-scan"), "the bug"
        return monotonic_ms()

    run_device_process(config, threading.Event(), clock)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("serial_scanner", {"suffix": "enter"}),
        ("keyboard_scanner", {"suffix": "cr"}),
        ("keyboard_scanner", {"suffix": "crlf"}),
        ("serial_scanner", {"prefix": "cr"}),
    ],
)
def test_option_of_another_driver_is_refused(kind: str, options: dict[str, str]) -> None:
    with pytest.raises(DeviceOptionError) as error:
        DeviceConfig("scan-1", kind, "/dev/null", options=options)

    assert error.value.values["option"] == next(iter(options))


def test_unknown_driver_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownDriverError) as error:
        DeviceConfig("scan-1", "telepath", "/dev/null")

    assert "serial_scanner" in str(error.value.values["choices"])


@pytest.mark.parametrize("line", ["9600", "9600 8X1", "9600,8,N,1"])
def test_serial_setting_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(DeviceLineError):
        DeviceConfig("scan-1", "serial_scanner", "/dev/null", line)


@pytest.mark.parametrize("device_id", ["", "d" * 65])
def test_device_name_has_one_to_64_characters(device_id: str) -> None:
    with pytest.raises(DeviceIdError):
        serial_config(device_id, pathlib.Path("/dev/null"))


def test_two_devices_of_one_name_are_refused(
    config: DeviceProcessConfig, socket_path: pathlib.Path
) -> None:
    with pytest.raises(DeviceIdError):
        make_config(config.devices * 2, socket_path)


def test_more_devices_than_the_limit_are_refused(socket_path: pathlib.Path) -> None:
    devices = tuple(serial_config(str(number), pathlib.Path("/dev/null")) for number in range(65))

    with pytest.raises(TooManyDevicesError):
        make_config(devices, socket_path)


def test_unknown_kind_of_address_is_a_fault_of_the_device_alone(
    scanner: SimulatedSerialScanner,
    box: RecordingBox,
    config: DeviceProcessConfig,
    socket_path: pathlib.Path,
) -> None:
    wrong = DeviceConfig("scan-2", "serial_scanner", "telepathy://scan")
    missing = DeviceConfig("scan-3", "keyboard_scanner", "/dev/input/by-id/none-event-kbd")
    box.start()

    with running(make_config((*config.devices, wrong, missing), socket_path)):
        assert box.wait_for_state("scan-2", DeviceState.FAULT)
        assert box.wait_for_state("scan-1", DeviceState.READY)
        scanner.scan(CODE)
        assert box.wait_for_texts(CODE)

    fault = report_of(box, "scan-2")
    assert fault is not None
    assert "telepathy" in fault.last_error


def test_box_knows_of_a_killed_process_by_the_call_that_ends(
    box: RecordingBox, config: DeviceProcessConfig
) -> None:
    box.start()
    with killed_at_the_end(drive_for_ever, config):
        assert box.wait_for(lambda: len(box.attending) == 1)

    assert box.wait_for(lambda: box.attending == [])
