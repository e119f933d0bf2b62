"""One transport as the sync core sees it: connected, greeted, or in a pause after a failure."""

from __future__ import annotations

from collections.abc import Callable

HELLO_INTERVAL_MS = 5_000
"""Heartbeat on the path in use: headquarters shows a store as late after some of these."""
STANDBY_HELLO_INTERVAL_MS = 30_000
"""On the other path: only to know that it would work."""
ACK_TIMEOUT_MS = 6_000
"""The hub answers within a second unless it is drowning; then it says BUSY."""
PAUSE_FIRST_MS = 500
PAUSE_MAX_MS = 30_000
"""A store is back half a minute after its line at the latest."""

Jitter = Callable[[], float]
"""Random numbers from 0 to 1, passed in: boxes that failed together must not return together."""


def make_pause_ms(failures: int, jitter: Jitter) -> int:
    """Pause after the n-th failure in a row, n >= 1: doubled each time, half of it at random."""
    assert failures >= 1
    doublings = min(failures - 1, PAUSE_MAX_MS.bit_length())
    full_ms = min(PAUSE_FIRST_MS << doublings, PAUSE_MAX_MS)
    return full_ms // 2 + int(full_ms // 2 * jitter())


class Path:
    """State of one transport."""

    __slots__ = ("_failures", "_hello_due_ms", "_waiting_since_ms", "is_connected", "is_greeted")

    def __init__(self) -> None:
        self.is_connected = False
        self.is_greeted = False
        """The hub has answered a hello since the last failure: facts may travel."""
        self._failures = 0
        self._hello_due_ms = 0
        self._waiting_since_ms: int | None = None
        """Of the first hello without an answer."""

    @property
    def is_usable(self) -> bool:
        """Whether facts and feeds may travel on it."""
        return self.is_connected and self.is_greeted

    def connect(self, now_ms: int) -> None:
        """The transport says that it could carry something."""
        self.is_connected = True
        self.is_greeted = False
        self._failures = 0
        self._hello_due_ms = now_ms
        self._waiting_since_ms = None

    def disconnect(self) -> None:
        """The transport says that it is gone."""
        self.is_connected = False
        self.is_greeted = False
        self._waiting_since_ms = None

    def hear(self, *, is_progress: bool = False) -> None:
        """Something came from the hub.

        Args:
            is_progress: it acknowledged facts. A greeting alone ends no row of failures: a way that
                carries hellos but no batches must be tried ever more seldom.
        """
        self._waiting_since_ms = None
        if is_progress:
            self._failures = 0

    def fail(self, now_ms: int, jitter: Jitter) -> None:
        """An answer did not come, or a send failed: greet again after a pause."""
        self.is_greeted = False
        self._failures += 1
        self._waiting_since_ms = None
        self._hello_due_ms = now_ms + make_pause_ms(self._failures, jitter)

    def is_overdue(self, now_ms: int) -> bool:
        """Whether a hello was not answered in time."""
        since_ms = self._waiting_since_ms
        return since_ms is not None and now_ms - since_ms >= ACK_TIMEOUT_MS

    def take_hello(self, now_ms: int, *, is_in_use: bool) -> bool:
        """Whether a hello is due; it counts as sent then."""
        if not self.is_connected or now_ms < self._hello_due_ms:
            return False
        is_brisk = is_in_use or not self.is_greeted
        self._hello_due_ms = now_ms + (HELLO_INTERVAL_MS if is_brisk else STANDBY_HELLO_INTERVAL_MS)
        if self._waiting_since_ms is None:
            self._waiting_since_ms = now_ms
        return True
