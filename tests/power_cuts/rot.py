"""Disks that lie and bits that turn: who notices, and what nobody does."""

from __future__ import annotations

import bisect
import collections
import contextlib
import dataclasses
import functools
import pathlib
import random
from collections.abc import Mapping

from edge_agent.config import Config
from edge_agent.main import Stored, open_stored
from edge_agent.services.box import Box
from edge_agent.services.doctor import examine
from edge_agent.store import journal
from retail_domain.errors import RetailError
from tests.power_cuts.box_trade import (
    DATABASE,
    Step,
    record_long_day,
    record_trade,
    save_head,
    sell,
    sell_cola,
)
from tests.power_cuts.disk import Disk, Survival
from tests.power_cuts.recording import Deed
from tests.power_cuts.workload import Recorded, digest_content, digest_tables, memory_folder

WITHOUT_SECOND_COPY = {
    *("identity", "register", "register_session", "device_binding", "command_answer"),
    *("open_ticket", "open_line", "held_ticket", "open_count", "open_count_line"),
    *("open_approval", "approval", "sign_in_try", "people_lease", "print_job", "feed_scope"),
}
"""What the store itself is about, of which nothing else in the box tells (docs/reliability.md)."""
WAL = f"{DATABASE}-wal"
HARMLESS, READ, DOCTOR, CRASH = "harmless", "read", "doctor", "crash"


@dataclasses.dataclass(frozen=True, slots=True)
class RotTally:
    """What became of a number of single flipped bits."""

    flips: int
    harmless: int
    """All rows are as they were and the box sells: free space, or a copy that nobody reads."""
    read: int
    """The box started, and stops for good when the row is read."""
    doctor: int
    """The box started, and the doctor names a fault."""
    crash: int
    """Something ended by a bug instead of a sentence."""
    start: Mapping[str, int]
    """Starts that were refused, by the code of the sentence."""
    unnoticed: Mapping[str, int]
    """Rows differ and nobody says so, by table."""

    @property
    def is_looked_at(self) -> bool:
        """Whether starts are refused at all: the journal alone is more than a tenth of the file."""
        return sum(self.start.values()) > self.flips // 10


def make_day_files(seed: int) -> dict[str, bytes]:
    """The files of a box that was stopped after a long day."""
    day = record_long_day(seed)
    disk = Disk(day.files, day.ops)
    disk.advance(len(day.ops))
    return disk.cut(random.Random(seed), Survival.EVERYTHING)


@functools.cache
def record_ten_sales() -> Recorded:
    """Ten sales; the sidecar saw seven, and all stand in the WAL."""
    steps: list[Step] = [*[sell] * 7, save_head, *[sell] * 3]
    return record_trade("ten sales", steps, 1, checkpoint_pages=10_000)


def files_after_ten_sales() -> dict[str, bytes]:
    """After a power cut behind the last step, before SQLite could close its file."""
    recorded = record_ten_sales()
    disk = Disk(recorded.files, recorded.ops)
    disk.advance(recorded.moments[-1].done)
    return disk.cut(random.Random(1), Survival.NOTHING)


def start_box(files: Mapping[str, bytes], folder: pathlib.Path) -> int:
    """Start a box on these files; how many facts it has."""
    write_files(files, folder)
    with contextlib.ExitStack() as parts:
        _box, stored = open_stored(Config(folder=folder), parts)
        return stored.writer.submit(journal.read_tail).result().seq


def flip_bits(files: Mapping[str, bytes], flips: int, seed: int) -> RotTally:
    """Flip one bit of the database at a time, start the box, ask the doctor, sell."""
    chance, before = random.Random(seed), _read_tables(files)
    counts = {HARMLESS: 0, READ: 0, DOCTOR: 0, CRASH: 0}
    start: collections.Counter[str] = collections.Counter()
    unnoticed: collections.Counter[str] = collections.Counter()
    for _ in range(flips):
        content = bytearray(files[DATABASE])
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        verdict = _judge({**files, DATABASE: bytes(content)}, before)
        if verdict in counts:
            counts[verdict] += 1
        elif verdict.startswith("start "):
            start[verdict.removeprefix("start ")] += 1
        else:
            unnoticed[verdict] += 1
    return RotTally(
        flips=flips,
        harmless=counts[HARMLESS],
        read=counts[READ],
        doctor=counts[DOCTOR],
        crash=counts[CRASH],
        start=dict(start),
        unnoticed=dict(unnoticed),
    )


def _judge(files: Mapping[str, bytes], before: Mapping[str, bytes]) -> str:
    """A field of RotTally, `start CODE`, or the table that differs unnoticed."""
    with memory_folder() as folder, contextlib.ExitStack() as parts:
        write_files(files, folder)
        try:
            box, stored = open_stored(Config(folder=folder), parts)
        except RetailError as error:
            return f"start {error.code}"
        except Exception:  # noqa: BLE001 - as below
            return CRASH
        try:
            return _ask(box, stored, before)
        except RetailError:
            return READ
        except Exception:  # noqa: BLE001 - whatever has no sentence is what is counted
            return CRASH


def _ask(box: Box, stored: Stored, before: Mapping[str, bytes]) -> str:
    after = stored.writer.submit(digest_tables).result()
    if after == before:
        stored.writer.submit(sell_cola, box).result()
        return HARMLESS
    if stored.writer.submit(examine, str(stored.writer.path)).result()[1]:
        return DOCTOR
    return next(table for table in after if after[table] != before.get(table))


def _read_tables(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    with memory_folder() as folder, contextlib.ExitStack() as parts:
        write_files(files, folder)
        _box, stored = open_stored(Config(folder=folder), parts)
        return stored.writer.submit(digest_tables).result()


def write_files(files: Mapping[str, bytes], folder: pathlib.Path) -> None:
    """Lay files into a folder."""
    for name, content in files.items():
        (folder / name).write_bytes(content)


@dataclasses.dataclass(frozen=True, slots=True)
class LieTally:
    """What became of cuts on a disk that did not do some of its syncs."""

    cuts: int
    nothing_lost: int
    start: Mapping[str, int]
    """Starts that were refused, by the code of the sentence."""
    headquarters: int
    """The box started with less than headquarters holds: its upload is stopped, with an alarm."""
    unnoticed: int
    """Facts are gone that neither headquarters nor the head sidecar had seen."""
    unnoticed_facts_max: int
    """Most facts gone so in one cut."""
    doctor: int
    """The box started on rows of several moments, and the doctor names a fault."""
    mixed: int
    """... and nobody says so."""
    crash: int


def lie_about_syncs(cuts: int, percent: int, seed: int) -> LieTally:
    """Cut a long day on a disk that leaves some syncs out, and start the box again.

    Args:
        cuts: how many.
        percent: of the syncs that are left out.
        seed: of all chance.
    """
    day, chance = record_long_day(seed), random.Random(seed)
    start: collections.Counter[str] = collections.Counter()
    counts = dict.fromkeys(["nothing_lost", "headquarters", "unnoticed", DOCTOR, "mixed", CRASH], 0)
    gone_max = 0
    for place in sorted(chance.choices(range(len(day.ops)), k=cuts)):
        verdict, gone = _judge_lie(day, place, percent, chance)
        if verdict.startswith("start "):
            start[verdict.removeprefix("start ")] += 1
        else:
            counts[verdict] += 1
        gone_max = max(gone_max, gone if verdict == "unnoticed" else 0)
    return LieTally(
        cuts=cuts,
        nothing_lost=counts["nothing_lost"],
        start=dict(start),
        headquarters=counts["headquarters"],
        unnoticed=counts["unnoticed"],
        unnoticed_facts_max=gone_max,
        doctor=counts[DOCTOR],
        mixed=counts["mixed"],
        crash=counts[CRASH],
    )


def _judge_lie(day: Recorded, place: int, percent: int, chance: random.Random) -> tuple[str, int]:
    """A field of LieTally or `start CODE`, and how many facts are gone."""
    syncs = [index for index, op in enumerate(day.ops[:place]) if op.deed is Deed.SYNC]
    disk = Disk(day.files, day.ops)
    disk.advance(place, lies=frozenset(i for i in syncs if chance.randrange(100) < percent))
    last = day.moments[bisect.bisect_right(day.moments, place, key=lambda m: m.done) - 1]
    with memory_folder() as folder, contextlib.ExitStack() as parts:
        write_files(disk.cut(chance, Survival.SECTORS), folder)
        try:
            _box, stored = open_stored(Config(folder=folder), parts)
            seq = stored.writer.submit(journal.read_tail).result().seq
            digest = stored.writer.submit(digest_content).result()
            if all(moment.digest != digest for moment in day.moments):
                faults = stored.writer.submit(examine, str(folder / DATABASE)).result()[1]
                return (DOCTOR if faults else "mixed"), last.facts - seq
        except RetailError as error:
            return f"start {error.code}", 0
        except Exception:  # noqa: BLE001 - whatever has no sentence is what is counted
            return CRASH, 0
    if seq >= last.facts:
        return "nothing_lost", 0
    return "headquarters" if last.acknowledged > seq else "unnoticed", last.facts - seq
