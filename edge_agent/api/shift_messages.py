"""What registers and box say to each other about shifts, cash and the trading day."""

from __future__ import annotations

import datetime
import uuid
from typing import Annotated, Literal

import pydantic

from edge_agent.api.message import Message, Reason
from retail_domain.trade.tender import TENDER_FEN_MAX

DENOMINATIONS_MAX = 20
"""A currency has some thirteen."""
Fen = Annotated[int, pydantic.Field(strict=True, ge=0, le=TENDER_FEN_MAX)]
Pieces = Annotated[int, pydantic.Field(strict=True, ge=0, le=100_000)]


class ShiftView(Message):
    """A register's last shift."""

    shift_no: int
    staff_no: str
    float_fen: int
    is_open: bool


class DayView(Message):
    """Which day the store trades on."""

    opened: datetime.date | None
    """Null between a close and an opening, and as long as nobody ever opened one."""
    closed: datetime.date | None
    business_date: datetime.date
    """By the store's clock and cut-off."""
    open_shifts: list[str]
    """Registers whose drawer is not counted yet."""
    held_tickets: int


class ShiftState(Message):
    """What a register's shift page begins with."""

    shift: ShiftView | None
    day: DayView


class OpenShift(Message):
    """A cashier takes the register over."""

    float_fen: Fen


class MoveCash(Message):
    """Cash that goes in or out without a sale."""

    move: Literal["float_added", "paid_in", "paid_out", "dropped", "deposited"]
    amount_fen: Annotated[int, pydantic.Field(strict=True, ge=1, le=TENDER_FEN_MAX)]
    reason: Reason = ""
    approval_id: uuid.UUID | None = None


class OpenDrawer(Message):
    """The drawer without a sale."""

    reason: Reason = ""
    approval_id: uuid.UUID | None = None


class Counted(Message):
    """So many notes or coins of a value."""

    denomination_fen: Annotated[int, pydantic.Field(strict=True, ge=1, le=TENDER_FEN_MAX)]
    pieces: Pieces


class CloseShift(Message):
    """What the drawer holds, counted before anybody saw what it should hold."""

    counts: Annotated[list[Counted], pydantic.Field(max_length=DENOMINATIONS_MAX)]


class TenderTotalView(Message):
    """What a tender came to."""

    kind: str
    amount_fen: int


class ShiftReport(Message):
    """An X or a Z."""

    shift_no: int
    register_no: str
    staff_no: str
    float_fen: int
    tickets: int
    first_receipt_no: int
    last_receipt_no: int
    sales_fen: int
    returns_fen: int
    rounding_fen: int
    voids: int
    drawer_openings: int
    reprints: int
    tenders: list[TenderTotalView]
    expected_cash_fen: int | None
    """Null for who counts blind."""
    counted_fen: int | None
    """Null in an X."""
    difference_fen: int | None
    """Over (+) or short (-)."""


class DayReport(Message):
    """The certificate of a closed day."""

    business_date: datetime.date
    tickets: int
    sales_fen: int
    returns_fen: int
    first_seq: int
    last_seq: int
    head: str
    """Of the chain, in hex: what headquarters must find."""
