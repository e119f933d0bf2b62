"""Bad weather, and disks and hubs from the past: every fact that somebody still had is there once.

One integer makes a run, as in test_line_simulation. A person looks at the alarms now and then.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import pathlib
import uuid
from collections.abc import Callable, Iterator

import pytest

from edge_agent.services import new_life
from edge_agent.services.carry_over import export_unsent
from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.store import history
from edge_agent.store.database import open_database
from edge_agent.store.history import Life, StoredFact
from edge_agent.store.identity import Identity, read_identity
from edge_agent.store.sqlite_library import Connection, IntegrityError
from hq_hub.services.errors import BootNeededError
from hq_hub.services.recovery import EPOCH_KINDS, TWO_MACHINES_KINDS
from tests.edge_agent.sync.line_world import CALM, Chances, Templates, World, make_templates
from tests.edge_agent.sync.test_line_simulation import MODES

ROUGH_STEPS = 120
CALM_STEPS_MAX = 3_000
SEEDS_A_MODE = 8
GENTLE = Chances(lose=0.06, cut=0.02, hub_crash=0.02, box_crash=0.02, hub_restore=0)
"""The story restores the hub itself."""
MACHINES = (uuid.UUID(int=7), uuid.UUID(int=8))


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return make_templates(tmp_path_factory.mktemp("templates"))


class Story:
    """One run, and what may be lost in it: what no disk held any more."""

    def __init__(self, world: World, chances: Chances) -> None:
        self.world, self.chances = world, chances
        self.sold: set[bytes] = set()
        self.done: collections.Counter[str] = collections.Counter()
        self._image: pathlib.Path | None = None
        self._twin: pathlib.Path | None = None
        """Disk of the machine that is switched off just now."""
        self._gone_from_box: set[bytes] = set()
        self._gone_from_hub: set[bytes] = set()
        self._never_kept: set[bytes] = set()

    def step(self) -> None:
        """Sell, let the weather be, and let one thing happen now and then."""
        world, chance = self.world, self.world.random.random()
        if world.random.random() < 0.4:
            world.sell(world.random.randint(1, 6))
        self.sold |= set(world.read_fact_ids())
        if chance < 0.04:
            self._image = world.save_box()
            self.done["image"] += 1
        elif chance < 0.06 and self._image is not None:
            self._lose_box(self._image)
            world.restore_box(self._image)
            self.done["restored"] += 1
        elif chance < 0.075:
            self._switch_machines()
        elif chance < 0.085:
            self._lose_box(None)
            world.replace_box()
            world.hub.back_up()  # A hub that never heard of the box asks for another claim code.
            self._image = self._twin = None
            self.done["replaced"] += 1
        elif chance < 0.10:
            self._restore_hub()
        elif chance < 0.30:
            self.look_at_alarms()
        world.step(self.chances)

    def look_at_alarms(self) -> None:
        """A person approves what has to be approved, for the machine that is switched on."""
        kinds = self.world.hub.read_alarms()
        if kinds & EPOCH_KINDS:
            boot = self.world.boot_id.hex if kinds & TWO_MACHINES_KINDS else ""
            with contextlib.suppress(BootNeededError):  # Heard in the next minute.
                self.world.hub.approve_epoch(boot)
                self.done["approved"] += 1

    def heal(self) -> None:
        """Until box and hub are one; then take over what the switched-off machine still has."""
        self._settle()
        if self._twin is not None:
            path = self._twin.with_suffix(".facts")
            with contextlib.closing(open_database(str(self._twin))) as twin:
                identity = read_identity(twin, "")
                export_unsent(twin, identity, path, is_whole=True)
            self.world.import_facts(path)
            self._settle()

    def require_all(self) -> None:
        """The hub has every fact once that a disk still had; the box has the same."""
        world = self.world
        mine, kept = world.read_fact_ids(), world.hub.read_fact_ids()
        assert len(kept) == len(set(kept)), "a fact twice at the hub"
        assert set(mine) == set(kept), "box and hub differ"
        may_be_lost = self._never_kept | (self._gone_from_box & self._gone_from_hub)
        lost = self.sold - set(kept) - may_be_lost
        assert not lost, f"{len(lost)} facts lost"
        assert check_chain(world.box_db) == len(mine)
        differing = [c.table for c in verify_projections(world.box_db) if c.differing_rows]
        assert differing == []

    def _settle(self) -> None:
        for number in range(CALM_STEPS_MAX):
            if self.world.is_settled() and not self.world.hub.read_alarms() & EPOCH_KINDS:
                return
            if number % 20 == 0:
                self.look_at_alarms()
            self.world.step(CALM)
        raise AssertionError("stalled")

    def _lose_box(self, image: pathlib.Path | None) -> None:
        kept_by_image: set[bytes] = set()
        if image is not None:
            with contextlib.closing(open_database(str(image))) as db:
                kept_by_image = {fact_id for (fact_id,) in read_ids(db)}
        gone = set(self.world.read_fact_ids()) - kept_by_image
        if self._twin is not None and image is None:
            with contextlib.closing(open_database(str(self._twin))) as db:
                gone |= {fact_id for (fact_id,) in read_ids(db)}
        self._gone_from_box |= gone
        self._never_kept |= gone - set(self.world.hub.read_fact_ids())

    def _switch_machines(self) -> None:
        """The twin goes on from where it was: at first, from a copy of this one's disk."""
        world = self.world
        current = world.save_box()
        other = self._twin or current
        self._twin = current
        world.pass_time(40_000)
        machine = MACHINES[world.boot_id == MACHINES[0]]
        world.restore_box(other, boot_id=machine)
        self.done["switched"] += 1

    def _restore_hub(self) -> None:
        before = set(self.world.hub.read_fact_ids())
        if self.world.hub.restore():
            self._gone_from_hub |= before - set(self.world.hub.read_fact_ids())
            self.done["hub_restored"] += 1


def read_ids(db: Connection) -> list[tuple[bytes]]:
    return db.execute("SELECT fact_id FROM journal").fetchall()  # type: ignore[return-value]  # A BLOB column.


def play(seed: int, templates: Templates, folder: pathlib.Path, mode: str) -> Story:
    transports, chances = MODES[mode]
    gentle = dataclasses.replace(GENTLE, cut=max(GENTLE.cut, chances.cut / 3))
    world = World(seed, templates, folder, transports, gentle)
    story = Story(world, gentle)
    try:
        for _ in range(ROUGH_STEPS):
            story.step()
        story.heal()
        story.require_all()
    finally:
        world.close()
    return story


@pytest.mark.parametrize("mode", MODES)
def test_every_fact_that_a_disk_still_had_is_there_once(
    templates: Templates, tmp_path: pathlib.Path, mode: str
) -> None:
    done: collections.Counter[str] = collections.Counter()
    for seed in range(SEEDS_A_MODE):
        folder = tmp_path / str(seed)
        folder.mkdir()

        done += play(seed, templates, folder, mode).done

    happened = {"image", "restored", "switched", "replaced", "hub_restored", "approved"}
    assert {name for name, count in done.items() if count} == happened, done


# Mutants: faults of ours that the story must find.

MUTANT_SEEDS_MAX = 8


def carry_nothing_over(_db: Connection) -> Iterator[StoredFact]:
    """What only the old file knew stays there."""
    return iter(())


def carry_everything_over(db: Connection) -> Iterator[StoredFact]:
    """What the hub has already is written anew as well."""
    rows = db.execute("SELECT epoch, seq, body, head FROM old.journal ORDER BY 1, 2").fetchall()
    return iter([StoredFact(*row) for row in rows])  # type: ignore[arg-type]  # The columns' types.


def keep_the_old_cursor(
    old: Connection, database: pathlib.Path, identity: Identity, life: Life
) -> tuple[pathlib.Path, pathlib.Path]:
    """The new file believes that the hub has all of it."""
    staged, aside = FINISH(old, database, identity, life)
    with contextlib.closing(open_database(str(staged))) as db:
        db.execute("UPDATE ack_cursor SET durable_seq = tail_seq")
    return staged, aside


FINISH = new_life.finish
MUTANTS: dict[Callable[..., object], tuple[object, str, str]] = {
    carry_nothing_over: (history, "iterate_carried", "facts lost|durable_seq <= tail_seq"),
    carry_everything_over: (history, "iterate_carried", "UNIQUE constraint failed"),
    keep_the_old_cursor: (new_life, "finish", "acknowledged, but|stalled|differ"),
}


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_mutant_is_caught(
    templates: Templates,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    mutant: Callable[..., object],
) -> None:
    module, name, complaint = MUTANTS[mutant]
    monkeypatch.setattr(module, name, mutant)

    with pytest.raises((AssertionError, IntegrityError), match=complaint):
        for seed in range(MUTANT_SEEDS_MAX):
            folder = tmp_path / str(seed)
            folder.mkdir()
            play(seed, templates, folder, "both")
