"""The hub's HTTP as a manager's console uses it. A hub that is down is asked again."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from deploy.demo.errors import DemoStalledError
from deploy.demo.layout import HUB_USER

TIMEOUT_S = 20.0
"""One request; reports of a large chain take seconds on a busy machine."""
RETRY_LIMIT_S = 120.0
"""The hub is restarted meanwhile."""
RETRY_PAUSE_S = 0.2
NAMESPACE = uuid.UUID("6f1c6b1e-5d0a-5a5b-9a0f-6c6975736875")
"""For request ids that a repeated start makes again."""


class RefusedError(Exception):
    """The hub refused a request by a rule: the demo asked for something wrong."""


class HubClient:
    """A session of the demo's manager."""

    def __init__(self, port: int, password: str, look: Callable[[], None]) -> None:
        """Prepare; the first request signs in.

        Args:
            port: of 127.0.0.1.
            password: of HUB_USER.
            look: called between tries; it restarts what died.
        """
        self._port, self._password, self._look = port, password, look
        self._cookie = ""

    def get(self, path: str) -> dict[str, Any]:
        """Ask; path below /api/v1."""
        return self._send("GET", path, None, "")

    def post(self, path: str, body: dict[str, Any], *, request: str) -> dict[str, Any]:
        """Write once, however often it is tried: `request` names the wish."""
        return self._send("POST", path, body, str(uuid.uuid5(NAMESPACE, request)))

    def _send(
        self, method: str, path: str, body: dict[str, Any] | None, key: str
    ) -> dict[str, Any]:
        deadline_s = time.monotonic() + RETRY_LIMIT_S
        problem = ""
        while time.monotonic() < deadline_s:
            try:
                if not self._cookie:
                    self._sign_in()
                status, answer, _ = self._ask(method, path, body, key)
            except (OSError, http.client.HTTPException) as error:
                problem = repr(error)
            else:
                if status == http.HTTPStatus.UNAUTHORIZED:
                    self._cookie = ""
                elif status < http.HTTPStatus.BAD_REQUEST:
                    return answer
                elif status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise RefusedError(f"{method} {path}: {status} {answer}")
                problem = f"{status} {answer}"
            self._look()
            time.sleep(RETRY_PAUSE_S)
        raise DemoStalledError(stage=f"{method} {path}", limit_s=int(RETRY_LIMIT_S), state=problem)

    def _sign_in(self) -> None:
        wish = {"user_name": HUB_USER, "password": self._password}
        status, answer, cookie = self._ask("POST", "/session", wish, "")
        if status != http.HTTPStatus.OK:
            raise RefusedError(f"sign-in: {status} {answer}")
        self._cookie = cookie.partition(";")[0]

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None, key: str
    ) -> tuple[int, dict[str, Any], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        headers = {"Content-Type": "application/json"}
        if self._cookie:
            headers["Cookie"] = self._cookie
        if key:
            headers["Idempotency-Key"] = key
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1{path}", text, headers)
            response = connection.getresponse()
            content = response.read()
            answer = json.loads(content) if content else {}
            return response.status, answer, response.getheader("Set-Cookie", "")
        finally:
            connection.close()
