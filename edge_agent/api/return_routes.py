"""Routes of goods that come back: which sale it was, and what the exchange comes to."""

from __future__ import annotations

import uuid
from typing import Annotated

import fastapi

from edge_agent.api import return_messages
from edge_agent.api.commands import read_back
from edge_agent.api.register_routes import RegisterNo, ShopPart
from edge_agent.api.return_messages import CODE_LENGTH_MAX
from edge_agent.api.staff import may
from edge_agent.services import passed_sales, receipts, returns
from edge_agent.services.box import Box, Operator
from edge_agent.services.return_errors import SaleOutOfReachError
from edge_agent.services.returns import Back
from edge_agent.services.seat import Seat
from edge_agent.store import registers
from edge_agent.store.sqlite_library import Connection
from retail_domain.people.right import Right

router = fastapi.APIRouter(prefix="/api", tags=["returns"])
Seller = Annotated[str, may(Right.SELL)]


@router.get("/sales", summary="A sale that goods come back of")
async def find_sale(
    shop: ShopPart,
    _staff_no: Seller,
    code: Annotated[str, fastapi.Query(max_length=CODE_LENGTH_MAX)],
) -> return_messages.SaleView:
    """By the code on the receipt, or by `register-number` as it stands there."""
    return await shop.writer.run(_read_sale, shop.box, code)


@router.post("/registers/{register_no}/exchange-price", summary="What an exchange comes to")
async def price_exchange(
    lines: return_messages.BackLines,
    shop: ShopPart,
    register_no: RegisterNo,
    staff_no: Seller,
) -> return_messages.ExchangePrice:
    """Together with the register's open ticket. Nothing is written."""
    back = tuple(read_back(one) for one in lines.back)
    return await shop.writer.run(_price, shop.box, register_no, staff_no, back)


@router.post(
    "/registers/{register_no}/sale-requests",
    summary="Ask for another store's sale",
    status_code=202,
)
async def request_sale(
    wish: return_messages.SaleWish,
    shop: ShopPart,
    register_no: RegisterNo,
    staff_no: Seller,
) -> return_messages.SaleWishView:
    """Its store passes on the right to take its goods back; that takes some seconds."""
    if not shop.line.is_online():
        raise SaleOutOfReachError
    operator = Operator(staff_no, register_no)
    sale_id = await shop.writer.run(returns.find_sale, wish.code)
    await shop.writer.run(
        passed_sales.request_sale, shop.box, operator, sale_id, fact_id=wish.request_id
    )
    shop.line.journal_grew()
    return return_messages.SaleWishView(is_here=False)


@router.get("/registers/{register_no}/sale-requests/{request_id}", summary="Whether the sale came")
async def find_sale_request(
    request_id: uuid.UUID,
    shop: ShopPart,
    _register_no: RegisterNo,
    _staff_no: Seller,
    code: Annotated[str, fastapi.Query(max_length=CODE_LENGTH_MAX)],
) -> return_messages.SaleWishView:
    """Asked again and again by the screen that waits."""
    sale_id = await shop.writer.run(returns.find_sale, code)
    is_here = await shop.writer.run(passed_sales.is_granted, sale_id, request_id)
    return return_messages.SaleWishView(is_here=is_here)


def _read_sale(db: Connection, box: Box, code: str) -> return_messages.SaleView:
    fact, lines = returns.read_sale(db, box.identity.store, returns.find_sale(db, code))
    receipt = receipts.make_receipt(db, box, fact)
    by_line_no = {line.line_id: line for line in receipt.lines}
    return return_messages.SaleView(
        sale_id=receipt.fact_id,
        store=fact.position.store,
        receipt_no=receipt.receipt_no,
        register_no=receipt.register_no,
        sold_at=receipt.sold_at,
        tender_kinds=sorted({one.kind.value for one in receipt.tenders if one.amount_fen > 0}),
        lines=[
            return_messages.SoldLineView(
                sale_line_no=sold.line.line_no,
                item_id=sold.line.item_id,
                name=by_line_no[sold.line.line_no].name,
                name_en=by_line_no[sold.line.line_no].name_en,
                scanned_code=sold.line.scanned_code,
                unit_of_measure=by_line_no[sold.line.line_no].unit_of_measure,
                quantity_milli=sold.line.quantity_milli,
                left_milli=sold.left_milli,
                amount_fen=sold.line.amount_fen,
            )
            for sold in lines
        ],
    )


def _price(
    db: Connection, box: Box, register_no: str, staff_no: str, back: tuple[Back, ...]
) -> return_messages.ExchangePrice:
    seat = Seat(register_no, staff_no, registers.read_open_ticket(db, register_no))
    priced = returns.price_exchange(db, box, seat, back)
    return return_messages.ExchangePrice(
        refund_fen=returns.refunded_fen(db, box, back), due_fen=priced.due_fen
    )
