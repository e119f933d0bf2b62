"""One code read twice by one scanner: it lay too long before the window. Pure."""

from __future__ import annotations

from hardware.reading import Scan
from hardware.scanner.scan import ScanEvent

DOUBLE_READ_CHOICES_MS = (400, 0, 200, 800)
"""The first is the default: no hand lays a second piece before a scanner that soon, and a scanner
left on a code reads it every 100 to 300 ms. 0 keeps every read."""


class DoubleReads:
    """Drops a scan that says the same as the one just before it, of one scanner.

    A code that stays in the window goes on being dropped: each read begins the time anew.
    """

    def __init__(self, within_ms: int) -> None:
        self._within_ms = within_ms
        self._last: Scan | None = None
        self._last_at_ms = 0

    def keep(self, events: list[ScanEvent], now_ms: int) -> list[ScanEvent]:
        """Give back what is news. Losses always are."""
        return [event for event in events if not self._is_double(event, now_ms)]

    def _is_double(self, event: ScanEvent, now_ms: int) -> bool:
        if not isinstance(event, Scan):
            return False
        is_double = event == self._last and now_ms - self._last_at_ms < self._within_ms
        self._last, self._last_at_ms = event, now_ms
        return is_double
