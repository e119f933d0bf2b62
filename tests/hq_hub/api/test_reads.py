"""Reads over HTTP: shapes, bounds, CSV twins, and who may ask."""

from __future__ import annotations

import csv
import io

import pytest

from hq_hub.api import csv_answer
from hq_hub.api.csv_answer import SPOOL_BYTES_MAX, name_column, spool, to_cell
from hq_hub.reports import paging
from hq_hub.reports.stores import StoreState
from hq_hub.services import documents
from hq_hub.services.fact_index import index_next
from tests.hq_hub.api.conftest import Desk
from tests.retail_domain.builders import make_arrival, make_item, make_receipt, make_ticket

READS = ("overview", "stores", "stock", "items", "transfers", "trial-balance", "sales")
CSV_READS = (
    "stores",
    "stock",
    "items",
    "transfers",
    "trial-balance",
    "sales",
    "facts",
    "ledger/140501",
)


@pytest.fixture
def trading(desk: Desk) -> Desk:
    desk.small.order()
    desk.small.draft_transfer()
    desk.small.receive("S001", make_receipt((1, 3_000)), make_ticket((1, 1_000, 565)))
    desk.small.apply()
    index_next(desk.small.db)
    return desk


@pytest.mark.parametrize(
    "path",
    [*READS, *(f"{name}.csv" for name in CSV_READS), "session", "ledger/1001", "transfers/board"],
)
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
    name = path.split("/", maxsplit=1)[0]
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    expected = [row | line for row in listed for line in row.pop("lines", [{}])]
    assert [list(row) for row in rows] == [list(map(name_column, row)) for row in expected]
    assert len(rows) >= 1
    for row, twin in zip(rows, expected, strict=True):
        for field, value in twin.items():
            if not field.endswith("_at"):  # JSON writes UTC as Z.
                assert row[name_column(field)] == str(to_cell(field, value))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (["1", "2"], "1 2"),
        (True, "true"),
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
    assert to_cell("name", value) == cell


@pytest.mark.parametrize(
    ("field", "value", "head", "cell"),
    [
        ("amount_fen", 123456, "amount_yuan", "1234.56"),
        ("cost_fen", -5, "cost_yuan", "-0.05"),
        ("value_fen", 0, "value_yuan", "0.00"),
        ("value_fen", -(2**63), "value_yuan", "-92233720368547758.08"),
        ("quantity_milli", 2_000, "quantity", "2.000"),
        ("quantity_milli", -1, "quantity", "-0.001"),
        ("receipt_no", 7, "receipt_no", 7),
        ("age_s", 90, "age_s", 90),
    ],
)
def test_money_is_yuan_and_quantity_units_in_a_file(
    field: str, value: int, head: str, cell: str | int
) -> None:
    assert (name_column(field), to_cell(field, value)) == (head, cell)


def test_file_holds_every_row_of_a_list_of_many_pages(
    trading: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PART_ROWS", 2)
    for item_id in range(10, 17):
        documents.put_items(trading.small.db, [make_item(item_id)])

    text = trading.client.get("/api/v1/items.csv").text

    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [
        *("1", "2", "3"),
        *("10", "11", "12", "13", "14", "15", "16"),
    ]


def test_long_list_lies_in_a_file_and_not_in_memory() -> None:
    file = spool(["receipt_no"], ([number] for number in range(400_000)))

    with file:
        assert file.read(21) == b"\xef\xbb\xbfreceipt_no\r\n0\r\n1\r\n"
        assert file.seek(0, 2) > SPOOL_BYTES_MAX
        assert getattr(file, "_rolled") is True  # noqa: B009 - the tempfile's own word for it


def test_list_beyond_what_a_file_holds_is_refused(
    trading: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_answer, "CSV_ROWS_MAX", 2)

    answer = trading.client.get("/api/v1/stores.csv")
    again = trading.client.get("/api/v1/sales.csv")

    assert (answer.status_code, answer.json()["code"]) == (409, "list_too_long")
    assert again.status_code == 200


def test_export_waits_for_its_turn_and_says_so(
    trading: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_answer, "EXPORT_WAIT_S", 0.01)
    exports = trading.client.app.state.headquarters.exports  # type: ignore[attr-defined]  # An ASGI app.
    with exports, exports:
        answer = trading.client.get("/api/v1/sales.csv")

    assert (answer.status_code, answer.json()["code"]) == (503, "hub_busy")
    assert trading.client.get("/api/v1/sales.csv").status_code == 200


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
        "payables_vs_gl_fen": 0,
        "uninvoiced_vs_gl_fen": 0,
        "unbalanced_entries": 0,
    }


def test_card_of_an_account_shows_lines_sums_and_balance(trading: Desk) -> None:
    parameters = {"period": "2026-11", "store": "S001"}

    answer = trading.client.get("/api/v1/ledger/140501", params=parameters).json()

    assert answer["account"]["name"] == "门店库存"
    assert [(row["kind"], row["balance_fen"]) for row in answer["rows"]] == [
        ("goods_received", 1_000),
        ("ticket", 667),
    ]
    assert answer["sums"] == {
        "lines": 2,
        "opening_fen": 0,
        "debit_fen": 1_000,
        "credit_fen": 333,
        "closing_fen": 667,
    }
    assert (answer["brought_forward_fen"], answer["total"]) == (0, 2)


def test_account_that_nobody_knows_is_said_so(desk: Desk) -> None:
    answer = desk.client.get("/api/v1/ledger/9999")

    assert (answer.status_code, answer.json()["code"]) == (404, "account_not_found")


def test_board_counts_states_and_names_what_needs_a_person(trading: Desk) -> None:
    trading.small.receive("S002", make_arrival((1, 1_000)))
    trading.small.apply()

    answer = trading.client.get("/api/v1/transfers/board").json()

    assert [one["transfers"] for one in answer["states"]] == [0, 0, 1, 0, 0]
    assert [one["kind"] for one in answer["discrepancies"]] == ["shipment_unknown"]
    assert answer["in_transit"]["quantity_milli"] == 1_000


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
        ("trial-balance", {"period": "2026-13"}),
        ("trial-balance", {"period": "2026-11", "through": "2026-11-22"}),
        ("ledger/1001", {"from": "2026-11-31"}),
        ("ledger/1001", {"start": 0, "end": 501}),
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
