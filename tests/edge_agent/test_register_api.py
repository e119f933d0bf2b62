"""The register's socket and its REST twin, over the real application and database."""

from __future__ import annotations

import contextlib
import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from edge_agent.api.app import make_app
from edge_agent.api.shop import Line, Shop
from edge_agent.services.floor import DeviceBoard, DeviceSeen, WeightSeen
from edge_agent.services.register import Command, CommandName
from edge_agent.store.writer import Writer
from hardware.driver import Role
from hardware.reading import Weight, WeightState
from tests.edge_agent.shop_setup import (
    APPLES,
    COLA,
    COLA_CODE,
    KEY,
    SCALE,
    SCANNER,
    TOKEN,
    make_box,
    open_box,
)

HELLO = {"kind": "hello", "register_no": "1", "token": TOKEN, "generation": None, "sequence": None}
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(database: str) -> Iterator[TestClient]:
    open_box(database).close()
    nudges: list[str] = []
    with contextlib.closing(Writer(database)) as writer:
        shop = Shop(make_box(), writer, "1001", Line(lambda: False, str, nudges.clear), KEY)
        with TestClient(make_app(shop), base_url="http://box") as client:
            yield client


@contextlib.contextmanager
def open_page(client: TestClient) -> Iterator[tuple[WebSocketTestSession, dict[str, Any]]]:
    """A page after its hello, with the snapshot."""
    with client.websocket_connect("/register/ws") as socket:
        socket.send_json(HELLO)
        yield socket, socket.receive_json()


def command(name: str, number: int = 1, **arguments: object) -> dict[str, object]:
    return {
        "kind": "command",
        "command_id": str(uuid.UUID(int=number)),
        "name": name,
        "arguments": arguments,
    }


def test_page_gets_the_state_then_numbered_events(client: TestClient) -> None:
    with open_page(client) as (socket, snapshot):
        socket.send_json(command("scan", code=COLA_CODE))
        event, result = socket.receive_json(), socket.receive_json()

    assert snapshot["kind"] == "snapshot"
    assert snapshot["state"]["store_name"] == "人民路店"
    assert snapshot["state"]["status"]["line"] == "offline"
    assert (event["kind"], event["sequence"]) == ("ticket_changed", snapshot["sequence"] + 1)
    assert event["totals"]["amount_fen"] == 300
    assert event["lines"][0]["name"] == "可乐 330ml"
    assert (result["kind"], result["outcome"]) == ("result", "done")


def test_second_page_of_the_register_sees_what_the_first_does(client: TestClient) -> None:
    with open_page(client) as (first, _), open_page(client) as (second, _):
        first.send_json(command("scan", code=COLA_CODE))

        assert second.receive_json()["lines"][0]["item_id"] == COLA


def test_payment_ends_with_a_receipt_that_a_reload_still_shows(client: TestClient) -> None:
    with open_page(client) as (socket, _):
        socket.send_json(command("scan", 1, code=COLA_CODE))
        socket.receive_json(), socket.receive_json()
        pay = command("pay", 2, tenders=[{"kind": "cash", "amount_fen": 1_000}])
        socket.send_json(pay)
        closed, result = socket.receive_json(), socket.receive_json()
        socket.send_json(pay)
        repeated = socket.receive_json()
    with open_page(client) as (_, snapshot):
        pass

    assert closed["receipt"]["change_fen"] == 700
    assert result["receipt"] == closed["receipt"] == repeated["receipt"]
    assert snapshot["state"]["last_receipt"] == closed["receipt"]
    assert snapshot["state"]["lines"] == []
    assert snapshot["state"]["status"]["unacknowledged_facts"] in {0, 1}


def test_refused_command_is_answered_in_both_languages(client: TestClient) -> None:
    with open_page(client) as (socket, _):
        socket.send_json(command("scan", code="4711"))
        result = socket.receive_json()

    assert result["outcome"] == "refused"
    assert result["refusal"]["code"] == "unknown_barcode"
    assert "4711" in result["refusal"]["detail_zh"]


def test_ping_is_answered(client: TestClient) -> None:
    with open_page(client) as (socket, _):
        socket.send_json({"kind": "ping"})

        assert socket.receive_json() == {"kind": "pong"}


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        (HELLO | {"token": "guess"}, "wrong_token"),
        (HELLO | {"register_no": "9"}, "wrong_token"),
        ({"kind": "scan"}, "bad_request"),
    ],
)
def test_page_that_is_not_enrolled_is_refused(
    client: TestClient, hello: dict[str, object], code: str
) -> None:
    with client.websocket_connect("/register/ws") as socket:
        socket.send_json(hello)

        assert socket.receive_json()["code"] == code
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4401


def test_page_of_another_site_may_not_drive_the_till(client: TestClient) -> None:
    headers = {"Origin": "https://elsewhere.example"}

    with (
        client.websocket_connect("/register/ws", headers=headers) as socket,
        pytest.raises(WebSocketDisconnect) as closed,
    ):
        socket.receive_json()

    assert closed.value.code == 4403


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        "{",
        "[]",
        '{"kind": "command"}',
        '{"kind":"command","command_id":"1","name":"scan","arguments":{"code":"1"}}',
        '{"kind":"command","command_id":"00000000-0000-0000-0000-000000000001",'
        '"name":"set_quantity","arguments":{"line_id":1,"quantity_milli":1.5}}',
        '{"kind":"command","command_id":"00000000-0000-0000-0000-000000000001",'
        '"name":"pay","arguments":{"tenders":[{"kind":"cash","amount_fen":1e3}]}}',
    ],
)
def test_rubbish_ends_the_socket_and_changes_nothing(client: TestClient, rubbish: str) -> None:
    with open_page(client) as (socket, _):
        socket.send_text(rubbish)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()

    assert closed.value.code == 4400
    with open_page(client) as (_, snapshot):
        assert snapshot["state"]["lines"] == []


def test_machine_can_ring_up_and_pay_over_rest(client: TestClient) -> None:
    path = "/api/registers/1/commands"
    client.post(path, json=command("scan", 1, code=COLA_CODE), headers=AUTHORIZED)

    paid = client.post(
        path,
        json=command("pay", 2, tenders=[{"kind": "card", "amount_fen": 300}]),
        headers=AUTHORIZED,
    )

    assert paid.json()["receipt"]["totals"]["amount_fen"] == 300


@pytest.mark.parametrize("path", ["/api/items", "/api/orders"])
def test_routes_ask_for_a_registers_token(client: TestClient, path: str) -> None:
    refused = client.get(path)

    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_token")
    assert client.get(path, headers=AUTHORIZED).status_code == 200


def test_delivery_over_rest_is_one_fact_however_often_it_is_sent(client: TestClient) -> None:
    headers = AUTHORIZED | {"Idempotency-Key": str(uuid.UUID(int=5))}
    body = {"lines": [{"item_id": COLA, "quantity_milli": 5_000}]}
    path = "/api/purchase-orders/PO-000001/receive"

    first, again = (client.post(path, json=body, headers=headers).json() for _ in range(2))

    assert first == again
    assert first["seq"] == 1


def test_unknown_order_is_a_conflict_with_its_code(client: TestClient) -> None:
    headers = AUTHORIZED | {"Idempotency-Key": str(uuid.UUID(int=5))}

    refused = client.post("/api/transfer-orders/T-9/ship", json={"lines": []}, headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (409, "transfer_not_found")


def test_request_that_cannot_be_read_names_the_field_in_one_shape(client: TestClient) -> None:
    wrong = command("set_quantity", line_id=1, quantity_milli=1.5)

    refused = client.post("/api/registers/1/commands", json=wrong, headers=AUTHORIZED)

    assert (refused.status_code, refused.json()["code"]) == (422, "bad_request")
    assert "quantity_milli" in refused.json()["detail"]


def test_request_beyond_any_delivery_is_not_read(client: TestClient) -> None:
    refused = client.post(
        "/api/registers/1/commands", content=b"x" * (256 * 1024 + 1), headers=AUTHORIZED
    )

    assert (refused.status_code, refused.json()["code"]) == (413, "box_request_too_large")


def test_every_answer_forbids_what_comes_from_outside(client: TestClient) -> None:
    policy = client.get("/api/status").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe-eval" not in policy


def test_openapi_knows_the_messages_of_the_socket(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]

    assert {"Snapshot", "TicketChanged", "TicketClosed", "Result"} <= set(schemas)


def receive(socket: WebSocketTestSession, kind: str) -> dict[str, Any]:
    """The next message of a kind; the status may change at any moment."""
    while True:
        message: dict[str, Any] = socket.receive_json()
        if message["kind"] == kind:
            return message
        assert message["kind"] == "status_changed", message


def test_lost_scan_is_said_at_the_register_once(client: TestClient) -> None:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # FastAPI's, behind the client.
    portal = client.portal
    assert portal is not None
    with open_page(client) as (socket, _):
        for lost in (1, 1, 2):
            device = DeviceSeen(SCANNER, "serial_scanner", Role.SCANNER, "ready", lost)
            portal.call(shop.see_devices, (device,), "box")
        notices = [receive(socket, "notice")["notice"] for _ in range(2)]

    assert [notice["code"] for notice in notices] == ["scan_lost", "scan_lost"]
    assert SCANNER in notices[0]["detail_zh"]


def test_scan_of_a_bound_device_becomes_a_line_and_a_wrong_one_a_notice(
    client: TestClient,
) -> None:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # FastAPI's, behind the client.
    portal = client.portal
    assert portal is not None
    with open_page(client) as (socket, _):
        for number, code in enumerate([COLA_CODE, "4711"], start=1):
            scanned = Command(command_id=uuid.UUID(int=number), name=CommandName.SCAN, code=code)
            portal.call(shop.scan, SCANNER, scanned)
        line, notice = socket.receive_json(), socket.receive_json()

    assert line["lines"][0]["item_id"] == COLA
    assert notice["notice"]["code"] == "unknown_barcode"
    assert notice["sequence"] == line["sequence"] + 1


def show_weight(client: TestClient, weight: Weight) -> None:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # FastAPI's, behind the client.
    portal = client.portal
    assert portal is not None
    now_ms = shop.box.clock.monotonic_ms()
    portal.call(shop.see_weight, WeightSeen(SCALE, weight, now_ms))


def test_weighed_item_gets_the_weight_of_the_scale_once(client: TestClient) -> None:
    with open_page(client) as (socket, snapshot):
        show_weight(client, Weight(WeightState.MOTION, 700_000, 5_000))
        show_weight(client, Weight(WeightState.STABLE, 1_235_000, 5_000))
        shown = [receive(socket, "weight_shown")["weight"] for _ in range(2)]
        for number in (1, 2):
            socket.send_json(command("add_item", number, item_id=APPLES, quantity_milli=0))
        line = receive(socket, "ticket_changed")["lines"][0]
        first, second = receive(socket, "result"), receive(socket, "result")

    assert snapshot["state"]["weight"] is None
    assert [weight["weight_mg"] for weight in shown] == [700_000, 1_235_000]
    assert (line["quantity_milli"], line["amount_fen"]) == (1_235, 1_480)
    assert first["outcome"] == "done"
    assert second["refusal"]["code"] == "weight_used"


def test_weight_that_moves_sells_nothing_and_pieces_need_none(client: TestClient) -> None:
    with open_page(client) as (socket, _):
        show_weight(client, Weight(WeightState.MOTION, 700_000, 5_000))
        receive(socket, "weight_shown")
        socket.send_json(command("add_item", 1, item_id=APPLES, quantity_milli=0))
        refused = receive(socket, "result")
        socket.send_json(command("add_item", 2, item_id=COLA, quantity_milli=1_000))
        line = receive(socket, "ticket_changed")["lines"][0]

    assert refused["refusal"]["code"] == "weight_not_stable"
    assert line["quantity_milli"] == 1_000


def test_headquarters_hears_of_the_devices_those_that_need_somebody_first(
    client: TestClient,
) -> None:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # FastAPI's, behind the client.
    board = DeviceBoard()
    shop.line = dataclasses.replace(shop.line, show_devices=board.show)
    portal = client.portal
    assert portal is not None
    scanner = DeviceSeen(SCANNER, "serial_scanner", Role.SCANNER, "ready", since_ms=10)
    printer = DeviceSeen("p-9", "escpos", Role.PRINTER, "degraded", health_code="paper_out")

    portal.call(shop.see_devices, (scanner,), "box")
    portal.call(shop.see_devices, (printer,), "till-2")
    portal.call(shop.see_devices, (dataclasses.replace(scanner, since_ms=12),), "box")

    told = [(d.device_id, d.health_code, d.register_no, d.since_ms) for d in board.read().devices]
    assert told == [("p-9", "paper_out", "", 0), (SCANNER, "", "1", 10)]


def test_devices_are_away_at_once_when_the_last_call_of_their_process_ends(
    client: TestClient,
) -> None:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # FastAPI's, behind the client.
    portal = client.portal
    assert portal is not None
    device = DeviceSeen(SCANNER, "serial_scanner", Role.SCANNER, "ready")
    for _call in range(2):  # It came anew before its last call was known to be over.
        portal.call(shop.attend, "box")
    portal.call(shop.see_devices, (device,), "box")

    states = []
    for _call in range(2):
        portal.call(shop.leave, "box")
        states.append(client.get("/api/status").json()["devices"][0]["state"])

    assert states == ["ready", "absent"]
    portal.call(shop.attend, "box")
    portal.call(shop.see_devices, (device,), "box")
    assert client.get("/api/status").json()["devices"][0]["state"] == "ready"


def test_number_that_was_typed_counts_for_the_next_scan_and_no_other(client: TestClient) -> None:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # FastAPI's, behind the client.
    portal = client.portal
    assert portal is not None
    with open_page(client) as (socket, _):
        socket.send_json({"kind": "next_quantity", "quantity_milli": 3_000})
        socket.send_json({"kind": "ping"})
        receive(socket, "pong")
        for _scan in range(2):
            wish = Command(command_id=uuid.uuid4(), name=CommandName.SCAN, code=COLA_CODE)
            portal.call(shop.scan, SCANNER, wish)
        quantities = [receive(socket, "ticket_changed")["lines"][0] for _scan in range(2)]

    assert [line["quantity_milli"] for line in quantities] == [3_000, 4_000]
