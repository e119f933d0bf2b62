"""People over HTTP, and attacks on sessions: another site, a planted session, a shared password."""

from __future__ import annotations

import uuid

import pytest

from hq_hub.api.headquarters import SESSION_COOKIE
from hq_hub.services import sessions
from tests.hq_hub.api.conftest import PASSWORD, Desk

NEW_PASSWORD = "another long password"


def change(desk: Desk, method: str, path: str, body: object = None) -> tuple[int, str]:
    """PUT or DELETE with a key of its own; returns status and the code of a refusal."""
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = desk.client.request(method, f"/api/v1{path}", json=body, headers=headers)
    return answer.status_code, answer.json()["code"] if answer.content else ""


PERSON = {"name": "王", "role_id": "cashier", "reach": "stores:S001", "pin": "736251"}


def test_person_is_hired_listed_given_a_card_and_dismissed(desk: Desk) -> None:
    hired, _ = change(desk, "PUT", "/people/1001", PERSON)
    _, card = desk.write("/people/1001/card")
    listed = desk.client.get("/api/v1/people").json()
    dismissed, _ = change(desk, "DELETE", "/people/1001")

    assert (hired, dismissed) == (204, 204)
    assert len(str(card["card_code"])) == 32
    assert listed["rows"] == [
        {
            "staff_no": "1001",
            "name": "王",
            "role_id": "cashier",
            "reach": "stores:S001",
            "own_limits": "",
            "valid_until": None,
            "has_pin": True,
            "has_card": True,
        }
    ]
    assert desk.client.get("/api/v1/people").json()["total"] == 0
    assert desk.told[-1] == ("S001", "S002", "S003")


def test_no_answer_holds_a_hash(desk: Desk) -> None:
    change(desk, "PUT", "/people/1001", PERSON)

    for path in ("people", "people.csv", "users", "users.csv", "audit", "audit.csv"):
        text = desk.client.get(f"/api/v1/{path}").text
        assert "$argon2" not in text
        assert "736251" not in text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (PERSON | {"pin": "111111"}, 409, "pin_weak"),
        (PERSON | {"role_id": "king"}, 404, "role_not_found"),
        (PERSON | {"reach": "everywhere"}, 409, "reach_unreadable"),
        (PERSON | {"own_limits": "refund_fen=-1"}, 409, "limits_unreadable"),
        (PERSON | {"valid_until": "tomorrow"}, 422, "invalid_request"),
    ],
)
def test_person_who_cannot_be_is_refused(
    desk: Desk, body: dict[str, object], status: int, code: str
) -> None:
    assert change(desk, "PUT", "/people/1001", body) == (status, code)


def test_role_is_written_and_read_again(desk: Desk) -> None:
    role = {
        "name": "夜班",
        "name_en": "Night",
        "rights": ["refund", "sell"],
        "limits": {"refund_fen": 100},
        "four_eyes": ["refund"],
        "rights_off": [],
        "lease_days": 3,
    }

    status, _ = change(desk, "PUT", "/roles/night", role)

    rows = {row["role_id"]: row for row in desk.client.get("/api/v1/roles").json()["rows"]}
    assert status == 204
    assert rows["night"] == role | {"role_id": "night", "fields": []}


@pytest.mark.parametrize(
    ("role", "status", "code"),
    [
        ({"rights": ["fly"]}, 422, "invalid_request"),
        ({"rights": ["read_ledger"]}, 409, "role_shows_more"),
        ({"rights": [], "lease_days": 0}, 422, "invalid_request"),
    ],
)
def test_role_that_cannot_be_is_refused(
    desk: Desk, role: dict[str, object], status: int, code: str
) -> None:
    body = {"name": "x", "name_en": "x"} | role

    assert change(desk, "PUT", "/roles/night", body) == (status, code)


def test_it_may_manage_people_and_sees_no_ledger(visitor: Desk) -> None:
    visitor.sign_in("it")

    assert change(visitor, "PUT", "/people/1001", PERSON)[0] == 204
    assert visitor.client.get("/api/v1/trial-balance").status_code == 403


def test_session_tells_rights_and_fields(visitor: Desk) -> None:
    visitor.sign_in("it")

    session = visitor.client.get("/api/v1/session").json()

    assert (session["role"], session["role_name"], session["fields"]) == ("it", "信息技术", [])
    assert session["rights"] == [
        "manage_boxes",
        "manage_people",
        "read_audit",
        "read_journal",
        "read_stores",
    ]


# Passwords and sessions.


def test_password_that_somebody_else_set_must_be_changed_first(visitor: Desk) -> None:
    visitor.sign_in(must_change=True)
    refused = visitor.client.get("/api/v1/stores")
    body = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}

    changed = visitor.client.post("/api/v1/session/password", json=body)

    assert (refused.status_code, refused.json()["code"]) == (403, "password_must_change")
    assert changed.json()["must_change_password"] is False
    assert visitor.client.get("/api/v1/stores").status_code == 200


def test_new_password_ends_every_other_session(visitor: Desk) -> None:
    visitor.sign_in()
    stolen = visitor.client.cookies[SESSION_COOKIE]
    body = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}

    visitor.client.post("/api/v1/session/password", json=body)

    assert visitor.client.get("/api/v1/session").status_code == 200
    visitor.client.cookies.clear()
    headers = {"Cookie": f"{SESSION_COOKIE}={stolen}"}
    assert visitor.client.get("/api/v1/session", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("old", "new", "status", "code"),
    [
        ("wrong password", NEW_PASSWORD, 401, "sign_in_refused"),
        (PASSWORD, PASSWORD, 409, "same_password"),
        (PASSWORD, "short", 409, "password_too_short"),
    ],
)
def test_password_that_cannot_be_changed_stays(
    desk: Desk, old: str, new: str, status: int, code: str
) -> None:
    body = {"old_password": old, "new_password": new}

    answer = desk.client.post("/api/v1/session/password", json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_other_role_ends_open_sessions(visitor: Desk) -> None:
    visitor.sign_in("finance", user_name="wang")
    wang = visitor.client.cookies[SESSION_COOKIE]
    visitor.client.cookies.clear()
    visitor.sign_in()
    user = {"display_name": "王", "role_id": "auditor"}

    assert change(visitor, "PUT", "/users/wang", user)[0] == 204

    visitor.client.cookies.clear()
    headers = {"Cookie": f"{SESSION_COOKIE}={wang}"}
    assert visitor.client.get("/api/v1/session", headers=headers).status_code == 401


def test_other_rights_of_a_role_hold_from_the_next_request(visitor: Desk) -> None:
    visitor.sign_in("store_manager", user_name="wang")
    wang = visitor.client.cookies[SESSION_COOKIE]
    assert visitor.client.get("/api/v1/sales").status_code == 200
    visitor.client.cookies.clear()
    visitor.sign_in()
    role = {"name": "店长", "name_en": "Store manager", "rights": ["read_stores"]}

    assert change(visitor, "PUT", "/roles/store_manager", role)[0] == 204

    visitor.client.cookies.clear()
    headers = {"Cookie": f"{SESSION_COOKIE}={wang}"}
    assert visitor.client.get("/api/v1/sales", headers=headers).status_code == 403
    assert visitor.client.get("/api/v1/stores", headers=headers).status_code == 200


def test_session_that_was_planted_in_a_browser_is_never_signed_in(desk: Desk) -> None:
    planted = sessions.make_token()
    desk.client.cookies.clear()
    desk.client.cookies.set(SESSION_COOKIE, planted, domain="testserver.local", path="/")

    desk.client.post("/api/v1/session", json={"user_name": "boss", "password": PASSWORD})

    assert desk.client.cookies[SESSION_COOKIE] != planted
    desk.client.cookies.clear()
    headers = {"Cookie": f"{SESSION_COOKIE}={planted}"}
    assert desk.client.get("/api/v1/session", headers=headers).status_code == 401


def test_signing_in_ends_what_the_browser_had_before(desk: Desk) -> None:
    before = desk.client.cookies[SESSION_COOKIE]

    desk.client.post("/api/v1/session", json={"user_name": "boss", "password": PASSWORD})

    desk.client.cookies.clear()
    headers = {"Cookie": f"{SESSION_COOKIE}={before}"}
    assert desk.client.get("/api/v1/session", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 204),
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({}, 204),
    ],
)
def test_write_of_another_site_is_refused(desk: Desk, headers: dict[str, str], status: int) -> None:
    answer = desk.client.put(
        "/api/v1/people/1001",
        json=PERSON,
        headers=headers | {"Idempotency-Key": str(uuid.uuid4())},
    )

    assert answer.status_code == status


def test_unknown_user_and_wrong_password_get_the_same_answer(desk: Desk) -> None:
    answers = [
        desk.client.post("/api/v1/session", json={"user_name": name, "password": "wrong"})
        for name in ("boss", "nobody")
    ]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].content == answers[1].content
