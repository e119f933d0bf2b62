"""Captures of scanners, played again through their drivers as a bench does."""

from __future__ import annotations

import pathlib

import pytest

from hardware.clock import monotonic_ms
from hardware.driver import Opening
from hardware.host.bench_spool import BenchSpool
from hardware.host.drivers import DRIVERS, fill_options
from hardware.host.transport import open_transport
from hardware.reading import DeviceEvent, LossReason, Scan, ScanLost

CAPTURES = pathlib.Path(__file__).parent / "captures"


@pytest.mark.parametrize(
    ("kind", "events"),
    [
        ("keyboard_scanner", [Scan("0169\x1d10A", "]C1")]),
        (
            "serial_scanner",
            [
                Scan("9520000000013", "]E0"),
                Scan("010952000000001317270131\x1d10LOT-A", "]d2"),
                ScanLost(LossReason.HALF),
            ],
        ),
    ],
)
def test_captured_scans_read_as_they_were_read(kind: str, events: list[DeviceEvent]) -> None:
    driver = DRIVERS[kind]
    transport = open_transport(driver, f"replay:{CAPTURES / kind}.capture", "")
    opening = Opening("scan-1", transport, fill_options(driver, {}), monotonic_ms, BenchSpool())
    scanner = driver.open(opening)

    told: list[DeviceEvent] = []
    while len(told) < len(events):
        told += scanner.work(0.25)
    transport.close()

    assert told == events
