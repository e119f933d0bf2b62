"""The back room's routes for stock: counts, corrections, returns to suppliers, wishes."""

from __future__ import annotations

import uuid
from typing import Annotated

import fastapi

from edge_agent.api import messages, stock_messages
from edge_agent.api.back_room import IdempotencyKey, show_fact
from edge_agent.api.register_routes import RegisterNo, ShopPart, Token
from edge_agent.api.staff import may
from edge_agent.services import adjustments, attendance, counting, goods, photos
from edge_agent.services.adjustments import Adjustment, Correction
from edge_agent.services.approvals import Claim, Wish
from edge_agent.services.attendance import Place
from edge_agent.services.box import Box, Operator
from edge_agent.services.errors import CountNotFoundError
from edge_agent.store import counts
from edge_agent.store.sqlite_library import Connection
from retail_domain.people.right import Measure, Right
from retail_domain.stock.adjustment import AdjustmentReason
from retail_domain.stock.count import CountLine, StockCounted
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Fact
from retail_domain.transfers.transfer_order import OrderLine

router = fastapi.APIRouter(prefix="/api", tags=["stock"])
Corrector = Annotated[str, may(Right.ADJUST_STOCK)]
Counter = Annotated[str, may(Right.COUNT_STOCK)]
Requester = Annotated[str, may(Right.REQUEST_STOCK)]
Returner = Annotated[str, may(Right.RETURN_GOODS)]


@router.get("/counts", summary="Counts that are going on")
async def list_counts(shop: ShopPart, _staff_no: Counter) -> list[stock_messages.CountView]:
    """By when they began."""
    return [
        stock_messages.CountView(
            count_id=count.count_id, reason=count.reason, staff_no=count.staff_no, lines=lines
        )
        for count, lines in await shop.writer.run(counts.read_counts)
    ]


@router.post("/counts", summary="Begin a count")
async def begin_count(
    wish: stock_messages.BeginCount,
    shop: ShopPart,
    staff_no: Counter,
    idempotency_key: IdempotencyKey,
) -> stock_messages.CountView:
    """The key becomes the count's id. Selling goes on."""
    await shop.writer.run(
        counting.begin_count,
        shop.box,
        Operator(staff_no),
        count_id=idempotency_key,
        reason=wish.reason,
    )
    return stock_messages.CountView(
        count_id=idempotency_key, reason=wish.reason, staff_no=staff_no, lines=0
    )


@router.get("/counts/{count_id}", summary="What was counted so far")
async def read_count(
    count_id: uuid.UUID, shop: ShopPart, _staff_no: Counter
) -> list[stock_messages.CountLineView]:
    """Blind, by item."""
    return await shop.writer.run(_read_count, shop.box, count_id)


@router.get("/counts/{count_id}/recounts", summary="What should be counted again")
async def list_recounts(
    count_id: uuid.UUID, shop: ShopPart, _staff_no: Counter
) -> list[stock_messages.CountLineView]:
    """Lines that differ from the books and were looked at once. Blind: not by how much."""
    return await shop.writer.run(_list_recounts, shop.box, count_id)


@router.get("/counts/{count_id}/progress", summary="How far a count came")
async def show_progress(
    count_id: uuid.UUID, shop: ShopPart, _staff_no: Counter
) -> list[stock_messages.AisleView]:
    """Aisle by aisle: items that should be there, and how many of them were counted."""
    aisles = await shop.writer.run(counting.read_progress, count_id)
    return [stock_messages.AisleView.model_validate(one) for one in aisles]


@router.post("/counts/{count_id}/lines", summary="Count goods")
async def count_goods(
    count_id: uuid.UUID,
    counted: stock_messages.CountedGoods,
    shop: ShopPart,
    staff_no: Counter,
) -> stock_messages.CountLineView:
    """A second look at the same goods, by whomever, takes the place of the first."""
    return await shop.writer.run(_count_goods, shop.box, Operator(staff_no), count_id, counted)


@router.post("/counts/{count_id}/close", summary="Close a count")
async def close_count(
    count_id: uuid.UUID, shop: ShopPart, staff_no: Counter, idempotency_key: IdempotencyKey
) -> stock_messages.ClosedCount:
    """Bring stock to what was found, each line as of its own instant."""
    closed = await shop.writer.run(
        _close_count, shop.box, Operator(staff_no), count_id, idempotency_key
    )
    shop.note_fact()
    return closed


@router.delete("/counts/{count_id}", summary="Give a count up", status_code=204)
async def give_up_count(count_id: uuid.UUID, shop: ShopPart, _staff_no: Counter) -> None:
    """Stock stays as it is. A repeat changes nothing."""
    await shop.writer.run(counting.give_up_count, count_id)


@router.post("/adjustments", summary="Correct stock")
async def adjust_stock(
    wish: stock_messages.Adjust,
    shop: ShopPart,
    register_no: RegisterNo,
    token: Token,
    idempotency_key: IdempotencyKey,
) -> messages.WrittenFact:
    """With a reason; what is worth more than the person may decide needs an approval."""
    place = shop.place(register_no)
    fact = await shop.writer.run(_adjust, shop.box, place, token, wish, idempotency_key)
    shop.note_fact()
    return show_fact(fact)


@router.post("/photos", summary="Keep a photo")
async def keep_photo(
    request: fastapi.Request, shop: ShopPart, _staff_no: Corrector
) -> stock_messages.KeptPhoto:
    """The body is the picture, JPEG or PNG. A correction names it by its hash."""
    sha256 = await shop.writer.run(photos.keep_photo, await request.body())
    return stock_messages.KeptPhoto(photo_sha256=sha256.hex())


@router.get("/photos/{photo_sha256}", summary="A photo", response_class=fastapi.Response)
async def show_photo(
    photo_sha256: Annotated[str, fastapi.Path(pattern="^[0-9a-f]{64}$")],
    shop: ShopPart,
    _staff_no: Corrector,
) -> fastapi.Response:
    """Show it as it was sent; the oldest of many are gone."""
    content, kind = await shop.writer.run(photos.show_photo, bytes.fromhex(photo_sha256))
    return fastapi.Response(content, media_type=kind)


@router.post("/stock-requests", summary="Ask headquarters for goods")
async def request_stock(
    wish: stock_messages.StockRequest,
    shop: ShopPart,
    staff_no: Requester,
    idempotency_key: IdempotencyKey,
) -> messages.WrittenFact:
    """Headquarters decides; a repeated key asks once."""
    fact = await shop.writer.run(
        goods.request_stock,
        shop.box,
        _read_lines(wish.lines),
        note=wish.note,
        fact_id=idempotency_key,
        staff_no=staff_no,
    )
    shop.note_fact()
    return show_fact(fact)


@router.post("/purchase-orders/{purchase_order_no}/return", summary="Return goods to the supplier")
async def return_to_supplier(
    purchase_order_no: str,
    wish: stock_messages.SupplierReturn,
    shop: ShopPart,
    staff_no: Returner,
    idempotency_key: IdempotencyKey,
) -> messages.WrittenFact:
    """Of an order's goods; a repeated key changes nothing."""
    returned = goods.ReturnedGoods(_read_lines(wish.lines), StockState(wish.state), wish.reason)
    fact = await shop.writer.run(
        goods.return_to_supplier,
        shop.box,
        purchase_order_no,
        returned,
        fact_id=idempotency_key,
        staff_no=staff_no,
    )
    shop.note_fact()
    return show_fact(fact)


def _read_lines(lines: list[stock_messages.WantedGoods]) -> list[OrderLine]:
    return [OrderLine(line.item_id, line.quantity_milli) for line in lines]


def _read_count(
    db: Connection, box: Box, count_id: uuid.UUID
) -> list[stock_messages.CountLineView]:
    if counts.find_count(db, count_id) is None:
        raise CountNotFoundError
    return [_show_line(db, box, line) for line in counts.read_lines(db, count_id)]


def _list_recounts(
    db: Connection, box: Box, count_id: uuid.UUID
) -> list[stock_messages.CountLineView]:
    return [_show_line(db, box, line) for line in counting.list_recounts(db, count_id)]


def _count_goods(
    db: Connection,
    box: Box,
    operator: Operator,
    count_id: uuid.UUID,
    counted: stock_messages.CountedGoods,
) -> stock_messages.CountLineView:
    found = counting.Counted(
        counted.item_id, counted.quantity_milli, StockState(counted.state), counted.lot
    )
    return _show_line(db, box, counting.count_line(db, box, operator, count_id, found))


def _close_count(
    db: Connection, box: Box, operator: Operator, count_id: uuid.UUID, fact_id: uuid.UUID
) -> stock_messages.ClosedCount:
    fact = counting.close_count(db, box, operator, count_id, fact_id=fact_id)
    counted = fact.happening.payload
    assert isinstance(counted, StockCounted)
    return stock_messages.ClosedCount(
        count_no=counted.count_no,
        fact_id=fact.happening.fact_id,
        lines=[
            stock_messages.ClosedCountLine(
                **_show_line(db, box, line).model_dump(), variance_milli=line.variance_milli
            )
            for line in counted.lines
        ],
    )


def _show_line(db: Connection, box: Box, line: CountLine) -> stock_messages.CountLineView:
    item = box.lists(db).find(line.item_id).item
    return stock_messages.CountLineView(
        item_id=line.item_id,
        name=item.name,
        name_en=item.name_en,
        unit_of_measure=item.unit_of_measure.value,
        state=line.state.value,
        lot=line.lot,
        counted_milli=line.counted_milli,
        counted_by=line.counted_by,
    )


def _adjust(
    db: Connection,
    box: Box,
    place: Place,
    token: str,
    wish: stock_messages.Adjust,
    fact_id: uuid.UUID,
) -> Fact:
    lines = [
        Adjustment(
            line.item_id,
            line.quantity_milli,
            None if line.source is None else StockState(line.source),
            None if line.target is None else StockState(line.target),
            line.lot,
        )
        for line in wish.lines
    ]
    photo_sha256 = bytes.fromhex(wish.photo_sha256)
    correction = Correction(
        AdjustmentReason(wish.reason), lines, wish.note, photo_sha256=photo_sha256
    )
    actor = attendance.find_actor(db, box, place, token)
    amounts = {Measure.ADJUSTMENT_FEN: adjustments.worth_fen(db, box, correction)}
    asked = Wish(place.register_no, actor.person_no, Right.ADJUST_STOCK, amounts)
    claim = Claim(actor, asked, wish.approval_id)
    operator = Operator(actor.person_no)
    return adjustments.adjust_stock(db, box, operator, correction, fact_id=fact_id, claim=claim)
