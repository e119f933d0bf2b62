"""Stores of one chain, each with its box, and their headquarters: facts go up, documents down."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import uuid
from collections.abc import Iterator

from edge_agent.services import passed_sales, returns
from edge_agent.services.box import Box, Operator, TillRules
from edge_agent.services.facts import write_fact
from edge_agent.services.register import BasketLine, sell_basket
from edge_agent.services.returns import BroughtBack, ExchangeWish
from edge_agent.services.seat import Seat
from edge_agent.store import history, journal
from edge_agent.store.database import write_transaction
from edge_agent.store.identity import Identity
from edge_agent.store.sqlite_library import Connection
from hq_hub.services.sale_passing import pass_next
from protos.documents import RETURNS_FEED
from retail_domain.rounding import MILLI
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Fact
from retail_domain.trade.open_ticket import OpenTicket
from retail_domain.trade.refund import GoodsBack
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.shop_setup import COLA, NOODLES, PRICES_FEN, make_box, open_box
from tests.edge_agent.sync.test_people_feed import pull
from tests.hq_hub.small_chain import STORES, SmallChain, open_chain

PAYMENT_NO = "0123456789abcdef0123456789abcdef"
COLA_LINE, NOODLES_LINE = 1, 2
SOLD_MILLI = 3 * MILLI
"""Of each of the two lines of a sale."""


@dataclasses.dataclass
class Shop:
    """One store."""

    store: str
    db: Connection
    box: Box
    sent_seq: int = 0
    """As far as its journal is at headquarters."""
    made: int = 0
    """Identities so far."""

    def sell(self, sale_id: uuid.UUID, tender: TenderKind = TenderKind.CASH) -> Fact:
        """Three colas and three noodles, the noodles with 1 fen off."""
        lines = [
            BasketLine(COLA, "", SOLD_MILLI, PRICES_FEN[COLA], 0),
            BasketLine(NOODLES, "", SOLD_MILLI, PRICES_FEN[NOODLES], 1),
        ]
        seat = Seat("1", "1001", OpenTicket())
        return sell_basket(self.db, self.box, seat, lines, fact_id=sale_id, tender=tender)

    def sell_by_wallet(self, sale_id: uuid.UUID) -> int:
        """The same, paid through a provider under PAYMENT_NO; returns the amount in fen."""
        sold = self.sell(self._make_id()).happening.payload
        assert isinstance(sold, Ticket)
        fen = sold.amount_fen
        paid = (Tender(TenderKind.WECHAT, fen, fen, PAYMENT_NO),)
        ticket = dataclasses.replace(sold, receipt_no=sold.receipt_no + 1, tenders=paid)
        with write_transaction(self.db):
            write_fact(self.db, self.box, Operator("1001", "1"), ticket, fact_id=sale_id)
        return fen

    def take_back(
        self,
        sale_id: uuid.UUID,
        line_no: int = COLA_LINE,
        milli: int = MILLI,
        tender: TenderKind = TenderKind.CASH,
    ) -> Fact:
        """Goods of a sale."""
        goods = GoodsBack(milli, StockState.SELLABLE, "unwanted")
        wish = ExchangeWish([BroughtBack(sale_id, line_no, goods)], tender)
        seat = Seat("1", "1001", OpenTicket())
        return returns.exchange(self.db, self.box, seat, wish, fact_id=self._make_id())

    def left_milli(self, sale_id: uuid.UUID) -> list[int]:
        """What may still come back of a sale, by line."""
        _fact, lines = returns.read_sale(self.db, self.store, sale_id)
        return [one.left_milli for one in lines]

    def ask_for(self, sale_id: uuid.UUID) -> uuid.UUID:
        """Want another store's sale; returns the request."""
        request_id = self._make_id()
        operator = Operator("1001", "1")
        passed_sales.request_sale(self.db, self.box, operator, sale_id, fact_id=request_id)
        return request_id

    def _make_id(self) -> uuid.UUID:
        self.made += 1
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.store} {self.made}")


class Stores:
    """The chain."""

    def __init__(self, hub: SmallChain, shops: dict[str, Shop]) -> None:
        self.hub, self.shops = hub, shops

    def send(self, store: str) -> None:
        """A store's facts reach headquarters."""
        shop = self.shops[store]
        bodies = list(history.iterate_bodies(shop.db, 1, shop.sent_seq))
        if bodies:
            self.hub.boxes[store].seq += len(bodies)
            self.hub.receive_bodies(store, bodies)
            shop.sent_seq = journal.read_tail(shop.db).seq

    def pass_on(self) -> None:
        """Headquarters carries what the facts say."""
        while pass_next(self.hub.db):
            pass
        self.hub.db.rollback()

    def fetch(self, store: str) -> int:
        """A store gets its documents and answers them; returns how many."""
        shop = self.shops[store]
        pull(self.hub, shop.db, RETURNS_FEED, store)
        return passed_sales.answer_questions(shop.db, shop.box)

    def talk(self) -> None:
        """All lines are up until nobody has anything to say."""
        is_quiet = False
        while not is_quiet:
            for store in self.shops:
                self.send(store)
            self.pass_on()
            is_quiet = sum(self.fetch(store) for store in self.shops) == 0


@contextlib.contextmanager
def open_stores(folder: pathlib.Path) -> Iterator[Stores]:
    """Three stores and their headquarters."""
    (folder / "hub").mkdir()
    with contextlib.ExitStack() as parts:
        hub = parts.enter_context(open_chain(folder / "hub"))
        shops = {}
        for store in STORES:
            identity = Identity("test-chain", store, "B1", f"{store}店", store, "Z1")
            path = str(folder / f"{store}.sqlite")
            db = parts.enter_context(contextlib.closing(open_box(path, identity)))
            box = dataclasses.replace(
                make_box(identity=identity), till=TillRules(has_wallet_gateway=True)
            )
            shops[store] = Shop(store, db, box)
        yield Stores(hub, shops)
