"""A payment provider's gateway on the loopback, with every fault that matters to money.

It keeps its own book of what each wallet paid and got back, so that a test compares that with the
store's. The last two digits of a pay code choose what happens, as with a provider's test cards.
"""

from __future__ import annotations

import dataclasses
import http.server
import json
import threading
import time
from collections.abc import Callable
from typing import Any

TOKEN = "token-of-the-simulator"  # noqa: S105 (a simulator's)
DECLINED, PASSWORD, ANSWER_LOST, NEVER_HEARD, PASSWORD_FORGOTTEN = "01", "02", "03", "04", "05"
PASSWORD_S = 1.0
"""A customer of the simulator types a password so long."""


@dataclasses.dataclass(slots=True)
class Paid:
    """One charge as the provider keeps it."""

    wish: dict[str, Any]
    state: str
    reason: str = ""
    paid_fen: int = 0
    refunds: dict[str, int] = dataclasses.field(default_factory=dict)
    paid_at_s: float = 0.0

    @property
    def kept_fen(self) -> int:
        """What the wallet is short of now."""
        return self.paid_fen - sum(self.refunds.values())


class GatewaySim:
    """The provider: start it, point a box at its url, and read its book."""

    def __init__(self, port: int = 0) -> None:
        self.book: dict[str, Paid] = {}
        self.is_down = False
        """While it is, no call is answered and nothing is charged."""
        self.declines_refunds = False
        self._lock = threading.Lock()
        sim = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One call."""

            def do_GET(self) -> None:
                """Query."""
                sim.answer(self, None)

            def do_POST(self) -> None:
                """Charge, take back, refund."""
                length = int(self.headers.get("Content-Length", 0))
                sim.answer(self, json.loads(self.rfile.read(length)))

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its base)
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving. A repeat does nothing."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def kept_fen(self) -> int:
        """What all wallets together paid and did not get back."""
        with self._lock:
            return sum(charge.kept_fen for charge in self.book.values())

    def answer(self, call: http.server.BaseHTTPRequestHandler, wish: dict[str, Any] | None) -> None:
        """Do one call."""
        if self.is_down:
            return  # The connection ends without a word.
        if call.headers.get("Authorization") != f"Bearer {TOKEN}":
            _send(call, 401, {"state": "refused", "reason": "wrong token"})
            return
        parts = call.path.strip("/").split("/")
        with self._lock:
            answer = self._steps(len(parts), wish)(parts, wish or {})
        if answer is not None:
            _send(call, *answer)

    def _steps(
        self, depth: int, wish: dict[str, Any] | None
    ) -> Callable[[list[str], dict[str, Any]], tuple[int, dict[str, Any]] | None]:
        if wish is None:
            return self._query
        return {1: self._charge}.get(depth, self._change)

    def _charge(self, _parts: list[str], wish: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        known = self.book.get(wish["payment_no"])
        if known is not None:
            is_same = known.wish == wish or known.state == "taken_back"
            return (200, _show(known)) if is_same else (409, {"state": "refused"})
        fault = wish["pay_code"][-2:]
        if fault == NEVER_HEARD:
            return None
        charge = Paid(wish, "paid", paid_fen=wish["amount_fen"])
        if fault == DECLINED:
            charge = Paid(wish, "declined", "balance too low")
        if fault in {PASSWORD, PASSWORD_FORGOTTEN}:
            seconds = PASSWORD_S if fault == PASSWORD else 10.0**9
            charge = Paid(wish, "waiting", paid_at_s=time.monotonic() + seconds)
        self.book[wish["payment_no"]] = charge
        return None if fault == ANSWER_LOST else (200, _show(charge))

    def _query(self, parts: list[str], _wish: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        charge = self.book.get(parts[1])
        if charge is None:
            return 404, {"state": "unheard"}
        if charge.state == "waiting" and time.monotonic() >= charge.paid_at_s:
            charge.state, charge.paid_fen = "paid", charge.wish["amount_fen"]
        return 200, _show(charge)

    def _change(self, parts: list[str], wish: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        number = parts[1]
        if parts[2] == "take-back":
            charge = self.book.setdefault(number, Paid({"payment_no": number}, "taken_back"))
            if charge.kept_fen:
                charge.refunds["take-back"] = charge.kept_fen
            charge.state = "taken_back"
            return 200, _show(charge)
        charge = self.book[number]
        if wish["refund_no"] not in charge.refunds:
            if self.declines_refunds or wish["amount_fen"] > charge.kept_fen:
                return 200, {"state": "declined", "reason": "merchant balance too low"}
            charge.refunds[wish["refund_no"]] = wish["amount_fen"]
        return 200, {"state": "refunded", "reason": ""}


def _show(charge: Paid) -> dict[str, Any]:
    return {"state": charge.state, "reason": charge.reason}


def _send(call: http.server.BaseHTTPRequestHandler, status: int, said: dict[str, Any]) -> None:
    body = json.dumps(said).encode()
    call.send_response(status)
    call.send_header("Content-Type", "application/json")
    call.send_header("Content-Length", str(len(body)))
    call.end_headers()
    call.wfile.write(body)
