"""Payloads of the rarer kinds for tests: only what a test cares about has to be said."""

from __future__ import annotations

import datetime
import uuid

from retail_domain.catalog.item import TaxRate
from retail_domain.rounding import multiply_price
from retail_domain.stock.adjustment import AdjustmentLine, AdjustmentReason, StockAdjusted
from retail_domain.stock.count import CountLine, StockCounted
from retail_domain.stock.goods import SupplierReturn
from retail_domain.stock.movement import StockState
from retail_domain.trade.purchase import (
    AllocationBase,
    InvoicedLine,
    LandedCostAdded,
    LandedLine,
    Paid,
    SettledInvoice,
    SupplierInvoiced,
)
from retail_domain.trade.refund import GoodsBack, return_line, return_without_receipt
from retail_domain.trade.shift import ShiftClosed, ShiftTotals
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import FeedPosition, SaleOrigin, Ticket, TicketLine
from retail_domain.trade.trading_day import DayCertificate, DayClosed
from retail_domain.trade.voucher import (
    AllocatedShare,
    CostAllocated,
    ManualEntry,
    VoucherLine,
)
from retail_domain.transfers.settlement import SettledLine, SettlementReason, TransferSettled
from tests.retail_domain.builders import NOON, VAT13, make_goods, make_item

SELLABLE, DAMAGED = StockState.SELLABLE, StockState.DAMAGED


def make_return(
    sale: Ticket,
    fact_id: uuid.UUID,
    quantity_milli: int,
    *,
    sale_line_no: int = 1,
    before_milli: int = 0,
    receipt_no: int = 2,
    store: str = "S001",
    state: StockState = SELLABLE,
) -> Ticket:
    """Bring goods of a sale back, paid out in cash."""
    line = return_line(
        1,
        SaleOrigin(store, fact_id, sale_line_no),
        sale.lines[sale_line_no - 1],
        GoodsBack(quantity_milli, state, "unwanted"),
        before_milli=before_milli,
    )
    return make_paid_out(line, receipt_no=receipt_no)


def make_return_without_receipt(
    item_id: int, quantity_milli: int, unit_price_fen: int, *, receipt_no: int = 2
) -> Ticket:
    back = GoodsBack(quantity_milli, SELLABLE, "unwanted")
    line = return_without_receipt(1, make_item(item_id), unit_price_fen, back)
    return make_paid_out(line, receipt_no=receipt_no)


def make_paid_out(line: TicketLine, *, receipt_no: int = 2) -> Ticket:
    tender = Tender(TenderKind.CASH, line.amount_fen, line.amount_fen)
    tenders = (tender,) if line.amount_fen else ()
    return Ticket(receipt_no, FeedPosition(1, 1), (line,), tenders)


def make_sale_line(
    item_id: int,
    quantity_milli: int,
    unit_price_fen: int,
    *,
    discount_fen: int = 0,
    tax_fen: int = 0,
    tax_rate: TaxRate = VAT13,
) -> TicketLine:
    return TicketLine(
        line_no=1,
        item_id=item_id,
        state=SELLABLE,
        lot="",
        scanned_code="",
        quantity_milli=quantity_milli,
        list_price_fen=unit_price_fen,
        unit_price_fen=unit_price_fen,
        discount_fen=discount_fen,
        amount_fen=multiply_price(unit_price_fen, quantity_milli) - discount_fen,
        tax_rate=tax_rate,
        tax_fen=tax_fen,
    )


def make_supplier_return(
    *lines: tuple[int, int], purchase_order_no: str = "PO-000001"
) -> SupplierReturn:
    return SupplierReturn("SUP1", purchase_order_no, "broken", make_goods(*lines))


def make_count(*lines: tuple[int, int, int], count_no: int = 1) -> StockCounted:
    """Of (item_id, counted_milli, book_milli)."""
    return StockCounted(
        count_no,
        "cycle",
        tuple(
            CountLine(line_no, item_id, SELLABLE, "", counted_milli, book_milli, NOON, "2001")
            for line_no, (item_id, counted_milli, book_milli) in enumerate(lines, start=1)
        ),
    )


def make_adjustment(
    *lines: tuple[int, int, StockState | None, StockState | None],
    reason: AdjustmentReason = AdjustmentReason.DAMAGED,
) -> StockAdjusted:
    """Of (item_id, quantity_milli, source, target)."""
    return StockAdjusted(
        reason,
        "",
        "",
        tuple(
            AdjustmentLine(line_no, item_id, "", quantity_milli, source, target)
            for line_no, (item_id, quantity_milli, source, target) in enumerate(lines, start=1)
        ),
    )


def make_shift_close(counted_fen: int, expected_fen: int, *, shift_no: int = 1) -> ShiftClosed:
    totals = ShiftTotals(
        tickets=0,
        first_receipt_no=0,
        last_receipt_no=0,
        sales_fen=0,
        returns_fen=0,
        rounding_fen=0,
        voids=0,
        drawer_openings=0,
        reprints=0,
        expected_cash_fen=expected_fen,
        tenders=(),
    )
    return ShiftClosed(shift_no, 0, counted_fen, (), totals)


def make_day_close(store: str = "S001", *, first_seq: int = 1, last_seq: int = 1) -> DayClosed:
    certificate = DayCertificate(
        store=store,
        epoch=1,
        business_date=datetime.date(2026, 11, 22),
        first_seq=first_seq,
        last_seq=last_seq,
        head=bytes(32),
        tickets=1,
        sales_fen=1,
        returns_fen=0,
        stock_digest=bytes(32),
    )
    return DayClosed(certificate, b"signature")


def make_invoice(
    *lines: tuple[str, str, int, int, int], tax_fen: int = 0, invoice_no: str = "INV-1"
) -> SupplierInvoiced:
    """Of (purchase_order_no, store, item_id, quantity_milli, amount_fen)."""
    return SupplierInvoiced(
        "SUP1",
        invoice_no,
        datetime.date(2026, 11, 20),
        tax_fen,
        tuple(InvoicedLine(line_no, *line) for line_no, line in enumerate(lines, start=1)),
    )


def make_payment(amount_fen: int, invoice_no: str = "INV-1") -> Paid:
    return Paid("SUP1", "bank-1", (SettledInvoice(invoice_no, amount_fen),))


def make_landed_cost(
    *lines: tuple[int, int, int], store: str = "S001", purchase_order_no: str = "PO-000001"
) -> LandedCostAdded:
    """Of (item_id, quantity_milli, amount_fen)."""
    return LandedCostAdded(
        store,
        purchase_order_no,
        "CARRIER",
        "F-1",
        AllocationBase.VALUE,
        tuple(LandedLine(line_no, *line) for line_no, line in enumerate(lines, start=1)),
    )


def make_voucher(*lines: tuple[str, str, int]) -> ManualEntry:
    """Of (store, account_code, debit less credit in fen)."""
    return ManualEntry(
        "by hand",
        tuple(
            VoucherLine(line_no, store, account_code, max(fen, 0), max(-fen, 0))
            for line_no, (store, account_code, fen) in enumerate(lines, start=1)
        ),
    )


def make_allocation(account_code: str, **shares_fen: int) -> CostAllocated:
    """Of store=amount."""
    shares = tuple(AllocatedShare(store, fen) for store, fen in shares_fen.items())
    return CostAllocated("shared", account_code, shares)


def make_settlement(
    *lines: tuple[int, int], transfer_no: str = "T-000001", store: str = "S001"
) -> TransferSettled:
    """Of (item_id, quantity_milli)."""
    return TransferSettled(
        transfer_no,
        store,
        SettlementReason.LOST_BY_CARRIER,
        tuple(SettledLine(line_no, *line) for line_no, line in enumerate(lines, start=1)),
    )
