"""What becomes of a store's machine: it comes back from the past, or twice, or not at all."""

from __future__ import annotations

import collections
import contextlib
import pathlib

from edge_agent.services.carry_over import export_unsent, import_unsent
from edge_agent.store.database import open_database
from edge_agent.store.identity import read_identity
from tests.prove.fuse import DiedError
from tests.prove.machine import Machine
from tests.prove.shop import Shop
from tests.prove.world import World

STRAY_MS = 40_000
"""A machine that is switched off is silent for so long before its twin speaks."""


class StoreCase:
    """One store's machine and its disks; keeps account of what no disk holds any more."""

    def __init__(self, world: World, shop: Shop, done: collections.Counter[str]) -> None:
        self._world, self._shop, self._done = world, shop, done
        self._witness = world.witness.stores[shop.store]
        self._image: pathlib.Path | None = None
        self._twin: Machine | None = None
        """The machine that is switched off just now."""

    def save_image(self) -> None:
        """A nightly image of the disk."""
        self._image = self._shop.machine.path.with_suffix(".image")
        self._shop.machine.copy_disk(self._image)
        self._done["box_image"] += 1

    def restore(self) -> None:
        """The disk is what it was when the image was taken."""
        if self._image is None:
            return
        self._done["box_restored"] += 1
        self._lose_disk(self._image)
        self._shop.machine.put_disk(self._image)
        self._shop.forget_receipts()
        self._witness.has_break = True

    def replace(self) -> None:
        """The disk is gone; another machine takes the store over."""
        self._done["box_replaced"] += 1
        self._lose_disk(None)
        self._world.replace(self._shop.store)
        self._world.hub.back_up()  # A hub that never heard of the box asks for another claim code.
        self._shop.forget_receipts()
        self._image = None
        if self._twin is not None:
            self._twin.path.unlink()
            self._twin = None

    def switch_machines(self) -> None:
        """The twin goes on from where it was: at first, from a copy of this one's disk."""
        self._done["box_cloned"] += 1
        world, machine = self._world, self._shop.machine
        self._witness.has_break = True
        twin = self._twin
        if twin is None:
            path = machine.path.with_suffix(".twin")
            machine.copy_disk(path)
            twin = world.make_machine(path, machine.store)
            twin.enrolled = machine.enrolled
        else:
            twin.boot()
        machine.stop()
        self._twin, self._shop.machine = machine, twin
        self._shop.forget_receipts()
        world.now_ms += STRAY_MS

    @property
    def has_twin(self) -> bool:
        return self._twin is not None

    def take_over_twin(self) -> None:
        """Everything that only the switched-off machine has, carried over in a file."""
        twin, machine = self._twin, self._shop.machine
        if twin is None:
            return
        self._twin = None
        path = twin.path.with_suffix(".facts")
        with contextlib.closing(open_database(str(twin.path))) as db:
            export_unsent(db, read_identity(db, ""), path, is_whole_epoch=True)
        twin.path.unlink()
        while True:
            with contextlib.suppress(DiedError):
                machine.work("facts_of_twin", lambda db, box: import_unsent(db, box.identity, path))
                return

    def _lose_disk(self, image: pathlib.Path | None) -> None:
        world, machine = self._world, self._shop.machine
        left = set() if image is None else _read_ids(image)
        gone = world.fact_ids_of(machine) - left
        if self._twin is not None and image is None:
            gone |= _read_ids(self._twin.path)  # It is fenced, and thrown away as well.
        self._witness.gone_from_box |= gone
        self._witness.never_kept |= gone - world.fact_ids_at_hub(machine.store)


def _read_ids(path: pathlib.Path) -> set[bytes]:
    with contextlib.closing(open_database(str(path))) as db:
        rows = db.execute("SELECT fact_id FROM journal").fetchall()
    return {fact_id for (fact_id,) in rows if isinstance(fact_id, bytes)}
