"""The reckoning of a demo sees what differs: each figure is spoilt once, and is no longer right."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import shutil

import pytest
from pysqlite3 import dbapi2

from deploy.demo.headless import HeadlessDemo, Wish
from deploy.demo.hub_set_up import DATABASE
from deploy.demo.layout import DemoFolder
from deploy.demo.reckoning import Expected, Reckoning, dump_reckoning, reckon
from hq_hub.reports.sales_totals import SalesTotals
from hq_hub.store.engine import open_read_engine, read_transaction, sqlite_url

HUB = f"hub/{DATABASE}"
BOX = "boxes/367/box.sqlite"


@dataclasses.dataclass(frozen=True)
class Played:
    """A demo that was played to its end."""

    root: pathlib.Path
    expected: Expected
    reckoning: Reckoning


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    root = tmp_path_factory.mktemp("played")
    said: list[str] = []
    demo = HeadlessDemo(DemoFolder(root), Wish(stores_max=2, baskets_max=20), said.append)
    try:
        demo.prepare()
        demo.start_line()
        demo.start_boxes()
        demo.trade()
        demo.settle()
        reckoning = demo.reckon()
    finally:
        demo.chain.troupe.stop_all()
    expected = Expected(demo.plan, demo.supply.orders, demo.supply.transfers)
    return Played(root, expected, reckoning)


def reckon_again(root: pathlib.Path, played: Played) -> Reckoning:
    engine = open_read_engine(sqlite_url(str(root / HUB)))
    with read_transaction(engine) as db:
        found = reckon(
            DemoFolder(root),
            db,
            played.expected,
            report=played.reckoning.report,
            transfers_received=played.reckoning.transfers_received,
        )
    engine.dispose()
    return found


def spoil(path: pathlib.Path, statement: str) -> None:
    """Change a database behind the program's back, its own guards taken away."""
    with contextlib.closing(dbapi2.connect(str(path), isolation_level=None)) as db:
        triggers = db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute(statement)
        assert db.execute("SELECT changes()").fetchone()[0] == 1, statement


def test_demo_that_was_played_is_right(played: Played) -> None:
    reckoning = played.reckoning

    assert reckoning.is_right, reckoning
    assert reckoning.boxes == reckoning.trade
    assert reckoning.facts.sent > 20
    assert reckoning.transfers_made == 2


@pytest.mark.parametrize(
    ("figure", "database", "statement"),
    [
        ("lost", HUB, "DELETE FROM hub_journal WHERE store = '367' AND seq = 5"),
        (
            "altered",
            HUB,
            "UPDATE hub_journal SET body = zeroblob(9) WHERE store = '367' AND seq = 1",
        ),
        (
            "duplicated",
            HUB,
            "INSERT INTO hub_journal SELECT 9999, '406', 9, seq, fact_id, kind, body, head, 0 "
            "FROM hub_journal WHERE store = '367' AND seq = 1",
        ),
        ("parked", HUB, "INSERT INTO parked VALUES ('367', 1, 9, 9, 'x', 'x', 0, 0)"),
        (
            "quarantined",
            HUB,
            "INSERT INTO quarantine VALUES "
            "('367', zeroblob(32), 'B1', 'x', 0, NULL, NULL, 1, 0, 0)",
        ),
        (
            "stock_milli",
            HUB,
            "UPDATE on_hand SET quantity_milli = quantity_milli + 1000 WHERE (store, item_id) = "
            "(SELECT store, item_id FROM on_hand LIMIT 1)",
        ),
        (
            "stock_milli",
            HUB,
            "UPDATE stock_movement SET quantity_milli = quantity_milli - 1000 WHERE "
            "(store, epoch, seq, line_no) = ('367', 1, 1, 1)",
        ),
        (
            "stock_milli",
            BOX,
            "UPDATE on_hand SET quantity_milli = quantity_milli + 1000 WHERE item_id = "
            "(SELECT item_id FROM on_hand LIMIT 1)",
        ),
        (
            "ledger_fen",
            HUB,
            "UPDATE entry_line SET debit_fen = debit_fen + 1 WHERE debit_fen > 0 AND "
            "(store, epoch, seq) = (SELECT store, epoch, seq FROM ticket LIMIT 1) AND "
            "account_code LIKE '10%'",
        ),
        (
            "stock_vs_gl_fen",
            HUB,
            "UPDATE cost SET value_fen = value_fen + 1 WHERE (store, item_id) = "
            "(SELECT store, item_id FROM cost WHERE quantity_milli > 0 LIMIT 1)",
        ),
        (
            "in_transit_milli",
            HUB,
            "UPDATE in_transit SET quantity_milli = 1000 WHERE (transfer_no, item_id) = "
            "(SELECT transfer_no, item_id FROM in_transit LIMIT 1)",
        ),
    ],
)
def test_spoilt_figure_is_seen(
    played: Played, tmp_path: pathlib.Path, figure: str, database: str, statement: str
) -> None:
    root = shutil.copytree(played.root, tmp_path / "spoilt")
    spoil(root / database, statement)

    reckoning = reckon_again(root, played)

    figures = dataclasses.asdict(reckoning.facts) | dataclasses.asdict(reckoning.differences)
    assert figures[figure] > 0, figures
    assert not reckoning.is_right


def test_untouched_copy_is_right(played: Played, tmp_path: pathlib.Path) -> None:
    root = shutil.copytree(played.root, tmp_path / "copy")

    assert reckon_again(root, played) == played.reckoning


@pytest.mark.parametrize(
    "changes",
    [
        {"report": SalesTotals(1, 1)},
        {"ledger": SalesTotals(0, 0)},
        {"transfers_received": 1},
        {"baskets": 19},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_figure_from_elsewhere_that_differs_is_seen(
    played: Played, changes: dict[str, object]
) -> None:
    reckoning = dataclasses.replace(played.reckoning, **changes)  # type: ignore[arg-type]  # A test's table.

    assert not reckoning.is_right


def test_report_has_the_keys_of_the_public_contract(played: Played) -> None:
    report = json.loads(dump_reckoning(played.reckoning, {"stores": 2}))

    assert report["ok"] is True
    assert {"boxes", "journal", "ledger", "report"} <= report["sales_fen"].keys()
    assert report["quantity_milli"].keys() == report["sales_fen"].keys()
    assert report["differences"].keys() == {
        "stock_milli",
        "ledger_fen",
        "stock_vs_gl_fen",
        "in_transit_milli",
    }
    wanted = {"sent", "applied", "lost", "duplicated", "parked", "quarantined"}
    assert wanted <= report["facts"].keys()
    assert report["transfers"] == {"made": 2, "received": 2, "open": 0}
