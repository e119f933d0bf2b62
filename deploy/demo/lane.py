"""A lane that trades by itself: a simulated scanner reads, the register's REST twin pays."""

from __future__ import annotations

import logging
import pathlib
import random
import threading
from collections.abc import Iterable, Iterator

import websockets

from deploy.demo.box_client import BoxAnswerError, BoxClient, TicketView
from deploy.demo.trade_plan import PlannedBasket, PlannedLine
from hardware.sim.serial_scanner import SimulatedSerialScanner
from retail_domain.trade.tender import TenderKind

SCAN_PAUSE_S, CUSTOMER_PAUSE_S = (0.3, 1.2), (2.0, 8.0)
"""From, to: a lane of a shop in the afternoon."""
RETRY_PAUSE_S = 1.0
SEEN_S = 5.0
"""A scan shows on the ticket within milliseconds; if not within this, it is scanned again."""
SCAN_TRIES = 3
NOTE_FEN = 1_000
"""Cash is handed over in notes of ten yuan."""

log = logging.getLogger(__name__)


class Lane:
    """One register that rings up baskets scan by scan, in a thread of its own."""

    def __init__(
        self,
        client: BoxClient,
        scanner: SimulatedSerialScanner,
        baskets: Iterable[PlannedBasket],
        position: pathlib.Path,
    ) -> None:
        """Prepare.

        Args:
            client: of the register.
            scanner: bound to it; plugged in by the caller.
            baskets: in the order in which the customers come.
            position: file with the number of customers served, so that a restart goes on.
        """
        self._client, self._scanner, self._baskets = client, scanner, baskets
        self._position = position
        self._chance = random.Random(client.port)  # noqa: S311 - pauses only
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lane {client.port}", daemon=True)
        self.served = int(position.read_text("ascii")) if position.exists() else 0
        """Customers, over all starts."""

    def start(self) -> None:
        """Open the lane."""
        self._thread.start()

    def close(self) -> None:
        """Leave the ticket as it is and go. A repeat does nothing."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        waiting = self._waiting_customers()
        basket = next(waiting, None)
        while basket is not None and not self._stop.is_set():
            try:
                with TicketView(self._client) as view:
                    if view.lines:  # A ticket that a killed box or lane left behind.
                        self._client.command("clear_ticket")
                        view.wait(lambda: not view.lines)
                    while basket is not None and self._serve(view, basket):
                        self._note_served()
                        basket = next(waiting, None)
            except (OSError, BoxAnswerError, websockets.WebSocketException) as error:
                log.info("lane of port %d waits: %s", self._client.port, error)
                self._stop.wait(RETRY_PAUSE_S)

    def _waiting_customers(self) -> Iterator[PlannedBasket]:
        for number, basket in enumerate(self._baskets):
            if number >= self.served:
                yield basket

    def _serve(self, view: TicketView, basket: PlannedBasket) -> bool:
        """Ring up and pay one basket; False when the lane is stopped in the middle."""
        for line in basket.lines:
            if self._pause(SCAN_PAUSE_S):
                return False
            self._ring_up(view, line)
        if self._pause(SCAN_PAUSE_S):
            return False
        view.receipt = None
        due_fen = view.due_fen
        given_fen = due_fen
        if basket.tender is TenderKind.CASH:
            given_fen = -(-due_fen // NOTE_FEN) * NOTE_FEN
        tenders = [{"kind": basket.tender.value, "amount_fen": given_fen}] if due_fen else []
        self._client.command("pay", tenders=tenders)
        view.wait(lambda: view.receipt is not None)
        return not self._pause(CUSTOMER_PAUSE_S)

    def _ring_up(self, view: TicketView, line: PlannedLine) -> None:
        code = line.gtin.removeprefix("0")  # GTIN-13, as it is printed.
        for _try in range(SCAN_TRIES):
            self._scanner.scan(code)
            if view.wait(lambda: view.find(code) is not None, SEEN_S):
                break
        found = view.find(code)
        if found is None:
            raise BoxAnswerError(f"{code} was scanned and did not appear")
        if line.quantity_milli != found["quantity_milli"]:
            self._client.command(
                "set_quantity", line_id=found["line_id"], quantity_milli=line.quantity_milli
            )
            view.wait(lambda: view.quantity_milli(code) == line.quantity_milli)

    def _pause(self, span_s: tuple[float, float]) -> bool:
        """Wait as a person would; True when the lane shall stop."""
        return self._stop.wait(self._chance.uniform(*span_s))

    def _note_served(self) -> None:
        self.served += 1
        self._position.write_text(str(self.served), "ascii")
