"""Real programs are killed and their lines broken by chance while stores trade: nothing is lost."""

from __future__ import annotations

import pathlib

import pytest

from tests.processes.chain_run import Wish
from tests.processes.chaos_proxy import Fault
from tests.processes.play import play

pytestmark = pytest.mark.broker


def test_nothing_is_lost_or_doubled_when_programs_die_and_lines_break(
    tmp_path: pathlib.Path,
) -> None:
    """One seed, with every kind of fault; others by `python -m tests.processes --seed N`."""
    wish = Wish(seed=1, stores=2, baskets=40, pause_s=0.5)
    told: list[str] = []

    report = play(tmp_path / "run", wish, told.append)

    assert report.verdict.faults == {}, (report, told)
    assert report.verdict.movements > 0
    kills = {"kill_box", "kill_hub", "kill_broker"}
    assert report.faults.keys() >= kills | {fault.value for fault in Fault}, report.faults
