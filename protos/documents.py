"""Documents: proto <-> domain, both ways, and the keys of the feeds."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable

from protos.liushui.v1 import document_pb2
from protos.mapping import read_fields, write_fields
from retail_domain.catalog.item import Item, Price, TaxRate, UnitOfMeasure
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.transfers.transfer_order import OrderLine, TransferState

ITEMS_FEED, PRICES_FEED, ORDERS_FEED = "items", "prices", "orders"
ROLES_FEED, PEOPLE_FEED = "roles", "people"
"""Their documents stand in protos/people.py."""
TEMPLATES_FEED = "templates"
"""Its documents stand in protos/templates.py."""
SETTINGS_FEED = "settings"
"""Its document stands in protos/store_settings.py."""
RETURNS_FEED = "returns"
"""Its documents stand in protos/passed_sales.py."""
CHAIN_SCOPE = "*"
"""Scope of a feed that every store reads whole."""

UNIT_TO_WIRE = {unit: f"UNIT_OF_MEASURE_{unit.name}" for unit in UnitOfMeasure}
UNIT_FROM_WIRE = {
    document_pb2.UnitOfMeasure.Value(name): unit for unit, name in UNIT_TO_WIRE.items()
}
PURPOSE_TO_WIRE = {purpose: f"PURCHASE_ORDER_PURPOSE_{purpose.name}" for purpose in ReceiptPurpose}
PURPOSE_FROM_WIRE = {
    document_pb2.PurchaseOrderPurpose.Value(name): purpose
    for purpose, name in PURPOSE_TO_WIRE.items()
}
DECISION_TO_WIRE = {
    TransferState.APPROVED: document_pb2.TRANSFER_DECISION_APPROVED,
    TransferState.CANCELLED: document_pb2.TRANSFER_DECISION_CANCELLED,
}
DECISION_FROM_WIRE = {number: state for state, number in DECISION_TO_WIRE.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """A purchase order as a store sees it: quantities, no costs."""

    purchase_order_no: str
    supplier_no: str
    store: str
    purpose: ReceiptPurpose
    lines: tuple[OrderLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class TransferOrder:
    """A transfer order as both of its stores see it."""

    transfer_no: str
    source_store: str
    target_store: str
    decision: TransferState
    """APPROVED or CANCELLED."""
    lines: tuple[OrderLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Reclassification:
    """What a store sold as an open item; its box takes the item out of stock and answers."""

    reclassification_no: str
    store: str
    open_item_id: int
    item_id: int
    quantity_milli: int
    adjustment_id: uuid.UUID
    """fact_id of the box's `stock_adjusted`, so that it answers once."""


Order = PurchaseOrder | TransferOrder | Reclassification
"""What the orders feed carries."""


def item_key(item_id: int) -> bytes:
    """Key of an item or a price in its feed; sorts as the numbers do."""
    return item_id.to_bytes(8, "big")


def item_of_key(key: bytes) -> int:
    """The item that `item_key` made a key of."""
    return int.from_bytes(key, "big")


def order_key(order_no: str) -> bytes:
    """Key of an order in the orders feed."""
    return order_no.encode()


def encode_item(item: Item) -> bytes:
    """Make the body of an item document."""
    return document_pb2.ItemDocument(
        item_id=item.item_id,
        sku=item.sku,
        name=item.name,
        name_en=item.name_en,
        unit_of_measure=UNIT_TO_WIRE[item.unit_of_measure],
        tax_rate_id=item.tax_rate.tax_rate_id,
        tax_rate_bp=item.tax_rate.rate_bp,
        gtins=item.gtins,
        shelf_life_days=item.shelf_life_days,
        shelf_place=item.shelf_place,
    ).SerializeToString(deterministic=True)


def decode_item(body: bytes) -> Item:
    """Read the body of an item document."""
    wire = document_pb2.ItemDocument.FromString(body)
    return Item(
        item_id=wire.item_id,
        sku=wire.sku,
        name=wire.name,
        name_en=wire.name_en,
        unit_of_measure=UNIT_FROM_WIRE[wire.unit_of_measure],
        tax_rate=TaxRate(wire.tax_rate_id, wire.tax_rate_bp),
        gtins=tuple(wire.gtins),
        shelf_life_days=wire.shelf_life_days,
        shelf_place=wire.shelf_place,
    )


def encode_price(price: Price) -> bytes:
    """Make the body of a price document."""
    return document_pb2.PriceDocument(
        item_id=price.item_id, unit_price_fen=price.unit_price_fen
    ).SerializeToString(deterministic=True)


def decode_price(body: bytes) -> Price:
    """Read the body of a price document."""
    wire = document_pb2.PriceDocument.FromString(body)
    return Price(wire.item_id, wire.unit_price_fen)


def encode_order(order: Order) -> bytes:
    """Make the body of an order document."""
    if isinstance(order, Reclassification):
        wire = document_pb2.OrderDocument()
        write_fields(order, wire.reclassification)
        return wire.SerializeToString(deterministic=True)
    lines = [
        document_pb2.OrderLine(item_id=line.item_id, quantity_milli=line.quantity_milli)
        for line in order.lines
    ]
    if isinstance(order, PurchaseOrder):
        wire = document_pb2.OrderDocument(
            purchase_order=document_pb2.PurchaseOrder(
                purchase_order_no=order.purchase_order_no,
                supplier_no=order.supplier_no,
                store=order.store,
                purpose=PURPOSE_TO_WIRE[order.purpose],
                lines=lines,
            )
        )
    else:
        wire = document_pb2.OrderDocument(
            transfer_order=document_pb2.TransferOrder(
                transfer_no=order.transfer_no,
                source_store=order.source_store,
                target_store=order.target_store,
                decision=DECISION_TO_WIRE[order.decision],
                lines=lines,
            )
        )
    return wire.SerializeToString(deterministic=True)


def decode_order(body: bytes) -> Order:
    """Read the body of an order document."""
    wire = document_pb2.OrderDocument.FromString(body)
    if wire.WhichOneof("order") == "reclassification":
        found: Reclassification = read_fields(Reclassification, wire.reclassification)
        return found
    if wire.WhichOneof("order") == "purchase_order":
        purchase = wire.purchase_order
        return PurchaseOrder(
            purchase.purchase_order_no,
            purchase.supplier_no,
            purchase.store,
            PURPOSE_FROM_WIRE[purchase.purpose],
            _decode_lines(purchase.lines),
        )
    transfer = wire.transfer_order
    return TransferOrder(
        transfer.transfer_no,
        transfer.source_store,
        transfer.target_store,
        DECISION_FROM_WIRE[transfer.decision],
        _decode_lines(transfer.lines),
    )


def _decode_lines(lines: Iterable[document_pb2.OrderLine]) -> tuple[OrderLine, ...]:
    return tuple(OrderLine(line.item_id, line.quantity_milli) for line in lines)
