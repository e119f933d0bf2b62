"""What registers and box say to each other about goods that come back."""

from __future__ import annotations

import datetime
import uuid
from typing import Annotated, Literal

import pydantic

from edge_agent.api.message import Amount, Integer, Message, Reason

CODE_LENGTH_MAX = 64
BACK_LINES_MAX = 200
"""Nobody carries more over the counter at once."""
Quantity = Annotated[int, pydantic.Field(strict=True, gt=0, le=10**12)]
State = Literal["sellable", "damaged", "quarantine"]


class SoldLineView(Message):
    """A line of a sale, with what may still come back of it."""

    sale_line_no: int
    item_id: int
    name: str
    name_en: str
    scanned_code: str
    unit_of_measure: str
    quantity_milli: int
    left_milli: int
    amount_fen: int


class SaleView(Message):
    """A sale as the counter sees it."""

    sale_id: uuid.UUID
    store: str
    """That sold."""
    receipt_no: int
    register_no: str
    sold_at: datetime.datetime
    lines: list[SoldLineView]
    tender_kinds: list[str]
    """That it was paid with; a wallet gets no more back than it paid."""


class SaleWish(Message):
    """A sale of another store that goods are to come back of here."""

    request_id: uuid.UUID
    """A repeat asks once."""
    code: Annotated[str, pydantic.Field(min_length=1, max_length=CODE_LENGTH_MAX)]
    """Of the receipt."""


class SaleWishView(Message):
    """How far a wish for a sale is."""

    is_here: bool
    """Whether its goods may come back now; refused when they never will."""


class OnReceipt(Message):
    """Goods with the receipt that they were sold on."""

    kind: Literal["on_receipt"]
    sale_id: uuid.UUID
    sale_line_no: Annotated[int, pydantic.Field(strict=True, ge=1, le=10_000)]
    quantity_milli: Quantity
    state: State
    reason: Reason = ""


class WithoutReceipt(Message):
    """Goods that nobody can name the sale of, at a price that somebody decides."""

    kind: Literal["without_receipt"]
    item_id: Integer
    unit_price_fen: Amount
    quantity_milli: Quantity
    state: State
    reason: Reason = ""


Back = Annotated[OnReceipt | WithoutReceipt, pydantic.Field(discriminator="kind")]


class BackLines(Message):
    """What the customer brings back."""

    back: Annotated[list[Back], pydantic.Field(max_length=BACK_LINES_MAX)]


class ExchangePrice(Message):
    """What an exchange comes to, together with what the register's ticket holds."""

    refund_fen: int
    """For the goods that come back."""
    due_fen: int
    """By the customer; below 0 to the customer."""
