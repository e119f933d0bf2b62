"""Where one scan ends and the next begins, for scanners of every kind. Pure."""

from __future__ import annotations

from collections.abc import Callable

from hardware.reading import LossReason, ScanLost
from hardware.scanner.scan import SCAN_CHARACTERS_MAX, ScanEvent

IDLE_MS = 80
"""Scanners send a character each 1 to 15 ms; nobody scans twice within 80 ms."""

HALF_WAIT_S = 0.02
"""While a scan is under way a reader waits no longer than this, so that silence is seen in time."""

RECOVERY_MS = 500
"""Silence needed after a lost scan before a new one counts: its late rest may be a code, too."""


class Framer:
    """Collects the characters of one scan.

    A scan that can't be trusted is reported once, at once, and its rest is thrown away: up to the
    suffix, or up to RECOVERY_MS of silence.
    """

    def __init__(self, finish: Callable[[str], ScanEvent | None], *, has_suffix: bool) -> None:
        self._finish = finish
        """Makes the scan of the characters, None if they are only the rest of a line end."""
        self._has_suffix = has_suffix
        self._characters: list[str] = []
        self._loss: LossReason | None = None
        self._last_at_ms = 0

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way, good or lost: silence has to be told to `idle`."""
        return bool(self._characters) or self._loss is not None

    def put(self, character: str, now_ms: int) -> list[ScanEvent]:
        """Add one character of the scan under way."""
        self._last_at_ms = now_ms
        if self._loss is not None:
            return []
        if len(self._characters) == SCAN_CHARACTERS_MAX:
            return self._give_up(LossReason.TOO_LONG)
        self._characters.append(character)
        return []

    def spoil(self, reason: LossReason, now_ms: int) -> list[ScanEvent]:
        """Give up the scan under way, or the one about to begin."""
        self._last_at_ms = now_ms
        is_reported = self._loss is not None
        if is_reported and reason is not LossReason.OVERRUN:
            return []
        lost = self._give_up(reason)
        return [] if is_reported else lost

    def end(self, now_ms: int) -> list[ScanEvent]:
        """Take the suffix. After an overrun it proves nothing: it may be a later scan's."""
        self._last_at_ms = now_ms
        return [] if self._loss is LossReason.OVERRUN else self._close()

    def idle(self, now_ms: int) -> list[ScanEvent]:
        """Take the news that the line was silent until now.

        A late reader is no silence: say it only after a wait that brought nothing.
        """
        silence_ms = now_ms - self._last_at_ms
        if self._loss is not None:
            return self._close() if silence_ms >= RECOVERY_MS else []
        if not self._characters or silence_ms < IDLE_MS:
            return []
        is_half = self._has_suffix and self._finish("".join(self._characters)) is not None
        return self._give_up(LossReason.HALF) if is_half else self._close()

    def _give_up(self, reason: LossReason) -> list[ScanEvent]:
        """Throw away what came, and whatever comes until `_close`."""
        self._characters.clear()
        self._loss = reason
        return [ScanLost(reason)]

    def _close(self) -> list[ScanEvent]:
        """Make room for the next scan, and deliver this one unless it was given up."""
        event = None if self._loss else self._finish("".join(self._characters))
        self._characters.clear()
        self._loss = None
        return [] if event is None else [event]
