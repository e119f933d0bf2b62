"""One box of a demo at work: receives, sells, ships by the same use cases as the register.

Everything has a fact_id that follows from the plan, so a box that was killed starts again from the
first line and changes nothing until it reaches what it had not done yet.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import uuid
from collections.abc import Callable, Iterator, Sequence

from deploy.demo.trade_plan import PlannedBasket, instant
from edge_agent.services import goods
from edge_agent.services.box import Box, Clock
from edge_agent.services.register import BasketLine, sell_basket
from edge_agent.services.seat import Seat
from edge_agent.store import feeds, journal
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.writer import Writer
from protos.documents import ORDERS_FEED, PurchaseOrder, TransferOrder
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.fact_id import RANDOM_BITS, make_fact_id
from retail_domain.trade.open_ticket import OpenTicket

CASHIER_NO, CLERK_NO = "1001", "2001"
DAY_MS = 24 * 60 * 60 * 1000
OPENING_BEFORE_MS = DAY_MS
"""Opening stock is received a day before the first sale."""
LATE_AFTER_MS = 60 * 60 * 1000
"""What was delivered too late is received an hour after the last sale."""


class PlayClock:
    """The wall clock of a box in a play: it stands where the plan puts it."""

    def __init__(self) -> None:
        self.at = instant(0)

    def now(self) -> datetime.datetime:
        """The instant that is played."""
        return self.at


@dataclasses.dataclass(frozen=True, slots=True)
class Orders:
    """Documents of headquarters that a store has in hand."""

    version: int
    """Of the orders feed."""
    purchases: tuple[PurchaseOrder, ...]
    transfers: tuple[TransferOrder, ...]

    def of(self, purpose: ReceiptPurpose) -> list[PurchaseOrder]:
        """Purchase orders of a purpose, by number."""
        return [order for order in self.purchases if order.purpose is purpose]


def set_play_clock(box: Box, clock: PlayClock) -> Box:
    """Let a box take its wall clock from the play; chance and monotonic clock stay its own."""
    played = Clock(
        now=clock.now,
        monotonic_ms=box.clock.monotonic_ms,
        random_bits=box.clock.random_bits,
        boot_id=box.clock.boot_id,
    )
    return dataclasses.replace(box, clock=played)


def plan_fact_id(at_ms: int, *words: str) -> uuid.UUID:
    """Identity of a fact of the play: the same at every start."""
    digest = hashlib.blake2b("\0".join(words).encode(), digest_size=16).digest()
    return make_fact_id(at_ms, int.from_bytes(digest, "big") % (1 << RANDOM_BITS))


def read_orders(db: Connection, known: Orders | None) -> Orders:
    """What the store has to receive and to send, read again only when it changed."""
    version = feeds.read_position(db, ORDERS_FEED).version
    if known is not None and known.version == version:
        return known
    purchases, transfers = goods.list_orders(db)
    return Orders(version, tuple(purchases), tuple(transfers))


class BoxPlay:
    """The use cases of one box, with the clock put where the plan says."""

    def __init__(self, writer: Writer, box: Box, did: Callable[[], None]) -> None:
        """Take a box over.

        Args:
            writer: of its database.
            box: as its program knows it.
            did: called after each commit; wakes the sync.
        """
        self._clock = PlayClock()
        self._writer, self._did = writer, did
        self._orders: Orders | None = None
        self._box = set_play_clock(box, self._clock)

    @property
    def store(self) -> str:
        """Whose box."""
        return self._box.identity.store

    async def receive(self, orders: Sequence[PurchaseOrder], at_ms: int) -> None:
        """Receive deliveries as ordered."""
        for order in orders:
            number = order.purchase_order_no
            self._clock.at = instant(at_ms)
            await self._writer.run(
                goods.receive_goods,
                self._box,
                number,
                order.lines,
                fact_id=plan_fact_id(at_ms, "receive", self.store, number),
                staff_no=CLERK_NO,
            )
            self._did()

    async def sell(self, basket: PlannedBasket) -> None:
        """Sell one basket at its time."""
        self._clock.at = instant(basket.sold_at_ms)
        await self._writer.run(
            sell_basket,
            self._box,
            Seat(basket.register_no, CASHIER_NO, OpenTicket()),
            list(_basket_lines(basket)),
            fact_id=plan_fact_id(basket.sold_at_ms, "sell", self.store, basket.basket_id),
            tender=basket.tender,
        )
        self._did()

    async def ship(self, order: TransferOrder, at_ms: int, id_ms: int) -> None:
        """Send a transfer as ordered; id_ms goes into the fact's identity."""
        self._clock.at = instant(at_ms)
        await self._writer.run(
            goods.ship_transfer,
            self._box,
            order.transfer_no,
            order.lines,
            fact_id=plan_fact_id(id_ms, "ship", order.transfer_no),
            staff_no=CLERK_NO,
        )
        self._did()

    async def receive_transfer(self, order: TransferOrder, at_ms: int, id_ms: int) -> None:
        """Take a transfer in as ordered; id_ms goes into the fact's identity."""
        self._clock.at = instant(at_ms)
        await self._writer.run(
            goods.receive_transfer,
            self._box,
            order.transfer_no,
            order.lines,
            fact_id=plan_fact_id(id_ms, "arrive", order.transfer_no),
            staff_no=CLERK_NO,
        )
        self._did()

    async def orders(self) -> Orders:
        """Documents in hand."""
        self._orders = await self._writer.run(read_orders, self._orders)
        return self._orders

    async def unsent(self) -> int:
        """Facts that the hub has not confirmed."""
        tail = await self._writer.run(journal.read_tail)
        return tail.seq - tail.durable_seq


def _basket_lines(basket: PlannedBasket) -> Iterator[BasketLine]:
    for line in basket.lines:
        yield BasketLine(
            item_id=line.item_id,
            scanned_code=line.gtin,
            quantity_milli=line.quantity_milli,
            unit_price_fen=line.unit_price_fen,
            discount_fen=line.discount_fen,
        )
