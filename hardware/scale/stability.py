"""When a weight may be sold by: what a scale says, held against time. Pure.

A scale's own word is not enough: bytes are lost, some protocols have no checksum, and some do not
say whether the pan is at rest. That goods are not sold twice is the box's rule (services/weighing).
"""

from __future__ import annotations

import dataclasses

from hardware.reading import SURE_STATES, Weight, WeightState

EQUAL_READINGS_MIN = 2
STILL_MS = 150
"""How long the readings must have been equal."""
EQUAL_READINGS_UNFLAGGED_MIN = 5
STILL_UNFLAGGED_MS = 500
"""The same for scales that do not say whether they are at rest."""
STALE_MS = 1_000
"""An older weight is no weight."""


@dataclasses.dataclass(frozen=True, slots=True)
class StabilityRule:
    """How much a scale's word is worth."""

    division_mg: int
    """Readings this far apart are equal; the scale's `e`."""
    has_motion_flag: bool = True

    @property
    def equal_readings_min(self) -> int:
        """How many equal readings make a weight."""
        return EQUAL_READINGS_MIN if self.has_motion_flag else EQUAL_READINGS_UNFLAGGED_MIN

    @property
    def still_ms(self) -> int:
        """How long they must last."""
        return STILL_MS if self.has_motion_flag else STILL_UNFLAGGED_MS


class StabilityGate:
    """Turns a scale's readings into weights that may be sold by. Any doubt makes it MOTION."""

    def __init__(self, rule: StabilityRule) -> None:
        self._rule = rule
        self._candidate_mg: int | None = None
        self._equal_readings = 0
        self._still_since_ms = 0
        self._last_at_ms: int | None = None

    def take(self, reading: Weight, now_ms: int) -> Weight:
        """Judge what a frame says.

        Returns:
            The reading with its division; STABLE or ZERO only if it lasted.
        """
        if self._last_at_ms is None or now_ms - self._last_at_ms >= STALE_MS:
            self._candidate_mg = None
        self._last_at_ms = now_ms
        if reading.state not in SURE_STATES:
            self._candidate_mg = None
            return self._mark(reading)
        assert reading.weight_mg is not None
        self._compare(reading.weight_mg, now_ms)
        if not self._is_still(now_ms):
            return self._mark(dataclasses.replace(reading, state=WeightState.MOTION))
        return self._mark(reading)

    def idle(self, now_ms: int) -> Weight | None:
        """Take the news that no frame came until now: a weight goes stale, once."""
        if self._last_at_ms is None or now_ms - self._last_at_ms < STALE_MS:
            return None
        self._last_at_ms = self._candidate_mg = None
        return self._mark(Weight(WeightState.STALE, None))

    def _compare(self, weight_mg: int, now_ms: int) -> None:
        candidate_mg = self._candidate_mg
        if candidate_mg is None or abs(weight_mg - candidate_mg) > self._rule.division_mg:
            self._candidate_mg, self._equal_readings = weight_mg, 0
            self._still_since_ms = now_ms
        self._equal_readings += 1

    def _is_still(self, now_ms: int) -> bool:
        return (
            self._equal_readings >= self._rule.equal_readings_min
            and now_ms - self._still_since_ms >= self._rule.still_ms
        )

    def _mark(self, weight: Weight) -> Weight:
        return dataclasses.replace(weight, division_mg=self._rule.division_mg)
