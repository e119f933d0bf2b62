"""Reads over HTTP: shapes, bounds, CSV twins, and who may ask."""

from __future__ import annotations

import csv
import io

import pytest

from hq_hub.api.csv_answer import CSV_ROWS_MAX, answer_csv, to_cell
from hq_hub.reports.stores import StoreRow, StoreState
from hq_hub.services.errors import ListTooLongError
from tests.hq_hub.api.conftest import Desk
from tests.hq_hub.small_chain import BOSS
from tests.retail_domain.builders import make_receipt, make_ticket

READS = ("overview", "stores", "stock", "items", "transfers", "trial-balance", "sales")
CSV_READS = ("stores", "stock", "transfers", "trial-balance", "sales")


@pytest.fixture
def trading(desk: Desk) -> Desk:
    desk.small.order()
    desk.small.draft_transfer()
    desk.small.receive("S001", make_receipt((1, 3_000)), make_ticket((1, 1_000, 565)))
    desk.small.apply()
    return desk


@pytest.mark.parametrize("path", [*READS, *(f"{name}.csv" for name in CSV_READS), "session"])
def test_nobody_reads_without_signing_in(visitor: Desk, path: str) -> None:
    answer = visitor.client.get(f"/api/v1/{path}")

    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"


@pytest.mark.parametrize("path", READS)
def test_every_answer_carries_its_age(trading: Desk, path: str) -> None:
    answer = trading.client.get(f"/api/v1/{path}").json()

    assert answer["as_of"] == {
        "applied_at": "2026-11-22T04:00:00Z",
        "facts_behind": 0,
        "oldest_store_heard_at": None,
    }


@pytest.mark.parametrize("path", [path for path in READS if path != "overview"])
def test_every_list_counts_its_rows(trading: Desk, path: str) -> None:
    answer = trading.client.get(f"/api/v1/{path}").json()

    assert answer["total"] == len(answer["rows"]) >= 1


@pytest.mark.parametrize("path", CSV_READS)
def test_csv_twin_has_the_rows_and_names_of_the_list(trading: Desk, path: str) -> None:
    listed = trading.client.get(f"/api/v1/{path}").json()["rows"]

    answer = trading.client.get(f"/api/v1/{path}.csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{path}.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    expected = [row | line for row in listed for line in row.pop("lines", [{}])]
    assert [list(row) for row in rows] == [list(row) for row in expected]
    names = [name for name in rows[0] if not name.endswith("_at")]
    assert [[row[name] for name in names] for row in rows] == [
        ["" if row[name] is None else str(row[name]) for name in names] for row in expected
    ]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM", "'@SUM"),
        ("\t=1", "'\t=1"),
        ("可乐", "可乐"),
        (-5, -5),
        (None, ""),
        (StoreState.FRESH, "fresh"),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_disarmed(value: object, cell: str | int) -> None:
    assert to_cell(value) == cell


def test_list_beyond_what_a_file_holds_is_refused() -> None:
    with pytest.raises(ListTooLongError):
        answer_csv(BOSS, "stores", StoreRow, [], CSV_ROWS_MAX + 1)


def test_stock_shows_rows_and_sums(trading: Desk) -> None:
    answer = trading.client.get("/api/v1/stock", params={"store": "S001", "sort": "-value_fen"})

    assert answer.json()["sums"] == {"quantity_milli": 2_000, "value_fen": 667}
    assert answer.json()["rows"] == [
        {
            "store": "S001",
            "store_name": "S001店",
            "store_name_en": "Store S001",
            "item_id": 1,
            "sku": "SKU1",
            "name": "可乐",
            "name_en": "Item 1",
            "state": "sellable",
            "lot": "",
            "quantity_milli": 2_000,
            "value_fen": 667,
        }
    ]


def test_trial_balance_shows_totals_and_checks(trading: Desk) -> None:
    answer = trading.client.get("/api/v1/trial-balance", params={"through": "2026-11-22"}).json()

    assert answer["totals"]["debit_fen"] == answer["totals"]["credit_fen"] == 1_898
    assert answer["checks"] == {
        "stock_vs_gl_fen": 0,
        "in_transit_vs_gl_fen": 0,
        "unbalanced_entries": 0,
    }


def test_sales_take_both_dates(trading: Desk) -> None:
    dates = {"from": "2026-11-22", "to": "2026-11-22"}

    answer = trading.client.get("/api/v1/sales", params=dates).json()
    nothing = trading.client.get("/api/v1/sales", params={"from": "2026-11-23"}).json()

    assert answer["by_day"] == [{"business_date": "2026-11-22", "amount_fen": 565, "tickets": 1}]
    assert answer["totals"]["amount_fen"] == 565
    assert nothing["rows"] == []


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("stock", {"start": 5, "end": 4}),
        ("stock", {"start": 0, "end": 501}),
        ("stock", {"start": -1}),
        ("stock", {"start": "a"}),
        ("stock", {"sort": "price"}),
        ("stock", {"query": "x" * 101}),
        ("items", {"limit": 501}),
        ("transfers", {"state": "lost"}),
        ("trial-balance", {"through": "yesterday"}),
        ("sales", {"from": "2026-13-01"}),
    ],
)
def test_question_outside_its_bounds_is_refused(
    desk: Desk, path: str, parameters: dict[str, str | int]
) -> None:
    answer = desk.client.get(f"/api/v1/{path}", params=parameters)

    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    assert answer.json()["detail_zh"]


def test_empty_block_is_a_block(desk: Desk) -> None:
    answer = desk.client.get("/api/v1/stores", params={"start": 2, "end": 2}).json()

    assert (answer["rows"], answer["total"]) == ([], 3)


def test_health_needs_no_session_and_tells_no_figure(visitor: Desk) -> None:
    answer = visitor.client.get("/api/v1/health")

    assert answer.json() == {"status": "ok"}


def test_unknown_address_is_refused_in_the_same_shape(visitor: Desk) -> None:
    answer = visitor.client.get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/stock", "/nothing", "/openapi.json"])
def test_every_answer_forbids_what_comes_from_outside(visitor: Desk, path: str) -> None:
    headers = visitor.client.get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


def test_interface_describes_itself(visitor: Desk) -> None:
    document = visitor.client.get("/openapi.json").json()

    assert {f"/api/v1/{path}" for path in READS} <= set(document["paths"])
    schemas = document["components"]["schemas"]
    assert {"StockRow", "TransferRow", "Refusal", "AsOf"} <= set(schemas)
