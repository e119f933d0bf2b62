"""The journal and one store over HTTP."""

from __future__ import annotations

import pytest

from hq_hub.services.fact_index import index_next
from tests.hq_hub.api.conftest import Desk
from tests.retail_domain.builders import make_receipt, make_ticket


@pytest.fixture
def trading(desk: Desk) -> Desk:
    desk.small.order()
    desk.small.receive("S001", make_receipt((1, 3_000)), make_ticket((1, 1_000, 565), receipt_no=7))
    desk.small.receive("S002", make_ticket((1, 1_000, 339), receipt_no=7))
    desk.small.apply()
    index_next(desk.small.db)
    return desk


PATHS = ("facts", "facts/S001/1/1", "stores/S001")


@pytest.mark.parametrize("path", PATHS)
def test_nobody_reads_without_signing_in(visitor: Desk, path: str) -> None:
    answer = visitor.client.get(f"/api/v1/{path}")

    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_its_age(trading: Desk, path: str) -> None:
    answer = trading.client.get(f"/api/v1/{path}").json()

    assert answer["as_of"]["applied_at"] == "2026-11-22T04:00:00Z"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["S002/1", "S001/2", "S001/1"]),
        ({"store": "S001"}, ["S001/2", "S001/1"]),
        ({"kind": "ticket"}, ["S002/1", "S001/2"]),
        ({"query": "7"}, ["S002/1", "S001/2"]),
        ({"query": "S001-1-7"}, ["S001/2"]),
        ({"query": "PO-000001"}, ["S001/1"]),
        ({"from": "2026-11-23"}, []),
        ({"to": "2026-11-21"}, []),
        ({"staff_no": "1001", "register_no": "1", "limit": 1}, ["S002/1"]),
    ],
)
def test_search_finds_by_what_the_form_asks(
    trading: Desk, parameters: dict[str, str | int], expected: list[str]
) -> None:
    answer = trading.client.get("/api/v1/facts", params=parameters).json()

    assert [f"{row['store']}/{row['seq']}" for row in answer["rows"]] == expected
    assert answer["not_indexed"] == 0


def test_next_page_begins_where_the_first_one_ended(trading: Desk) -> None:
    first = trading.client.get("/api/v1/facts", params={"limit": 2}).json()

    parameters = {"limit": 2, "before": first["next_page"]}
    second = trading.client.get("/api/v1/facts", params=parameters).json()

    assert [row["seq"] for row in (*first["rows"], *second["rows"])] == [1, 2, 1]
    assert second["next_page"] is None


@pytest.mark.parametrize(
    "parameters",
    [
        {"kind": "lost"},
        {"limit": 501},
        {"limit": 0},
        {"before": "2026-11-22"},
        {"before": "2026-11-22~-1"},
        {"before": "2026-11-22~" + "9" * 19},
        {"query": "x" * 101},
        {"from": "2026-13-01"},
    ],
)
def test_question_outside_its_bounds_is_refused(
    desk: Desk, parameters: dict[str, str | int]
) -> None:
    answer = desk.client.get("/api/v1/facts", params=parameters)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_fact_is_shown_with_its_receipt_and_its_entry(trading: Desk) -> None:
    answer = trading.client.get("/api/v1/facts/S001/1/2").json()

    assert (answer["kind"], answer["state"]) == ("ticket", "posted")
    assert answer["payload"]["receipt_no"] == 7
    assert answer["receipt"]["totals"]["amount_fen"] == 565
    assert answer["items"]["1"]["sku"] == "SKU1"
    debits = sum(line["debit_fen"] for line in answer["entry"])
    assert debits == sum(line["credit_fen"] for line in answer["entry"]) == 898


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("facts/S001/1/99", 404, "fact_not_found"),
        ("facts/S001/1/-1", 422, "invalid_request"),
        (f"facts/S001/1/{2**63}", 422, "invalid_request"),
        ("stores/S999", 404, "store_not_found"),
    ],
)
def test_what_is_not_there_is_said_so(desk: Desk, path: str, status: int, code: str) -> None:
    answer = desk.client.get(f"/api/v1/{path}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_store_shows_what_needs_a_person(trading: Desk) -> None:
    trading.small.receive("S001", make_receipt((1, 1_000), purchase_order_no="PO-9"))
    trading.small.apply()

    answer = trading.client.get("/api/v1/stores/S001").json()

    assert answer["row"]["parked"] == 1
    assert answer["parked"][0] == {
        "epoch": 1,
        "seq": 3,
        "kind": "goods_received",
        "reason_code": "document_missing",
        "detail": "PO-9",
        "parked_at": "2026-11-22T04:00:00Z",
    }


def test_interface_describes_the_journal(visitor: Desk) -> None:
    document = visitor.client.get("/openapi.json").json()

    asked = {p["name"] for p in document["paths"]["/api/v1/facts"]["get"]["parameters"]}
    assert {"query", "store", "kind", "from", "to", "staff_no", "register_no"} <= asked
    assert {"FactDetail", "FactRow", "StoreDetail"} <= set(document["components"]["schemas"])
