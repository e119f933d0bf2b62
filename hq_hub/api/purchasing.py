"""Routes of purchases: supplier invoices, payments, landed costs, what is not invoiced yet."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi
import pydantic
import sqlalchemy as sa

from hq_hub.api.answers import InvoicesAnswer, UninvoicedAnswer
from hq_hub.api.bookkeeping import Reader, Writer, show_fact
from hq_hub.api.csv_answer import WHOLE_LIST, answer_csv
from hq_hub.api.fields import DocumentNo, Number, Reason, StoreNo
from hq_hub.api.headquarters import WRITE_TIMEOUT_S, Parts, Rows
from hq_hub.api.shown import show
from hq_hub.reports import purchasing as report
from hq_hub.reports.bookkeeping import VoucherRow
from hq_hub.reports.paging import EVERY_STORE, Block, read_as_of
from hq_hub.reports.purchasing import InvoiceRow, UninvoicedRow
from hq_hub.services import purchasing
from hq_hub.services.documents import ORDER_LINES_MAX
from hq_hub.services.own_journal import today_of
from hq_hub.services.purchasing import (
    PAID_INVOICES_MAX,
    NewInvoice,
    NewInvoiceLine,
    NewLandedCost,
    NewPayment,
)
from hq_hub.store.engine import read_transaction
from retail_domain.trade.purchase import AllocationBase

router = fastapi.APIRouter(tags=["purchasing"])

OnlyOpen = Annotated[bool, fastapi.Query(description="Leave out what is settled.")]
OfSupplier = Annotated[str, fastapi.Query(max_length=40, description="Empty for all.")]
OfStore = Annotated[str, fastapi.Query(max_length=16, description="Empty for all.")]


class InvoiceLineRequest(pydantic.BaseModel):
    """One item of an invoice, for one order."""

    purchase_order_no: DocumentNo
    store: StoreNo
    item_id: Number
    quantity_milli: Number
    amount_fen: Number


class InvoiceRequest(pydantic.BaseModel):
    """Body of POST /supplier-invoices."""

    supplier_no: DocumentNo
    invoice_no: DocumentNo
    invoice_date: datetime.date
    business_date: datetime.date
    tax_fen: Number
    lines: Annotated[list[InvoiceLineRequest], pydantic.Field(max_length=ORDER_LINES_MAX)]
    reason: Reason = ""


class PaidInvoiceRequest(pydantic.BaseModel):
    """A part of a payment."""

    invoice_no: DocumentNo
    amount_fen: Number


class PaymentRequest(pydantic.BaseModel):
    """Body of POST /payments."""

    supplier_no: DocumentNo
    reference: DocumentNo
    business_date: datetime.date
    invoices: Annotated[list[PaidInvoiceRequest], pydantic.Field(max_length=PAID_INVOICES_MAX)]


class PartRequest(pydantic.BaseModel):
    """What one item bears: mg by weight, fen by hand."""

    item_id: Number
    part: Number


class LandedCostRequest(pydantic.BaseModel):
    """Body of POST /landed-costs."""

    store: StoreNo
    purchase_order_no: DocumentNo
    supplier_no: DocumentNo
    invoice_no: DocumentNo
    base: AllocationBase
    amount_fen: Number
    business_date: datetime.date
    parts: Annotated[list[PartRequest], pydantic.Field(max_length=ORDER_LINES_MAX)] = []


class ReversalRequest(pydantic.BaseModel):
    """Body of POST /landed-costs/{fact_no}/reverse."""

    business_date: datetime.date


@router.post("/supplier-invoices", response_model=VoucherRow)
def enter_invoice(body: InvoiceRequest, parts: Parts, asked: Writer) -> fastapi.Response:
    """Enter an invoice against its orders and what came."""
    lines = tuple(
        NewInvoiceLine(
            line.purchase_order_no, line.store, line.item_id, line.quantity_milli, line.amount_fen
        )
        for line in body.lines
    )
    invoice = NewInvoice(
        body.supplier_no,
        body.invoice_no,
        body.invoice_date,
        body.business_date,
        body.tax_fen,
        lines,
        body.reason,
    )
    writing = parts.writer.submit(purchasing.enter_invoice, invoice, asked)
    return show_fact(parts, asked, writing.result(WRITE_TIMEOUT_S))


@router.post("/payments", response_model=VoucherRow)
def pay_invoices(body: PaymentRequest, parts: Parts, asked: Writer) -> fastapi.Response:
    """Note a payment to a supplier."""
    invoices_fen = tuple((invoice.invoice_no, invoice.amount_fen) for invoice in body.invoices)
    payment = NewPayment(body.supplier_no, body.reference, invoices_fen, body.business_date)
    writing = parts.writer.submit(purchasing.pay_invoices, payment, asked)
    return show_fact(parts, asked, writing.result(WRITE_TIMEOUT_S))


@router.post("/landed-costs", response_model=VoucherRow)
def add_landed_cost(body: LandedCostRequest, parts: Parts, asked: Writer) -> fastapi.Response:
    """Put freight, duty or a rebate on the goods of an order."""
    cost = NewLandedCost(
        body.store,
        body.purchase_order_no,
        body.supplier_no,
        body.invoice_no,
        body.base,
        body.amount_fen,
        body.business_date,
        tuple((part.item_id, part.part) for part in body.parts),
    )
    writing = parts.writer.submit(purchasing.add_landed_cost, cost, asked)
    return show_fact(parts, asked, writing.result(WRITE_TIMEOUT_S))


@router.post("/landed-costs/{fact_no}/reverse", response_model=VoucherRow)
def reverse_landed_cost(
    fact_no: str, body: ReversalRequest, parts: Parts, asked: Writer
) -> fastapi.Response:
    """Take a landed cost back, line by line."""
    writing = parts.writer.submit(
        purchasing.reverse_landed_cost, fact_no, body.business_date, asked
    )
    return show_fact(parts, asked, writing.result(WRITE_TIMEOUT_S))


@router.get("/supplier-invoices", response_model=InvoicesAnswer)
def list_invoices(
    parts: Parts,
    actor: Reader,
    rows: Rows,
    supplier_no: OfSupplier = "",
    only_open: OnlyOpen = True,
) -> fastapi.Response:
    """Invoices, the oldest first, with what is open by age."""
    return show(actor, _read_invoices(parts, rows, supplier_no, is_open_only=only_open))


@router.get("/supplier-invoices.csv", response_class=fastapi.Response)
def export_invoices(
    parts: Parts, actor: Reader, supplier_no: OfSupplier = "", only_open: OnlyOpen = True
) -> fastapi.Response:
    """Show the same as CSV."""
    today = today_of(parts.clock())

    def read(db: sa.Connection) -> list[InvoiceRow]:
        return report.read_invoices(
            db, WHOLE_LIST, supplier_no=supplier_no, is_open_only=only_open, today=today
        )

    return answer_csv(parts, actor, "supplier-invoices", InvoiceRow, read)


@router.get("/received-not-invoiced", response_model=UninvoicedAnswer)
def list_uninvoiced(
    parts: Parts, actor: Reader, rows: Rows, store: OfStore = "", only_open: OnlyOpen = True
) -> fastapi.Response:
    """Lines of purchase orders: ordered, received, invoiced, and the difference in price."""
    return show(actor, _read_uninvoiced(parts, rows, store, is_open_only=only_open))


@router.get("/received-not-invoiced.csv", response_class=fastapi.Response)
def export_uninvoiced(
    parts: Parts, actor: Reader, store: OfStore = "", only_open: OnlyOpen = True
) -> fastapi.Response:
    """Show the same as CSV."""

    def read(db: sa.Connection) -> list[UninvoicedRow]:
        return report.read_uninvoiced(db, WHOLE_LIST, store=store, is_open_only=only_open)

    return answer_csv(parts, actor, "received-not-invoiced", UninvoicedRow, read)


def _read_invoices(
    parts: Parts, rows: Block, supplier_no: str, *, is_open_only: bool
) -> InvoicesAnswer:
    today = today_of(parts.clock())
    with read_transaction(parts.read_engine) as db:
        ages = report.read_ages(db, supplier_no=supplier_no, is_open_only=is_open_only, today=today)
        return InvoicesAnswer(
            rows=report.read_invoices(
                db, rows, supplier_no=supplier_no, is_open_only=is_open_only, today=today
            ),
            total=sum(age.invoices for age in ages),
            ages=ages,
            as_of=read_as_of(db, EVERY_STORE),
        )


def _read_uninvoiced(
    parts: Parts, rows: Block, store: str, *, is_open_only: bool
) -> UninvoicedAnswer:
    with read_transaction(parts.read_engine) as db:
        return UninvoicedAnswer(
            rows=report.read_uninvoiced(db, rows, store=store, is_open_only=is_open_only),
            total=report.count_uninvoiced(db, store=store, is_open_only=is_open_only),
            sums=report.add_up_uninvoiced(db, store=store, is_open_only=is_open_only),
            as_of=read_as_of(db, EVERY_STORE),
        )
