"""Cuts workloads off, starts the programs again, and counts what is missing or wrong."""

from __future__ import annotations

import bisect
import collections
import dataclasses
import itertools
import random
import time
from collections.abc import Iterator, Mapping, Sequence

from tests.power_cuts.box_trade import EACH_ONCE, OFTEN, record_trade
from tests.power_cuts.disk import Disk, Survival
from tests.power_cuts.recording import Deed
from tests.power_cuts.workload import Recorded, memory_folder

EXAMPLES_MAX = 10
"""Failures that are told in words."""
LONG_DAY_STEPS = 400
SYNCS = frozenset({Deed.SYNC, Deed.SYNC_FOLDER})
ENDINGS = (Survival.EVERYTHING, Survival.SECTORS, Survival.GARBAGE, Survival.PREFIX)
"""Between two syncs NOTHING gives the same files over and over; these don't."""


@dataclasses.dataclass(frozen=True, slots=True)
class PowerCutTally:
    """What came of a number of cuts; all zero but the first four is what we want."""

    cuts: int
    cuts_by_kind: Mapping[str, int]
    """By workload, and by what became of the unsynced writes: two sums of the same cuts."""
    commits: int
    """Steps whose caller had been told that they are done, over all cuts."""
    facts: int
    """Of the recorded workloads."""
    lost: int
    """Steps that were done before the cut and are gone after it."""
    altered: int
    """Starts that found rows which no moment of the work ever had."""
    stalled: int
    """Starts that were refused or died, or after which nothing could be sold."""
    examples: Sequence[str]
    """The first failures, each with what makes it again."""
    milliseconds: int


@dataclasses.dataclass(frozen=True, slots=True)
class Cut:
    """One power cut: after how many deeds, and what became of the unsynced writes."""

    place: int
    survival: Survival
    number: int
    """Seed of its chance, beside the campaign's."""


class Counter:
    """Adds up what cuts came to."""

    def __init__(self) -> None:
        self.kinds: collections.Counter[str] = collections.Counter()
        self.cuts = self.commits = self.lost = self.altered = self.stalled = 0
        self.examples: list[str] = []

    def judge(self, recorded: Recorded, cuts: Sequence[Cut], seed: int) -> None:
        """Make the cuts of one workload, in order of time."""
        disk = Disk(recorded.files, recorded.ops)
        for cut in sorted(cuts, key=lambda cut: (cut.place, cut.number)):
            disk.advance(cut.place)
            chance = random.Random(f"{seed} {recorded.name} {cut.number}")
            files = disk.cut(chance, cut.survival)
            self.kinds[recorded.name] += 1
            self.kinds[cut.survival.value] += 1
            self._judge_one(recorded, cut, files, seed)

    def _judge_one(
        self, recorded: Recorded, cut: Cut, files: Mapping[str, bytes], seed: int
    ) -> None:
        moments = recorded.moments
        sure = bisect.bisect_right(moments, cut.place, key=lambda moment: moment.done) - 1
        begun = bisect.bisect_left(moments, cut.place, key=lambda moment: moment.begun)
        self.cuts += 1
        self.commits += sure
        where = f"{recorded.name}, {cut}, seed {seed}: step {sure} was done"
        try:
            with memory_folder() as folder:
                for name, content in files.items():
                    (folder / name).write_bytes(content)
                found = recorded.restart(folder)
        except Exception as error:  # noqa: BLE001 - whatever stops a start is what is looked for
            self.stalled += 1
            self._tell(f"{where}; the start failed: {type(error).__name__}: {error}")
            return
        states = [place for place, m in enumerate(moments[: begun + 1]) if m.digest == found.digest]
        if not states:
            self.altered += 1
            self._tell(f"{where}; the rows found were never so ({found.facts} facts)")
        elif states[-1] < sure:
            self.lost += sure - states[-1]
            self._tell(f"{where}; the data of step {states[-1]} was found")

    def _tell(self, example: str) -> None:
        if len(self.examples) < EXAMPLES_MAX:
            self.examples.append(example)


def run(cuts: int, seed: int) -> PowerCutTally:
    """Make a number of power cuts; the same numbers make the same ones.

    Half at most are spent on each deed of a short day in turn, the rest falls at random into a long
    one.
    """
    began = time.monotonic_ns()
    counter = Counter()
    chance = random.Random(seed)
    short = record_trade("each step once", EACH_ONCE, seed, checkpoint_pages=20)
    enumerated = list(itertools.islice(enumerate_cuts(short), cuts // 2))
    counter.judge(short, enumerated, seed)
    steps = chance.choices(list(OFTEN), list(OFTEN.values()), k=LONG_DAY_STEPS)
    long = record_trade("long day", steps, seed, checkpoint_pages=100)
    counter.judge(long, draw_cuts(long, cuts - counter.cuts, chance), seed)
    return PowerCutTally(
        cuts=counter.cuts,
        cuts_by_kind=dict(counter.kinds),
        commits=counter.commits,
        facts=sum(recorded.moments[-1].facts for recorded in (short, long)),
        lost=counter.lost,
        altered=counter.altered,
        stalled=counter.stalled,
        examples=tuple(counter.examples),
        milliseconds=(time.monotonic_ns() - began) // 1_000_000,
    )


def enumerate_cuts(recorded: Recorded) -> Iterator[Cut]:
    """Each sync boundary with nothing behind it, then each deed with each other ending."""
    number = itertools.count()
    boundaries = {place for place, op in enumerate(recorded.ops, start=1) if op.deed in SYNCS}
    boundaries |= {moment.done for moment in recorded.moments}
    for place in sorted(boundaries):
        yield Cut(place, Survival.NOTHING, next(number))
    for survival in ENDINGS:
        for place in range(len(recorded.ops) + 1):
            yield Cut(place, survival, next(number))


def draw_cuts(recorded: Recorded, cuts: int, chance: random.Random) -> list[Cut]:
    """Cuts anywhere."""
    return [
        Cut(chance.randint(0, len(recorded.ops)), chance.choice(list(Survival)), number)
        for number in range(cuts)
    ]
