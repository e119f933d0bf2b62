"""The back room's routes: orders, goods received, transfers shipped and received."""

from __future__ import annotations

import uuid
from typing import Annotated

import fastapi

from edge_agent.api import messages
from edge_agent.api.command_messages import CODE_LENGTH_MAX
from edge_agent.api.desk import show_item
from edge_agent.api.register_routes import RegisterNo, ShopPart
from edge_agent.api.staff import may
from edge_agent.services import goods
from edge_agent.services.box import Box
from edge_agent.services.catalog import ListedItem
from edge_agent.services.goods import HandledLine, Progress
from edge_agent.store.sqlite_library import Connection
from protos.documents import PurchaseOrder, TransferOrder
from retail_domain.catalog.code_reading import make_lot
from retail_domain.people.right import Right
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Fact
from retail_domain.transfers.transfer_order import OrderLine

router = fastapi.APIRouter(prefix="/api", tags=["back room"])
Receiver = Annotated[str, may(Right.RECEIVE_GOODS)]
Mover = Annotated[str, may(Right.MOVE_TRANSFER)]
IdempotencyKey = Annotated[uuid.UUID, fastapi.Header(description="Becomes the fact's id.")]


@router.get("/orders", summary="Orders of this store")
async def list_orders(shop: ShopPart, _register_no: RegisterNo) -> messages.Orders:
    """Purchase orders to receive, transfer orders to ship or receive, by number.

    What was handled in full is not in it any more.
    """
    purchases, transfers, (received, moved), items = await shop.writer.run(_read_orders, shop.box)
    return messages.Orders(
        purchase_orders=[_show_purchase(order, received) for order in purchases],
        transfer_orders=[
            messages.TransferOrderView(
                transfer_no=order.transfer_no,
                source_store=order.source_store,
                target_store=order.target_store,
                decision=order.decision.value,
                lines=_show_lines(order.lines, moved, order.transfer_no),
            )
            for order in transfers
        ],
        items=[show_item(item) for item in items],
    )


@router.post("/purchase-orders/{purchase_order_no}/receive", summary="Receive a delivery")
async def receive_goods(
    purchase_order_no: str,
    handled: messages.HandledGoods,
    shop: ShopPart,
    staff_no: Receiver,
    idempotency_key: IdempotencyKey,
) -> messages.WrittenFact:
    """Take goods into stock. A repeated key changes nothing."""
    fact = await shop.writer.run(
        goods.receive_goods,
        shop.box,
        purchase_order_no,
        _read_lines(handled),
        fact_id=idempotency_key,
        staff_no=staff_no,
    )
    shop.note_fact()
    return show_fact(fact)


@router.post("/transfer-orders/{transfer_no}/ship", summary="Ship a transfer")
async def ship_transfer(
    transfer_no: str,
    handled: messages.HandledGoods,
    shop: ShopPart,
    staff_no: Mover,
    idempotency_key: IdempotencyKey,
) -> messages.WrittenFact:
    """Send goods to another store. A repeated key changes nothing."""
    fact = await shop.writer.run(
        goods.ship_transfer,
        shop.box,
        transfer_no,
        _read_lines(handled),
        fact_id=idempotency_key,
        staff_no=staff_no,
    )
    shop.note_fact()
    return show_fact(fact)


@router.post("/transfer-orders/{transfer_no}/receive", summary="Receive a transfer")
async def receive_transfer(
    transfer_no: str,
    handled: messages.HandledGoods,
    shop: ShopPart,
    staff_no: Mover,
    idempotency_key: IdempotencyKey,
) -> messages.WrittenFact:
    """Take in goods from another store. A repeated key changes nothing."""
    fact = await shop.writer.run(
        goods.receive_transfer,
        shop.box,
        transfer_no,
        _read_lines(handled),
        fact_id=idempotency_key,
        staff_no=staff_no,
    )
    shop.note_fact()
    return show_fact(fact)


@router.get("/received-orders", summary="Purchase orders whose goods can go back")
async def list_received(shop: ShopPart, _register_no: RegisterNo) -> messages.Orders:
    """Those of which something came, the newest numbers first."""
    purchases, received, items = await shop.writer.run(_read_received, shop.box)
    return messages.Orders(
        purchase_orders=[_show_purchase(order, received) for order in purchases],
        transfer_orders=[],
        items=[show_item(item) for item in items],
    )


@router.get("/goods", summary="What a code names")
async def read_goods(
    shop: ShopPart,
    _register_no: RegisterNo,
    code: Annotated[str, fastapi.Query(max_length=CODE_LENGTH_MAX)],
    symbology: Annotated[str, fastapi.Query(max_length=3)] = "",
) -> messages.GoodsRead:
    """Items, lot and quantity; nothing is sold."""
    found = await shop.writer.run(goods.read_goods, shop.box, code, symbology)
    return messages.GoodsRead(
        items=[show_item(item) for item in found.items],
        lot_no=found.reading.lot_no,
        expires_on=found.reading.expires_on,
        quantity_milli=found.quantity_milli,
    )


def _read_orders(
    db: Connection, box: Box
) -> tuple[list[PurchaseOrder], list[TransferOrder], tuple[Progress, Progress], list[ListedItem]]:
    purchases, transfers = goods.list_orders(db)
    received = goods.read_received(db, purchases)
    moved = goods.read_moved(db, box, transfers)
    purchases = [
        one for one in purchases if not goods.is_whole(one.purchase_order_no, one.lines, received)
    ]
    transfers = [one for one in transfers if not goods.is_whole(one.transfer_no, one.lines, moved)]
    lines = [line for order in purchases for line in order.lines]
    lines += [line for order in transfers for line in order.lines]
    item_ids = sorted({line.item_id for line in lines})
    known = box.lists(db).find_known(item_ids)
    return purchases, transfers, (received, moved), known


def _read_received(
    db: Connection, box: Box
) -> tuple[list[PurchaseOrder], Progress, list[ListedItem]]:
    purchases = goods.list_received(db)
    item_ids = sorted({line.item_id for order in purchases for line in order.lines})
    known = box.lists(db).find_known(item_ids)
    return purchases, goods.read_received(db, purchases), known


def _show_purchase(order: PurchaseOrder, received: Progress) -> messages.PurchaseOrderView:
    return messages.PurchaseOrderView(
        purchase_order_no=order.purchase_order_no,
        supplier_no=order.supplier_no,
        purpose=order.purpose.value,
        lines=_show_lines(order.lines, received, order.purchase_order_no),
    )


def _show_lines(
    lines: tuple[OrderLine, ...], handled: Progress, order_no: str
) -> list[messages.OrderLine]:
    return [
        messages.OrderLine(
            item_id=line.item_id,
            quantity_milli=line.quantity_milli,
            handled_milli=handled.get((order_no, line.item_id), 0),
        )
        for line in lines
    ]


def _read_lines(handled: messages.HandledGoods) -> list[HandledLine]:
    return [
        HandledLine(
            line.item_id,
            line.quantity_milli,
            StockState(line.state),
            make_lot(line.lot_no, line.expires_on),
        )
        for line in handled.lines
    ]


def show_fact(fact: Fact) -> messages.WrittenFact:
    """Where a fact stands in the journal."""
    return messages.WrittenFact(
        fact_id=fact.happening.fact_id, epoch=fact.position.epoch, seq=fact.position.seq
    )
