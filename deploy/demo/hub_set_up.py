"""Fills the hub of a demo before it starts: stores, goods, prices, orders, people, claim codes."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import secrets
import shutil
import uuid
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from deploy.demo.chinese_names import name_store
from deploy.demo.errors import DemoDatabaseTakenError
from deploy.demo.layout import CHAIN, HUB_USER, LEGAL_ENTITY, PRICE_ZONE, DemoFolder, write_whole
from deploy.demo.supply import (
    PlannedTransfer,
    SupplyOrder,
    add_up_sales,
    plan_orders,
    plan_transfers,
)
from deploy.demo.trade_plan import PlannedItem, TradePlan, read_items
from hq_hub.config import read_database_url
from hq_hub.services.actors import TERMINAL
from hq_hub.services.certificates import init_pki
from hq_hub.services.documents import (
    NewPurchase,
    put_items,
    put_prices,
    put_purchase_order,
    put_store,
)
from hq_hub.services.enrolment import make_claim_code
from hq_hub.services.requests import Asked
from hq_hub.services.setup import create_hub
from hq_hub.services.users import hash_password, put_user
from hq_hub.store.engine import open_engine, sqlite_url
from hq_hub.store.migrate import read_revision
from hq_hub.store.orders import PurchaseLine
from hq_hub.store.people import User
from hq_hub.store.stores import Store
from protos.claim import SECRET_BYTES
from retail_domain.catalog.item import Price

DATABASE, PKI = "database/hub.db", "pki"
BUYER = "demo"


@dataclasses.dataclass(frozen=True, slots=True)
class StoreDuties:
    """What one store's box has to do, beside selling."""

    claim_code: str
    purchases: int
    """Purchase orders to receive."""
    sends: int
    """Transfers to send."""
    receives: int


@dataclasses.dataclass(frozen=True, slots=True)
class Supply:
    """All orders of a demo, as they were planned."""

    orders: tuple[SupplyOrder, ...]
    transfers: tuple[PlannedTransfer, ...]


def plan_supply(folder: DemoFolder, plan: TradePlan, items: dict[int, PlannedItem]) -> Supply:
    """Plan every order; the same at every start."""
    transfers = plan_transfers(folder.plan, plan, items)
    orders = [
        order
        for store in plan.stores
        for order in plan_orders(
            store.store, add_up_sales(folder.plan, store.store), items, transfers
        )
    ]
    return Supply(tuple(orders), tuple(transfers))


def load_items(folder: DemoFolder) -> dict[int, PlannedItem]:
    """Items of the plan by number."""
    return {planned.item.item_id: planned for planned in read_items(folder.plan)}


def find_database(folder: DemoFolder) -> str:
    """URL of the hub's database: the one that the environment names, or a file of the folder."""
    return read_database_url() or sqlite_url(str(folder.hub / DATABASE))


def fill_hub(
    folder: DemoFolder,
    plan: TradePlan,
    supply: Supply,
    password: str,
    tell: Callable[[str], None],
) -> None:
    """Make and fill the hub's database, once; a start that died half-way begins anew.

    Raises:
        DemoDatabaseTakenError: the environment names a database that holds a hub.
    """
    if folder.set_up.exists():
        return
    shutil.rmtree(folder.hub, ignore_errors=True)
    (folder.hub / DATABASE).parent.mkdir(parents=True)
    now = datetime.datetime.now(datetime.UTC)
    init_pki(folder.hub / PKI, CHAIN, (), now)
    engine = open_engine(find_database(folder))
    with contextlib.closing(engine.connect()) as db:
        if read_revision(db) is not None:
            raise DemoDatabaseTakenError(database=engine.url.render_as_string())
        db.rollback()
        create_hub(find_database(folder), CHAIN)
        user = User(HUB_USER, "演示经理 Demo manager", "manager")
        put_user(db, user, hash_password(password), Asked(TERMINAL, uuid.uuid4(), now))
        _put_stores(db, plan)
        items = list(read_items(folder.plan))
        tell(f"headquarters lists {len(items):,} items and {len(supply.orders):,} orders")
        put_items(db, [planned.item for planned in items])
        prices = [Price(planned.item.item_id, planned.unit_price_fen) for planned in items]
        put_prices(db, PRICE_ZONE, prices)
        _put_orders(db, supply.orders, now)
        codes = {store.store: _make_code(db, store.store, now) for store in plan.stores}
    engine.dispose()
    duties = {store: _duties(store, code, supply) for store, code in codes.items()}
    text = json.dumps({store: dataclasses.astuple(duty) for store, duty in duties.items()})
    write_whole(folder.set_up, text)
    folder.set_up.chmod(0o600)


def read_set_up(folder: DemoFolder) -> dict[str, StoreDuties]:
    """What `fill_hub` left for the boxes, by store."""
    kept = json.loads(folder.set_up.read_text("utf-8"))
    return {store: StoreDuties(*duties) for store, duties in kept.items()}


def _put_stores(db: sa.Connection, plan: TradePlan) -> None:
    for place, planned in enumerate(plan.stores):
        named = name_store(place)
        store = Store(
            store=planned.store,
            name=named.name,
            name_en=named.name_en,
            city=named.city,
            price_zone=PRICE_ZONE,
            legal_entity=LEGAL_ENTITY,
        )
        put_store(db, store)


def _put_orders(db: sa.Connection, orders: Sequence[SupplyOrder], now: datetime.datetime) -> None:
    for order in orders:
        lines = tuple(
            PurchaseLine(line.item_id, line.quantity_milli, line.value_fen) for line in order.lines
        )
        purchase = NewPurchase(order.store, order.supplier_no, order.purpose, lines)
        put_purchase_order(db, purchase, by=BUYER, at=now)


def _make_code(db: sa.Connection, store: str, now: datetime.datetime) -> str:
    secret = secrets.token_bytes(SECRET_BYTES)
    return make_claim_code(db, store, secret, now, is_replacement=False)


def _duties(store: str, claim_code: str, supply: Supply) -> StoreDuties:
    return StoreDuties(
        claim_code=claim_code,
        purchases=sum(order.store == store for order in supply.orders),
        sends=sum(transfer.source_store == store for transfer in supply.transfers),
        receives=sum(transfer.target_store == store for transfer in supply.transfers),
    )
