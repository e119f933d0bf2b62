"""Writes over HTTP: signing in, transfers, enrolment; once, however often they are sent."""

from __future__ import annotations

import dataclasses
import datetime
import json
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hq_hub.api.app import BODY_BYTES_MAX
from hq_hub.services.enrolment import make_claim_code
from tests.hq_hub.api.conftest import PASSWORD, Desk
from tests.hq_hub.wire_hub import SECRET, make_request
from tests.retail_domain.builders import NOON, make_shipment

DRAFT = {
    "source_store": "S001",
    "target_store": "S002",
    "lines": [{"item_id": 1, "quantity_milli": 2_000}],
}


def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(desk: Desk) -> None:
    body = {"user_name": "boss", "password": PASSWORD}

    answer = desk.client.post("/api/v1/session", json=body)

    said = answer.json()
    assert (said["user_name"], said["display_name"], said["role"]) == ("boss", "老板", "manager")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert desk.client.get("/api/v1/session").json() == answer.json()


def test_signing_out_ends_the_session_at_the_hub_too(desk: Desk) -> None:
    cookies = dict(desk.client.cookies)

    assert desk.client.delete("/api/v1/session").status_code == 204
    assert desk.client.delete("/api/v1/session").status_code == 204

    answer = desk.client.get(
        "/api/v1/session", headers={"Cookie": f"liushui_session={cookies['liushui_session']}"}
    )
    assert answer.status_code == 401


def test_session_ends_with_the_working_day(desk: Desk) -> None:
    desk.now += datetime.timedelta(hours=13)

    assert desk.client.get("/api/v1/overview").status_code == 401


def test_wrong_passwords_are_bounded(desk: Desk) -> None:
    body = {"user_name": "boss", "password": "wrong"}

    statuses = [desk.client.post("/api/v1/session", json=body).status_code for _ in range(6)]

    assert statuses == [401] * 5 + [429]


def test_transfer_is_drafted_approved_and_told_to_its_stores(desk: Desk) -> None:
    status, drafted = desk.write("/transfers", DRAFT)
    number = drafted["transfer_no"]

    _status, approved = desk.write(f"/transfers/{number}/approve")

    assert (status, number, drafted["state"]) == (200, "T-000001", "drafted")
    assert (approved["state"], approved["approved_by"]) == ("approved", "boss")
    assert approved["approved_at"] == "2026-11-22T04:00:00Z"
    assert approved["lines"] == [
        {
            "item_id": 1,
            "sku": "SKU1",
            "name": "可乐",
            "name_en": "Item 1",
            "ordered_milli": 2_000,
            "shipped_milli": 0,
            "received_milli": 0,
            "settled_milli": 0,
            "in_transit_milli": 0,
            "in_transit_fen": 0,
        }
    ]
    assert desk.told == [("S001", "S002")]


def test_repeated_write_is_done_once(desk: Desk) -> None:
    key = str(uuid.uuid4())
    first = desk.write("/transfers", DRAFT, key)

    again = desk.write("/transfers", DRAFT, key)

    assert again == first
    assert desk.client.get("/api/v1/transfers").json()["total"] == 1


def test_key_of_another_request_is_refused(desk: Desk) -> None:
    key = str(uuid.uuid4())
    desk.write("/transfers", DRAFT, key)

    status, refusal = desk.write("/transfers", DRAFT | {"target_store": "S003"}, key)

    assert (status, refusal["code"]) == (409, "request_reused")


@pytest.mark.parametrize("key", ["", "1", "not-a-uuid"])
def test_write_without_a_key_of_its_own_is_refused(desk: Desk, key: str) -> None:
    answer = desk.client.post(
        "/api/v1/transfers", json=DRAFT, headers={"Idempotency-Key": key} if key else {}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "request_id")


def test_nobody_writes_without_signing_in(visitor: Desk) -> None:
    status, refusal = visitor.write("/transfers", DRAFT)

    assert (status, refusal["code"]) == (401, "signed_out")
    assert visitor.small.read("SELECT count(*) FROM transfer_order") == [(0,)]


def test_broken_rule_is_told_in_both_languages_with_its_values(desk: Desk) -> None:
    status, refusal = desk.write("/transfers", DRAFT | {"target_store": "S001"})

    assert status == 409
    assert refusal == {
        "code": "transfer_same_store",
        "detail": "A transfer needs two stores; S001 is named twice.",
        "detail_zh": "调拨需要两家门店，S001 被写了两次。",
        "values": {"store": "S001"},
    }


def test_shipped_transfer_cannot_be_cancelled(desk: Desk) -> None:
    _status, drafted = desk.write("/transfers", DRAFT)
    desk.write(f"/transfers/{drafted['transfer_no']}/approve")
    desk.small.receive("S001", make_shipment((1, 1_000)))
    desk.small.apply()

    status, refusal = desk.write(f"/transfers/{drafted['transfer_no']}/cancel")

    assert (status, refusal["code"]) == (409, "transfer_state")


def test_unknown_transfer_is_not_found(desk: Desk) -> None:
    status, refusal = desk.write("/transfers/T-999999/approve")

    assert (status, refusal["code"]) == (404, "transfer_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        DRAFT | {"lines": "all"},
        DRAFT | {"lines": [{"item_id": 1, "quantity_milli": 1.5}]},
        DRAFT | {"lines": [{"item_id": "1", "quantity_milli": 1_000}]},
        DRAFT | {"lines": [{"item_id": 2**60, "quantity_milli": 1_000}]},
        DRAFT | {"lines": [DRAFT["lines"][0]] * 5_001},
        DRAFT | {"source_store": "S" * 17},
    ],
)
def test_body_of_another_shape_is_refused(desk: Desk, body: dict[str, object]) -> None:
    status, refusal = desk.write("/transfers", body)

    assert (status, refusal["code"]) == (422, "invalid_request")


def test_body_beyond_any_order_is_not_even_read(desk: Desk) -> None:
    answer = desk.client.post("/api/v1/transfers", content=b"x" * (BODY_BYTES_MAX + 1))

    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_box_enrols_with_a_claim_code_and_without_a_session(visitor: Desk) -> None:
    code = make_claim_code(visitor.small.db, "S003", SECRET, NOON, is_replacement=False)
    request = make_request(ec.generate_private_key(ec.SECP256R1()), code)

    answer = visitor.client.post("/api/v1/enrolments", json=dataclasses.asdict(request))

    assert answer.status_code == 200
    grant = json.loads(answer.json()["grant"])
    assert (grant["store"], grant["store_name"], grant["price_zone"]) == ("S003", "S003店", "Z1")


def test_wrong_proof_of_a_claim_code_is_refused(visitor: Desk) -> None:
    make_claim_code(visitor.small.db, "S003", SECRET, NOON, is_replacement=False)
    body = {"claim_no": 1, "csr_pem": "no request", "proof": "0" * 64}

    answer = visitor.client.post("/api/v1/enrolments", json=body)

    assert (answer.status_code, answer.json()["code"]) == (409, "claim_code_wrong")


def test_console_says_why_it_is_missing_or_is_there(visitor: Desk) -> None:
    answer = visitor.client.get("/")

    assert answer.status_code in {200, 503}
    assert ("not built" in answer.text) == (answer.status_code == 503)


def test_refusals_are_json_of_one_shape(visitor: Desk) -> None:
    answer = visitor.client.put("/api/v1/session", content=json.dumps({}))

    assert answer.status_code == 405
    assert set(answer.json()) == {"code", "detail", "detail_zh", "values"}
