"""Routes of the shelf: what is near its date, which labels are old, what waits today."""

from __future__ import annotations

from typing import Annotated

import fastapi

from edge_agent.api import shelf_messages
from edge_agent.api.desk import show_item
from edge_agent.api.register_routes import RegisterNo, ShopPart
from edge_agent.api.staff import may
from edge_agent.services import shelf
from edge_agent.services.shelf import EXPIRING_DAYS, ExpiringLot
from edge_agent.store.stock_lots import LabelPlace
from retail_domain.catalog.code_reading import split_lot
from retail_domain.people.right import Right

router = fastapi.APIRouter(prefix="/api", tags=["shelf"])
Seller = Annotated[str, may(Right.SELL)]
DAYS_MAX = 366


@router.get("/today", summary="What needs somebody today")
async def show_today(shop: ShopPart, _register_no: RegisterNo) -> shelf_messages.TodayView:
    """How much of each kind of work waits."""
    today = await shop.writer.run(shelf.read_today, shop.box)
    return shelf_messages.TodayView.model_validate(today)


@router.get("/expiring-lots", summary="Goods near their date")
async def list_expiring(
    shop: ShopPart,
    _register_no: RegisterNo,
    days: Annotated[int, fastapi.Query(ge=0, le=DAYS_MAX)] = EXPIRING_DAYS,
) -> list[shelf_messages.ExpiringLotView]:
    """Within the days, the first to expire first."""
    found = await shop.writer.run(shelf.list_expiring, shop.box, days)
    return [_show_lot(one) for one in found]


@router.get("/price-changes", summary="Shelf labels that are older than their price")
async def list_price_changes(
    shop: ShopPart, _register_no: RegisterNo, _staff_no: Seller
) -> shelf_messages.PriceChangesView:
    """By item number, as many as one round of labels takes."""
    changes = await shop.writer.run(shelf.list_price_changes, shop.box)
    last = changes.last
    return shelf_messages.PriceChangesView(
        last=None if last is None else shelf_messages.LabelsHang.model_validate(last),
        items=[show_item(item) for item in changes.items],
    )


@router.put("/price-changes", summary="The labels hang", status_code=204)
async def note_labels(
    hung: shelf_messages.LabelsHang, shop: ShopPart, _register_no: RegisterNo, _staff_no: Seller
) -> None:
    """Up to an item of a version of the price list. A repeat changes nothing."""
    place = LabelPlace(hung.version, hung.item_id)
    await shop.writer.run(shelf.note_labels, place)


def _show_lot(one: ExpiringLot) -> shelf_messages.ExpiringLotView:
    assert one.lot.expires_on is not None
    lot_no, _expires_on = split_lot(one.lot.lot)
    return shelf_messages.ExpiringLotView(
        item=show_item(one.listed),
        lot_no=lot_no,
        expires_on=one.lot.expires_on,
        days_left=one.days_left,
        quantity_milli=one.lot.quantity_milli,
        is_assumed=one.lot.is_assumed,
    )
