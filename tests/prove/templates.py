"""A chain that has just been set up: made once for all seeds, copied for each."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import pathlib

import sqlalchemy as sa
from cryptography import x509

from edge_agent.services import exchange
from edge_agent.services.registers import enrol_register
from edge_agent.store import feeds
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.feeds import ScopePosition
from edge_agent.store.identity import Identity, write_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection
from hq_hub.services import documents, enrolment
from hq_hub.services import feeds as hub_feeds
from hq_hub.services.batch_rules import Caller
from hq_hub.services.certificates import fingerprint
from hq_hub.services.documents import NewPurchase
from hq_hub.store.engine import open_engine
from hq_hub.store.orders import PurchaseLine
from protos.liushui.v1 import sync_pb2
from retail_domain.rounding import MILLI
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.trade.tender import TENDER_FEN_MAX
from tests.hq_hub.wire_hub import CHAIN, SECRET, authority, make_hub, make_request, put_stores
from tests.prove.keys import make_key
from tests.scenarios.month.goods import COSTS_FEN, ITEM_IDS, make_items, make_prices

STORES = ("S001", "S002", "S003", "S004", "S005")
START = datetime.datetime(2026, 11, 29, 1, 0, tzinfo=datetime.UTC)
"""09:00 in China, two days before the month ends."""
OPENING_UNITS = 40
MAD_SUPPLIER = "SUP-MAD"
"""No store takes anything in from it, but by a fault of its program."""
HUB_FILE, EMPTY_FILE, BOXES_FILE = "hub.sqlite", "empty-box.sqlite", "boxes.json"


@dataclasses.dataclass(frozen=True, slots=True)
class EnrolledBox:
    """What a box has after its enrolment."""

    store: str
    box_id: str
    epoch: int
    epoch_start_head: bytes
    key_number: int
    fingerprint: bytes

    @property
    def topic(self) -> Caller:
        """As the hub knows it over MQTT."""
        return Caller(self.store)

    @property
    def certificate(self) -> Caller:
        """As the hub knows it over gRPC."""
        return Caller(self.store, self.box_id, self.fingerprint)


@dataclasses.dataclass(frozen=True, slots=True)
class Templates:
    """Where the files are, and the boxes of the stores."""

    folder: pathlib.Path
    boxes: dict[str, EnrolledBox]

    @property
    def hub(self) -> pathlib.Path:
        return self.folder / HUB_FILE

    @property
    def empty_box(self) -> pathlib.Path:
        """Migrated, never enrolled."""
        return self.folder / EMPTY_FILE

    def box(self, store: str) -> pathlib.Path:
        """Enrolled, with a register and the first documents; nothing happened yet."""
        return self.folder / f"{store}.sqlite"


def make_templates(folder: pathlib.Path) -> None:
    """Set up a hub with stores, goods and opening orders, and a box a store."""
    engine = open_engine(make_hub(folder / HUB_FILE))
    migrate(str(folder / EMPTY_FILE))
    boxes = []
    with contextlib.closing(engine.connect()) as db:
        put_stores(db, *STORES)
        documents.put_items(db, make_items())
        documents.put_prices(db, "Z1", make_prices())
        for store in STORES:
            order_goods(db, store, ReceiptPurpose.OPENING, OPENING_UNITS, START)
        for number, store in enumerate(STORES, start=1):
            order_beyond_belief(db, store)
            boxes.append(enrol_box(db, store, number, START))
            make_box(folder / f"{store}.sqlite", folder / EMPTY_FILE, boxes[-1], db)
    engine.dispose()
    plain = [
        {k: v.hex() if isinstance(v, bytes) else v for k, v in dataclasses.asdict(box).items()}
        for box in boxes
    ]
    (folder / BOXES_FILE).write_text(json.dumps(plain))


def load_templates(folder: pathlib.Path) -> Templates:
    """Find what `make_templates` left."""
    boxes = {}
    for plain in json.loads((folder / BOXES_FILE).read_text()):
        for name in ("epoch_start_head", "fingerprint"):
            plain[name] = bytes.fromhex(plain[name])
        boxes[plain["store"]] = EnrolledBox(**plain)
    return Templates(folder, boxes)


def order_goods(
    db: sa.Connection, store: str, purpose: ReceiptPurpose, units: int, at: datetime.datetime
) -> str:
    """Order some of every item for a store, at prices that never go even."""
    lines = tuple(
        PurchaseLine(item_id, units * MILLI, units * COSTS_FEN[item_id] + item_id + units % 7)
        for item_id in ITEM_IDS
    )
    purchase = NewPurchase(store, "SUP1", purpose, lines)
    return documents.put_purchase_order(db, purchase, by="boss", at=at)


def order_beyond_belief(db: sa.Connection, store: str) -> None:
    """An order whose last item costs so much that two pieces of it cannot be posted."""
    lines = (PurchaseLine(2, 10 * MILLI, 2_000), PurchaseLine(1, MILLI, TENDER_FEN_MAX))
    purchase = NewPurchase(store, MAD_SUPPLIER, ReceiptPurpose.OPENING, lines)
    documents.put_purchase_order(db, purchase, by="boss", at=START)


def enrol_box(
    db: sa.Connection,
    store: str,
    key_number: int,
    at: datetime.datetime,
    *,
    is_replacement: bool = False,
) -> EnrolledBox:
    """Enrol a box as headquarters and the box do it together."""
    code = enrolment.make_claim_code(db, store, SECRET, at, is_replacement=is_replacement)
    key = make_key(key_number)
    answer = enrolment.enrol(db, authority(), make_request(key.real, code), at)  # type: ignore[attr-defined]  # A SteadyKey.
    grant = json.loads(answer.grant)
    certificate = x509.load_pem_x509_certificate(grant["certificate_pem"].encode())
    return EnrolledBox(
        store,
        grant["box_id"],
        grant["epoch"],
        bytes.fromhex(grant["epoch_start_head"]),
        key_number,
        fingerprint(certificate),
    )


def make_box(
    path: pathlib.Path, empty: pathlib.Path, enrolled: EnrolledBox, hub: sa.Connection | None = None
) -> None:
    """The file of a box that was just enrolled; with the documents of a hub, if it is given."""
    path.write_bytes(empty.read_bytes())
    store = enrolled.store
    identity = Identity(CHAIN, store, enrolled.box_id, f"{store} 店", f"Store {store}", "Z1")
    with contextlib.closing(open_database(str(path))) as box:
        with write_transaction(box):
            write_identity(
                box, identity, epoch=enrolled.epoch, epoch_start_head=enrolled.epoch_start_head
            )
        enrol_register(box, "1", f"token-{store}", {})
        if hub is not None:
            _fill_documents(box, hub, store)


def _fill_documents(box: Connection, hub: sa.Connection, store: str) -> None:
    for known in feeds.read_positions(box):
        pages: list[sync_pb2.FeedPage] = []
        while not pages or not pages[-1].is_last:
            after_key = pages[-1].changes[-1].key if pages else b""
            request = exchange.make_page_request(store, known, after_key, 0)
            with hub.begin():
                page = hub_feeds.read_page(hub, request, store)
            assert page is not None
            pages.append(page)
        target = pages[0].target
        position = ScopePosition(
            target.feed, target.scope, target.generation, target.version, target.content_hash
        )
        assert exchange.take_pages(box, base_version=0, target=position, pages=pages)
