"""Each benchmark, as small as it gets: both arms do the same work, and the line has its keys."""

from __future__ import annotations

import contextlib
import json
import pathlib
import shutil

import pytest

from benchmarks import (
    box_commit,
    chain_year,
    hub_apply,
    hub_apply_postgresql,
    labels,
    register,
    sync,
    year_journals,
)
from benchmarks.measure import Figures, percentile, spread, to_json, to_table

KEYS = [
    "bench",
    "value",
    "unit",
    "limit",
    "ratio",
    "cpu_us_per_line",
    "peak_rss_mb",
    "detail",
]


def set_sizes(monkeypatch: pytest.MonkeyPatch, module: object, **sizes: int) -> None:
    for name, size in sizes.items():
        monkeypatch.setattr(module, name, size)


def require_line(figures: Figures) -> None:
    line = json.loads(to_json(figures))
    assert list(line) == KEYS
    assert min(line[key] for key in ("value", "limit", "cpu_us_per_line", "peak_rss_mb")) > 0
    assert line["ratio"] == pytest.approx(line["value"] / line["limit"], abs=0.01)


def test_box_commit_writes_the_same_rows_in_both_arms(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    set_sizes(monkeypatch, box_commit, ITEMS=50, ROUNDS=2, TICKETS_A_ROUND=3, WARM_UP_TICKETS=2)
    set_sizes(monkeypatch, box_commit, SYNCS_A_ROUND=1)

    figures = box_commit.run(tmp_path)

    require_line(figures)
    assert figures.detail["ticket"]["samples"] == figures.detail["raw_ticket"]["samples"] == 6


def test_labels_have_the_same_dots_in_both_arms(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    set_sizes(monkeypatch, labels, LABELS=6, ROUNDS=2)

    figures = labels.run(tmp_path)

    require_line(figures)
    assert figures.detail["label"]["samples"] == figures.detail["raw_label"]["samples"] == 12


def test_hub_apply_leaves_the_same_books_in_both_arms(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    set_sizes(monkeypatch, hub_apply, ITEMS=50, STORES=2, ROUNDS=1, TICKETS_A_STORE=4, TICKETS=8)
    set_sizes(monkeypatch, hub_apply, FACTS_A_BATCH=2)

    figures = hub_apply.run(tmp_path)

    require_line(figures)
    assert figures.detail["transactions"] == 1


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Where the journals of two stores are kept."""
    return tmp_path_factory.mktemp("years")


def test_chain_year_posts_what_the_stores_sold_to_the_fen_run_after_run(
    tmp_path: pathlib.Path, years: pathlib.Path
) -> None:
    runs = []
    for name in ("first", "second"):  # The second finds the journals that the first one made.
        (tmp_path / name).mkdir()
        figures = chain_year.run(tmp_path / name, stores_max=2, baskets_max=20, cache=years)
        require_line(figures)
        runs.append(figures.detail)

    assert [(run["stores"], run["baskets"], run["sales_fen"]) for run in runs] == [
        (2, 20, 53_266),
        (2, 20, 53_266),
    ]


def test_year_of_which_a_box_lost_its_last_fact_is_void(
    tmp_path: pathlib.Path, years: pathlib.Path
) -> None:
    year_journals.open_year(years, 2, 20)
    copy = shutil.copytree(years, tmp_path / "copy")
    year = year_journals.open_year(copy, 2, 20)
    with contextlib.closing(year_journals.open_box(year.folder, year.plan.stores[0].store)) as db:
        db.execute("DROP TRIGGER journal_is_kept")
        db.execute("DELETE FROM journal WHERE seq = (SELECT tail_seq FROM ack_cursor)")
        db.execute("UPDATE ack_cursor SET durable_seq = 0, tail_seq = tail_seq - 1")

    with pytest.raises(AssertionError, match=r"Reckoning\("):
        chain_year.run(tmp_path, stores_max=2, baskets_max=20, cache=copy)


@pytest.mark.postgres
def test_hub_apply_on_postgresql_leaves_the_same_books_in_both_arms(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    set_sizes(monkeypatch, hub_apply, ITEMS=50, STORES=2, TICKETS_A_STORE=4, TICKETS=8)
    set_sizes(monkeypatch, hub_apply, FACTS_A_BATCH=2)
    set_sizes(monkeypatch, hub_apply_postgresql, ROUNDS=1)

    figures = hub_apply_postgresql.run(tmp_path)

    require_line(figures)
    assert figures.detail["transactions"] == 1


@pytest.mark.slow
def test_sync_brings_every_fact_over_each_transport(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    set_sizes(monkeypatch, sync, ITEMS=50, ROUNDS=1, FACTS=600, TICKETS_DRAWN=5, SALES=2)

    figures = sync.run(tmp_path)

    require_line(figures)
    assert {"grpc", "mqtt"} <= figures.detail.keys()
    assert {part["samples"] for part in figures.detail["idle_sale"].values()} == {2}


def test_a_table_shows_each_figure_on_a_line_of_its_own() -> None:
    figures = Figures("b", 1.0, "lines/s", 2.0, 3.0, 4.0, {"wait": {"p50_ms": 5}, "facts": 6})

    lines = to_table(to_json(figures)).splitlines()

    assert [line.split() for line in lines] == [
        ["bench", "b"],
        ["value", "1.0"],
        ["unit", "lines/s"],
        ["limit", "2.0"],
        ["ratio", "0.5"],
        ["cpu_us_per_line", "3.0"],
        ["peak_rss_mb", "4.0"],
        ["wait", "p50_ms", "5"],
        ["facts", "6"],
    ]


def test_spread_and_percentile_of_known_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]

    assert spread(values) == {"median": 50.5, "min": 1.0, "max": 100.0, "rounds": 100}
    assert (percentile(values, 0.5), percentile(values, 0.99)) == (51.0, 100.0)


@pytest.mark.browser
def test_register_scans_from_the_driver_to_the_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    set_sizes(monkeypatch, register, ITEMS=60, BLOCKS=1, SCANS_A_BLOCK=3, SEARCHES=8)
    set_sizes(monkeypatch, register, COUNT_LINES=5, DAY_TICKETS=2)

    figures = register.run(tmp_path)

    line = json.loads(to_json(figures))
    assert list(line) == KEYS
    for arm in (figures.detail["idle"], figures.detail["busy"]):
        assert {arm[trip]["samples"] for trip in arm if trip.startswith(("scan", "empty"))} == {3}
