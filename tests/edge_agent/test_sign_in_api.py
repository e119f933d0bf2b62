"""Signing in over HTTP: the page, the socket, the back room, and attacks on a till."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from edge_agent.api import (
    back_room,
    register_routes,
    return_routes,
    shelf_routes,
    shift_routes,
    staff,
    stock_routes,
)
from edge_agent.api.app import make_app
from edge_agent.api.shop import Line, Shop
from edge_agent.api.staff import get_staff_no
from edge_agent.services.register import Command, CommandName
from edge_agent.services.registers import enrol_register
from edge_agent.services.sign_in import TRIES_OF_A_PERSON_MAX
from edge_agent.store.writer import Writer
from retail_domain.errors import RetailError
from tests.edge_agent.shop_setup import COLA_CODE, KEY, SCANNER, TOKEN, make_box, open_box
from tests.edge_agent.staffed_store import (
    CARDS,
    CASHIER,
    PINS,
    SUPERVISOR,
    staff_store,
)
from tests.edge_agent.test_register_api import AUTHORIZED, command, open_page

TOKEN_2 = "token-of-register-2"
COOKIE = "liushui_register_1"
READ_FREELY = {
    "/api/items",
    "/api/status",
    "/api/orders",
    "/api/received-orders",
    "/api/goods",
    "/api/today",
    "/api/expiring-lots",
    "/api/held-tickets",
    "/api/schema/register-messages",
}
"""Nothing of them is a person's: a register's token, or none, is enough."""
BY_TOKEN = {
    "/api/registers/{register_no}/sign-in",
    "/api/registers/{register_no}/approvals",
    "/api/registers/{register_no}/commands",
    "/api/registers/{register_no}/shift/cash",
    "/api/registers/{register_no}/drawer",
    "/api/adjustments",
}
"""They ask who is there themselves."""


@pytest.fixture
def shop(database: str) -> Iterator[Shop]:
    """A store with people; registers 1 and 2."""
    with contextlib.closing(open_box(database)) as db:
        staff_store(db)
        enrol_register(db, "2", TOKEN_2, {})
    with contextlib.closing(Writer(database)) as writer:
        yield Shop(make_box(), writer, "1001", Line(lambda: False, str, lambda: None), KEY)


@pytest.fixture
def client(shop: Shop) -> Iterator[TestClient]:
    with TestClient(make_app(shop), base_url="http://testserver") as client:
        yield client


def come(
    client: TestClient, proof: dict[str, str], register_no: str = "1", token: str = TOKEN
) -> tuple[int, dict[str, object]]:
    answer = client.post(
        f"/api/registers/{register_no}/sign-in",
        json=proof,
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.status_code, answer.json()


def by_pin(staff_no: str) -> dict[str, str]:
    return {"staff_no": staff_no, "pin": PINS[staff_no]}


def scan(client: TestClient, number: int = 1) -> tuple[int, dict[str, object]]:
    answer = client.post(
        "/api/registers/1/commands",
        json=command("scan", number, code=COLA_CODE),
        headers=AUTHORIZED,
    )
    return answer.status_code, answer.json()


def test_till_asks_who_is_there_before_it_sells(client: TestClient) -> None:
    refused = scan(client)
    status, welcome = come(client, by_pin(CASHIER))
    done = scan(client)

    assert (refused[0], refused[1]["code"]) == (401, "sign_in_needed")
    assert (status, welcome["role_id"], welcome["is_lapsed"]) == (200, "cashier", False)
    assert (done[0], done[1]["outcome"]) == (200, "done")


def test_card_signs_in_with_one_scan(client: TestClient) -> None:
    status, welcome = come(client, {"card_code": CARDS[SUPERVISOR]})

    assert (status, welcome["staff_no"], welcome["role_name"]) == (200, SUPERVISOR, "值班主管")


def test_cookie_is_closed_to_scripts_and_other_sites(client: TestClient) -> None:
    answer = client.post("/api/registers/1/sign-in", json=by_pin(CASHIER), headers=AUTHORIZED)

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_socket_works_for_who_is_signed_in_and_names_them_on_the_receipt(
    client: TestClient,
) -> None:
    with open_page(client) as (socket, snapshot):
        socket.send_json(command("scan", 1, code=COLA_CODE))
        refused = socket.receive_json()
    come(client, by_pin(SUPERVISOR))
    with open_page(client) as (socket, after):
        socket.send_json(command("scan", 2, code=COLA_CODE))
        socket.receive_json(), socket.receive_json()
        socket.send_json(command("pay", 3, tenders=[{"kind": "cash", "amount_fen": 300}]))
        closed = socket.receive_json()

    assert snapshot["state"]["staff_no"] == ""
    assert refused["refusal"]["code"] == "sign_in_needed"
    assert after["state"]["staff_no"] == SUPERVISOR
    assert closed["receipt"]["staff_no"] == SUPERVISOR


def test_screen_without_the_session_cannot_ring_up(client: TestClient) -> None:
    come(client, by_pin(CASHIER))
    client.cookies.clear()

    with open_page(client) as (socket, _):
        socket.send_json(command("scan", 1, code=COLA_CODE))
        refused = socket.receive_json()

    assert refused["refusal"]["code"] == "sign_in_needed"


def test_hand_over_cuts_the_screens_of_who_was_there(client: TestClient) -> None:
    come(client, by_pin(CASHIER))
    with open_page(client) as (socket, _):
        come(client, by_pin(SUPERVISOR))

        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()


def test_scanner_scans_for_who_is_there_and_for_nobody_else(client: TestClient, shop: Shop) -> None:
    def device_scan(number: int) -> str:
        scanned = Command(command_id=uuid.UUID(int=number), name=CommandName.SCAN, code=COLA_CODE)
        assert client.portal is not None
        try:
            return client.portal.call(shop.scan, SCANNER, scanned).outcome
        except RetailError as error:
            return error.code

    with open_page(client) as (socket, _):
        nobody = device_scan(1)
        notice = socket.receive_json()
    come(client, by_pin(CASHIER))

    assert nobody == "sign_in_needed"
    assert notice["notice"]["code"] == "sign_in_needed"
    assert device_scan(2) == "done"


def test_signing_out_leaves_the_till_to_nobody(client: TestClient) -> None:
    come(client, by_pin(CASHIER))
    kept = client.cookies[COOKIE]

    for _ in range(2):
        answer = client.delete("/api/registers/1/sign-in", headers=AUTHORIZED)
        assert answer.status_code == 204

    client.cookies.set(COOKIE, kept)
    assert scan(client)[0] == 401


def test_goods_are_received_in_the_name_of_who_is_there(client: TestClient, shop: Shop) -> None:
    body = {"lines": [{"item_id": 1, "quantity_milli": 1_000}]}

    def receive() -> int:
        return client.post(
            "/api/purchase-orders/PO-000001/receive",
            json=body,
            headers=AUTHORIZED | {"Idempotency-Key": str(uuid.UUID(int=5))},
        ).status_code

    assert receive() == 401
    come(client, by_pin(CASHIER))
    assert receive() == 200


# Attacks.


def test_token_of_one_register_signs_nobody_in_at_another(client: TestClient) -> None:
    status, answer = come(client, by_pin(CASHIER), "1", TOKEN_2)

    assert (status, answer["code"]) == (401, "wrong_token")


def test_session_of_one_register_rings_up_at_no_other(client: TestClient) -> None:
    come(client, by_pin(CASHIER))
    client.cookies.set("liushui_register_2", client.cookies[COOKIE])

    answer = client.post(
        "/api/registers/2/commands",
        json=command("scan", 1, code=COLA_CODE),
        headers={"Authorization": f"Bearer {TOKEN_2}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")


def test_pin_guessed_over_two_registers_is_locked_at_both(client: TestClient) -> None:
    guess = {"staff_no": CASHIER, "pin": "000000"}
    tills = [("1", TOKEN), ("2", TOKEN_2)]

    statuses = [come(client, guess, *tills[n % 2])[0] for n in range(TRIES_OF_A_PERSON_MAX)]

    assert statuses == [401] * TRIES_OF_A_PERSON_MAX
    for register_no, token in tills:
        status, answer = come(client, by_pin(CASHIER), register_no, token)
        assert (status, answer["code"]) == (429, "sign_in_locked")


def test_unknown_number_and_wrong_pin_get_the_same_answer(client: TestClient) -> None:
    answers = [
        come(client, {"staff_no": staff_no, "pin": "000000"}) for staff_no in (CASHIER, "9999")
    ]

    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_page_of_another_site_signs_nobody_in(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post(
        "/api/registers/1/sign-in", json=by_pin(CASHIER), headers=AUTHORIZED | headers
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "box_other_site")


def test_planted_session_is_never_signed_in(client: TestClient) -> None:
    planted = "planted-by-an-attacker"
    client.cookies.set(COOKIE, planted, domain="testserver.local", path="/")
    come(client, by_pin(CASHIER))
    client.cookies.clear()

    client.cookies.set(COOKIE, planted, domain="testserver.local", path="/")

    assert scan(client)[0] == 401


def test_approval_needs_somebody_who_may_and_somebody_who_asks(client: TestClient) -> None:
    def ask(proof: dict[str, str], right: str = "void_ticket") -> tuple[int, dict[str, object]]:
        body = {"proof": proof, "right": right, "amounts": {}}
        answer = client.post("/api/registers/1/approvals", json=body, headers=AUTHORIZED)
        return answer.status_code, answer.json()

    nobody = ask({"card_code": CARDS[SUPERVISOR]})
    come(client, by_pin(CASHIER))
    own = ask(by_pin(CASHIER))
    given = ask({"card_code": CARDS[SUPERVISOR]})
    unknown = ask({"card_code": CARDS[SUPERVISOR]}, "fly")

    assert (nobody[0], nobody[1]["code"]) == (401, "sign_in_needed")
    assert (own[0], own[1]["code"]) == (403, "right_missing")
    assert (given[0], given[1]["approved_by"]) == (200, SUPERVISOR)
    assert unknown[0] == 422


def test_every_route_of_the_box_asks_who_is_there_or_is_known_to_be_free() -> None:
    back_rooms = (back_room, shelf_routes, stock_routes)
    routers = (register_routes, *back_rooms, return_routes, shift_routes, staff)
    for router in (module.router for module in routers):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            calls = {dependant.call for dependant in route.dependant.dependencies}
            is_free = route.path in READ_FREELY | BY_TOKEN
            assert (get_staff_no in calls) is not is_free, route.path
