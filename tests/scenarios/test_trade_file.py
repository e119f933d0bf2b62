"""A trade file of ours with broken rows: what is good plays to the fen, the rest is listed."""

from __future__ import annotations

import pathlib

from tests.scenarios.conftest import Start
from tests.scenarios.demo_run import assert_zeros

ROWS = """\
store_id,basket_id,line_no,sku,gtin,name,quantity_milli,unit_price_fen,discount_fen,sold_at,unit_cost_fen,tax_rate,tender
S01,B1,1,COLA,9521234567899,可乐 330 毫升,2000,350,0,2026-11-22T10:00:00,200,13,cash
S01,B1,2,APPLE,,散装苹果,762,1198,0,2026-11-22T10:00:00,600,9,cash
S01,B1,3,GIFT,,赠品毛巾,1000,990,990,2026-11-22T10:00:00,300,13,cash
S01,B1,4,COLA,9521234567899,可乐 330 毫升,0,350,0,2026-11-22T10:00:00,200,13,cash
S01,B2,1,COLA,9521234567899,可乐 330 毫升,1000,333,33,2026-11-22T23:59:59,200,13,card
S01,B2,1,COLA,9521234567899,可乐 330 毫升,1000,333,33,2026-11-22T23:59:59,200,13,card
S01,B3,1,COLA,9521234567899,可乐 330 毫升,-1000,350,0,2026-11-23T02:00:00,200,13,card
S02,B1,1,TWIN,9521234567899,同码矿泉水,3000,100,0,2026-11-23T03:30:00,55,13,
S02,B1,2,TWIN,9521234567890,同码矿泉水,1000,100,0,2026-11-23T03:30:00,55,13,
S02,B1,3,RICE,,大米,1000,,0,2026-11-23T03:30:00,900,9,
S02,B1,4,RICE,,大米,500.5,1980,0,2026-11-23T03:30:00,900,9,
S02,B1,5,RICE,,大米,2500,1980,0,2026-11-23T03:30:00,900,9,
not,a,row
"""
# 2 x 3.50 + 0.762 x 11.98 (9.12876) + gift + 3.33 - 0.33 + 3 x 1.00 + 2.5 x 19.80
PAID_FEN = 700 + 913 + 0 + 300 + 300 + 4950
SOLD_MILLI = 2000 + 762 + 1000 + 1000 + 3000 + 2500


def test_good_rows_play_to_the_fen_and_broken_ones_are_listed(
    start: Start, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(ROWS, encoding="gb18030")

    report = start("--trade", str(path)).finish()

    assert_zeros(report, baskets=3)
    assert (report["stores"], report["lines"]) == (2, 6)
    assert report["sales_fen"]["ledger"] == PAID_FEN
    assert report["quantity_milli"]["ledger"] == SOLD_MILLI
    assert [(row["row"], row["column"], row["reason"]) for row in report["rejected_rows"]] == [
        (5, "quantity_milli", "quantity_zero"),
        (7, "line_no", "duplicate_line"),
        (8, "quantity_milli", "quantity_negative"),
        (10, "gtin", "bad_gtin"),
        (11, "unit_price_fen", "price_missing"),
        (12, "quantity_milli", "quantity_too_precise"),
        (14, "line_no", "not_a_number"),
    ]


def test_file_without_a_needed_column_is_refused_at_once(
    start: Start, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "ours.csv"
    path.write_text("store_id,basket_id\nS01,B1\n", encoding="utf-8")

    run = start("--trade", str(path))

    report = run.finish()
    assert run.process.returncode == 2
    assert report["error"]["code"] == "trade_column_missing"
    assert not run.folder.hub.exists()
