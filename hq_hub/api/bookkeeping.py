"""Routes of the books: vouchers, allocations, settled transfers, reclassified goods, months."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from typing import Annotated

import fastapi
import pydantic
import sqlalchemy as sa

from hq_hub.api.answers import PeriodsAnswer, VouchersAnswer
from hq_hub.api.csv_answer import CSV_ROWS_MAX, write_csv
from hq_hub.api.fields import DocumentNo, Number, Reason, StoreNo, Summary
from hq_hub.api.headquarters import WRITE_TIMEOUT_S, Headquarters, Parts, Rows, asking, may
from hq_hub.api.shown import show, shown_names
from hq_hub.reports import bookkeeping as report
from hq_hub.reports.bookkeeping import Filter, VoucherLineRow, VoucherRow
from hq_hub.reports.paging import EVERY_STORE, Block, read_as_of
from hq_hub.services import bookkeeping
from hq_hub.services.bookkeeping import (
    VOUCHER_LINES_MAX,
    NewAllocation,
    NewReclassification,
    NewSettlement,
    NewVoucher,
    NewVoucherLine,
)
from hq_hub.services.documents import ORDER_LINES_MAX
from hq_hub.services.own_journal import today_of
from hq_hub.services.requests import Asked
from hq_hub.store.engine import read_transaction
from retail_domain.people.permission import Actor, require_right
from retail_domain.people.right import Right
from retail_domain.trade.fact import HQ_STORE
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.fact_number import parse_fact_no
from retail_domain.transfers.settlement import SettlementReason

router = fastapi.APIRouter(tags=["bookkeeping"])

VOUCHERS_A_READ = 500
"""Of an export: bounds memory."""
STORES_MAX = 10_000
"""Of one allocation: far beyond any chain."""
FACT_FIELDS = [field.name for field in dataclasses.fields(VoucherRow) if field.name != "lines"]
LINE_FIELDS = [field.name for field in dataclasses.fields(VoucherLineRow)]

Writer = Annotated[Asked, asking(Right.WRITE_ENTRY)]
Closer = Annotated[Asked, asking(Right.CLOSE_PERIOD)]


class VoucherLineRequest(pydantic.BaseModel):
    """One line of a voucher; exactly one side is above 0."""

    store: StoreNo
    account_code: DocumentNo
    debit_fen: Number = 0
    credit_fen: Number = 0


class VoucherRequest(pydantic.BaseModel):
    """Body of POST /vouchers."""

    summary: Summary
    business_date: datetime.date
    lines: Annotated[list[VoucherLineRequest], pydantic.Field(max_length=VOUCHER_LINES_MAX)]


class WeightRequest(pydantic.BaseModel):
    """How much one store bears, against the others."""

    store: StoreNo
    weight: Number


class AllocationRequest(pydantic.BaseModel):
    """Body of POST /allocations."""

    summary: Summary
    business_date: datetime.date
    account_code: DocumentNo
    amount_fen: Number
    weights: Annotated[list[WeightRequest], pydantic.Field(max_length=STORES_MAX)]


class SettledLineRequest(pydantic.BaseModel):
    """One item: + lost, - arrived without having left."""

    item_id: Number
    quantity_milli: Number


class SettlementRequest(pydantic.BaseModel):
    """Body of POST /transfers/{transfer_no}/settle."""

    responsible_store: StoreNo
    reason: SettlementReason
    business_date: datetime.date
    lines: Annotated[list[SettledLineRequest], pydantic.Field(max_length=ORDER_LINES_MAX)]


class ReclassificationRequest(pydantic.BaseModel):
    """Body of POST /reclassifications."""

    store: StoreNo
    open_item_id: Number
    item_id: Number
    quantity_milli: Number
    business_date: datetime.date


class CloseRequest(pydantic.BaseModel):
    """Body of POST /periods/{period}/close."""

    acknowledge_missing: bool = False
    parked_reason: Reason = ""
    """Why parked facts may fall into the next month."""


def get_reader(actor: Annotated[Actor, may(Right.READ_LEDGER)]) -> Actor:
    """Who may read the books of headquarters: they belong to the chain, not to a store."""
    require_right(actor, Right.READ_LEDGER, HQ_STORE)
    return actor


Reader = Annotated[Actor, fastapi.Depends(get_reader)]


def get_filter(
    period: Annotated[str, fastapi.Query(max_length=7)] = "",
    kind: FactKind | None = None,
    party: Annotated[str, fastapi.Query(max_length=40)] = "",
) -> Filter:
    """Which of headquarters' facts a list shows."""
    return Filter(period, kind, party)


Chosen = Annotated[Filter, fastapi.Depends(get_filter)]


@router.post("/vouchers", response_model=VoucherRow)
def enter_voucher(body: VoucherRequest, parts: Parts, asked: Writer) -> fastapi.Response:
    """Write an entry by hand."""
    lines = tuple(
        NewVoucherLine(line.store, line.account_code, line.debit_fen, line.credit_fen)
        for line in body.lines
    )
    voucher = NewVoucher(body.summary, body.business_date, lines)
    writing = parts.writer.submit(bookkeeping.enter_voucher, voucher, asked)
    return show_fact(parts, asked, writing.result(WRITE_TIMEOUT_S))


@router.post("/allocations", response_model=VoucherRow)
def allocate_cost(body: AllocationRequest, parts: Parts, asked: Writer) -> fastapi.Response:
    """Share an expense of headquarters out over stores."""
    allocation = NewAllocation(
        body.summary,
        body.business_date,
        body.account_code,
        body.amount_fen,
        tuple((weight.store, weight.weight) for weight in body.weights),
    )
    writing = parts.writer.submit(bookkeeping.allocate_cost, allocation, asked)
    return show_fact(parts, asked, writing.result(WRITE_TIMEOUT_S))


@router.post("/transfers/{transfer_no}/settle", response_model=VoucherRow)
def settle_transfer(
    transfer_no: str, body: SettlementRequest, parts: Parts, asked: Writer
) -> fastapi.Response:
    """Close what is in transit on paper only."""
    settlement = NewSettlement(
        transfer_no,
        body.responsible_store,
        body.reason,
        body.business_date,
        tuple((line.item_id, line.quantity_milli) for line in body.lines),
    )
    writing = parts.writer.submit(bookkeeping.settle_transfer, settlement, asked)
    return show_fact(parts, asked, writing.result(WRITE_TIMEOUT_S))


@router.post("/reclassifications", response_model=VoucherRow)
def reclassify(body: ReclassificationRequest, parts: Parts, asked: Writer) -> fastapi.Response:
    """Say which item an open item was; the store's box takes it out of stock."""
    known = NewReclassification(
        body.store, body.open_item_id, body.item_id, body.quantity_milli, body.business_date
    )
    writing = parts.writer.submit(bookkeeping.reclassify, known, asked)
    fact_no = writing.result(WRITE_TIMEOUT_S)
    parts.documents_changed((body.store,))
    return show_fact(parts, asked, fact_no)


@router.post("/periods/{period}/close")
def close_period(period: str, body: CloseRequest, parts: Parts, asked: Closer) -> fastapi.Response:
    """Close an accounting month for good."""
    writing = parts.writer.submit(
        bookkeeping.close_period,
        period,
        asked,
        acknowledge_missing=body.acknowledge_missing,
        parked_reason=body.parked_reason,
    )
    return show_fact(parts, asked, writing.result(WRITE_TIMEOUT_S))


@router.get("/periods", response_model=PeriodsAnswer)
def list_periods(parts: Parts, actor: Reader) -> fastapi.Response:
    """Closed months, and what stands against closing the next one."""
    with read_transaction(parts.read_engine) as db:
        rows = report.read_periods(db)
        answer = PeriodsAnswer(
            rows=rows,
            total=len(rows),
            next=report.read_next_period(db, today_of(parts.clock())),
            as_of=read_as_of(db, actor.stores),
        )
    return show(actor, answer)


@router.get("/vouchers", response_model=VouchersAnswer)
def list_vouchers(parts: Parts, actor: Reader, rows: Rows, chosen: Chosen) -> fastapi.Response:
    """Facts of headquarters with their entries, the newest first."""
    return show(actor, _read_vouchers(parts, chosen, rows))


@router.get("/vouchers.csv", response_class=fastapi.Response)
def export_vouchers(parts: Parts, actor: Reader, chosen: Chosen) -> fastapi.Response:
    """Show the same as CSV, one row a line of an entry."""
    of_fact, of_line = shown_names(actor, FACT_FIELDS), shown_names(actor, LINE_FIELDS)

    def read(db: sa.Connection) -> Iterator[list[object]]:
        for start in range(0, CSV_ROWS_MAX, VOUCHERS_A_READ):
            vouchers = report.read_vouchers(db, chosen, Block(start, start + VOUCHERS_A_READ))
            for row in vouchers:
                heading = [getattr(row, name) for name in of_fact]
                for line in row.lines:
                    yield [*heading, *(getattr(line, name) for name in of_line)]
            if len(vouchers) < VOUCHERS_A_READ:
                return

    return write_csv(parts, "vouchers", [*of_fact, *of_line], read)


def show_fact(parts: Headquarters, asked: Asked, fact_no: str) -> fastapi.Response:
    """Answer a write with the fact that it made, or made before."""
    place = parse_fact_no(fact_no)
    assert place is not None, fact_no
    with read_transaction(parts.read_engine) as db:
        return show(asked.actor, report.read_voucher(db, *place))


def _read_vouchers(parts: Headquarters, chosen: Filter, rows: Block) -> VouchersAnswer:
    with read_transaction(parts.read_engine) as db:
        return VouchersAnswer(
            rows=report.read_vouchers(db, chosen, rows),
            total=report.count_vouchers(db, chosen),
            as_of=read_as_of(db, EVERY_STORE),
        )
