"""Which fault comes when, by one integer; and doing it to real programs and lines."""

from __future__ import annotations

import collections
import dataclasses
import math
import os
import random
import signal
import time
from collections.abc import Iterator, Sequence

from deploy.demo.chain import BROKER, HUB
from tests.processes.chain_run import ChainRun, box_name
from tests.processes.chaos_proxy import Fault

PAUSE_S = (0.2, 1.0)
"""From, to: between the end of one fault and the next."""
LASTS_S = (0.5, 2.0)
"""A fault of a line. Longer ones are what `test_backlog` is for."""
KILL_SHARE = 0.4
LIFE_MIN_S = 6.0
"""Between two kills of one program: it shall have come up, or its starter gives it up."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stroke:
    """One thing that is done to the chain."""

    pause_s: float
    """After the stroke before."""
    what: str
    """A program to kill, or a fault's value."""
    lines: tuple[str, ...] = ()
    """That get the fault."""
    lasts_s: float = 0.0


PEACE = Stroke(math.inf, "peace")
"""Comes when there are no strokes."""


def plan_strokes(seed: int, stores: Sequence[str], lines: Sequence[str]) -> Iterator[Stroke]:
    """Yield strokes without end; the same for the same seed.

    The first strokes are one of each kind on all lines, in an order of chance, so that a short run
    has all of them.
    """
    chance = random.Random(seed)
    programs = [HUB, *([BROKER] if "mqtt" in lines else []), *map(box_name, stores)]
    faults = [fault.value for fault in Fault]
    first = [*programs[:3], *faults]
    chance.shuffle(first)
    while True:
        is_kill = chance.random() < KILL_SHARE
        is_first = bool(first)
        what = first.pop() if is_first else chance.choice(programs if is_kill else faults)
        pause_s = chance.uniform(*PAUSE_S)
        if what in programs:
            yield Stroke(pause_s, what)
        else:
            count = len(lines) if is_first else chance.randint(1, len(lines))
            chosen = chance.sample(list(lines), count)
            yield Stroke(pause_s, what, tuple(sorted(chosen)), chance.uniform(*LASTS_S))


class Striker:
    """Does strokes one after the other; `look` is called from the loop that waits."""

    def __init__(self, run: ChainRun, strokes: Iterator[Stroke]) -> None:
        self.done: collections.Counter[str] = collections.Counter()
        """Strokes that hit: a program that was running, a line that had connections."""
        self._run, self._strokes = run, strokes
        self._killed_at_s: dict[str, float] = {}
        self._ends_at_s = 0.0
        self._take_next(time.monotonic())

    def look(self) -> None:
        """Keep the programs alive, begin what is due, end what is over."""
        self._run.chain.troupe.look()
        now_s = time.monotonic()
        if self._ends_at_s and now_s >= self._ends_at_s:
            self.heal()
            self._take_next(now_s)
        elif not self._ends_at_s and now_s >= self._begins_at_s:
            self._strike(now_s)

    def heal(self) -> None:
        """End the fault of now."""
        self._ends_at_s = 0.0
        for line in self._run.lines.values():
            line.set_fault(None)

    def counts(self) -> dict[str, int]:
        """Faults that hit, by kind: kills by program, faults of lines by connections."""
        met: collections.Counter[str] = collections.Counter()
        for line in self._run.lines.values():
            met.update({fault.value: count for fault, count in line.met.items()})
        return dict(sorted((self.done + met).items()))

    def _take_next(self, now_s: float) -> None:
        self._stroke = next(self._strokes, PEACE)
        self._begins_at_s = now_s + self._stroke.pause_s

    def _strike(self, now_s: float) -> None:
        stroke = self._stroke
        if stroke.lines:
            for name in stroke.lines:
                self._run.lines[name].set_fault(Fault(stroke.what))
            self._ends_at_s = now_s + stroke.lasts_s
            return
        if now_s - self._killed_at_s.get(stroke.what, 0.0) >= LIFE_MIN_S and self._kill(
            stroke.what
        ):
            self._killed_at_s[stroke.what] = now_s
            self.done[f"kill_{stroke.what.partition('-')[0]}"] += 1
        self._take_next(now_s)

    def _kill(self, name: str) -> bool:
        pid = self._run.chain.troupe.pid(name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        return pid is not None
