"""Ways to write box and hub wrongly that only a power cut shows; each must be caught."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import itertools
import pathlib
from collections.abc import Callable
from unittest import mock

from edge_agent.config import Config
from edge_agent.services import soundness
from edge_agent.store import backup, journal
from edge_agent.store.head_sidecar import HeadSidecar
from tests.power_cuts.apsw_library import ApswConnection, Said, say_as_it_is
from tests.power_cuts.box_files import record_new_life, record_upgrade
from tests.power_cuts.box_trade import EACH_ONCE, record_trade
from tests.power_cuts.campaign import Counter, enumerate_cuts
from tests.power_cuts.hub_intake import EACH_ONCE as HUB_EACH_ONCE
from tests.power_cuts.hub_intake import record_intake
from tests.power_cuts.rot import (
    WAL,
    files_after_ten_sales,
    flip_bits,
    make_day_files,
    start_box,
)
from tests.power_cuts.workload import Recorded, memory_folder

CUTS_MAX = 600
"""Of a short day; none of the mutants here lives that long."""
CUTS_AT_ONCE = 50
FLIPS = 100
SALES_SEEN = 7
"""Of ten, by the head sidecar."""


@dataclasses.dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong program."""

    name: str
    caught: Callable[[], bool]
    """Lets the disk do its worst until the wrong program shows; a second or a few."""


def _does_not_wait(_connection: ApswConnection, sql: str) -> str:
    return sql.replace("synchronous = FULL", "synchronous = NORMAL")


def _tells_before_commit(connection: ApswConnection, sql: str) -> str:
    if connection.held_back:  # What its caller took for committed is committed now.
        connection.held_back = False
        connection.apsw.execute("COMMIT")
    if sql != "COMMIT":
        return sql
    connection.held_back = True
    return "SELECT 1"


def _saves_head_before_commit(connection: ApswConnection, sql: str) -> str:
    if sql == "COMMIT" and connection.apsw.filename:  # Not of a schema in memory.
        config = Config(folder=pathlib.Path(connection.apsw.filename).parent)
        with contextlib.closing(HeadSidecar(config.path(config.head_sidecar))) as sidecar:
            sidecar.save(journal.read_tail(connection))
    return sql


def _commits_stock_apart(connection: ApswConnection, sql: str) -> str:
    if sql.split()[:3] == ["INSERT", "INTO", "on_hand"]:
        connection.apsw.execute("COMMIT")
        connection.apsw.execute("BEGIN IMMEDIATE")
    # A savepoint ends with its transaction, so there are none.
    return "SELECT 1" if sql.startswith(("SAVEPOINT", "RELEASE")) else sql


def _says_no_transaction(_connection: ApswConnection, sql: str) -> str:
    return "SELECT 1" if sql.split(maxsplit=1)[0] in {"BEGIN", "COMMIT"} else sql


def _record_day(said: Said) -> Recorded:
    return record_trade("mutant", EACH_ONCE, 1, checkpoint_pages=20, said=said)


def _record_intake(said: Said) -> Recorded:
    return record_intake(HUB_EACH_ONCE, 1, name="mutant", checkpoint_pages=30, said=said)


def _record_unsynced_names(said: Said) -> Recorded:
    with mock.patch.object(backup, "sync_folder"):
        return record_new_life(said)


def _is_caught(record: Callable[[Said], Recorded], said: Said) -> bool:
    recorded = record(said)
    cuts = itertools.islice(enumerate_cuts(recorded), CUTS_MAX)
    while some := list(itertools.islice(cuts, CUTS_AT_ONCE)):
        counter = Counter()
        counter.judge(recorded, some, 1)
        if counter.lost or counter.altered or counter.stalled:
            return True
    return False


def _is_blind_start_caught() -> bool:
    files = make_day_files(1)
    with mock.patch.object(soundness, "require_sound"):
        return not flip_bits(files, FLIPS, 1).is_looked_at


def _is_forgotten_head_caught() -> bool:
    files = files_after_ten_sales()
    files[WAL] = files[WAL][: len(files[WAL]) // 3]
    with mock.patch.object(soundness, "require_head"), memory_folder() as folder:
        return start_box(files, folder) < SALES_SEEN


WRONG: dict[str, tuple[Callable[[Said], Recorded], Said]] = {
    "box: synchronous=NORMAL": (_record_day, _does_not_wait),
    "box: receipt before the commit": (_record_day, _tells_before_commit),
    "box: head sidecar before the commit": (_record_day, _saves_head_before_commit),
    "box: two transactions for fact and stock": (_record_day, _commits_stock_apart),
    "box: a step of the schema without a transaction": (record_upgrade, _says_no_transaction),
    "box: names of a new life not synced": (_record_unsynced_names, say_as_it_is),
    "hub: synchronous=NORMAL": (_record_intake, _does_not_wait),
    "hub: ack before the commit": (_record_intake, _tells_before_commit),
}
MUTANTS = (
    *(
        Mutant(name, functools.partial(_is_caught, record, said))
        for name, (record, said) in WRONG.items()
    ),
    Mutant("box: a start that does not look at its file", _is_blind_start_caught),
    Mutant("box: a start that does not ask the head sidecar", _is_forgotten_head_caught),
)
