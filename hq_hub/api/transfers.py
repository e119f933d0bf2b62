"""Routes of transfer orders: translate, call one use case, translate back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Annotated

import fastapi
import pydantic
import sqlalchemy as sa

from hq_hub.api.answers import TransfersAnswer
from hq_hub.api.csv_answer import write_csv
from hq_hub.api.headquarters import WRITE_TIMEOUT_S, Headquarters, Parts, Rows, asking, may
from hq_hub.api.shown import show, shown_names
from hq_hub.reports.paging import Block, read_as_of
from hq_hub.reports.transfer_board import TransferBoard, read_board
from hq_hub.reports.transfers import (
    TransferLine,
    TransferRow,
    count_transfers,
    iterate_transfers,
    read_transfer,
    read_transfers,
)
from hq_hub.services import transfers
from hq_hub.services.documents import ORDER_LINES_MAX
from hq_hub.services.requests import Asked
from hq_hub.services.transfers import NewTransfer
from hq_hub.store.engine import read_transaction
from retail_domain.people.permission import Actor
from retail_domain.people.right import Right
from retail_domain.transfers.transfer_order import OrderLine, TransferState

router = fastapi.APIRouter(prefix="/transfers", tags=["transfers"])

Reader = Annotated[Actor, may(Right.READ_TRANSFERS)]
Drafter = Annotated[Asked, asking(Right.DRAFT_TRANSFER)]
Canceller = Annotated[Asked, asking(Right.READ_TRANSFERS)]
"""Who drafted an order may cancel it too: the use case knows who that was."""
Approver = Annotated[Asked, asking(Right.APPROVE_TRANSFER)]
Step = Callable[[sa.Connection, str, Asked], str]
StoreNo = Annotated[str, pydantic.Field(max_length=16)]
Number = Annotated[int, pydantic.Field(ge=-(2**53), le=2**53, strict=True)]
"""What every JSON reader keeps exactly."""
ORDER_FIELDS = [field.name for field in dataclasses.fields(TransferRow) if field.name != "lines"]
LINE_FIELDS = [field.name for field in dataclasses.fields(TransferLine)]


class LineRequest(pydantic.BaseModel):
    """One item that shall be sent."""

    item_id: Number
    quantity_milli: Number


class TransferRequest(pydantic.BaseModel):
    """Body of POST /transfers."""

    source_store: StoreNo
    target_store: StoreNo
    lines: Annotated[list[LineRequest], pydantic.Field(max_length=ORDER_LINES_MAX)]


@router.get("", response_model=TransfersAnswer)
def list_transfers(
    parts: Parts, actor: Reader, rows: Rows, state: TransferState | None = None
) -> fastapi.Response:
    """Transfer orders with what the stores did."""
    return show(actor, _read(parts, actor, state, rows))


@router.get("/board", response_model=TransferBoard)
def show_board(parts: Parts, actor: Reader) -> fastapi.Response:
    """How many transfers stand in which state, and which of them need a person."""
    with read_transaction(parts.read_engine) as db:
        return show(actor, read_board(db, parts.clock(), actor.stores))


@router.post("", response_model=TransferRow)
def draft_transfer(body: TransferRequest, parts: Parts, asked: Drafter) -> fastapi.Response:
    """Draft a transfer order; it does not leave headquarters before it is approved."""
    lines = tuple(OrderLine(line.item_id, line.quantity_milli) for line in body.lines)
    transfer = NewTransfer(body.source_store, body.target_store, lines)
    writing = parts.writer.submit(transfers.draft_transfer, transfer, asked)
    return show(asked.actor, _show(parts, writing.result(WRITE_TIMEOUT_S)))


@router.post("/{transfer_no}/approve", response_model=TransferRow)
def approve_transfer(transfer_no: str, parts: Parts, asked: Approver) -> fastapi.Response:
    """Let the stores see the order and ship. A repeat changes nothing."""
    return _decide(parts, transfers.approve_transfer, transfer_no, asked)


@router.post("/{transfer_no}/cancel", response_model=TransferRow)
def cancel_transfer(transfer_no: str, parts: Parts, asked: Canceller) -> fastapi.Response:
    """Take an order back that was not shipped. A repeat changes nothing."""
    return _decide(parts, transfers.cancel_transfer, transfer_no, asked)


csv_router = fastapi.APIRouter(tags=["transfers"])


@csv_router.get("/transfers.csv", response_class=fastapi.Response)
def export_transfers(
    parts: Parts, actor: Reader, state: TransferState | None = None
) -> fastapi.Response:
    """Show the same as CSV, one row a line of an order."""
    of_order, of_line = shown_names(actor, ORDER_FIELDS), shown_names(actor, LINE_FIELDS)

    def read(db: sa.Connection) -> Iterator[list[object]]:
        for row in iterate_transfers(db, state, actor.stores):
            order = [getattr(row, name) for name in of_order]
            for line in row.lines:
                yield [*order, *(getattr(line, name) for name in of_line)]

    return write_csv(parts, "transfers", [*of_order, *of_line], read)


def _read(
    parts: Headquarters, actor: Actor, state: TransferState | None, block: Block
) -> TransfersAnswer:
    with read_transaction(parts.read_engine) as db:
        return TransfersAnswer(
            rows=read_transfers(db, state, block, actor.stores),
            total=count_transfers(db, state, actor.stores),
            as_of=read_as_of(db, actor.stores),
        )


def _decide(parts: Headquarters, step: Step, transfer_no: str, asked: Asked) -> fastapi.Response:
    writing = parts.writer.submit(step, transfer_no, asked)
    row = _show(parts, writing.result(WRITE_TIMEOUT_S))
    parts.documents_changed((row.source_store, row.target_store))
    return show(asked.actor, row)


def _show(parts: Headquarters, transfer_no: str) -> TransferRow:
    with read_transaction(parts.read_engine) as db:
        return read_transfer(db, transfer_no)
