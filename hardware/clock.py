"""The clock that ages readings: monotonic milliseconds, comparable on one machine only."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Milliseconds of any clock that never goes back."""


def monotonic_ms() -> int:
    """Read the machine's monotonic clock."""
    return time.monotonic_ns() // 1_000_000
