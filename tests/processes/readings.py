"""Memory, write-ahead logs and lag of a running chain, once a second."""

from __future__ import annotations

import dataclasses
import pathlib
import time
from collections.abc import Iterable

import psutil

from deploy.demo.chain import HUB
from tests.processes.chain_run import ChainRun, box_name

INTERVAL_S = 1.0
KEPT_MAX = 100_000
"""Readings: a day of them; then a soak is long enough."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One look at everything."""

    at_s: float
    """Since the run began."""
    hub_rss_mb: int
    box_rss_mb: int
    """Of the largest box."""
    wal_bytes: int
    """Of the largest write-ahead log, the hub's and the boxes'."""
    lag_facts: int
    """Sold, and not yet posted at headquarters."""


class Readings:
    """All readings of a run."""

    def __init__(self, run: ChainRun) -> None:
        self._run = run
        self._began_s = time.monotonic()
        self._next_s = 0.0
        self.taken: list[Reading] = []

    def look(self) -> None:
        """Take a reading when it is time."""
        at_s = time.monotonic() - self._began_s
        if at_s >= self._next_s and len(self.taken) < KEPT_MAX:
            self._next_s = at_s + INTERVAL_S
            self.take()

    def take(self) -> None:
        """Take a reading now."""
        at_s = time.monotonic() - self._began_s
        stores = list(self._run.stores)
        unsent = sum(self._run.count_unsent(store) or 0 for store in stores)
        wals = [*self._run.folder.hub.rglob("*-wal"), *self._run.folder.root.glob("boxes/*/*-wal")]
        self.taken.append(
            Reading(
                at_s=round(at_s, 1),
                hub_rss_mb=self._rss_mb(HUB),
                box_rss_mb=max(self._rss_mb(box_name(store)) for store in stores),
                wal_bytes=max(map(_size, wals), default=0),
                lag_facts=unsent + self._run.chain.count_waiting(),
            )
        )

    def first_below(self, facts: int) -> float | None:
        """When fewer facts than these waited for the first time; None if they never did."""
        return next((r.at_s for r in self.taken if r.lag_facts < facts), None)

    @property
    def growth_mb(self) -> int:
        """By the medians of the first and the last third while both programs ran."""
        first, last = self._thirds()
        return max(
            _median(r.hub_rss_mb for r in last) - _median(r.hub_rss_mb for r in first),
            _median(r.box_rss_mb for r in last) - _median(r.box_rss_mb for r in first),
        )

    def summary(self) -> dict[str, object]:
        """Peaks; and memory in the first and in the last third, which a leak tells apart."""
        first, last = self._thirds()
        return {
            "readings": len(self.taken),
            "hub_rss_mb": [_median(r.hub_rss_mb for r in part) for part in (first, last)],
            "box_rss_mb": [_median(r.box_rss_mb for r in part) for part in (first, last)],
            "hub_rss_mb_max": max((r.hub_rss_mb for r in self.taken), default=0),
            "box_rss_mb_max": max((r.box_rss_mb for r in self.taken), default=0),
            "wal_bytes_max": max((r.wal_bytes for r in self.taken), default=0),
            "lag_facts_max": max((r.lag_facts for r in self.taken), default=0),
        }

    def _thirds(self) -> tuple[list[Reading], list[Reading]]:
        running = [r for r in self.taken if r.hub_rss_mb and r.box_rss_mb]
        third = max(1, len(running) // 3)
        return running[:third], running[-third:]

    def _rss_mb(self, name: str) -> int:
        pid = self._run.chain.troupe.pid(name)
        try:
            return 0 if pid is None else int(psutil.Process(pid).memory_info().rss) >> 20
        except psutil.NoSuchProcess:
            return 0


def _median(values: Iterable[int]) -> int:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0


def _size(path: pathlib.Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
