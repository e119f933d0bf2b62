"""Domain values for tests: only what a test cares about has to be said."""

from __future__ import annotations

import datetime
import uuid

from retail_domain.catalog.item import Item, Price, TaxRate, UnitOfMeasure
from retail_domain.rounding import MILLI
from retail_domain.stock.goods import (
    GoodsLine,
    GoodsReceived,
    ReceiptPurpose,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.fact import Happening, Payload
from retail_domain.trade.fact_id import make_fact_id
from retail_domain.trade.open_ticket import Offer, OpenTicket, add_item
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import FeedPosition, Ticket, close_ticket

VAT13 = TaxRate("VAT13", 1300)
VAT9 = TaxRate("VAT9", 900)
NOON = datetime.datetime(2026, 11, 22, 4, 0, tzinfo=datetime.UTC)
"""12:00 in China."""


def make_item(
    item_id: int = 1,
    *,
    name: str = "可乐",
    unit: UnitOfMeasure = UnitOfMeasure.PIECE,
    tax_rate: TaxRate = VAT13,
    gtins: tuple[str, ...] = (),
) -> Item:
    return Item(item_id, f"SKU{item_id}", name, f"Item {item_id}", unit, tax_rate, gtins)


def make_offer(item_id: int = 1, unit_price_fen: int = 300, **of_item: object) -> Offer:
    item = make_item(item_id, **of_item)  # type: ignore[arg-type]  # Passed through as it is.
    return Offer(item, Price(item_id, unit_price_fen))


def make_open_ticket(*lines: tuple[int, int, int]) -> OpenTicket:
    """Of (item_id, quantity_milli, unit_price_fen)."""
    ticket = OpenTicket()
    for item_id, quantity_milli, unit_price_fen in lines:
        ticket, _ = add_item(ticket, make_offer(item_id, unit_price_fen), quantity_milli)
    return ticket


def make_ticket(*lines: tuple[int, int, int], receipt_no: int = 1) -> Ticket:
    """Of (item_id, quantity_milli, unit_price_fen), paid in cash."""
    ticket = make_open_ticket(*lines)
    due_fen = sum(line.amount_fen for line in ticket.lines)
    return close_ticket(
        ticket,
        [(TenderKind.CASH, due_fen)],
        receipt_no=receipt_no,
        prices=FeedPosition(1, 1),
    )


def make_goods(*lines: tuple[int, int]) -> tuple[GoodsLine, ...]:
    """Of (item_id, quantity_milli)."""
    return tuple(
        GoodsLine(line_no, item_id, quantity_milli)
        for line_no, (item_id, quantity_milli) in enumerate(lines, start=1)
    )


def make_receipt(
    *lines: tuple[int, int],
    purpose: ReceiptPurpose = ReceiptPurpose.PURCHASE,
    purchase_order_no: str = "PO-000001",
) -> GoodsReceived:
    return GoodsReceived(purpose, "SUP1", purchase_order_no, make_goods(*lines))


def make_shipment(
    *lines: tuple[int, int], transfer_no: str = "T-000001", target_store: str = "S002"
) -> TransferShipped:
    return TransferShipped(transfer_no, target_store, make_goods(*lines))


def make_arrival(
    *lines: tuple[int, int], transfer_no: str = "T-000001", source_store: str = "S001"
) -> TransferReceived:
    return TransferReceived(transfer_no, source_store, make_goods(*lines))


def make_happening(
    payload: Payload,
    number: int = 1,
    *,
    wall_at: datetime.datetime = NOON,
    register_no: str = "1",
) -> Happening:
    """Number makes the fact id."""
    return Happening(
        fact_id=make_fact_id(int(wall_at.timestamp() * MILLI), number),
        wall_at=wall_at,
        boot_id=uuid.UUID(int=7),
        monotonic_ms=number,
        business_date=datetime.date(2026, 11, 22),
        staff_no="1001",
        register_no=register_no,
        payload=payload,
    )
