"""The chain of the play: a hub on either database, its stores, and what headquarters decides."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import pathlib
import random
import shutil
from collections.abc import Iterator
from typing import Protocol

import sqlalchemy as sa

from deploy.postgresql.cluster import Cluster
from hq_hub.services import documents, transfers
from hq_hub.services.apply import apply_next, retry_parked
from hq_hub.services.documents import NewPurchase
from hq_hub.services.generations import begin_generation
from hq_hub.services.requests import Asked
from hq_hub.services.sale_passing import pass_next
from hq_hub.services.transfers import NewTransfer
from hq_hub.store.engine import open_engine, sqlite_url
from hq_hub.store.orders import PurchaseLine
from retail_domain.rounding import MILLI
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.fact_id import make_fact_id
from retail_domain.transfers.transfer_order import OrderLine
from tests.hq_hub.small_chain import BOSS
from tests.hq_hub.wire_hub import make_empty_hub, put_stores
from tests.scenarios.month.goods import COSTS_FEN, ITEM_IDS, make_items, make_prices
from tests.scenarios.month.line import Hub


class HubFiles(Protocol):
    """Where the hub's database is, and how it is copied."""

    def make(self) -> str:
        """A new hub; gives its URL."""

    def back_up(self) -> None:
        """Keep a copy; the hub does not run."""

    def restore(self) -> None:
        """Put the copy in place; the hub does not run."""


class SqliteFiles:
    """Files of a folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._path, self._copy = folder / "hub.db", folder / "hub-backup.db"

    def make(self) -> str:
        url = sqlite_url(str(self._path))
        make_empty_hub(url)
        return url

    def back_up(self) -> None:
        shutil.copy(self._path, self._copy)

    def restore(self) -> None:
        shutil.copy(self._copy, self._path)


class PostgresqlFiles:
    """Databases of one server: a copy is made of a template that nobody is connected to."""

    def __init__(self, cluster: Cluster, name: str = "month") -> None:
        self._cluster, self._name, self._copy = cluster, name, f"{name}_backup"

    def make(self) -> str:
        url = self._cluster.create_database(self._name)
        make_empty_hub(url)
        return url

    def back_up(self) -> None:
        self._cluster.create_database(self._copy, template=self._name)

    def restore(self) -> None:
        self._cluster.drop_database(self._name)
        self._cluster.create_database(self._name, template=self._copy)


@dataclasses.dataclass(slots=True)
class Office:
    """Headquarters: its database, and people who decide."""

    files: HubFiles
    url: str
    hub: Hub
    engine: sa.Engine
    chance: random.Random
    requests: int = 0
    orders: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    """Purchase order and its store."""

    @property
    def db(self) -> sa.Connection:
        """The writer's connection."""
        return self.hub.db

    def ask(self) -> Asked:
        """A request of its own."""
        self.requests += 1
        return Asked(BOSS, make_fact_id(1, self.requests), self.hub.at)

    def set_up(self, stores: list[str]) -> None:
        """Stores, catalogue, and opening stock on its way."""
        put_stores(self.db, *stores)
        documents.put_items(self.db, make_items())
        documents.put_prices(self.db, "Z1", make_prices())
        for store in stores:
            self.order(store, ReceiptPurpose.OPENING, 60)

    def order(self, store: str, purpose: ReceiptPurpose, units: int) -> str:
        """Order every item for a store, at prices that move a little."""
        lines = tuple(
            PurchaseLine(
                item_id, units * MILLI, units * COSTS_FEN[item_id] + self.chance.randrange(50)
            )
            for item_id in ITEM_IDS
        )
        purchase = NewPurchase(store, "SUP1", purpose, lines)
        number = documents.put_purchase_order(self.db, purchase, by="boss", at=self.hub.at)
        if purpose is ReceiptPurpose.PURCHASE:
            self.orders.append((number, store))
        return number

    def transfer(self, source: str, target: str) -> str:
        """Let one store send goods to another."""
        items = self.chance.sample(ITEM_IDS, 3)
        lines = tuple(OrderLine(item_id, 4 * MILLI) for item_id in items)
        number = transfers.draft_transfer(self.db, NewTransfer(source, target, lines), self.ask())
        transfers.approve_transfer(self.db, number, self.ask())
        return number

    def apply(self) -> None:
        """Post all that waits, and what a new document put right."""
        for step in (apply_next, retry_parked):
            while not step(self.db, self.hub.at).is_idle:
                pass
        while pass_next(self.db):
            pass

    def back_up(self) -> None:
        """Stop, copy, start."""
        self._close()
        self.files.back_up()
        self._open()

    def restore(self) -> None:
        """Lose what came after the backup, and say so to all boxes."""
        self._close()
        self.files.restore()
        self._open()
        begin_generation(self.db, self.hub.at)

    def _close(self) -> None:
        self.hub.db.close()
        self.engine.dispose()

    def _open(self) -> None:
        self.engine = open_engine(self.url)
        self.hub.db = self.engine.connect()


@contextlib.contextmanager
def open_office(files: HubFiles, at: datetime.datetime, chance: random.Random) -> Iterator[Office]:
    """A new hub without stores."""
    url = files.make()
    engine = open_engine(url)
    office = Office(files, url, Hub(engine.connect(), at), engine, chance)
    try:
        yield office
    finally:
        office.hub.db.close()
        office.engine.dispose()
