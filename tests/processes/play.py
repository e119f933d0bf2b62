"""One run from beginning to verdict: trade under faults, peace, and the reckoning."""

from __future__ import annotations

import dataclasses
import pathlib
import time
from collections.abc import Callable

from deploy.demo.chain import STALL_S
from tests.processes.chain_run import Wish, run_chain
from tests.processes.faults import Striker, plan_strokes
from tests.processes.invariants import Verdict, judge
from tests.processes.readings import Readings
from tests.processes.till import wait_all


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
    readings: dict[str, object]
    seconds: float


def play(root: pathlib.Path, wish: Wish, tell: Callable[[str], None]) -> Report:
    """Play a wish under the faults of its seed.

    Raises:
        AssertionError: it stalled.
    """
    began_s = time.monotonic()
    with run_chain(root, wish, tell) as run:
        striker = Striker(run, plan_strokes(wish.seed, list(run.stores), wish.transports))
        readings = Readings(run)

        def look() -> None:
            striker.look()
            readings.look()

        run.open_stores()
        wait_all(run.tills, look, STALL_S)
        striker.heal()
        healed_s = time.monotonic()
        run.settle()
        settle_s = time.monotonic() - healed_s
        verdict = judge(run)
        return Report(
            wish=wish,
            faults=striker.counts(),
            verdict=verdict,
            restarts=run.chain.troupe.restarts,
            retries=sum(till.retries for till in run.tills),
            settle_s=round(settle_s, 1),
            readings=readings.summary(),
            seconds=round(time.monotonic() - began_s, 1),
        )
