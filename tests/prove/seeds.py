"""Plays seeds in this process, as they are or with a mutant."""

from __future__ import annotations

import collections
import dataclasses
import logging
import os
import pathlib
import tempfile
import time
import traceback
from collections.abc import Iterable

from tests.prove import mutation, plots
from tests.prove.mutation import Mutant

KINDS = ("lost", "duplicated", "altered", "stalled", "differs")
"""A failed seed is one of these by the first word of what it says; any other crash is `differs`."""


@dataclasses.dataclass(slots=True)
class SeedSums:
    """What some seeds came to."""

    seeds: int = 0
    movements: int = 0
    facts: int = 0
    gone: int = 0
    simulated_ms: int = 0
    faults: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    fired: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    failures: dict[int, str] = dataclasses.field(default_factory=dict)
    slowest: tuple[float, int] = (0.0, -1)
    """Seconds, seed."""
    digests: dict[int, str] = dataclasses.field(default_factory=dict)

    def add(self, other: SeedSums) -> None:
        """Take in what other seeds came to."""
        for name in ("seeds", "movements", "facts", "gone", "simulated_ms"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.faults += other.faults
        self.fired += other.fired
        self.failures |= other.failures
        self.slowest = max(self.slowest, other.slowest)
        self.digests |= other.digests

    def count(self, kind: str) -> int:
        """Failed seeds of a kind."""
        return sum(kind_of(error) == kind for error in self.failures.values())


def kind_of(error: str) -> str:
    """What a failure is, by the first word of its last line."""
    last = error.strip().splitlines()[-1] if error.strip() else ""
    word = last.removeprefix("AssertionError: ").partition(":")[0]
    return word if word in KINDS else "differs"


def make_templates(folder: str) -> None:
    """Job: set up what all seeds begin with."""
    from tests.prove import fuse, templates

    fuse.watch_boxes()
    templates.make_templates(pathlib.Path(folder))


def play_seeds(templates_folder: str, seeds: Iterable[int]) -> SeedSums:
    """Job: play seeds one after the other; a failed one does not stop the others."""
    sums = SeedSums()
    with tempfile.TemporaryDirectory(prefix="prove-", dir=roomy_folder()) as folder:
        for seed in seeds:
            _play_one(sums, templates_folder, pathlib.Path(folder), seed)
    return sums


def hunt(templates_folder: str, mutant: Mutant) -> tuple[int, str]:
    """Job: play seeds with a mutant until one fails.

    Returns:
        How many it took, 0 when it survived; and what the failed one said.
    """
    mutation.put_in(mutant)
    sums = SeedSums()
    with tempfile.TemporaryDirectory(prefix="prove-", dir=roomy_folder()) as folder:
        if mutant.has_own_templates:
            templates_folder = f"{folder}/templates"
            pathlib.Path(templates_folder).mkdir()
            make_templates(templates_folder)
        for number, seed in enumerate(plots.seeds_with(mutant.case, mutant.seeds_max), start=1):
            _play_one(sums, templates_folder, pathlib.Path(folder), seed)
            if sums.failures:
                return number, sums.failures[seed].strip().splitlines()[-1]
    return 0, ""


def cut_power(cuts: int, seed: int) -> tuple[collections.Counter[str], list[str]]:
    """Job: layer 3, power cuts under the box's real write paths.

    Returns:
        How many, and of what kind; the first failures in words.
    """
    from tests.power_cuts.campaign import run

    tally = run(cuts, seed)
    counts = {
        name: getattr(tally, name) for name in ("cuts", "commits", "lost", "altered", "stalled")
    }
    return collections.Counter(counts), list(tally.examples)


_HUBS: dict[pathlib.Path, object] = {}


def _play_one(sums: SeedSums, templates_folder: str, folder: pathlib.Path, seed: int) -> None:
    from tests.prove import fuse, limits, story, templates
    from tests.prove.hub_machine import HubMachine

    if folder not in _HUBS:
        fuse.watch_boxes()
        limits.narrow()
        logging.disable()  # What the product says of all that goes wrong here helps nobody.
        _HUBS[folder] = HubMachine(folder)
    hub = _HUBS[folder]
    assert isinstance(hub, HubMachine)
    began_s = time.monotonic()
    loaded = templates.load_templates(pathlib.Path(templates_folder))
    try:
        run = story.play(seed, loaded, folder / f"seed-{seed}", hub)
    except BaseException:  # noqa: BLE001 (whatever a seed dies of is its result)
        sums.failures[seed] = traceback.format_exc()
    else:
        sums.movements += run.movements
        sums.facts += run.facts
        sums.gone += run.gone
        sums.faults += run.faults
        sums.fired += run.fired
        sums.digests[seed] = run.digest
    sums.seeds += 1
    sums.slowest = max(sums.slowest, (time.monotonic() - began_s, seed))


def roomy_folder() -> str | None:
    """Memory if there is enough of it: the seeds prove nothing about disks, only power cuts do."""
    memory = pathlib.Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK):
        room = os.statvfs(memory)
        if room.f_bavail * room.f_frsize > MEMORY_BYTES_MIN:
            return str(memory)
    return None


MEMORY_BYTES_MIN = 256 * 1024 * 1024
"""A seed takes some 4 MB, and there are as many at once as cores."""
