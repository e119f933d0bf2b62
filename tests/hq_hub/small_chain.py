"""A hub of three stores on a real database, and facts as their boxes would send them."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import pathlib
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from hq_hub.reports import checks
from hq_hub.services import documents, transfers
from hq_hub.services.actors import TERMINAL
from hq_hub.services.apply import APPLY_FACTS_MAX, Applied, apply_next
from hq_hub.services.batch_rules import FACT_ID_BYTES
from hq_hub.services.documents import NewPurchase
from hq_hub.services.requests import Asked
from hq_hub.services.setup import create_hub
from hq_hub.services.transfers import NewTransfer
from hq_hub.store import journal
from hq_hub.store.engine import open_engine, sqlite_url, write_transaction
from hq_hub.store.journal import ReceivedFact
from hq_hub.store.orders import PurchaseLine
from hq_hub.store.stores import Store
from protos import chain, codec
from protos.liushui.v1 import fact_pb2
from retail_domain.catalog.item import Price
from retail_domain.people.permission import Actor
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.fact import HQ_STORE, Fact, Happening, Payload, Position
from retail_domain.trade.fact_id import make_fact_id
from retail_domain.transfers.transfer_order import OrderLine
from tests.hq_hub.databases import Databases, make_file
from tests.retail_domain.builders import NOON, make_happening, make_item

BOSS = dataclasses.replace(TERMINAL, person_no="boss")
"""May do all."""
STORES = ("S001", "S002", "S003")
STORE_NUMBERS = {HQ_STORE: 0, "S001": 1, "S002": 2, "S003": 3}
ITEM_IDS = (1, 2, 3)
PURCHASE_FEN = 1_000
"""What 3,000 milli of every item cost on every purchase order: a division that never goes even."""
PURCHASE_MILLI = 3_000


@dataclasses.dataclass
class BoxSim:
    """A box's journal as far as the hub sees it: place and chain of the next fact."""

    store: str
    epoch: int = 1
    seq: int = 0
    head: bytes = chain.GENESIS

    def make_body(self, payload: Payload) -> bytes:
        """Make the next fact's bytes; the chain goes on."""
        return self.place(make_happening(payload, self.next_number))

    @property
    def next_number(self) -> int:
        """What makes the identity of the next fact."""
        return STORE_NUMBERS[self.store] * 1_000_000 + self.epoch * 100_000 + self.seq + 1

    @property
    def next_fact_id(self) -> uuid.UUID:
        """Identity of the next fact, for facts that refer to it."""
        return make_fact_id(int(NOON.timestamp() * 1_000), self.next_number)

    def place(self, happening: Happening) -> bytes:
        self.seq += 1
        position = Position(self.store, "B1", self.epoch, self.seq)
        return codec.encode_fact(Fact(position, happening))


class SmallChain:
    """The hub's database, and a box a store."""

    def __init__(self, db: sa.Connection, url: str) -> None:
        self.db = db
        self.url = url
        self.boxes = {store: BoxSim(store) for store in STORE_NUMBERS}
        self._requests = 0

    def set_up(self) -> None:
        """Stores, items, prices, and one epoch a store."""
        for store in STORES:
            documents.put_store(
                self.db, Store(store, f"{store}店", f"Store {store}", "上海", "Z1", "LE1")
            )
        for store in STORE_NUMBERS:
            with write_transaction(self.db):
                journal.open_epoch(self.db, store, 1, chain.GENESIS)
        documents.put_items(self.db, [make_item(item_id) for item_id in ITEM_IDS])
        documents.put_prices(self.db, "Z1", [Price(item_id, 300) for item_id in ITEM_IDS])

    def order(self, store: str = "S001", purpose: ReceiptPurpose = ReceiptPurpose.PURCHASE) -> str:
        """Order every item for a store; returns the number."""
        lines = tuple(PurchaseLine(item_id, PURCHASE_MILLI, PURCHASE_FEN) for item_id in ITEM_IDS)
        purchase = NewPurchase(store, "SUP1", purpose, lines)
        return documents.put_purchase_order(self.db, purchase, by="boss", at=NOON)

    def draft_transfer(self, source: str = "S001", target: str = "S002") -> str:
        """Draft a transfer of 1,000 milli of every item."""
        lines = tuple(OrderLine(item_id, 1_000) for item_id in ITEM_IDS)
        return transfers.draft_transfer(self.db, NewTransfer(source, target, lines), self.ask())

    def ask(self, actor: Actor = BOSS) -> Asked:
        """A request of its own."""
        self._requests += 1
        return Asked(actor, make_fact_id(1, self._requests), NOON)

    def receive(self, store: str, *payloads: Payload) -> None:
        """Keep facts of a store in the hub's journal, not posted yet."""
        self.receive_bodies(store, [self.boxes[store].make_body(p) for p in payloads])

    def receive_bodies(self, store: str, bodies: Sequence[bytes]) -> None:
        """Keep bytes as facts of a store; the box counted them already."""
        box = self.boxes[store]
        facts = []
        for place, body in enumerate(bodies, start=box.seq - len(bodies) + 1):
            box.head = chain.next_head(box.head, body)
            wire = fact_pb2.Fact()
            with contextlib.suppress(Exception):
                wire.ParseFromString(body)
            fact_id = wire.fact_id if len(wire.fact_id) == FACT_ID_BYTES else None
            facts.append(ReceivedFact(place, fact_id, wire.kind, body, box.head))
        with write_transaction(self.db):
            journal.append_facts(
                self.db, store=store, epoch=box.epoch, facts=facts, received_at_ms=1_000
            )

    def receive_noise(self, store: str, body: bytes) -> None:
        """Keep bytes that are no fact."""
        self.boxes[store].seq += 1
        self.receive_bodies(store, [body])

    def apply(self, facts_max: int = APPLY_FACTS_MAX, *, at: datetime.datetime = NOON) -> Applied:
        """Post all that waits, in blocks of some facts; returns the sums."""
        posted = parked = 0
        while not (applied := apply_next(self.db, at, facts_max)).is_idle:
            posted += applied.posted
            parked += applied.parked
        return Applied(posted, parked)

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database directly."""
        rows = [tuple(row) for row in self.db.exec_driver_sql(sql)]
        self.db.rollback()
        return rows

    def account_fen(self) -> dict[tuple[str, str], int]:
        """Debit less credit by (store, account), zeros left out."""
        rows = self.read(
            "SELECT entry_store, account_code, sum(debit_fen - credit_fen) FROM entry_line"
            " GROUP BY 1, 2 HAVING sum(debit_fen - credit_fen) <> 0"
        )
        return {(row[0], row[1]): row[2] for row in rows}

    def on_hand_milli(self) -> dict[tuple[str, int], int]:
        """Quantity by (store, item), zeros left out."""
        rows = self.read("SELECT store, item_id, quantity_milli FROM on_hand")
        return {(row[0], row[1]): row[2] for row in rows if row[2]}

    def parked(self) -> list[tuple[Any, ...]]:
        """Store, seq and reason of what could not be posted."""
        return self.read("SELECT store, seq, reason_code FROM parked ORDER BY 1, 2")

    def require_agreement(self) -> None:
        """Books, stock and sub-ledgers agree, and no fact is unaccounted for."""
        ledger = checks.read_ledger_checks(self.db)
        assert ledger == checks.LedgerChecks(0, 0, 0, 0, 0)
        assert checks.read_stock_difference_milli(self.db) == 0
        assert checks.read_cost_difference_milli(self.db) == 0
        assert checks.read_transit_difference_milli(self.db) == 0
        assert checks.read_trial_balance_difference_fen(self.db) == 0
        assert checks.read_fact_counts(self.db).waiting == 0
        self.db.rollback()


@contextlib.contextmanager
def open_chain(folder: pathlib.Path) -> Iterator[SmallChain]:
    """A new hub in a folder, set up; on SQLite."""
    path = folder / "hub.db"
    path.write_bytes(make_file(fill_small_chain))
    with _open(sqlite_url(str(path))) as small:
        yield small


@contextlib.contextmanager
def open_copy(databases: Databases) -> Iterator[SmallChain]:
    """A new hub on one engine, set up."""
    with databases.copy(fill_small_chain) as url, _open(url) as small:
        yield small


def fill_small_chain(url: str) -> None:
    """Make a hub and set it up."""
    create_hub(url, "test-chain")
    with _open(url) as small:
        small.set_up()


@contextlib.contextmanager
def _open(url: str) -> Iterator[SmallChain]:
    engine = open_engine(url)
    try:
        with contextlib.closing(engine.connect()) as db:
            yield SmallChain(db, url)
    finally:
        engine.dispose()  # Also when a property gives an example up half-way.
