"""One fact of each kind, written out: their bytes in test_wire_bytes.py must never change."""

from __future__ import annotations

import datetime
import uuid

from retail_domain.catalog.item import TaxRate
from retail_domain.stock.goods import (
    GoodsLine,
    GoodsReceived,
    ReceiptPurpose,
    TransferReceived,
    TransferShipped,
)
from retail_domain.stock.movement import StockState
from retail_domain.trade.fact import Fact, Happening, Payload, Position
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import FeedPosition, Ticket, TicketLine

TICKET = Ticket(
    receipt_no=1042,
    prices=FeedPosition(generation=2, version=77),
    lines=(
        TicketLine(
            line_no=1,
            item_id=4711,
            state=StockState.SELLABLE,
            lot="",
            scanned_code="9521234567899",
            quantity_milli=2000,
            list_price_fen=1200,
            unit_price_fen=1130,
            discount_fen=60,
            amount_fen=2200,
            tax_rate=TaxRate("VAT13", 1300),
            tax_fen=253,
        ),
        TicketLine(
            line_no=2,
            item_id=3,
            state=StockState.DISPLAY,
            lot="L7|2027-01-31",
            scanned_code="2100030012342",
            quantity_milli=1234,
            list_price_fen=1198,
            unit_price_fen=1198,
            discount_fen=0,
            amount_fen=1478,
            tax_rate=TaxRate("VAT9", 900),
            tax_fen=122,
        ),
    ),
    tenders=(Tender(TenderKind.CASH, 2678, 5000), Tender(TenderKind.CARD, 1000, 1000)),
)
GOODS = (
    GoodsLine(1, 4711, 24_000),
    GoodsLine(2, 3, 12_345, StockState.QUARANTINE, "L7|2027-01-31", "(01)09521234567899"),
)
PAYLOADS: dict[FactKind, Payload] = {
    FactKind.TICKET: TICKET,
    FactKind.GOODS_RECEIVED: GoodsReceived(ReceiptPurpose.OPENING, "供应商1", "PO-000007", GOODS),
    FactKind.TRANSFER_SHIPPED: TransferShipped("T-000009", "S002", GOODS),
    FactKind.TRANSFER_RECEIVED: TransferReceived("T-000009", "S001", GOODS),
}


def make_fact(kind: FactKind) -> Fact:
    """The written-out fact of a kind."""
    happening = Happening(
        fact_id=uuid.UUID("019a5f00-0000-7000-8000-00000000002a"),
        wall_at=datetime.datetime(2026, 11, 22, 4, 0, 0, 123_000, tzinfo=datetime.UTC),
        boot_id=uuid.UUID("00000000-0000-4000-8000-000000000007"),
        monotonic_ms=86_400_123,
        business_date=datetime.date(2026, 11, 22),
        staff_no="1001",
        register_no="2",
        payload=PAYLOADS[kind],
        causes=(uuid.UUID("019a5f00-0000-7000-8000-000000000001"),),
    )
    return Fact(Position("S001", "B1", 3, 12_345), happening)
