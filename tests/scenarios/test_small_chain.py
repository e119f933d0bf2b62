"""A small chain trades a few baskets, and every figure agrees: whatever the broker."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Start
from tests.scenarios.demo_run import assert_zeros, programs_on

CHAIN = ("--stores", "3", "--baskets", "60")


@pytest.mark.parametrize(
    "broker", [pytest.param("mosquitto", marks=pytest.mark.broker), "embedded"]
)
def test_three_stores_end_with_zeros(start: Start, broker: str) -> None:
    run = start(*CHAIN, "--broker", broker)

    report = run.finish()

    assert run.process.returncode == 0
    assert_zeros(report, baskets=60)
    assert (report["stores"], report["lines"]) == (3, 653)
    assert report["sales_fen"]["report"] == 208_063
    assert report["transfers"]["made"] == 3
    assert [row["reason"] for row in report["rejected_rows"]] == ["quantity_zero"] * 4
    assert report["peak_rss_mb"]["box"] > 0
    assert report["peak_rss_mb"]["hub"] > 0
    assert programs_on(run.folder) == []


def test_stopped_demo_leaves_nothing_running_and_its_folder_is_for_one_trade(start: Start) -> None:
    first = start(*CHAIN)
    assert first.wait_until(lambda: first.progress().pid != 0)
    first.close()
    assert programs_on(first.folder) == []

    other = start("--stores", "2", "--baskets", "60")

    refused = other.finish()
    assert first.process.returncode == 130
    assert other.process.returncode == 2
    assert refused["ok"] is False
    assert refused["error"]["code"] == "demo_folder_taken"
