"""What becomes of a store's machine: it comes back from the past, or twice, or not at all."""

from __future__ import annotations

import collections
import contextlib
import pathlib

from edge_agent.services.carry_over import export_unsent, import_unsent
from edge_agent.store.database import open_database
from tests.prove.fuse import DiedError
from tests.prove.shop import Shop
from tests.prove.world import World


class StoreCase:
    """One store's machine and its disks; keeps account of what no disk holds any more."""

    def __init__(self, world: World, shop: Shop, done: collections.Counter[str]) -> None:
        self._world, self._shop, self._done = world, shop, done
        self._witness = world.witness.stores[shop.store]
        self._image: pathlib.Path | None = None

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
        self._watch_alarm()
        self._world.hub.back_up()  # A hub that never heard of the box asks for another claim code.
        self._shop.forget_receipts()
        self._image = None
        twin = self._world.twins.pop(self._shop.store, None)
        if twin is not None:
            twin.stop()
            twin.path.unlink()

    def switch_machines(self) -> None:
        """The shop goes on with a twin, at first a copy of this disk; both machines are on."""
        self._done["box_cloned"] += 1
        world, machine = self._world, self._shop.machine
        self._witness.has_break = True
        twin = world.twins.get(machine.store)
        if twin is None:
            path = machine.path.with_suffix(".twin")
            machine.copy_disk(path)
            twin = world.make_machine(path, machine.store)
            twin.enrolled = machine.enrolled
        world.twins[machine.store], self._shop.machine = machine, twin
        self._shop.forget_receipts()

    def take_over_twin(self) -> None:
        """Switch the twin off; what only it has is carried over in a file."""
        twin, machine = self._world.twins.pop(self._shop.store, None), self._shop.machine
        if twin is None:
            return
        path = twin.path.with_suffix(".facts")
        export_unsent(twin.db, twin.identity, path, is_whole=True)
        twin.stop()
        while True:
            with contextlib.suppress(DiedError):
                machine.work("facts_of_twin", lambda db, box: import_unsent(db, box.identity, path))
                return

    def _watch_alarm(self) -> None:
        """A possible loss is a number: what the dead box said last, less what is kept of it."""
        world, store = self._world, self._shop.store
        heard = world.hub.ask(
            "SELECT h.tail_seq - CASE WHEN EXISTS (SELECT 1 FROM box_alarm WHERE store = h.store"
            " AND kind = 'history_forked' AND closed_at_ms IS NULL)"
            " THEN min(c.durable_seq, h.believed_durable_seq) ELSE c.durable_seq END"
            " FROM heard_from AS h JOIN durable_cursor AS c"
            " USING (store, epoch) WHERE store = ? AND box_id = ?",
            store,
            world.former_boxes[store].box_id,
        )
        alarm = world.hub.ask(
            "SELECT box_facts FROM box_alarm WHERE store = ? AND kind = 'box_replaced'"
            " AND closed_at_ms IS NULL ORDER BY last_at_ms DESC LIMIT 1",
            store,
        )
        if heard and heard[0][0] > 0:
            assert alarm == heard, f"lost: {heard} facts of {store}, and nobody is told: {alarm}"

    def _lose_disk(self, image: pathlib.Path | None) -> None:
        world, machine = self._world, self._shop.machine
        left = set() if image is None else _read_ids(image)
        gone = world.fact_ids_of(machine) - left
        twin = world.twins.get(machine.store)
        if twin is not None and image is None:
            gone |= world.fact_ids_of(twin)  # It is fenced, and thrown away as well.
        self._witness.gone_from_box |= gone
        self._witness.never_kept |= gone - world.fact_ids_at_hub(machine.store)


def _read_ids(path: pathlib.Path) -> set[bytes]:
    with contextlib.closing(open_database(str(path))) as db:
        rows = db.execute("SELECT fact_id FROM journal").fetchall()
    return {fact_id for (fact_id,) in rows if isinstance(fact_id, bytes)}
