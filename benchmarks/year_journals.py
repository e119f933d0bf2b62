"""The journals of the chain-year benchmark: found in a folder, or made there beforehand."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

from benchmarks.measure import ROOT
from benchmarks.sync_chain import BOX_DATABASE
from deploy.demo.hub_set_up import DATABASE, Supply, load_items, plan_supply
from deploy.demo.layout import DemoFolder, write_whole
from deploy.demo.trade_plan import TradePlan, load_plan
from edge_agent.store.database import open_database
from edge_agent.store.sqlite_library import Connection

WHOLE = "journals.json"
"""Written last; holds how many facts were made, and by which tables."""
SCHEMA_FILES = ("edge_agent/store/migrations.py", "hq_hub/store/schema*.py")
"""A revision that no release has yet may change in place, so databases of before are made again."""


@dataclasses.dataclass(frozen=True, slots=True)
class Year:
    """A chain whose boxes hold a year that headquarters has not heard of."""

    folder: DemoFolder
    plan: TradePlan
    facts: int

    @property
    def hub(self) -> pathlib.Path:
        """Database of headquarters: all documents and boxes, and no fact."""
        return self.folder.hub / DATABASE

    def supply(self) -> Supply:
        """Plan all orders again: large, so only for who compares."""
        return plan_supply(self.folder, self.plan, load_items(self.folder))


def open_year(root: pathlib.Path, stores_max: int | None, baskets_max: int | None) -> Year:
    """Find a year, or let another process make it, so that memory here is what a hub takes."""
    folder = root / f"stores-{stores_max or 'all'}-baskets-{baskets_max or 'all'}"
    made = _read_made(folder)
    if made is None:
        shutil.rmtree(folder, ignore_errors=True)
        sizes = [str(stores_max or 0), str(baskets_max or 0)]
        command = [sys.executable, "-m", "benchmarks.year_trading", str(folder), *sizes]
        subprocess.run(command, cwd=ROOT, check=True)
        made = _read_made(folder)
    plan = load_plan(DemoFolder(folder).plan)
    assert plan is not None
    assert made is not None
    return Year(DemoFolder(folder), plan, made)


def write_made(folder: pathlib.Path, facts: int) -> None:
    """Say that a year is whole."""
    write_whole(folder / WHOLE, json.dumps({"facts": facts, "schema": _digest_schema()}))


def _read_made(folder: pathlib.Path) -> int | None:
    """How many facts a year has; None when it is not whole or its tables are not today's."""
    if not (folder / WHOLE).exists():
        return None
    made = json.loads((folder / WHOLE).read_text("utf-8"))
    is_of_today = isinstance(made, dict) and made["schema"] == _digest_schema()
    return int(made["facts"]) if is_of_today else None


def _digest_schema() -> str:
    digest = hashlib.blake2b(digest_size=16)
    for pattern in SCHEMA_FILES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def rewind_boxes(year: Year) -> None:
    """Let every box forget what a hub has acknowledged."""
    for store in year.plan.stores:
        with contextlib.closing(open_box(year.folder, store.store)) as db:
            db.execute("UPDATE ack_cursor SET durable_seq = 0, hub_generation = 0")


def open_box(folder: DemoFolder, store: str) -> Connection:
    """A box's database. Nobody waits for its disk: in life every box has its own."""
    db = open_database(str(folder.box(store) / BOX_DATABASE))
    db.execute("PRAGMA synchronous = OFF")
    return db
