"""A cashier's register over HTTP, as the tests of the till use it."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession

from edge_agent.api.shop import Shop
from edge_agent.services.register import Command, CommandName
from tests.edge_agent.staffed_store import CARDS, PINS, SUPERVISOR
from tests.edge_agent.test_register_api import command

Answer = dict[str, Any]
CASH = [{"kind": "cash", "amount_fen": 100_000}]


class Till:
    """A cashier's register; every call is a new command."""

    def __init__(self, client: TestClient, shop: Shop, register_no: str, token: str) -> None:
        self._client, self.shop, self._token = client, shop, token
        self._register_no, self._path = register_no, f"/api/registers/{register_no}"
        self._headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: object) -> Answer:
        answer = self._client.post(self._path + path, json=body, headers=self._headers)
        answered: Answer = answer.json()
        return answered

    def do(self, name: str, approval_id: object = None, **arguments: object) -> Answer:
        wish = command(name, uuid.uuid4().int, **arguments)
        return self.post("/commands", wish | {"approval_id": approval_id})

    def get_raw(self, path: str) -> httpx2.Response:
        """An answer as it is."""
        return self._client.get(path, headers=self._headers)

    def send_photo(self, content: bytes) -> Answer:
        """A picture, as the page sends it."""
        answered: Answer = self._client.post(
            "/api/photos", content=content, headers=self._headers
        ).json()
        return answered

    def fetch(self, path: str, body: object) -> httpx2.Response:
        """A POST whose answer is no JSON."""
        return self._client.post(self._path + path, json=body, headers=self._headers)

    def approve(self, refused: Answer, staff_no: str = SUPERVISOR) -> object:
        """Let the person approve exactly what the box said it wants."""
        refusal = refused.get("refusal", refused)
        proof = (
            {"card_code": CARDS[staff_no]}
            if staff_no in CARDS
            else {"staff_no": staff_no, "pin": PINS[staff_no]}
        )
        granted = self.post("/approvals", {"proof": proof, **refusal["approval"]})
        return granted.get("approval_id")

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON of any shape.
        return self._client.get(path, headers=self._headers).json()

    def get_of_store(self, path: str) -> Any:  # noqa: ANN401 - JSON of any shape.
        return self._client.get(f"/api{path}", headers=self._headers).json()

    def sign_in(self, staff_no: str) -> None:
        self.post("/sign-in", {"staff_no": staff_no, "pin": PINS[staff_no]})

    def write(self, path: str, key: str = "", **body: object) -> Answer:
        """A POST to the register's own path, as `send`."""
        return self.send(self._path + path, key, **body)

    def send(self, path: str, key: str = "", **body: object) -> Answer:
        """A POST under an idempotency key, a new one if none is given."""
        headers = self._headers | {"Idempotency-Key": key or str(uuid.uuid4())}
        answer = self._client.post(path, json=body, headers=headers)
        answered: Answer = answer.json() if answer.content else {}
        return answered

    @contextlib.contextmanager
    def open_page(self) -> Iterator[tuple[WebSocketTestSession, Answer]]:
        """A page after its hello, with the snapshot."""
        hello = {"kind": "hello", "register_no": self._register_no, "token": self._token}
        with self._client.websocket_connect("/register/ws") as socket:
            socket.send_json(hello | {"generation": None, "sequence": None})
            yield socket, socket.receive_json()

    def scan_by_device(self, code: str) -> None:
        """What the device process does with a scan of the register's scanner."""
        wish = Command(command_id=uuid.uuid4(), name=CommandName.SCAN, code=code)
        portal = self._client.portal
        assert portal is not None
        portal.call(self.shop.desk(self._register_no).scan, wish)

    def held(self) -> list[Answer]:
        answer = self._client.get("/api/held-tickets", headers=self._headers)
        listed: list[Answer] = answer.json()
        return listed


Open = Callable[[str], Till]
