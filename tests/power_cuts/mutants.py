"""Ways to write the box wrongly that only a power cut shows; each must be caught."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import pathlib
from collections.abc import Callable

from edge_agent.config import Config
from edge_agent.store import journal
from edge_agent.store.head_sidecar import HeadSidecar
from tests.power_cuts.apsw_library import ApswConnection, Said
from tests.power_cuts.box_trade import EACH_ONCE, record_trade
from tests.power_cuts.campaign import Counter, enumerate_cuts

CUTS_MAX = 600
"""Of a short day; none of the mutants here lives that long."""
CUTS_AT_ONCE = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong program."""

    name: str
    caught: Callable[[], bool]
    """Cuts it off until something is lost, altered or stalled; a second or a few."""


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
    if sql == "COMMIT":
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


def _is_caught(said: Said) -> bool:
    recorded = record_trade("mutant", EACH_ONCE, 1, checkpoint_pages=20, said=said)
    cuts = itertools.islice(enumerate_cuts(recorded), CUTS_MAX)
    while some := list(itertools.islice(cuts, CUTS_AT_ONCE)):
        counter = Counter()
        counter.judge(recorded, some, 1)
        if counter.lost or counter.altered or counter.stalled:
            return True
    return False


def _of_the_box(name: str, said: Said) -> Mutant:
    return Mutant(name, lambda: _is_caught(said))


MUTANTS = (
    _of_the_box("box: synchronous=NORMAL", _does_not_wait),
    _of_the_box("box: receipt before the commit", _tells_before_commit),
    _of_the_box("box: head sidecar before the commit", _saves_head_before_commit),
    _of_the_box("box: two transactions for fact and stock", _commits_stock_apart),
)
