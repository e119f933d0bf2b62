"""The back room: goods received against an order, transfers shipped and received."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence

from edge_agent.services.box import Box, Operator
from edge_agent.services.catalog import ListedItem, Lists
from edge_agent.services.errors import ExpiredOnArrivalError, LifeTooShortError
from edge_agent.services.facts import write_fact
from edge_agent.store import feeds, journal
from edge_agent.store.database import write_transaction
from edge_agent.store.order_progress import read_handled, read_purchase_order_nos
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.store_settings import read_settings
from edge_agent.store.transfer_slips import read_slips
from protos import documents
from protos.documents import PurchaseOrder, TransferOrder
from retail_domain.catalog.code_reading import CodeReading, expiry_of
from retail_domain.catalog.quantity import require_quantity
from retail_domain.catalog.scanned_code import read_code
from retail_domain.errors import (
    ItemListedTwiceError,
    ItemNotOnOrderError,
    NoLinesError,
    PurchaseOrderNotFoundError,
    TransferNotFoundError,
    TransferStateError,
)
from retail_domain.stock.goods import (
    GoodsLine,
    GoodsReceived,
    RequestedLine,
    StockRequested,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Fact, Payload
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.labelled_goods import measured_milli
from retail_domain.transfers.transfer_order import OrderLine, TransferState, require_lines
from retail_domain.transfers.transfer_slip import TransferSlip

ORDERS_MAX = 500
"""Open orders of one store that a screen lists."""


@dataclasses.dataclass(frozen=True, slots=True)
class HandledLine:
    """What was there of an item: in one state, of one lot."""

    item_id: int
    quantity_milli: int
    state: StockState = StockState.SELLABLE
    lot: str = ""
    """`lot_no|expiry`, empty when it is unlabelled."""


HandledLines = Sequence[OrderLine | HandledLine]
"""A line of the order as it stands, or what was there; an item in a state and lot stands once."""


@dataclasses.dataclass(frozen=True, slots=True)
class ReturnedGoods:
    """What goes back to a supplier, and why."""

    lines: HandledLines
    state: StockState
    """Where the goods are taken from, whatever the lines say."""
    reason: str


def list_orders(db: Connection) -> tuple[list[PurchaseOrder], list[TransferOrder]]:
    """Orders of this store, by number, ORDERS_MAX at most; transfers by their slip come last."""
    bodies = feeds.read_documents(db, documents.ORDERS_FEED, ORDERS_MAX)
    orders = [documents.decode_order(body) for body in bodies]
    transfers = [order for order in orders if isinstance(order, TransferOrder)]
    known = {order.transfer_no for order in transfers}
    by_slip = [slip for slip in read_slips(db) if slip.transfer_no not in known]
    return (
        [order for order in orders if isinstance(order, PurchaseOrder)],
        transfers + [_order_of(slip) for slip in by_slip],
    )


def _order_of(slip: TransferSlip) -> TransferOrder:
    """The order as far as its slip knows it: what left is what is expected."""
    return TransferOrder(
        slip.transfer_no,
        slip.source_store,
        slip.target_store,
        TransferState.APPROVED,
        slip.lines,
    )


Progress = Mapping[tuple[str, int], int]
"""What was handled, in milli, by order and item."""


def read_received(db: Connection, orders: Sequence[PurchaseOrder]) -> Progress:
    """What of purchase orders came so far."""
    numbers = [order.purchase_order_no for order in orders]
    return read_handled(db, FactKind.GOODS_RECEIVED, numbers)


def read_moved(db: Connection, box: Box, orders: Sequence[TransferOrder]) -> Progress:
    """What of transfer orders this store shipped, or took in, so far."""
    ours = [one.transfer_no for one in orders if one.source_store == box.identity.store]
    others = [one.transfer_no for one in orders if one.source_store != box.identity.store]
    shipped = read_handled(db, FactKind.TRANSFER_SHIPPED, ours)
    return shipped | read_handled(db, FactKind.TRANSFER_RECEIVED, others)


def is_whole(order_no: str, lines: Sequence[OrderLine], handled: Progress) -> bool:
    """Whether all of an order was handled, or more."""
    return all(handled.get((order_no, line.item_id), 0) >= line.quantity_milli for line in lines)


def list_received(db: Connection) -> list[PurchaseOrder]:
    """Purchase orders of which something came, the newest numbers first."""
    orders = (_find_order(db, no) for no in read_purchase_order_nos(db, ORDERS_MAX))
    return [order for order in orders if isinstance(order, PurchaseOrder)]


@dataclasses.dataclass(frozen=True, slots=True)
class GoodsRead:
    """What a code says of goods that are handled, not sold."""

    items: Sequence[ListedItem]
    reading: CodeReading
    quantity_milli: int | None
    """None: the code says nothing of it."""


def read_goods(db: Connection, box: Box, code: str, symbology: str = "") -> GoodsRead:
    """Read a code in the back room; what is beyond its date is read, too."""
    readings = read_code(code, symbology, today=box.today(), scale_labels=box.scale_labels)
    named = box.lists(db).find_named(readings)
    items = box.lists(db).find_known(named)
    reading = next(iter(named.values()), readings[0])
    quantity_milli = None
    if len(items) == 1:
        quantity_milli = measured_milli(reading, items[0].item.unit_of_measure)
    return GoodsRead(items, reading, quantity_milli)


def receive_goods(
    db: Connection,
    box: Box,
    purchase_order_no: str,
    lines: HandledLines,
    *,
    fact_id: uuid.UUID,
    staff_no: str,
) -> Fact:
    """Take a delivery into stock. A repeated fact_id changes nothing.

    More or less than was ordered is received as it is: what happened is not argued with.

    Raises:
        ExpiredOnArrivalError, LifeTooShortError: sellable, and beyond its date or too near it.
        RetailError: PurchaseOrderNotFoundError, NoLinesError, ItemNotOnOrderError,
            ItemListedTwiceError, the rules of quantities.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        order = _find_order(db, purchase_order_no)
        if not isinstance(order, PurchaseOrder):
            raise PurchaseOrderNotFoundError(purchase_order_no=purchase_order_no)
        goods = _require_goods(box.lists(db), purchase_order_no, order.lines, lines)
        _require_fresh(box, box.lists(db), goods, read_settings(db).remaining_life_percent)
        payload = GoodsReceived(order.purpose, order.supplier_no, purchase_order_no, goods)
        return _append(db, box, payload, fact_id, staff_no)


def ship_transfer(
    db: Connection,
    box: Box,
    transfer_no: str,
    lines: HandledLines,
    *,
    fact_id: uuid.UUID,
    staff_no: str,
) -> Fact:
    """Send goods to another store. A repeated fact_id changes nothing.

    Raises:
        RetailError: TransferNotFoundError (not ours to ship), TransferStateError (not approved),
            ItemNotOnOrderError, the rules of `require_lines` and of quantities.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        order = _find_transfer(db, transfer_no)
        if order.source_store != box.identity.store:
            raise TransferNotFoundError(transfer_no=transfer_no)
        if order.decision is not TransferState.APPROVED:
            raise TransferStateError(
                transfer_no=transfer_no, state=order.decision.value, step="ship"
            )
        goods = _require_goods(box.lists(db), transfer_no, order.lines, lines)
        payload = TransferShipped(transfer_no, order.target_store, goods)
        return _append(db, box, payload, fact_id, staff_no)


def receive_transfer(
    db: Connection,
    box: Box,
    transfer_no: str,
    lines: HandledLines,
    *,
    fact_id: uuid.UUID,
    staff_no: str,
) -> Fact:
    """Take in goods from another store, also before its shipment is known anywhere.

    A repeated fact_id changes nothing; a cancelled order's goods are received too, since they came.

    Raises:
        RetailError: TransferNotFoundError (not meant for this store), ItemNotOnOrderError, the
            rules of `require_lines` and of quantities.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        order = _find_transfer(db, transfer_no)
        if order.target_store != box.identity.store:
            raise TransferNotFoundError(transfer_no=transfer_no)
        goods = _require_goods(box.lists(db), transfer_no, order.lines, lines)
        _require_fresh(box, box.lists(db), goods, percent=0)  # Ours, whatever their age.
        payload = TransferReceived(transfer_no, order.source_store, goods)
        return _append(db, box, payload, fact_id, staff_no)


def return_to_supplier(
    db: Connection,
    box: Box,
    purchase_order_no: str,
    returned: ReturnedGoods,
    *,
    fact_id: uuid.UUID,
    staff_no: str,
) -> Fact:
    """Send goods of a delivery back to their supplier. A repeated fact_id changes nothing.

    Raises:
        RetailError: PurchaseOrderNotFoundError, ItemNotOnOrderError, the rules of `require_lines`
            and of quantities.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        order = _find_order(db, purchase_order_no)
        if not isinstance(order, PurchaseOrder):
            raise PurchaseOrderNotFoundError(purchase_order_no=purchase_order_no)
        goods = _require_goods(box.lists(db), purchase_order_no, order.lines, returned.lines)
        goods = tuple(dataclasses.replace(line, state=returned.state) for line in goods)
        payload = SupplierReturn(order.supplier_no, purchase_order_no, returned.reason, goods)
        return _append(db, box, payload, fact_id, staff_no)


def request_stock(
    db: Connection,
    box: Box,
    lines: Sequence[OrderLine],
    *,
    note: str,
    fact_id: uuid.UUID,
    staff_no: str,
) -> Fact:
    """Ask headquarters for goods. A repeated fact_id changes nothing.

    Raises:
        RetailError: UnknownItemError, the rules of `require_lines` and of quantities.
    """
    with write_transaction(db):
        found = journal.find_fact(db, fact_id)
        if found is not None:
            return found
        require_lines("request", lines)
        lists = box.lists(db)
        for line in lines:
            item = lists.find(line.item_id).item
            require_quantity(line.quantity_milli, item.unit_of_measure, item.name)
        requested = tuple(
            RequestedLine(line_no, line.item_id, line.quantity_milli)
            for line_no, line in enumerate(lines, start=1)
        )
        return _append(db, box, StockRequested(note, requested), fact_id, staff_no)


def _append(db: Connection, box: Box, payload: Payload, fact_id: uuid.UUID, staff_no: str) -> Fact:
    return write_fact(db, box, Operator(staff_no), payload, fact_id=fact_id)


def _find_order(db: Connection, order_no: str) -> documents.Order | None:
    body = feeds.read_document(db, documents.ORDERS_FEED, documents.order_key(order_no))
    return None if body is None else documents.decode_order(body)


def _find_transfer(db: Connection, transfer_no: str) -> TransferOrder:
    order = _find_order(db, transfer_no)
    if isinstance(order, TransferOrder):
        return order
    for slip in read_slips(db):  # Headquarters' order is not here yet.
        if order is None and slip.transfer_no == transfer_no:
            return _order_of(slip)
    raise TransferNotFoundError(transfer_no=transfer_no)


def _require_goods(
    lists: Lists,
    document_no: str,
    ordered: Sequence[OrderLine],
    handled: HandledLines,
) -> tuple[GoodsLine, ...]:
    if not handled:
        raise NoLinesError(document_no=document_no)
    listed = {line.item_id for line in ordered}
    goods: dict[tuple[int, StockState, str], GoodsLine] = {}
    for line_no, plain in enumerate(handled, start=1):
        line = plain
        if isinstance(line, OrderLine):
            line = HandledLine(line.item_id, line.quantity_milli)
        if line.item_id not in listed:
            raise ItemNotOnOrderError(item_id=line.item_id, document_no=document_no)
        item = lists.find(line.item_id).item
        require_quantity(line.quantity_milli, item.unit_of_measure, item.name)
        key = (line.item_id, line.state, line.lot)
        if key in goods:
            raise ItemListedTwiceError(item_id=line.item_id)
        goods[key] = GoodsLine(line_no, line.item_id, line.quantity_milli, line.state, line.lot)
    return tuple(goods.values())


def _require_fresh(box: Box, lists: Lists, goods: Sequence[GoodsLine], percent: int) -> None:
    """Refuse to offer what is beyond its date already, or too near it for the store's rule.

    On the day itself it is sold.

    Raises:
        ExpiredOnArrivalError, LifeTooShortError
    """
    for line in goods:
        expires_on = expiry_of(line.lot)
        if line.state is not StockState.SELLABLE or expires_on is None:
            continue
        item, days_left = lists.find(line.item_id).item, (expires_on - box.today()).days
        if days_left < 0:
            raise ExpiredOnArrivalError(name=item.name, expires_on=expires_on.isoformat())
        if days_left * 100 < item.shelf_life_days * percent:
            raise LifeTooShortError(
                name=item.name,
                days_left=days_left,
                shelf_life_days=item.shelf_life_days,
                percent=percent,
            )
