"""The teller: tells the payment provider what the box wrote down, and asks until it answers.

It holds no money and no truth: what is open stands in the box's database, and whatever the provider
says goes through the register's desk. A restart forgets nothing but when to ask again.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Protocol

from edge_agent.services import wallet_payments as use
from edge_agent.services.box import Box
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.wallet_payments import (
    WalletPayment,
    WalletRefund,
    read_open_payments,
    read_open_refunds,
)
from edge_agent.store.writer import Writer
from edge_agent.wallets.gateway import Charge, Provider
from retail_domain.trade.wallet_payment import Outcome, ProviderAnswer, WalletState

LOOK_INTERVAL_S = 0.5
"""Between two looks for what is to be asked again."""
ASK_AGAIN_MS = (1_000, 2_000, 3_000, 5_000, 10_000, 30_000)
"""After the first answer that was none, the second, and so on; then always the last."""
CALLS_MAX = 4
"""At the provider at once: a store has as many customers paying."""

log = logging.getLogger(__name__)


class Till(Protocol):
    """Where a register's payments are heard of."""

    async def hear_payment(self, payment_no: str, answer: ProviderAnswer) -> None:
        """Take the provider's answer."""


class Store(Protocol):
    """What the teller needs of the shop."""

    def desk(self, register_no: str) -> Till:
        """A register's desk."""

    def hear_refund(self, refund: WalletRefund) -> None:
        """Tell the register when a refund was declined."""


@dataclasses.dataclass(slots=True)
class Asked:
    """How often the provider was asked about a number, and when it is asked again."""

    times: int = 0
    again_at_ms: int = 0
    is_running: bool = False

    def wait(self, now_ms: int) -> None:
        """It gave no last word."""
        self.again_at_ms = now_ms + ASK_AGAIN_MS[min(self.times, len(ASK_AGAIN_MS) - 1)]
        self.times += 1


class Teller:
    """Runs beside the server, over one provider."""

    def __init__(self, box: Box, writer: Writer, store: Store, provider: Provider) -> None:
        self._box, self._writer, self._store, self._provider = box, writer, store, provider
        self._asked: dict[str, Asked] = {}
        self._grew = asyncio.Event()
        self._calls: set[asyncio.Task[None]] = set()
        self._old: frozenset[str] = frozenset()
        """Asked for by an earlier process: the provider may have heard of them or not."""

    def payments_grew(self) -> None:
        """Something is to be asked now; on the loop."""
        self._grew.set()

    async def run(self) -> None:
        """Ask until cancelled."""
        payments, _refunds = await self._writer.run(_read_open)
        self._old = frozenset(payment.payment_no for payment in payments)
        try:
            while True:
                await self._look()
                try:
                    await asyncio.wait_for(self._grew.wait(), LOOK_INTERVAL_S)
                except TimeoutError:
                    continue
                finally:
                    self._grew.clear()
        finally:
            for call in self._calls:
                call.cancel()

    async def _look(self) -> None:
        """Start what is due, up to CALLS_MAX; a call that ended by a bug ends the teller too."""
        payments, refunds = await self._writer.run(_read_open)
        asks: dict[str, Callable[[Asked], Coroutine[None, None, None]]] = {
            # A payment that is to be taken back is another question, due at once.
            f"{one.state.value} {one.payment_no}": functools.partial(self._ask_payment, one)
            for one in payments
        }
        asks |= {one.refund_no: functools.partial(self._ask_refund, one) for one in refunds}
        self._asked = {key: self._asked.get(key, Asked()) for key in asks}
        for key, ask in asks.items():
            self._start(self._asked[key], ask)
        for call in [call for call in self._calls if call.done()]:
            self._calls.discard(call)
            call.result()

    def _start(self, asked: Asked, ask: Callable[[Asked], Coroutine[None, None, None]]) -> None:
        is_due = self._box.clock.monotonic_ms() >= asked.again_at_ms
        if is_due and not asked.is_running and len(self._calls) < CALLS_MAX:
            asked.is_running = True
            self._calls.add(asyncio.create_task(ask(asked)))

    async def _ask_payment(self, payment: WalletPayment, asked: Asked) -> None:
        answer = await asyncio.to_thread(self._ask_provider, payment, asked.times)
        log.info(
            "payment %s of %d fen: %s %s",
            payment.payment_no,
            payment.amount_fen,
            answer.outcome.value,
            answer.reason,
        )
        await self._store.desk(payment.register_no).hear_payment(payment.payment_no, answer)
        self._end(asked, answer)

    def _ask_provider(self, payment: WalletPayment, times: int) -> ProviderAnswer:
        if payment.state is WalletState.TAKING_BACK:
            return self._provider.take_back(payment.payment_no)
        if times or payment.payment_no in self._old:
            return self._provider.query(payment.payment_no)
        store = self._box.identity.store
        return self._provider.charge(
            Charge(payment.payment_no, payment.kind, payment.amount_fen, payment.pay_code, store)
        )

    async def _ask_refund(self, refund: WalletRefund, asked: Asked) -> None:
        answer = await asyncio.to_thread(
            self._provider.refund, refund.payment_no, refund.refund_no, refund.amount_fen
        )
        log.info("refund %s: %s %s", refund.refund_no, answer.outcome.value, answer.reason)
        heard = await self._writer.run(use.hear_refund, self._box, refund.refund_no, answer)
        self._store.hear_refund(heard)
        self._end(asked, answer)

    def _end(self, asked: Asked, answer: ProviderAnswer) -> None:
        asked.is_running = False
        if answer.outcome in {Outcome.UNHEARD, Outcome.PAID}:
            asked.again_at_ms = 0
            self._grew.set()
            return
        asked.wait(self._box.clock.monotonic_ms())


def _read_open(db: Connection) -> tuple[list[WalletPayment], list[WalletRefund]]:
    payments = [one for one in read_open_payments(db) if one.state is not WalletState.PAID]
    return payments, read_open_refunds(db)
