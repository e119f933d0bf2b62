"""One store's people: they sell, receive and ship over the box's HTTP, and ask again until told.

A wish keeps its id over every try, as the register's page does; so a box that was killed between
its commit and its answer gives the first answer again.
"""

from __future__ import annotations

import dataclasses
import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from deploy.demo.hub_set_up import StoreDuties
from deploy.demo.trade_plan import PlannedBasket
from retail_domain.trade.tender import TenderKind

TIMEOUT_S = 5.0
"""One request. A box that is held up by its disk answers within it."""
RETRY_PAUSE_S = 0.1
POLL_S = 0.3
"""Between two looks for documents."""
NOTE_FEN = 1_000
"""Cash comes in notes of ten yuan."""
ORDERED = ("item_id", "quantity_milli")
"""Of an order's line: all of it is there."""
NAMESPACE = uuid.UUID("0c4a8f4e-7a8a-5f0e-9a55-6c6975736875")


class RefusedError(Exception):
    """The box refused a wish by a rule: the test asked for something wrong."""


@dataclasses.dataclass(frozen=True, slots=True)
class Printed:
    """What a register's printer would have: a promise that the sale is kept."""

    receipt_no: int
    fact_id: uuid.UUID
    register_no: str
    amount_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class Counter:
    """A store's registers, as a program at them knows them."""

    store: str
    port: int
    """Of its box."""
    tokens: dict[str, str]
    """By register."""


class Till:
    """Does all that a store has to do, once, whatever happens to its box."""

    def __init__(
        self,
        counter: Counter,
        duties: StoreDuties,
        baskets: Sequence[PlannedBasket],
        shipped: set[str],
        pause_s: float,
    ) -> None:
        """Prepare.

        Args:
            counter: where it stands.
            duties: what it has to do beside selling.
            baskets: what it sells.
            shipped: of all stores: nobody can receive what was not sent.
            pause_s: between two customers.
        """
        name = f"till {counter.store}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.store, self.sold, self.is_done = counter.store, 0, False
        self.printed: list[Printed] = []
        self.fault: BaseException | None = None
        self.retries = 0
        self._counter, self._duties = counter, duties
        self._baskets, self._shipped, self._pause_s = baskets, shipped, pause_s
        self._stop = threading.Event()
        self._done: set[str] = set()

    def start(self) -> None:
        """Open the store."""
        self._thread.start()

    def close(self) -> None:
        """Go home. A repeat does nothing."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._wait_for_orders()
            self._receive("opening")
            for number, basket in enumerate(self._baskets):
                self._sell(basket)
                self.sold = number + 1
                if number % 10 == 0:
                    self._move_transfers()
                if self._stop.wait(self._pause_s):
                    return
            self._receive("purchase")
            while not self._move_transfers() and not self._stop.wait(POLL_S):
                pass
            self.is_done = True
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            self.fault = error

    def _wait_for_orders(self) -> None:
        while len(self._orders()["purchase_orders"]) < self._duties.purchases:
            if self._stop.wait(POLL_S):
                return

    def _orders(self) -> dict[str, Any]:
        orders: dict[str, Any] = self._ask("GET", "/api/orders", "1")
        return orders

    def _receive(self, purpose: str) -> None:
        for order in self._orders()["purchase_orders"]:
            if order["purpose"] == purpose:
                number = order["purchase_order_no"]
                self._handle(f"/api/purchase-orders/{number}/receive", order["lines"])

    def _move_transfers(self) -> bool:
        """Send and receive what can be now; whether nothing is left to do."""
        for order in self._orders()["transfer_orders"]:
            number = order["transfer_no"]
            if order["source_store"] == self.store:
                self._handle(f"/api/transfer-orders/{number}/ship", order["lines"])
                self._shipped.add(number)
            elif number in self._shipped:
                self._handle(f"/api/transfer-orders/{number}/receive", order["lines"])
        moved = sum("/transfer-orders/" in path for path in self._done)
        return moved == self._duties.sends + self._duties.receives

    def _handle(self, path: str, lines: list[dict[str, int]]) -> None:
        if path not in self._done:
            key = uuid.uuid5(NAMESPACE, f"{self.store} {path}")
            there = [{name: line[name] for name in ORDERED} for line in lines]
            self._ask("POST", path, "1", {"lines": there}, key)
            self._done.add(path)

    def _sell(self, basket: PlannedBasket) -> None:
        due_fen = sum(line.amount_fen for line in basket.lines)
        for line in basket.lines:
            wish = {"item_id": line.item_id, "quantity_milli": line.quantity_milli}
            self._command(basket, "add_item", wish)
        given_fen = due_fen
        if basket.tender is TenderKind.CASH:
            given_fen = -(-due_fen // NOTE_FEN) * NOTE_FEN
        tender = {"kind": basket.tender.value, "amount_fen": given_fen}
        result = self._command(basket, "pay", {"tenders": [tender]})
        receipt = result["receipt"]
        printed = Printed(
            receipt["receipt_no"],
            uuid.UUID(receipt["fact_id"]),
            receipt["register_no"],
            receipt["totals"]["amount_fen"],
        )
        assert printed.amount_fen == due_fen, (printed, due_fen)
        self.printed.append(printed)

    def _command(
        self, basket: PlannedBasket, name: str, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        words = f"{basket.basket_id} {name} {arguments}"
        command_id = uuid.uuid5(NAMESPACE, words)
        wish = {"command_id": str(command_id), "name": name, "arguments": arguments}
        path = f"/api/registers/{basket.register_no}/commands"
        result: dict[str, Any] = self._ask("POST", path, basket.register_no, wish)
        if result["outcome"] != "done":
            raise RefusedError(f"{words}: {result['refusal']}")
        return result

    def _ask(
        self,
        method: str,
        path: str,
        register_no: str,
        body: dict[str, Any] | None = None,
        key: uuid.UUID | None = None,
    ) -> Any:  # noqa: ANN401 - any value of JSON
        """Ask until there is an answer."""
        headers = {"Authorization": f"Bearer {self._counter.tokens[register_no]}"}
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        while not self._stop.is_set():
            try:
                status, answer = ask(self._counter.port, method, path, headers, body)
            except (OSError, http.client.HTTPException, ValueError):
                status, answer = 0, None
            if status == http.HTTPStatus.OK:
                return answer
            if http.HTTPStatus.BAD_REQUEST <= status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                raise RefusedError(f"{method} {path}: {status} {answer}")
            self.retries += 1
            time.sleep(RETRY_PAUSE_S)
        raise RefusedError(f"{method} {path}: stopped")


def ask(
    port: int,
    method: str,
    path: str,
    headers: dict[str, str],
    body: dict[str, Any] | None = None,
) -> tuple[int, Any]:
    """Send one request to 127.0.0.1; status and JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, headers | {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def wait_all(tills: Sequence[Till], look: Callable[[], None], limit_s: float) -> None:
    """Look after everything until all tills are done; the limit counts anew with every sale."""
    seen, deadline_s = -1, 0.0
    while not all(till.is_done for till in tills):
        for till in tills:
            if till.fault is not None:
                raise till.fault
        sold = sum(till.sold for till in tills)
        if sold != seen:
            seen, deadline_s = sold, time.monotonic() + limit_s
        assert time.monotonic() < deadline_s, f"stalled after {sold} baskets"
        look()
        time.sleep(RETRY_PAUSE_S)
