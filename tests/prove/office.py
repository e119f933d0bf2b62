"""Headquarters: people who order, move, price, approve and keep the books."""

from __future__ import annotations

import collections
import contextlib
import random
import uuid
from collections.abc import Callable

import sqlalchemy as sa

from hq_hub.services import bookkeeping, documents, enrolment, recovery, transfers
from hq_hub.services.apply import apply_next, retry_parked
from hq_hub.services.bookkeeping import NewVoucher, NewVoucherLine
from hq_hub.services.errors import BootNeededError, StoreNotFoundError
from hq_hub.services.fact_index import index_next
from hq_hub.services.own_journal import today_of
from hq_hub.services.recovery import EPOCH_KINDS, TWO_MACHINES_KINDS
from hq_hub.services.requests import Asked
from hq_hub.services.sale_passing import pass_next
from hq_hub.services.transfers import NewTransfer
from hq_hub.store import alarms, registry
from hq_hub.store.registry import BoxState
from retail_domain.catalog.item import Price
from retail_domain.errors import RetailError
from retail_domain.rounding import MILLI
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.transfers.transfer_order import OrderLine
from tests.hq_hub.small_chain import BOSS
from tests.prove.fuse import DiedError
from tests.prove.hub_machine import HubMachine
from tests.prove.templates import order_goods
from tests.scenarios.month.goods import ITEM_IDS, PRICES_FEN

TRIES_MAX = 5
APPLY_FACTS_MAX = 40


class Office:
    """Whoever is cut off by the power asks again under the same key."""

    def __init__(self, hub: HubMachine, stores: tuple[str, ...], chance: random.Random) -> None:
        self.hub, self._stores, self._chance = hub, stores, chance
        self.refused: collections.Counter[str] = collections.Counter()

    def decide_something(self) -> None:
        """One thing that headquarters decides."""
        deeds, weights = zip(*DEEDS.items(), strict=True)
        self._chance.choices(deeds, weights)[0](self)

    def apply_a_little(self) -> None:
        """A block or two, as small as they come."""
        facts_max = self._chance.randint(1, APPLY_FACTS_MAX)
        with contextlib.suppress(DiedError):
            self.hub.do("apply", apply_next, self.hub.wall_at(), facts_max)
            self.hub.do("retry_parked", retry_parked, self.hub.wall_at(), facts_max)
            self.hub.do("passing", pass_next)
            if self._chance.random() < 0.2:
                self.hub.do("index", index_next)

    def apply_all(self) -> None:
        """Until nothing waits."""
        for operation, step in (("apply", apply_next), ("retry_parked", retry_parked)):
            while not self.hub.do(operation, step, self.hub.wall_at()).is_idle:
                pass
        for operation, look in (("passing", pass_next), ("index", index_next)):
            while self.hub.do(operation, look):
                pass

    def look_at_alarms(self, store: str, boot_id: uuid.UUID) -> bool:
        """Approve what has to be approved, for the machine that is switched on there."""
        with self.hub.reading() as db:
            kinds = {alarm.kind for alarm in alarms.read_open_alarms(db, store)}
        if not kinds & EPOCH_KINDS:
            return False
        boot = boot_id.hex if kinds & TWO_MACHINES_KINDS else ""
        with contextlib.suppress(BootNeededError, StoreNotFoundError, DiedError):  # Heard later.
            self.hub.do("approval", recovery.approve_epoch, store, boot, self.hub.wall_at())
            return True
        return False

    def close_month(self, period: str, *, acknowledge_missing: bool) -> bool:
        """Close a month; acknowledged, although some store has not sent all of it."""
        asked = self._ask()
        done = self._try(
            "own_fact",
            lambda db: bookkeeping.close_period(
                db, period, asked, acknowledge_missing=acknowledge_missing
            ),
        )
        return done is not None

    def revoke(self, store: str, box_id: str) -> None:
        """A box was stolen, or so it seems."""
        self._try("document", lambda db: enrolment.revoke_box(db, store, box_id))

    def reinstate(self, store: str, box_id: str) -> None:
        """It was found again."""
        with self.hub.reading() as db:
            registry.set_box_state(db, store, box_id, BoxState.ACTIVE)

    def order(self) -> None:
        """Order goods for a store."""
        store, units = self._chance.choice(self._stores), self._chance.randint(5, 30)
        at = self.hub.wall_at()
        self._try("document", lambda db: order_goods(db, store, ReceiptPurpose.PURCHASE, units, at))

    def order_up_to(self, number: str, store: str) -> None:
        """Order goods for a store until an order has this number."""
        made = ""
        while made < number:
            made = order_goods(self.hub.db, store, ReceiptPurpose.PURCHASE, 5, self.hub.wall_at())
        assert made == number, "another order has its number"

    def _transfer(self) -> None:
        source, target = self._chance.sample(self._stores, 2)
        items = self._chance.sample(ITEM_IDS, 3)
        lines = tuple(OrderLine(item_id, 4 * MILLI) for item_id in items)
        new, drafting, approving = NewTransfer(source, target, lines), self._ask(), self._ask()
        number = self._try("document", lambda db: transfers.draft_transfer(db, new, drafting))
        if number is not None:
            self._try("document", lambda db: transfers.approve_transfer(db, number, approving))

    def _price(self) -> None:
        item_id = self._chance.choice(ITEM_IDS)
        price = Price(item_id, PRICES_FEN[item_id] + self._chance.randrange(100))
        self._try("document", lambda db: documents.put_prices(db, "Z1", [price]))

    def _write_voucher(self) -> None:
        lines = (NewVoucherLine("HQ", "5602", 345, 0), NewVoucherLine("HQ", "1002", 0, 345))
        asked = self._ask()
        new = NewVoucher("办公费", today_of(asked.at), lines)
        self._try("own_fact", lambda db: bookkeeping.enter_voucher(db, new, asked))

    def _ask(self) -> Asked:
        return Asked(BOSS, uuid.UUID(int=self._chance.getrandbits(128)), self.hub.wall_at())

    def _try(
        self, operation: str, use_case: Callable[[sa.Connection], str | int | None]
    ) -> str | None:
        for _ in range(TRIES_MAX):
            try:
                return str(self.hub.do(operation, use_case))
            except DiedError:
                continue
            except RetailError as error:
                self.refused[error.code] += 1
                return None
        return None


DEEDS: dict[Callable[[Office], None], float] = {
    Office.order: 3,
    Office._transfer: 4,  # noqa: SLF001 - this table is part of the class
    Office._price: 2,  # noqa: SLF001 - as above
    Office._write_voucher: 1,  # noqa: SLF001 - as above
}
"""What headquarters decides, and how often."""
