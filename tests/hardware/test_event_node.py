"""Keyboard scanners over the bytes of an event node: a pipe stands in for the node."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator

import pytest

from hardware.driver import Opening
from hardware.errors import DeviceAbsentError, DeviceUnavailableError
from hardware.host.bench_spool import BenchSpool
from hardware.host.descriptor import DescriptorTransport
from hardware.host.drivers import DRIVERS, fill_options
from hardware.host.openers import open_event_node
from hardware.reading import DeviceEvent, LossReason, Scan, ScanLost
from hardware.scanner.drivers import OpenScanner, open_keyboard_scanner
from hardware.scanner.framing import IDLE_MS
from hardware.scanner.scan import Suffix
from hardware.sim.keyboard_scanner import OVERRUN, pack_events, type_scan

WAIT_S = 5.0


class Node:
    """A pipe: keys go in at one end, and come out as from an event node."""

    def __init__(self) -> None:
        self.descriptor, self.keys = os.pipe()
        os.set_blocking(self.descriptor, False)
        self.transport = DescriptorTransport(self.descriptor, lambda: os.close(self.descriptor))

    def open(self, clock: Callable[[], int] = lambda: 0) -> OpenScanner:
        options = fill_options(DRIVERS["keyboard_scanner"], {})
        return open_keyboard_scanner(
            Opening("scan-1", self.transport, options, clock, BenchSpool())
        )

    def press(self, keys: bytes) -> None:
        os.write(self.keys, keys)

    def unplug(self) -> None:
        os.close(self.keys)


@pytest.fixture
def node() -> Iterator[Node]:
    node = Node()
    yield node
    node.transport.close()


def read_until_event(scanner: OpenScanner) -> list[DeviceEvent]:
    """Read as the supervisor does. A scan may be several reads."""
    for _ in range(100):
        if events := scanner.work(WAIT_S):
            return list(events)
    return []


def test_scan_is_read_from_the_bytes_of_the_kernel(node: Node) -> None:
    scanner = node.open()
    node.press(pack_events(type_scan("]C10106901234567892\x1d10A", Suffix.ENTER)))

    events = read_until_event(scanner)

    assert events == [Scan("0106901234567892\x1d10A", "]C1")]
    assert not scanner.is_half
    node.unplug()


def test_events_cut_in_the_middle_are_put_together(node: Node) -> None:
    scanner = node.open()
    keys = pack_events(type_scan("6901234567892", Suffix.ENTER))

    node.press(keys[:1000])
    assert scanner.work(WAIT_S) == []
    node.press(keys[1000:])

    assert read_until_event(scanner) == [Scan("6901234567892", "")]
    node.unplug()


def test_overrun_of_the_kernel_loses_the_scan(node: Node) -> None:
    scanner = node.open()
    keys = [*type_scan("690", Suffix.NONE), *OVERRUN, *type_scan("123", Suffix.ENTER)]
    node.press(pack_events(keys))

    assert read_until_event(scanner) == [ScanLost(LossReason.OVERRUN)]
    node.unplug()


def test_silent_wait_is_told_to_the_decoder(node: Node) -> None:
    times_ms = iter([0, IDLE_MS])
    scanner = node.open(lambda: next(times_ms))
    node.press(pack_events(type_scan("690", Suffix.NONE)))

    assert scanner.work(WAIT_S) == []
    assert scanner.is_half
    assert scanner.work(WAIT_S) == [ScanLost(LossReason.HALF)]
    node.unplug()


def test_node_that_ends_is_absent(node: Node) -> None:
    scanner = node.open()
    node.unplug()

    with pytest.raises(DeviceAbsentError):
        scanner.work(WAIT_S)


def test_missing_node_is_absent(tmp_path: pathlib.Path) -> None:
    with pytest.raises(DeviceAbsentError):
        open_event_node(str(tmp_path / "usb-event-kbd"), "")


def test_file_that_is_no_event_node_is_a_fault(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "usb-event-kbd"
    path.write_bytes(b"")

    with pytest.raises(DeviceUnavailableError) as raised:
        open_event_node(str(path), "")

    assert type(raised.value) is DeviceUnavailableError
