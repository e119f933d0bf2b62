"""Cuts workloads off, starts the programs again, and counts what is missing or wrong."""

from __future__ import annotations

import bisect
import collections
import dataclasses
import itertools
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.power_cuts.box_files import (
    record_first_start,
    record_new_life,
    record_restore,
    record_upgrade,
)
from tests.power_cuts.box_trade import (
    EACH_ONCE,
    record_full_disk,
    record_long_day,
    record_start,
    record_trade,
)
from tests.power_cuts.disk import Disk, Survival
from tests.power_cuts.hub_intake import EACH_ONCE as HUB_EACH_ONCE
from tests.power_cuts.hub_intake import record_intake, record_long_intake
from tests.power_cuts.recording import Deed
from tests.power_cuts.workload import Recorded, memory_folder

EXAMPLES_MAX = 10
"""Failures that are told in words."""
SYNCS = frozenset({Deed.SYNC, Deed.SYNC_FOLDER})
ENDINGS = (Survival.EVERYTHING, Survival.SECTORS, Survival.GARBAGE, Survival.PREFIX)
"""Between two syncs NOTHING gives the same files over and over; these don't."""


@dataclasses.dataclass(frozen=True, slots=True)
class PowerCutTally:
    """What came of a number of cuts; lost, altered and stalled are to be 0."""

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
    cpu_milliseconds: int


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
            files = disk.cut(_chance_of(recorded, cut, seed), cut.survival)
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
        possible = moments[: max(begun, sure + 1)]
        states = [place for place, moment in enumerate(possible) if moment.digest == found.digest]
        if not states:
            self.altered += 1
            self._tell(f"{where}; the rows found were never so ({found.facts} facts)")
        elif states[-1] < sure:
            self.lost += sure - states[-1]
            self._tell(f"{where}; the data of step {states[-1]} was found")

    def _tell(self, example: str) -> None:
        if len(self.examples) < EXAMPLES_MAX:
            self.examples.append(example)


@dataclasses.dataclass(frozen=True, slots=True)
class Share:
    """A workload and its part of a campaign."""

    percent: int
    record: Callable[[int], Recorded]
    """By a seed."""
    is_small: bool = True
    """Each sync boundary in turn, before chance decides; else all by chance."""


SHARES = (
    Share(34, lambda seed: record_trade("each step once", EACH_ONCE, seed, checkpoint_pages=20)),
    Share(4, lambda _seed: record_first_start()),
    Share(4, lambda _seed: record_upgrade()),
    Share(8, lambda _seed: record_new_life()),
    Share(3, lambda _seed: record_restore()),
    Share(4, record_full_disk),
    Share(9, lambda seed: record_intake(HUB_EACH_ONCE, seed, checkpoint_pages=30)),
    Share(6, record_long_intake, is_small=False),
)
"""The rest falls into a long day of a store, one in five of it while the box starts again."""
CUT_AGAIN_ONE_IN = 5
CUTS_OF_A_START = 5


def run(cuts: int, seed: int) -> PowerCutTally:
    """Make a number of power cuts; the same numbers make the same ones."""
    began, began_cpu = time.monotonic_ns(), time.process_time_ns()
    counter, facts = Counter(), 0
    chance = random.Random(seed)
    for share in SHARES:
        recorded = share.record(seed)
        facts += recorded.moments[-1].facts
        budget = cuts * share.percent // 100
        counter.judge(recorded, pick_cuts(recorded, budget, chance, share.is_small), seed)
    long = record_long_day(seed)
    facts += long.moments[-1].facts
    again = (cuts - counter.cuts) // CUT_AGAIN_ONE_IN // CUTS_OF_A_START
    for cut in pick_cuts(long, again, chance, is_small=False):
        start = record_start(cut_off(long, cut, seed))
        counter.judge(start, pick_cuts(start, CUTS_OF_A_START, chance, is_small=False), seed)
    counter.judge(long, pick_cuts(long, cuts - counter.cuts, chance, is_small=False), seed)
    return PowerCutTally(
        cuts=counter.cuts,
        cuts_by_kind=dict(counter.kinds),
        commits=counter.commits,
        facts=facts,
        lost=counter.lost,
        altered=counter.altered,
        stalled=counter.stalled,
        examples=tuple(counter.examples),
        milliseconds=(time.monotonic_ns() - began) // 1_000_000,
        cpu_milliseconds=(time.process_time_ns() - began_cpu) // 1_000_000,
    )


def cut_off(recorded: Recorded, cut: Cut, seed: int) -> dict[str, bytes]:
    """What one cut leaves of a workload's files."""
    disk = Disk(recorded.files, recorded.ops)
    disk.advance(cut.place)
    return disk.cut(_chance_of(recorded, cut, seed), cut.survival)


def pick_cuts(recorded: Recorded, budget: int, chance: random.Random, is_small: bool) -> list[Cut]:
    """Some cuts; of a small workload first each sync boundary with nothing behind it."""
    if is_small:
        cuts = list(enumerate_cuts(recorded))
        boundaries = [cut for cut in cuts if cut.survival is Survival.NOTHING][:budget]
        others = cuts[len(boundaries) :]
        drawn = chance.sample(others, min(budget - len(boundaries), len(others)))
        return [*boundaries, *drawn]
    places = range(len(recorded.ops) + 1)
    return [
        Cut(chance.choice(places), chance.choice(list(Survival)), number)
        for number in range(budget)
    ]


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


def _chance_of(recorded: Recorded, cut: Cut, seed: int) -> random.Random:
    return random.Random(f"{seed} {recorded.name} {cut.number}")
