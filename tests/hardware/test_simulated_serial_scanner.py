"""The simulated serial scanner is as good as a plugged one, and as bad."""

from __future__ import annotations

import pathlib

import pytest

from hardware.errors import DeviceAbsentError
from hardware.host.openers import open_serial
from hardware.scanner.scan import Suffix
from hardware.sim.serial_scanner import SimulatedSerialScanner

WAIT_S = 5.0


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "scan-1"


def test_scan_is_sent_with_symbology_and_suffix(path: pathlib.Path) -> None:
    scanner = SimulatedSerialScanner(path, Suffix.CRLF)
    scanner.plug()
    line = open_serial(str(path), "9600 8N1")

    scanner.scan("6901234567892", "]E0")

    assert line.read(WAIT_S) == b"]E06901234567892\r\n"
    line.close()
    scanner.close()


def test_what_was_sent_before_the_line_was_opened_is_gone(path: pathlib.Path) -> None:
    scanner = SimulatedSerialScanner(path)
    scanner.plug()
    scanner.scan("before")
    line = open_serial(str(path), "9600 8N1")

    scanner.scan("after")

    assert line.read(WAIT_S) == b"after\r"
    line.close()
    scanner.close()


def test_unplugged_scanner_hangs_up_and_takes_its_path_away(path: pathlib.Path) -> None:
    scanner = SimulatedSerialScanner(path)
    scanner.plug()
    line = open_serial(str(path), "9600 8N1")

    scanner.unplug()

    with pytest.raises(DeviceAbsentError):
        line.read(WAIT_S)
    with pytest.raises(DeviceAbsentError):
        open_serial(str(path), "9600 8N1")
    line.close()


def test_path_left_by_a_killed_simulation_is_taken_over(path: pathlib.Path) -> None:
    path.symlink_to(path.with_name("gone"))
    scanner = SimulatedSerialScanner(path)

    scanner.plug()

    open_serial(str(path), "9600 8N1").close()
    scanner.close()
    assert not path.is_symlink()
