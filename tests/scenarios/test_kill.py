"""Programs are killed in the middle of trade, again and again, and nothing is lost or doubled."""

from __future__ import annotations

import random

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.demo_run import PROGRAMS, DemoRun, assert_zeros

BASKETS = 600
CHAIN = ("--stores", "3", "--baskets", str(BASKETS))
KILLS = 6


def disturb(run: DemoRun, seed: int) -> list[tuple[int, str]]:
    """Kill a program at each of some moments of progress; one integer says which and when."""
    chance = random.Random(seed)
    moments = sorted(chance.randrange(1, BASKETS) for _ in range(KILLS))
    done = []
    for moment in moments:
        name = chance.choice(sorted(PROGRAMS))

        def is_time(moment: int = moment) -> bool:
            return run.progress().baskets >= moment

        if run.wait_until(is_time) and run.wait_until(lambda name=name: run.kill(name)):  # type: ignore[misc]  # A default binds the loop's name.
            done.append((moment, name))
    return done


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))]
)
def test_killed_programs_come_back_and_every_figure_agrees(start: Start, seed: int) -> None:
    run = start(*CHAIN)

    kills = disturb(run, seed)

    report = run.finish()
    assert len(kills) >= KILLS // 2, run.said()
    assert report["restarts"] >= len(kills) // 2, (kills, run.said())
    assert_zeros(report, baskets=BASKETS)


def test_programs_killed_as_they_start_are_started_again(start: Start) -> None:
    run = start("--stores", "3", "--baskets", "60")

    for name in ("broker", "hub", "boxes"):
        assert run.wait_until(lambda name=name: run.kill(name))  # type: ignore[misc]  # As above.

    assert_zeros(run.finish(), baskets=60)


def test_demo_itself_killed_goes_on_where_it_was(start: Start) -> None:
    first = start(*CHAIN)
    assert first.wait_until(lambda: first.progress().baskets >= BASKETS // 3)
    first.process.kill()
    first.process.wait()

    second = start(*CHAIN)

    assert_zeros(second.finish(), baskets=BASKETS)
