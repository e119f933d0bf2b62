"""A month of a chain ends with all differences 0, with every kind and the four named cases."""

from __future__ import annotations

import pathlib

import pytest

from deploy.postgresql.cluster import Cluster
from retail_domain.trade.fact_kind import FactKind
from tests.scenarios.month.chain import PostgresqlFiles, SqliteFiles
from tests.scenarios.month.reckoning import MonthFigures
from tests.scenarios.month.script import Plan, play_month

CASES = {"box_cloned", "box_replaced", "history_forked", "hub_restored"}
SMALL = Plan(stores=3, days=10, seed=1)


def require_right(figures: MonthFigures) -> None:
    assert figures.is_right, figures
    assert figures.cases == CASES
    assert figures.lives >= 3
    assert min(figures.flaps, figures.messages_lost, figures.tickets) > 0


def test_ten_days_of_three_stores_end_with_zeros(tmp_path: pathlib.Path) -> None:
    figures = play_month(SMALL, tmp_path, SqliteFiles(tmp_path))

    require_right(figures)
    assert set(FactKind) - figures.kinds <= RARE


@pytest.mark.postgres
def test_ten_days_of_three_stores_end_with_zeros_on_postgresql(
    postgresql: Cluster, tmp_path: pathlib.Path
) -> None:
    figures = play_month(SMALL, tmp_path, PostgresqlFiles(postgresql))

    require_right(figures)


RARE = {FactKind.SUPPLIER_RETURN, FactKind.TRANSFER_SETTLED}
"""Kinds that ten days of this seed have no occasion for; a whole month has."""


@pytest.mark.slow
def test_whole_month_of_six_stores_has_every_kind(tmp_path: pathlib.Path) -> None:
    figures = play_month(Plan(stores=6, days=30, seed=2), tmp_path, SqliteFiles(tmp_path))

    require_right(figures)
    assert figures.kinds == set(FactKind)
