"""A store comes back after weeks without a line, and sells on while it catches up.

A month of sixty thousand facts: `python -m tests.processes --stores 1 --backlog 60000 --calm`.
"""

from __future__ import annotations

import pathlib

import pytest

from tests.processes.chain_run import Wish
from tests.processes.play import play

pytestmark = pytest.mark.broker
BACKLOG = 800
GROWTH_MB_MAX = 60
"""Of a process, between the first third of the run and the last."""


def test_backlog_drains_while_the_store_sells_and_idle_connections_flood_the_hub(
    tmp_path: pathlib.Path,
) -> None:
    wish = Wish(stores=1, baskets=8, pause_s=0.3, backlog=BACKLOG, is_calm=True, flood=1_500)
    told: list[str] = []

    report = play(tmp_path / "run", wish, told.append)

    assert report.verdict.faults == {}, (report, told)
    assert report.flooded == 2 * wish.flood
    assert report.backlog_sent_s is not None
    assert report.growth_mb < GROWTH_MB_MAX, report.readings
