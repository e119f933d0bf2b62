"""The plot of one seed: rough weather and all that may happen, then calm, then the reckoning."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import hashlib
import pathlib
import shutil
from collections.abc import Callable

from hq_hub.services.recovery import EPOCH_KINDS
from tests.prove import invariants, liars, poison, reckoning
from tests.prove.cases import StoreCase
from tests.prove.hub_machine import HubMachine
from tests.prove.plots import plot_of
from tests.prove.templates import Templates
from tests.prove.world import World

ROUGH_STEPS = 90
NIGHT_HOURS = 16
ALWAYS = ("lie", "lie_in_hello", "tamper")
NIGHTS_AT = (36, 64)
"""Steps after which it is night."""
MONTH = "2026-11"
DARK_AT, CLOSE_AT, LIGHT_AT = 24, 72, 80
"""A store's line is down, headquarters closes the month, and the line comes back."""
CLOCK_ERRORS_S = (180, -180, 7_200, -7_200, 86_400, -86_400, -800_000_000, 300_000_000)
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
        self.done = world.faults
        self._cases = {
            store: StoreCase(world, shop, self.done) for store, shop in world.shops.items()
        }
        stores = world.random.sample(world.stores, 3)
        self._restored, self._cloned, self._replaced = stores
        """One store each; the others have an ordinary life."""
        self._plot = plot_of(world.seed)
        if "poison" in self._plot:
            world.poisoned = self._restored
            world.shops[world.poisoned].keeps_days = False

    def play(self) -> Run:
        """All of it."""
        world = self.world
        for shop in world.shops.values():
            shop.open_up()
        for number in range(ROUGH_STEPS):
            self._let_something_happen()
            if "month" in self._plot:
                self._let_month_end(number)
            if "poison" in self._plot and number == ROUGH_STEPS - 1:
                poison.write_early(world)
            if number in NIGHTS_AT:
                self._pass_night()
            world.step()
            invariants.watch(world, is_thorough=number % 10 == 0)
        calm_ms = self._calm_down()
        reckoning.reckon(world)
        faults = world.faults
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
            gone=sum(len(reckoning.find_gone(world, store)) for store in world.stores),
            digest=digest(world),
        )

    def _let_something_happen(self) -> None:
        world = self.world
        for case in self._plot + ALWAYS:
            chance, happen = CASES[case]
            if world.random.random() < chance:
                happen(self)
        for shop in world.shops.values():
            if world.random.random() < 0.35:
                shop.work_a_little()
        if world.random.random() < 0.08:
            world.office.decide_something()
        if world.random.random() < 0.1:
            self._look_at_alarms()
        if world.random.random() < 0.35:
            world.office.apply_a_little()

    def _restore_box(self) -> None:
        case = self._cases[self._restored]
        case.restore()
        if self.world.random.random() < 0.6:
            case.save_image()

    def _clone_box(self) -> None:
        self._cases[self._cloned].switch_machines()

    def _replace_box(self) -> None:
        self._cases[self._replaced].replace()

    def _write_poison(self) -> None:
        poison.write_poison(self.world)
        poison.write_newer_fields(self.world)

    def _set_clock_wrong(self) -> None:
        machine = self.world.random.choice(self.world.machines)
        off_s = self.world.random.choice(CLOCK_ERRORS_S)
        machine.clock_off = datetime.timedelta(seconds=off_s)
        self.done["clock_jump"] += 1

    def _lie(self) -> None:
        liars.lie(self.world)

    def _lie_in_hello(self) -> None:
        liars.lie_in_hello(self.world)
        liars.lie_in_request(self.world)

    def _tamper(self) -> None:
        poison.tamper(self.world)
        poison.tamper_at_hub(self.world)

    def _revoke_or_reinstate(self) -> None:
        store = self._cloned
        world, box = self.world, self.world.shops[store].machine.enrolled
        if world.denied.pop(store, None) is not None:
            world.office.reinstate(store, box.box_id)
            return
        world.office.revoke(store, box.box_id)
        ((seq,),) = world.hub.ask(
            "SELECT durable_seq FROM durable_cursor WHERE store = ? AND epoch = ?",
            store,
            box.epoch,
        )
        world.denied[store] = (box.epoch, seq)
        self.done["box_revoked"] += 1

    def _pass_night(self) -> None:
        """Every shop shuts, and opens in the morning."""
        for shop in self.world.shops.values():
            if shop.has_lists:
                shop.shut()
        self.world.sleep(NIGHT_HOURS)
        for shop in self.world.shops.values():
            if shop.has_lists:
                shop.open_up()
                shop.answer_headquarters()

    def _let_month_end(self, number: int) -> None:
        """A store is dark, and what it did in the month comes after the month's close."""
        world = self.world
        if number == DARK_AT:
            world.dark.add(self._cloned)
            self.done["store_dark"] += 1
        elif number == CLOSE_AT:
            is_closed = world.office.close_month(MONTH, acknowledge_missing=False)
            assert not is_closed, "differs: a month was closed without a dark store's days"
            self.done["month_closed"] += world.office.close_month(MONTH, acknowledge_missing=True)
        elif number == LIGHT_AT:
            world.dark.clear()

    def _restore_hub(self) -> None:
        """Back to the last backup; the next one is made now and then."""
        world = self.world
        if world.hub.has_backup:
            before = {store: world.fact_ids_at_hub(store) for store in world.stores}
            world.hub.restore()
            world.door.forget(world.stores)
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
        if world.denied:
            self._revoke_or_reinstate()
        self._settle(began_ms)
        for case in self._cases.values():
            case.take_over_twin()
        self._settle(began_ms)
        world.office.apply_all()
        if world.early_order:
            world.office.order_up_to(world.early_order, world.poisoned)
            self._settle(began_ms)
            world.office.apply_all()
        self._settle(began_ms)
        while sum(shop.answer_headquarters() for shop in world.shops.values()):
            self._settle(began_ms)
            world.office.apply_all()
            self._settle(began_ms)
        for shop in world.shops.values():
            shop.serve_all_who_wait()
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


CASES: dict[str, tuple[float, Callable[[Story], None]]] = {
    "restored": (0.03, Story._restore_box),  # noqa: SLF001 - this table is part of the class
    "cloned": (0.05, Story._clone_box),  # noqa: SLF001 - as above
    "replaced": (0.015, Story._replace_box),  # noqa: SLF001 - as above
    "hub_restored": (0.03, Story._restore_hub),  # noqa: SLF001 - as above
    "poison": (0.06, Story._write_poison),  # noqa: SLF001 - as above
    "clock": (0.03, Story._set_clock_wrong),  # noqa: SLF001 - as above
    "revoked": (0.03, Story._revoke_or_reinstate),  # noqa: SLF001 - as above
    "month": (0.0, Story._pass_night),  # noqa: SLF001 - as above; it has its own days
    "lie": (0.07, Story._lie),  # noqa: SLF001 - as above
    "lie_in_hello": (0.02, Story._lie_in_hello),  # noqa: SLF001 - as above
    "tamper": (0.03, Story._tamper),  # noqa: SLF001 - as above
}
"""How often a step, and what happens."""


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
