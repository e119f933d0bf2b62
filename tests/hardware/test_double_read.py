"""A code that lies too long before a scanner is read once."""

from __future__ import annotations

import pytest

from hardware.reading import LossReason, Scan, ScanLost
from hardware.scanner.double_read import DoubleReads
from hardware.scanner.scan import ScanEvent

COLA, MILK, LOST = Scan("6901", "]E0"), Scan("6902", "]E0"), ScanLost(LossReason.HALF)


def keep(within_ms: int, events: list[tuple[int, ScanEvent]]) -> list[int]:
    """Times of the events that were kept."""
    doubles = DoubleReads(within_ms)
    return [at_ms for at_ms, event in events if doubles.keep([event], at_ms)]


@pytest.mark.parametrize(
    ("events", "kept"),
    [
        ([(0, COLA), (399, COLA)], [0]),
        ([(0, COLA), (400, COLA)], [0, 400]),
        ([(0, COLA), (300, COLA), (600, COLA), (900, COLA)], [0]),
        ([(0, COLA), (300, COLA), (700, COLA)], [0, 700]),
        ([(0, COLA), (100, MILK), (200, COLA)], [0, 100, 200]),
        ([(0, COLA), (100, Scan("6901", ""))], [0, 100]),
        ([(0, LOST), (1, LOST)], [0, 1]),
        ([(0, COLA), (100, LOST), (200, COLA)], [0, 100]),
    ],
)
def test_same_code_within_its_time_is_one_read(
    events: list[tuple[int, ScanEvent]], kept: list[int]
) -> None:
    assert keep(400, events) == kept


def test_scanner_that_is_told_so_keeps_every_read() -> None:
    assert keep(0, [(0, COLA), (0, COLA)]) == [0, 0]
