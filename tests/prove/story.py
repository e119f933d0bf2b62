"""The plot of one seed: rough weather and all that may happen, then calm, then the reckoning."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import pathlib
import shutil

from hq_hub.services.recovery import EPOCH_KINDS
from tests.prove import invariants
from tests.prove.cases import StoreCase
from tests.prove.hub_machine import HubMachine
from tests.prove.templates import Templates
from tests.prove.world import World

ROUGH_STEPS = 110
PLOTS: tuple[tuple[str, ...], ...] = (
    (),
    ("restored",),
    ("cloned",),
    ("replaced",),
    ("hub_restored",),
    ("restored", "cloned", "replaced", "hub_restored"),
)
"""What may become of machines, in turn."""
CHANCES = {"restored": 0.03, "cloned": 0.02, "replaced": 0.015, "hub_restored": 0.03}
CALM_MS_MAX = 300_000
"""Simulated. The longest pause (30 s) some times over, with a new life and its pages in between."""


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """What one seed came to."""

    seed: int
    mode: str
    movements: int
    facts: int
    faults: collections.Counter[str]
    fired: collections.Counter[str]
    calm_ms: int
    gone: int
    """Facts that no disk held any more: no program can have them."""
    digest: str


class Story:
    """One run."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done: collections.Counter[str] = collections.Counter()
        self._cases = {
            store: StoreCase(world, shop, self.done) for store, shop in world.shops.items()
        }
        stores = world.random.sample(world.stores, 3)
        self._restored, self._cloned, self._replaced = stores
        """One store each; the others have an ordinary life."""
        self._plot = world.seed % len(PLOTS)

    def play(self) -> Run:
        """All of it."""
        world = self.world
        for shop in world.shops.values():
            shop.open_up()
        for number in range(ROUGH_STEPS):
            self._let_something_happen()
            world.step()
            invariants.watch(world, is_thorough=number % 10 == 0)
        calm_ms = self._calm_down()
        invariants.reckon(world)
        faults = world.faults + self.done
        faults["power_off_box"] = sum(n for p, n in world.fired.items() if p.startswith("box"))
        faults["power_off_hub"] = sum(n for p, n in world.fired.items() if p.startswith("hub"))
        return Run(
            seed=world.seed,
            mode=world.mode,
            movements=world.witness.movements,
            facts=sum(len(one.seen) for one in world.witness.stores.values()),
            faults=faults,
            fired=world.fired,
            calm_ms=calm_ms,
            gone=sum(len(invariants.find_gone(world, store)) for store in world.stores),
            digest=digest(world),
        )

    def _let_something_happen(self) -> None:
        world = self.world
        for case in PLOTS[self._plot]:
            if world.random.random() < CHANCES[case]:
                self._let_case_happen(case)
        for shop in world.shops.values():
            if world.random.random() < 0.35:
                shop.work_a_little()
        if world.random.random() < 0.08:
            world.office.decide_something()
        if world.random.random() < 0.35:
            world.office.apply_a_little()

    def _let_case_happen(self, case: str) -> None:
        world, cases = self.world, self._cases
        match case:
            case "restored":
                cases[self._restored].restore()
                if world.random.random() < 0.6:
                    cases[self._restored].save_image()
            case "cloned":
                cases[self._cloned].switch_machines()
            case "replaced":
                cases[self._replaced].replace()
            case "hub_restored":
                self._restore_hub()

    def _restore_hub(self) -> None:
        """Back to the last backup; the next one is made now and then."""
        world = self.world
        if world.hub.has_backup:
            before = {store: world.fact_ids_at_hub(store) for store in world.stores}
            world.hub.restore()
            self.done["hub_restored"] += 1
            for store, kept in before.items():
                witness = world.witness.stores[store]
                witness.gone_from_hub |= kept - world.fact_ids_at_hub(store)
        if world.random.random() < 0.7:
            world.hub.back_up()

    def _calm_down(self) -> int:
        """Until boxes and hub are one; returns how long it took, in simulated time."""
        world = self.world
        began_ms = world.now_ms
        world.disarm()
        self._settle(began_ms)
        for case in self._cases.values():
            case.take_over_twin()
        self._settle(began_ms)
        world.office.apply_all()
        return world.now_ms - began_ms

    def _settle(self, began_ms: int) -> None:
        world, number = self.world, 0
        while not invariants.is_settled(world) or self._has_alarms():
            number += 1
            if number % 20 == 0:
                self._look_at_alarms()
            world.step(is_calm=True)
            invariants.watch(world)
            assert world.now_ms - began_ms < CALM_MS_MAX, "stalled: " + invariants.describe(world)

    def _has_alarms(self) -> bool:
        kinds = {
            kind
            for (kind,) in self.world.hub.ask(
                "SELECT kind FROM box_alarm WHERE closed_at_ms IS NULL"
            )
        }
        return bool(kinds & EPOCH_KINDS)

    def _look_at_alarms(self) -> None:
        for shop in self.world.shops.values():
            boot_id = shop.machine.boot_id
            self.done["approved"] += self.world.office.look_at_alarms(shop.store, boot_id)


def play(seed: int, templates: Templates, folder: pathlib.Path, hub: HubMachine) -> Run:
    """Play one seed in a folder of its own.

    Raises:
        AssertionError: something that must be so was not; its text begins with what kind of thing.
    """
    folder.mkdir()
    world = World(seed, templates, folder, hub)
    try:
        return Story(world).play()
    finally:
        world.close()
        shutil.rmtree(folder)


def digest(world: World) -> str:
    """Of all that came out: the same seed gives the same twice."""
    made = hashlib.blake2b(digest_size=8)
    for sql in (
        "SELECT receive_no, store, epoch, seq, body, head FROM hub_journal ORDER BY 1",
        "SELECT * FROM on_hand ORDER BY 1, 2, 3, 4",
        "SELECT * FROM entry_line ORDER BY 1, 2, 3, 4",
    ):
        made.update(repr(world.hub.ask(sql)).encode())
    made.update(repr((sorted(world.faults.items()), world.now_ms)).encode())
    return made.hexdigest()
