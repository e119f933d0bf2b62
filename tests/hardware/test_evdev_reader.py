"""The reader of event nodes, through evdev's own C code: a pipe stands in for the node."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator

import evdev.eventio
import pytest

from hardware.errors import DeviceAbsentError, DeviceUnavailableError
from hardware.reading import LossReason, Scan, ScanLost
from hardware.scanner.evdev_reader import EvdevReader, open_keyboard_scanner
from hardware.scanner.framing import IDLE_MS
from hardware.scanner.keyboard_wedge import KeyboardWedge
from hardware.scanner.scan import ScanEvent, Suffix
from hardware.sim.keyboard_scanner import OVERRUN, pack_events, type_scan

WAIT_S = 5.0


class PipeSource(evdev.eventio.EventIO):
    """An input device of evdev whose descriptor is the read end of a pipe."""

    def __init__(self) -> None:
        self.fd, self.keys = os.pipe()

    def close(self) -> None:
        os.close(self.fd)


@pytest.fixture
def source() -> Iterator[PipeSource]:
    source = PipeSource()
    yield source
    source.close()


def make_reader(source: PipeSource, *, now_ms: int = 0) -> EvdevReader:
    return EvdevReader(source, KeyboardWedge(Suffix.ENTER), lambda: now_ms)


def read_until_event(reader: EvdevReader) -> list[ScanEvent]:
    """Read as the supervisor does. A scan is several reads of 64 events."""
    for _ in range(100):
        if events := reader.read(WAIT_S):
            return events
    return []


def test_scan_is_read_through_the_kernel_interface(source: PipeSource) -> None:
    reader = make_reader(source)
    os.write(source.keys, pack_events(type_scan("]C10106901234567892\x1d10A", Suffix.ENTER)))

    events = read_until_event(reader)

    assert events == [Scan("0106901234567892\x1d10A", "]C1")]
    assert not reader.is_half
    os.close(source.keys)


def test_overrun_of_the_kernel_loses_the_scan(source: PipeSource) -> None:
    reader = make_reader(source)
    keys = [*type_scan("690", Suffix.NONE), *OVERRUN, *type_scan("123", Suffix.ENTER)]
    os.write(source.keys, pack_events(keys))

    assert read_until_event(reader) == [ScanLost(LossReason.OVERRUN)]
    os.close(source.keys)


def test_silent_wait_is_told_to_the_decoder(source: PipeSource) -> None:
    times_ms = iter([0, IDLE_MS])
    reader = EvdevReader(source, KeyboardWedge(Suffix.ENTER), lambda: next(times_ms))
    os.write(source.keys, pack_events(type_scan("690", Suffix.NONE)))

    assert reader.read(WAIT_S) == []
    assert reader.is_half
    assert reader.read(WAIT_S) == [ScanLost(LossReason.HALF)]
    os.close(source.keys)


def test_node_that_ends_is_absent(source: PipeSource) -> None:
    reader = make_reader(source)
    os.close(source.keys)

    with pytest.raises(DeviceAbsentError):
        reader.read(WAIT_S)


def test_node_that_fails_is_absent() -> None:
    source = PipeSource()
    reader = make_reader(source)
    os.close(source.keys)
    reader.close()

    with pytest.raises(DeviceAbsentError):
        reader.read(0)


def test_missing_node_is_absent(tmp_path: pathlib.Path) -> None:
    with pytest.raises(DeviceAbsentError):
        open_keyboard_scanner(str(tmp_path / "usb-event-kbd"), Suffix.ENTER, lambda: 0)


def test_file_that_is_no_event_node_is_a_fault(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "usb-event-kbd"
    path.write_bytes(b"")

    with pytest.raises(DeviceUnavailableError) as raised:
        open_keyboard_scanner(str(path), Suffix.ENTER, lambda: 0)

    assert type(raised.value) is DeviceUnavailableError
