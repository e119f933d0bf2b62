"""The back rooms of a live demo: late deliveries are received, goods go from store to store."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence

from deploy.demo.box_client import BoxAnswerError, BoxClient
from deploy.demo.errors import DemoStalledError
from deploy.demo.hub_client import HubClient, RefusedError
from deploy.demo.play_box import plan_fact_id
from retail_domain.rounding import MILLI

TICK_S = 30.0
"""One step of everything; a transfer is in transit for as long."""
FIRST_TICKS, FIRST_TICK_S = 4, 4.0
"""Quicker, so that whoever starts the demo finds transfers in every state."""
LEFT_TO_PEOPLE = 4
"""One transfer order in so many stays a draft: somebody may approve it at the console."""
ITEMS_A_TRANSFER = 3
TRANSFERS_MAX = 200
"""Of one run: a store lists 500 orders at most."""

log = logging.getLogger(__name__)


class BackRooms:
    """Does what clerks and a manager do, one step a tick, in its own thread."""

    def __init__(
        self,
        boxes: Mapping[str, BoxClient],
        hub: HubClient,
        items: Mapping[str, Sequence[int]],
        id_ms: int,
    ) -> None:
        """Prepare.

        Args:
            boxes: a client by store.
            hub: the manager's session.
            items: item numbers that a store has, by store.
            id_ms: goes into the identities of what is done, so that a restart repeats nothing.
        """
        self._boxes, self._hub, self._items, self._id_ms = boxes, hub, items, id_ms
        self._started_ms = time.time_ns() // 1_000_000
        self._tick_no = 0
        self._shipped: set[str] = set()
        self._received: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="back rooms", daemon=True)

    def start(self) -> None:
        """Go to work."""
        self._thread.start()

    def close(self) -> None:
        """Finish the step in hand. A repeat does nothing."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self.step()
            except (OSError, BoxAnswerError, DemoStalledError, RefusedError) as error:
                log.info("back rooms wait: %s", error)
            if self._stop.wait(FIRST_TICK_S if self._tick_no < FIRST_TICKS else TICK_S):
                return

    def step(self) -> None:
        """Receive what is on the road, take one late delivery, send something new."""
        stores = sorted(self._boxes)
        source = stores[self._tick_no % len(stores)]
        target = stores[(self._tick_no + 1) % len(stores)]
        for store in stores:
            self._receive_transfers(store)
        self._receive_delivery(target)
        if self._tick_no < TRANSFERS_MAX:
            self._order_transfer(source, target)
        for store in stores:
            self._ship_transfers(store)
        self._tick_no += 1

    def _receive_delivery(self, store: str) -> None:
        for order in self._boxes[store].orders()["purchase_orders"]:
            number = order["purchase_order_no"]
            if order["purpose"] == "purchase" and number not in self._received:
                fact_id = plan_fact_id(self._id_ms, "receive", store, number)
                path = f"/api/purchase-orders/{number}/receive"
                self._boxes[store].handle_goods(path, order["lines"], fact_id)
                self._received.add(number)
                return

    def _order_transfer(self, source: str, target: str) -> None:
        items = self._items[source]
        first = self._tick_no * ITEMS_A_TRANSFER % max(len(items) - ITEMS_A_TRANSFER, 1)
        lines = [
            {"item_id": item_id, "quantity_milli": 2 * MILLI}
            for item_id in items[first : first + ITEMS_A_TRANSFER]
        ]
        wish = {"source_store": source, "target_store": target, "lines": lines}
        request = f"live {self._started_ms} {self._tick_no}"
        number = self._hub.post("/transfers", wish, request=f"draft {request}")["transfer_no"]
        if self._tick_no % LEFT_TO_PEOPLE != 1:
            self._hub.post(f"/transfers/{number}/approve", {}, request=f"approve {request}")

    def _ship_transfers(self, store: str) -> None:
        for order in self._boxes[store].orders()["transfer_orders"]:
            number = order["transfer_no"]
            if order["source_store"] == store and number not in self._shipped:
                fact_id = plan_fact_id(self._id_ms, "ship", number)
                path = f"/api/transfer-orders/{number}/ship"
                self._boxes[store].handle_goods(path, order["lines"], fact_id)
                self._shipped.add(number)

    def _receive_transfers(self, store: str) -> None:
        for order in self._boxes[store].orders()["transfer_orders"]:
            number = order["transfer_no"]
            is_due = order["target_store"] == store and number in self._shipped
            if is_due and number not in self._received:
                fact_id = plan_fact_id(self._id_ms, "arrive", number)
                path = f"/api/transfer-orders/{number}/receive"
                self._boxes[store].handle_goods(path, order["lines"], fact_id)
                self._received.add(number)
