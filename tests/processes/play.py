"""One run from beginning to verdict: trade under faults, peace, and the reckoning."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import time
from collections.abc import Callable

from deploy.demo.chain import STALL_S
from tests.processes.chain_run import Wish, run_chain
from tests.processes.faults import Striker, plan_strokes
from tests.processes.flood import flooding
from tests.processes.invariants import Verdict, judge
from tests.processes.readings import Readings
from tests.processes.till import wait_all

BACKLOG_LEFT_FACTS = 50
"""Fewer than these wait: the box has caught up, and what waits is the trade of now."""


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What a run shows."""

    wish: Wish
    faults: dict[str, int]
    """That hit, by kind."""
    verdict: Verdict
    restarts: int
    retries: int
    """Requests of tills that found no box, and were asked again."""
    settle_s: float
    """I9: from the end of all faults until everything was posted."""
    flooded: int
    """Connections that said nothing and were opened."""
    backlog_sent_s: float | None
    """From the first look until the hub held all that was sold without a line."""
    growth_mb: int
    """Of hub or largest box, whichever grew more, from the first third of the run to the last."""
    readings: dict[str, object]
    seconds: float


def play(root: pathlib.Path, wish: Wish, tell: Callable[[str], None]) -> Report:
    """Play a wish under the faults of its seed.

    Raises:
        AssertionError: it stalled.
    """
    began_s = time.monotonic()
    with run_chain(root, wish, tell) as run:
        strokes = plan_strokes(wish.seed, list(run.stores), wish.transports)
        striker = Striker(run, iter(()) if wish.is_calm else strokes)
        readings = Readings(run)

        def look() -> None:
            striker.look()
            readings.look()

        run.open_stores()
        flooded = 0
        with contextlib.ExitStack() as parts:
            if wish.flood:
                ports = run.chain.ports
                flood = flooding(ports.hub_http, ports.hub_grpc, wish.flood)
                flooded = parts.enter_context(flood)
            wait_all(run.tills, look, STALL_S)
        striker.heal()
        healed_s = time.monotonic()
        run.settle()
        settle_s = time.monotonic() - healed_s
        readings.take()  # Of a short run this may be the only one.
        verdict = judge(run)
        return Report(
            wish=wish,
            faults=striker.counts(),
            verdict=verdict,
            restarts=run.chain.troupe.restarts,
            retries=sum(till.retries for till in run.tills),
            settle_s=round(settle_s, 1),
            flooded=flooded,
            backlog_sent_s=readings.first_below(BACKLOG_LEFT_FACTS) if wish.backlog else None,
            growth_mb=readings.growth_mb,
            readings=readings.summary(),
            seconds=round(time.monotonic() - began_s, 1),
        )
