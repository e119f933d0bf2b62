"""Purchases and books over HTTP: what finance sends, sees, and is refused."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
import uuid

import pytest

from hq_hub.api.csv_answer import name_column
from hq_hub.services import documents
from retail_domain.catalog.item import OPEN_ITEM_ID_MIN
from tests.hq_hub.api.conftest import Desk
from tests.retail_domain.builders import (
    make_happening,
    make_item,
    make_receipt,
    make_shipment,
    make_ticket,
)

Body = dict[str, object]
TODAY = "2026-11-22"
OPEN_ITEM = OPEN_ITEM_ID_MIN + 1
INVOICE: Body = {
    "supplier_no": "SUP1",
    "invoice_no": "INV-1",
    "invoice_date": "2026-10-22",
    "business_date": TODAY,
    "tax_fen": 130,
    "lines": [
        {
            "purchase_order_no": "PO-000001",
            "store": "S001",
            "item_id": 1,
            "quantity_milli": 2_000,
            "amount_fen": 700,
        }
    ],
}
PAYMENT: Body = {
    "supplier_no": "SUP1",
    "reference": "bank-1",
    "business_date": TODAY,
    "invoices": [{"invoice_no": "INV-1", "amount_fen": 800}],
}
FREIGHT: Body = {
    "store": "S001",
    "purchase_order_no": "PO-000001",
    "supplier_no": "CARRIER",
    "invoice_no": "F-1",
    "base": "weight",
    "amount_fen": 100,
    "business_date": TODAY,
    "parts": [{"item_id": 1, "part": 5}],
}
VOUCHER: Body = {
    "summary": "rent",
    "business_date": TODAY,
    "lines": [
        {"store": "HQ", "account_code": "5602", "debit_fen": 900},
        {"store": "HQ", "account_code": "1002", "credit_fen": 900},
    ],
}
ALLOCATION: Body = {
    "summary": "rent",
    "business_date": TODAY,
    "account_code": "5602",
    "amount_fen": 100,
    "weights": [{"store": "S001", "weight": 1}, {"store": "S002", "weight": 2}],
}
SETTLEMENT: Body = {
    "responsible_store": "S001",
    "reason": "lost_by_carrier",
    "business_date": TODAY,
    "lines": [{"item_id": 1, "quantity_milli": 1_000}],
}
KNOWN: Body = {
    "store": "S001",
    "open_item_id": OPEN_ITEM,
    "item_id": 1,
    "quantity_milli": 1_000,
    "business_date": TODAY,
}
WRITES: dict[str, Body] = {
    "/supplier-invoices": INVOICE,
    "/payments": PAYMENT,
    "/landed-costs": FREIGHT,
    "/landed-costs/HQ-1-000003/reverse": {"business_date": TODAY},
    "/vouchers": VOUCHER,
    "/allocations": ALLOCATION,
    "/transfers/T-000001/settle": SETTLEMENT,
    "/reclassifications": KNOWN,
    "/periods/2026-10/close": {"acknowledge_missing": True, "parked_reason": "no order"},
}
"""In an order in which each can be done; the landed cost is the third."""
READS = ("supplier-invoices", "received-not-invoiced", "vouchers", "periods")
CSV_READS = ("supplier-invoices", "received-not-invoiced", "vouchers")
AMOUNTS = [
    ("/supplier-invoices", ("tax_fen",)),
    ("/supplier-invoices", ("lines", "amount_fen")),
    ("/supplier-invoices", ("lines", "quantity_milli")),
    ("/payments", ("invoices", "amount_fen")),
    ("/landed-costs", ("amount_fen",)),
    ("/landed-costs", ("parts", "part")),
    ("/vouchers", ("lines", "debit_fen")),
    ("/vouchers", ("lines", "credit_fen")),
    ("/allocations", ("amount_fen",)),
    ("/allocations", ("weights", "weight")),
    ("/transfers/T-000001/settle", ("lines", "quantity_milli")),
    ("/reclassifications", ("quantity_milli",)),
]

EDGES = [10**12 + 1, 2**53, -(2**53), 2**63 - 1, -(2**63), 2**64, 10**40, 1.5, "1", None]


@pytest.fixture
def trading(desk: Desk) -> Desk:
    small = desk.small
    documents.put_items(small.db, [make_item(OPEN_ITEM)])
    small.order()
    small.draft_transfer()
    small.receive("S001", make_receipt((1, 3_000)), make_ticket((OPEN_ITEM, 1_000, 565)))
    small.receive("S001", make_shipment((1, 1_000)))
    return desk


def write_all(desk: Desk) -> dict[str, tuple[int, dict[str, object]]]:
    return {path: desk.write(path, body) for path, body in WRITES.items()}


def test_every_write_answers_with_its_fact_and_its_entry(trading: Desk) -> None:
    answers = write_all(trading)

    assert {path: status for path, (status, _fact) in answers.items()} == dict.fromkeys(WRITES, 200)
    numbers = [fact["fact_no"] for _status, fact in answers.values()]
    assert numbers == [f"HQ-1-{n:06}" for n in range(1, 10)]
    assert answers["/payments"][1] == {
        "fact_no": "HQ-1-000002",
        "kind": "paid",
        "business_date": "2026-11-22",
        "period": "2026-11",
        "entered_at": "2026-11-22T04:00:00Z",
        "entered_by": "boss",
        "party": "SUP1",
        "document_no": "bank-1",
        "document_date": "2026-11-22",
        "summary": "",
        "amount_fen": 800,
        "is_reversed": False,
        "lines": [
            {
                "entry_store": "HQ",
                "account_code": "1002",
                "account_name": "银行存款",
                "account_name_en": "Bank deposits",
                "debit_fen": 0,
                "credit_fen": 800,
            },
            {
                "entry_store": "HQ",
                "account_code": "220201",
                "account_name": "应付供应商",
                "account_name_en": "Payable to suppliers",
                "debit_fen": 800,
                "credit_fen": 0,
            },
        ],
    }
    assert trading.told == [("S001",)]
    trading.small.require_agreement()


@pytest.mark.parametrize("path", WRITES)
def test_repeated_write_answers_the_same_and_changes_nothing(trading: Desk, path: str) -> None:
    keys = {each: str(uuid.uuid4()) for each in WRITES}
    for each, body in WRITES.items():
        first = trading.write(each, body, keys[each])
        if each == path:
            break

    again = trading.write(path, WRITES[path], keys[path])

    assert again == first
    facts = trading.small.read("SELECT count(*) FROM hub_journal WHERE store = 'HQ'")
    assert facts == [(list(WRITES).index(path) + 1,)]


@pytest.mark.parametrize("path", WRITES)
def test_nobody_writes_books_without_signing_in(visitor: Desk, path: str) -> None:
    status, refusal = visitor.write(path, WRITES[path])

    assert (status, refusal["code"]) == (401, "signed_out")


@pytest.mark.parametrize("path", [*READS, *(f"{name}.csv" for name in CSV_READS)])
def test_nobody_reads_books_without_signing_in(visitor: Desk, path: str) -> None:
    assert visitor.client.get(f"/api/v1/{path}").status_code == 401


@pytest.mark.parametrize(("path", "where"), AMOUNTS)
def test_amount_at_the_edge_is_refused_and_not_booked(
    trading: Desk, path: str, where: tuple[str, ...]
) -> None:
    invoice = INVOICE | {"invoice_no": "INV-2"} if path == "/supplier-invoices" else INVOICE
    trading.write("/supplier-invoices", invoice)

    answers = [trading.write(path, put(WRITES[path], where, value)) for value in EDGES]

    assert [status for status, _refusal in answers if not 400 <= status < 500] == []
    assert trading.small.read("SELECT count(*) FROM hub_journal WHERE store = 'HQ'") == [(1,)]


def put(body: Body, where: tuple[str, ...], value: object) -> Body:
    """The body with one value changed, in its first row when it stands in rows."""
    *outer, name = where
    if not outer:
        return body | {name: value}
    rows = body[outer[0]]
    assert isinstance(rows, list)
    return body | {outer[0]: [rows[0] | {name: value}, *rows[1:]]}


@pytest.mark.parametrize("text", ["", "a\0b", "a\nb", "x" * 61])
def test_text_that_no_voucher_takes_is_refused(trading: Desk, text: str) -> None:
    status, refusal = trading.write("/vouchers", VOUCHER | {"summary": text})

    assert (status, refusal["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/landed-costs/HQ-9-000001/reverse", {"business_date": TODAY}, 404, "own_fact_not_found"),
        ("/payments", PAYMENT, 404, "invoice_not_found"),
        (
            "/supplier-invoices",
            INVOICE | {"business_date": "2026-11-23"},
            409,
            "future_date",
        ),
        ("/transfers/T-000009/settle", SETTLEMENT, 404, "transfer_not_found"),
        ("/periods/2026-12/close", {}, 409, "month_in_future"),
        ("/periods/x/close", {}, 409, "month_format"),
    ],
)
def test_refusal_has_a_status_that_says_what_kind_it_is(
    trading: Desk, path: str, body: Body, status: int, code: str
) -> None:
    answered, refusal = trading.write(path, body)

    assert (answered, refusal["code"]) == (status, code)


def test_open_invoices_are_shown_by_age(trading: Desk) -> None:
    write_all(trading)

    answer = trading.client.get("/api/v1/supplier-invoices").json()

    assert answer["rows"] == [
        {
            "supplier_no": "SUP1",
            "invoice_no": "INV-1",
            "invoice_date": "2026-10-22",
            "gross_fen": 830,
            "paid_fen": 800,
            "open_fen": 30,
            "age": "31-60",
        }
    ]
    assert answer["total"] == 1
    assert answer["ages"] == [
        {"age": "0-30", "invoices": 0, "open_fen": 0},
        {"age": "31-60", "invoices": 1, "open_fen": 30},
        {"age": "61-90", "invoices": 0, "open_fen": 0},
        {"age": "over_90", "invoices": 0, "open_fen": 0},
    ]


@pytest.mark.parametrize(
    ("invoice_date", "age"),
    [
        ("2026-11-23", "0-30"),
        ("2026-10-23", "0-30"),
        ("2026-10-22", "31-60"),
        ("2026-09-23", "31-60"),
        ("2026-09-22", "61-90"),
        ("2026-08-24", "61-90"),
        ("2026-08-23", "over_90"),
    ],
)
def test_row_and_sum_put_an_invoice_into_the_same_age(
    trading: Desk, invoice_date: str, age: str
) -> None:
    trading.write("/supplier-invoices", INVOICE | {"invoice_date": invoice_date})

    answer = trading.client.get("/api/v1/supplier-invoices").json()

    assert [row["age"] for row in answer["rows"]] == [age]
    assert [row["age"] for row in answer["ages"] if row["invoices"]] == [age]


def test_paid_invoices_are_shown_when_asked_for(trading: Desk) -> None:
    write_all(trading)

    shown = {
        query: trading.client.get(f"/api/v1/supplier-invoices?{query}").json()["total"]
        for query in ("only_open=false", "only_open=false&supplier_no=CARRIER", "supplier_no=X")
    }

    assert list(shown.values()) == [2, 1, 0]


def test_what_came_and_is_not_invoiced_is_shown_by_order_and_item(trading: Desk) -> None:
    trading.write("/supplier-invoices", INVOICE)

    answer = trading.client.get("/api/v1/received-not-invoiced?store=S001").json()

    assert answer["rows"] == [
        {
            "purchase_order_no": "PO-000001",
            "store": "S001",
            "supplier_no": "SUP1",
            "item_id": 1,
            "sku": "SKU1",
            "name": "可乐",
            "name_en": "Item 1",
            "ordered_milli": 3_000,
            "received_milli": 3_000,
            "returned_milli": 0,
            "invoiced_milli": 2_000,
            "not_invoiced_milli": 1_000,
            "not_invoiced_fen": 333,
            "price_difference_fen": 33,
        }
    ]
    assert answer["sums"] == {"not_invoiced_fen": 333, "price_difference_fen": 33}
    assert trading.client.get("/api/v1/received-not-invoiced?store=S002").json()["rows"] == []


def test_vouchers_are_searched_by_month_kind_and_party(trading: Desk) -> None:
    write_all(trading)

    totals = {
        query: trading.client.get(f"/api/v1/vouchers?{query}").json()["total"]
        for query in ("", "period=2026-10", "kind=landed_cost_added", "party=CARRIER", "party=X")
    }

    assert list(totals.values()) == [9, 1, 2, 2, 0]
    landed = trading.client.get("/api/v1/vouchers?kind=landed_cost_added").json()["rows"]
    assert [row["is_reversed"] for row in landed] == [False, True]


def test_months_show_what_stands_against_closing_the_next(trading: Desk) -> None:
    small = trading.small
    late = dataclasses.replace(
        make_happening(make_ticket((1, 1_000, 565)), small.boxes["S002"].next_number),
        business_date=datetime.date(2026, 11, 21),
    )
    small.receive_bodies("S002", [small.boxes["S002"].place(late)])
    small.receive("S002", make_receipt((1, 3_000), purchase_order_no="PO-000009"))
    trading.write("/periods/2026-10/close", {})

    answer = trading.client.get("/api/v1/periods").json()

    assert answer["rows"] == [
        {
            "period": "2026-10",
            "fact_no": "HQ-1-000001",
            "closed_at": "2026-11-22T04:00:00Z",
            "closed_by": "boss",
        }
    ]
    assert answer["next"] == {
        "period": "2026-11",
        "parked_facts": 1,
        "missing": [
            {"store": "S001", "days": ["2026-11-22"]},
            {"store": "S002", "days": ["2026-11-21", "2026-11-22"]},
        ],
    }


@pytest.mark.parametrize("path", CSV_READS)
def test_csv_twin_of_the_books_has_the_rows_of_the_list(trading: Desk, path: str) -> None:
    write_all(trading)
    listed = trading.client.get(f"/api/v1/{path}").json()["rows"]

    answer = trading.client.get(f"/api/v1/{path}.csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    expected = [row | line for row in listed for line in row.pop("lines", [{}])]
    heads = [[name_column(name) for name in row] for row in expected]
    assert [list(row) for row in rows] == heads
    plain = [name for name in expected[0] if not name.endswith(("_fen", "_milli", "_at"))]
    plain = [name for name in plain if not name.startswith("is_")]
    assert [[row[name] for name in plain] for row in rows] == [
        [str(row[name]) for name in plain] for row in expected
    ]
