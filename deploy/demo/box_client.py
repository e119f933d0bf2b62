"""A box's HTTP and WebSocket as machines at a register use them."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import websockets.sync.client

ORDERED = ("item_id", "quantity_milli")
"""Of an order's line: all of it is there."""
TIMEOUT_S = 10.0
"""One request, or one message that must come; a commit takes milliseconds."""


class BoxAnswerError(Exception):
    """The box refused, or is not itself."""


class BoxClient:
    """The REST twin of one register, and the back room's routes with its token."""

    def __init__(self, port: int, register_no: str, token: str) -> None:
        self.port, self.register_no, self.token = port, register_no, token

    def command(self, name: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of JSON
        """Do one command.

        Raises:
            BoxAnswerError: refused.
            OSError: nobody answered.
        """
        wish = {"command_id": str(uuid.uuid4()), "name": name, "arguments": arguments}
        result = self._ask("POST", f"/api/registers/{self.register_no}/commands", wish)
        if result["outcome"] != "done":
            raise BoxAnswerError(f"{name}: {result['refusal']}")
        return result

    def orders(self) -> dict[str, Any]:
        """Purchase orders and transfer orders of the store."""
        return self._ask("GET", "/api/orders")

    def handle_goods(
        self, path: str, lines: list[dict[str, int]], fact_id: uuid.UUID
    ) -> dict[str, Any]:
        """Receive or ship lines of an order as they stand; a repeat of fact_id changes nothing."""
        there = [{name: line[name] for name in ORDERED} for line in lines]
        return self._ask("POST", path, {"lines": there}, fact_id)

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        key: uuid.UUID | None = None,
    ) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, headers)
            response = connection.getresponse()
            content = response.read()
        except http.client.HTTPException as error:
            raise ConnectionError(repr(error)) from error
        finally:
            connection.close()
        answer = json.loads(content)
        if response.status >= http.HTTPStatus.BAD_REQUEST:
            raise BoxAnswerError(f"{method} {path}: {response.status} {answer}")
        assert isinstance(answer, dict)
        return answer


class TicketView:
    """The open ticket of a register as its page sees it: a snapshot, then events."""

    def __init__(self, client: BoxClient) -> None:
        self._client = client
        self.lines: dict[int, dict[str, Any]] = {}
        """By line_id."""
        self.due_fen = 0
        self.receipt: dict[str, Any] | None = None
        """Of the ticket that was closed last."""

    def __enter__(self) -> Self:
        """Connect and take the snapshot.

        Raises:
            OSError, websockets.WebSocketException: no box, or not ours.
        """
        url = f"ws://127.0.0.1:{self._client.port}/register/ws"
        # No proxy: the box is on this machine.
        self._socket = websockets.sync.client.connect(url, proxy=None, open_timeout=TIMEOUT_S)
        hello = {
            "kind": "hello",
            "register_no": self._client.register_no,
            "token": self._client.token,
            "generation": None,
            "sequence": None,
        }
        self._socket.send(json.dumps(hello))
        self._take(self._socket.recv(TIMEOUT_S))
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def wait(self, is_so: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> bool:
        """Take messages until something is so; False when it is not in time."""
        deadline_s = time.monotonic() + timeout_s
        while not is_so():
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                return False
            try:
                self._take(self._socket.recv(left_s))
            except TimeoutError:
                return False
        return True

    def find(self, scanned_code: str) -> dict[str, Any] | None:
        """The line of a code."""
        return next(
            (line for line in self.lines.values() if line["scanned_code"] == scanned_code), None
        )

    def quantity_milli(self, scanned_code: str) -> int:
        """How much of a code is on the ticket."""
        line = self.find(scanned_code)
        return 0 if line is None else int(line["quantity_milli"])

    def _take(self, text: str | bytes) -> None:
        message = json.loads(text)
        match message["kind"]:
            case "snapshot":
                state = message["state"]
                self.lines = {line["line_id"]: line for line in state["lines"]}
                self.due_fen = state["totals"]["amount_fen"]
            case "ticket_changed":
                for line in message["lines"]:
                    self.lines[line["line_id"]] = line
                for line_id in message["removed_line_ids"]:
                    self.lines.pop(line_id, None)
                self.due_fen = message["totals"]["amount_fen"]
            case "ticket_closed":
                self.lines.clear()
                self.due_fen = 0
                self.receipt = message["receipt"]
            case "refused":
                raise BoxAnswerError(str(message))
