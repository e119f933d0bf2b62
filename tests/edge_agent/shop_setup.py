"""An enrolled box with items, prices and orders, on a real database file."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.services.approvals import Claim, Wish
from edge_agent.services.attendance import UNSTAFFED
from edge_agent.services.box import Box, Clock
from edge_agent.services.registers import enrol_register
from edge_agent.store import feeds
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.feeds import DocumentChange, ScopePosition
from edge_agent.store.identity import Identity, write_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection
from hardware.driver import Role
from protos import documents
from protos.chain import GENESIS
from protos.documents import PurchaseOrder, TransferOrder
from protos.feed_hash import hash_scope
from retail_domain.catalog.gtin import make_gtin_13, to_gtin_14
from retail_domain.catalog.item import Item, Price, UnitOfMeasure
from retail_domain.people.permission import Actor
from retail_domain.people.right import Right
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.transfers.transfer_order import OrderLine, TransferState
from tests.retail_domain.builders import NOON, VAT13

IDENTITY = Identity("test-chain", "S001", "B1", "人民路店", "People's Road", "Z1")
TOKEN = "token-of-register-1"
SCANNER, SCALE, PRINTER = "scanner-1", "scale-1", "printer-1"
ANYBODY = Actor("1001", UNSTAFFED, None)
"""At a register of a store for which headquarters lists nobody."""
ALONE = Claim(ANYBODY, Wish("1", ANYBODY.person_no, Right.OPEN_DRAWER, {}), None)
"""Does what needs a right, and nobody has to approve it."""
KEY = ec.generate_private_key(ec.SECP256R1())
COLA, NOODLES, APPLES, UNPRICED, TWIN_A, TWIN_B = 1, 2, 3, 4, 5, 6
COLA_CODE = make_gtin_13("952", COLA)
TWIN_CODE = make_gtin_13("952", 77)
PRICES_FEN = {COLA: 300, NOODLES: 450, APPLES: 1198, TWIN_A: 100, TWIN_B: 200}


def make_clock(now: datetime.datetime = NOON) -> Clock:
    """A clock that stands still; its chance counts."""
    counter = iter(range(1, 10**6))
    return Clock(lambda: now, lambda: 1_000, lambda _bits: next(counter), uuid.UUID(int=7))


def make_box(clock: Clock | None = None, identity: Identity = IDENTITY) -> Box:
    china = datetime.timezone(datetime.timedelta(hours=8))
    return Box(identity, clock or make_clock(), china, datetime.time(4))


def make_items() -> list[Item]:
    piece, kilogram = UnitOfMeasure.PIECE, UnitOfMeasure.KILOGRAM
    twin = to_gtin_14(TWIN_CODE)
    return [
        Item(COLA, "COLA", "可乐 330ml", "Cola", piece, VAT13, (to_gtin_14(COLA_CODE),)),
        Item(NOODLES, "NOODLES", "牛肉面", "Beef noodles", piece, VAT13),
        Item(APPLES, "APPLES", "散装苹果", "Apples", kilogram, VAT13),
        Item(UNPRICED, "NEW", "新品", "New item", piece, VAT13),
        Item(TWIN_A, "TWIN-A", "孪生甲", "Twin A", piece, VAT13, (twin,)),
        Item(TWIN_B, "TWIN-B", "孪生乙", "Twin B", piece, VAT13, (twin,)),
    ]


def make_orders() -> list[PurchaseOrder | TransferOrder]:
    lines = (OrderLine(COLA, 100_000), OrderLine(APPLES, 50_000))
    approved, cancelled = TransferState.APPROVED, TransferState.CANCELLED
    return [
        PurchaseOrder("PO-000001", "SUP1", "S001", ReceiptPurpose.PURCHASE, lines),
        TransferOrder("T-000001", "S001", "S002", approved, lines),
        TransferOrder("T-000002", "S002", "S001", approved, lines),
        TransferOrder("T-000003", "S001", "S002", cancelled, lines),
    ]


def put_documents(db: Connection, feed: str, rows: Sequence[tuple[bytes, bytes]]) -> None:
    """Replace a feed's scope as the hub would send it whole."""
    rows = sorted(rows)
    known = feeds.read_position(db, feed)
    target = ScopePosition(feed, known.scope, 1, known.version + 1, hash_scope(rows))
    changes = [DocumentChange(key, target.version, body) for key, body in rows]
    assert feeds.apply_changes(db, base_version=0, target=target, changes=changes)


def open_box(path: str, identity: Identity = IDENTITY) -> Connection:
    """A new box: enrolled, stocked with documents, register 1 with scanner, scale, printer."""
    migrate(path)
    db = open_database(path)
    with write_transaction(db):
        write_identity(db, identity, epoch=1, epoch_start_head=GENESIS)
        items = [(documents.item_key(i.item_id), documents.encode_item(i)) for i in make_items()]
        put_documents(db, documents.ITEMS_FEED, items)
        prices = [
            (documents.item_key(item_id), documents.encode_price(Price(item_id, fen)))
            for item_id, fen in PRICES_FEN.items()
        ]
        put_documents(db, documents.PRICES_FEED, prices)
        orders = [(order_number(o), documents.encode_order(o)) for o in make_orders()]
        put_documents(db, documents.ORDERS_FEED, orders)
    enrol_register(
        db, "1", TOKEN, {SCANNER: Role.SCANNER, SCALE: Role.SCALE, PRINTER: Role.PRINTER}
    )
    return db


def order_number(order: PurchaseOrder | TransferOrder) -> bytes:
    if isinstance(order, PurchaseOrder):
        return documents.order_key(order.purchase_order_no)
    return documents.order_key(order.transfer_no)
