"""One fact of each kind, written out: their bytes in test_wire_bytes.py must never change."""

from __future__ import annotations

import datetime
import uuid

from retail_domain.catalog.item import TaxRate
from retail_domain.stock.adjustment import AdjustmentLine, AdjustmentReason, StockAdjusted
from retail_domain.stock.count import CountLine, StockCounted
from retail_domain.stock.goods import (
    GoodsLine,
    GoodsReceived,
    ReceiptPurpose,
    RequestedLine,
    StockRequested,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.stock.movement import StockState
from retail_domain.trade.approval import Approval
from retail_domain.trade.attendance import SignedIn, SignedOut, SignInMethod, SignOutReason
from retail_domain.trade.box_event import BoxEvent, BoxEventKind, ItemUnknown
from retail_domain.trade.fact import Fact, Happening, Payload, Position
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.purchase import (
    AllocationBase,
    InvoicedLine,
    LandedCostAdded,
    LandedLine,
    Paid,
    SettledInvoice,
    SupplierInvoiced,
)
from retail_domain.trade.reclassification import Reclassified
from retail_domain.trade.sale_passing import (
    RefundedShare,
    ReturnedShare,
    SaleAnswered,
    SaleOutcome,
    SaleRequested,
)
from retail_domain.trade.shift import (
    CashMove,
    CashMoved,
    DenominationCount,
    ShiftClosed,
    ShiftOpened,
    ShiftTotals,
    TenderTotal,
)
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import FeedPosition, SaleOrigin, Ticket, TicketLine
from retail_domain.trade.trading_day import DayCertificate, DayClosed, DayOpened
from retail_domain.trade.void import (
    DrawerOpened,
    ReceiptReprinted,
    TicketVoided,
    VoidedLine,
    VoidScope,
)
from retail_domain.trade.voucher import (
    AllocatedShare,
    CostAllocated,
    ManualEntry,
    PeriodClosed,
    VoucherLine,
)
from retail_domain.transfers.settlement import SettledLine, SettlementReason, TransferSettled

TICKET_ID = uuid.UUID("019a5f00-0000-7000-8000-00000000002a")
REQUEST_ID = uuid.UUID("019a5f00-0000-7000-8000-00000000002b")
COUNTED_AT = datetime.datetime(2026, 11, 22, 3, 30, 0, 7_000, tzinfo=datetime.UTC)
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
EXCHANGE = Ticket(
    receipt_no=1043,
    prices=FeedPosition(generation=2, version=77),
    lines=(
        TicketLine(
            line_no=1,
            item_id=4711,
            state=StockState.QUARANTINE,
            lot="",
            scanned_code="9521234567899",
            quantity_milli=-1000,
            list_price_fen=1200,
            unit_price_fen=1130,
            discount_fen=-30,
            amount_fen=-1100,
            tax_rate=TaxRate("VAT13", 1300),
            tax_fen=-127,
            origin=SaleOrigin("S002", TICKET_ID, 1),
            reason="damaged",
        ),
        TicketLine(
            line_no=2,
            item_id=1 << 52,
            state=StockState.SELLABLE,
            lot="",
            scanned_code="6900000000007",
            quantity_milli=1000,
            list_price_fen=455,
            unit_price_fen=455,
            discount_fen=0,
            amount_fen=455,
            tax_rate=TaxRate("VAT9", 900),
            tax_fen=38,
        ),
    ),
    tenders=(Tender(TenderKind.CASH, -100, -100), Tender(TenderKind.WECHAT, -550, -550)),
    rounding_fen=5,
    approvals=(Approval("refund", "3001", 1),),
)
"""Version 2: goods brought back and bought, rounded, approved, paid out."""
TOTALS = ShiftTotals(
    tickets=12,
    first_receipt_no=1040,
    last_receipt_no=1051,
    sales_fen=123_450,
    returns_fen=1_100,
    rounding_fen=5,
    voids=2,
    drawer_openings=1,
    reprints=3,
    expected_cash_fen=98_765,
    tenders=(TenderTotal(TenderKind.CASH, 68_765), TenderTotal(TenderKind.ALIPAY, -100)),
)
PAYLOADS: dict[FactKind, Payload] = {
    FactKind.TICKET: TICKET,
    FactKind.TICKET_VOIDED: TicketVoided(
        VoidScope.TICKET, "left", "3001", (VoidedLine(4711, 2000, 2200), VoidedLine(3, 1234, 1478))
    ),
    FactKind.DRAWER_OPENED: DrawerOpened("change", "3001"),
    FactKind.RECEIPT_REPRINTED: ReceiptReprinted(TICKET_ID, 1042, 2),
    FactKind.GOODS_RECEIVED: GoodsReceived(ReceiptPurpose.OPENING, "供应商1", "PO-000007", GOODS),
    FactKind.SUPPLIER_RETURN: SupplierReturn("供应商1", "PO-000007", "broken", GOODS),
    FactKind.STOCK_COUNTED: StockCounted(
        7,
        "cycle",
        (
            CountLine(1, 4711, StockState.SELLABLE, "", 9000, 12_000, COUNTED_AT, "2001"),
            CountLine(2, 3, StockState.DISPLAY, "L7|2027-01-31", 1234, -1000, COUNTED_AT, "2002"),
        ),
    ),
    FactKind.STOCK_ADJUSTED: StockAdjusted(
        AdjustmentReason.DAMAGED,
        "摔碎",
        "3001",
        (
            AdjustmentLine(1, 4711, "", 2000, StockState.SELLABLE, StockState.DAMAGED),
            AdjustmentLine(2, 3, "L7|2027-01-31", 500, StockState.DAMAGED, None),
            AdjustmentLine(3, 5, "", 1000, None, StockState.SELLABLE),
        ),
    ),
    FactKind.TRANSFER_SHIPPED: TransferShipped("T-000009", "S002", GOODS),
    FactKind.TRANSFER_RECEIVED: TransferReceived("T-000009", "S001", GOODS),
    FactKind.STOCK_REQUESTED: StockRequested("周末促销", (RequestedLine(1, 4711, 48_000),)),
    FactKind.SHIFT_OPENED: ShiftOpened(31, 30_000),
    FactKind.SHIFT_CLOSED: ShiftClosed(
        31,
        30_000,
        98_700,
        (DenominationCount(10_000, 9), DenominationCount(100, 87)),
        TOTALS,
    ),
    FactKind.CASH_MOVED: CashMoved(31, CashMove.PAID_OUT, 2_500, "taxi", "3001"),
    FactKind.DAY_OPENED: DayOpened("clock was wrong"),
    FactKind.DAY_CLOSED: DayClosed(
        DayCertificate(
            store="S001",
            epoch=3,
            business_date=datetime.date(2026, 11, 22),
            first_seq=6_000,
            last_seq=6_191,
            head=bytes(range(32)),
            tickets=180,
            sales_fen=1_234_567,
            returns_fen=8_900,
            stock_digest=bytes(range(32, 64)),
        ),
        b"signature",
    ),
    FactKind.SIGNED_IN: SignedIn(SignInMethod.CARD, "cashier"),
    FactKind.SIGNED_OUT: SignedOut(SignOutReason.HANDED_OVER),
    FactKind.ITEM_UNKNOWN: ItemUnknown("6900000000007", "新茶", 455, TaxRate("VAT9", 900)),
    FactKind.SALE_REQUESTED: SaleRequested(TICKET_ID),
    FactKind.SALE_ANSWERED: SaleAnswered(
        REQUEST_ID,
        TICKET_ID,
        "S002",
        SaleOutcome.PASSED_ON,
        2,
        (ReturnedShare("S001", 1, 1_000, 455),),
        (RefundedShare("S002", "pay-77", 300),),
    ),
    FactKind.BOX_EVENT: BoxEvent(BoxEventKind.CLOCK_JUMPED, "-86400 s"),
    FactKind.SUPPLIER_INVOICED: SupplierInvoiced(
        "供应商1",
        "12345678",
        datetime.date(2026, 11, 20),
        1_300,
        (InvoicedLine(1, "PO-000007", "S001", 4711, 24_000, 10_000),),
    ),
    FactKind.PAID: Paid("供应商1", "bank-77", (SettledInvoice("12345678", 11_300),)),
    FactKind.MANUAL_ENTRY: ManualEntry(
        "房租",
        (VoucherLine(1, "S001", "5602", 500_000, 0), VoucherLine(2, "HQ", "1002", 0, 500_000)),
    ),
    FactKind.COST_ALLOCATED: CostAllocated(
        "广告费", "5601", (AllocatedShare("S001", 700), AllocatedShare("S002", 300))
    ),
    FactKind.LANDED_COST_ADDED: LandedCostAdded(
        "S001",
        "PO-000007",
        "运输公司",
        "F-9",
        AllocationBase.WEIGHT,
        (LandedLine(1, 4711, 24_000, 360), LandedLine(2, 3, 12_345, -40)),
    ),
    FactKind.TRANSFER_SETTLED: TransferSettled(
        "T-000009",
        "S001",
        SettlementReason.LOST_BY_CARRIER,
        (SettledLine(1, 4711, 1000), SettledLine(2, 3, -345)),
    ),
    FactKind.RECLASSIFIED: Reclassified("S001", 1 << 52, 4711, 1000, TICKET_ID),
    FactKind.PERIOD_CLOSED: PeriodClosed("2026-10"),
}
PICTURED = StockAdjusted(
    AdjustmentReason.DAMAGED,
    "",
    "",
    (AdjustmentLine(1, 4711, "", 2000, StockState.SELLABLE, None),),
    bytes(range(32)),
)
CASES: dict[str, tuple[FactKind, Payload]] = {
    **{kind.value: (kind, payload) for kind, payload in PAYLOADS.items()},
    "exchange": (FactKind.TICKET, EXCHANGE),
    "stock_adjusted_photo": (FactKind.STOCK_ADJUSTED, PICTURED),
    "item_unknown_unsold": (FactKind.ITEM_UNKNOWN, ItemUnknown("6900000000007", "", 0, None)),
}
"""Everything that has its bytes written down, by name."""


def make_fact(case: FactKind | str) -> Fact:
    """The written-out fact of a case, or of a kind."""
    _kind, payload = CASES[case.value if isinstance(case, FactKind) else case]
    happening = Happening(
        fact_id=uuid.UUID("019a5f00-0000-7000-8000-00000000002a"),
        wall_at=datetime.datetime(2026, 11, 22, 4, 0, 0, 123_000, tzinfo=datetime.UTC),
        boot_id=uuid.UUID("00000000-0000-4000-8000-000000000007"),
        monotonic_ms=86_400_123,
        business_date=datetime.date(2026, 11, 22),
        staff_no="1001",
        register_no="2",
        payload=payload,
        causes=(uuid.UUID("019a5f00-0000-7000-8000-000000000001"),),
    )
    return Fact(Position("S001", "B1", 3, 12_345), happening)
