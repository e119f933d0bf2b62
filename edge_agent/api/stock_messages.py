"""What the back room and the box say to each other about stock: counts, corrections, wishes."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

import pydantic

from edge_agent.api.message import Integer, Message, Reason

LINES_MAX = 1_000
LOT_LENGTH_MAX = 64
NOTE_LENGTH_MAX = 200
Quantity = Annotated[int, pydantic.Field(strict=True, gt=0, le=10**12)]
Counted = Annotated[int, pydantic.Field(strict=True, ge=0, le=10**12)]
State = Literal["sellable", "damaged", "display", "quarantine"]
Note = Annotated[str, pydantic.Field(max_length=NOTE_LENGTH_MAX)]
Lot = Annotated[str, pydantic.Field(max_length=LOT_LENGTH_MAX)]


class BeginCount(Message):
    """A count begins; the store goes on selling."""

    reason: Literal["cycle", "full"]


class CountView(Message):
    """A count that is going on. Several people may add to it at once."""

    count_id: uuid.UUID
    reason: str
    staff_no: str
    lines: int


class CountedGoods(Message):
    """What one person found; 0 is a count, too."""

    item_id: Integer
    quantity_milli: Counted
    state: State = "sellable"
    lot: Lot = ""


class CountLineView(Message):
    """A counted line. Blind: what the books say is not in it."""

    item_id: int
    name: str
    name_en: str
    unit_of_measure: str
    state: str
    lot: str
    counted_milli: int
    counted_by: str


class AisleView(Message):
    """How far a count came in one aisle."""

    aisle: str
    """Empty: the items without a place."""
    items: int
    counted: int


class ClosedCountLine(CountLineView):
    """A line of a closed count."""

    variance_milli: int
    """Found (+) or missing (-)."""


class ClosedCount(Message):
    """What a count found."""

    count_no: int
    fact_id: uuid.UUID
    lines: list[ClosedCountLine]


class AdjustedGoods(Message):
    """One item of a correction; null as a state is outside the store."""

    item_id: Integer
    quantity_milli: Quantity
    source: State | None
    target: State | None
    lot: Lot = ""


class Adjust(Message):
    """What a person wants to put right."""

    reason: Literal["moved", "damaged", "expired", "lost", "self_used", "sampled", "found"]
    note: Note = ""
    lines: Annotated[list[AdjustedGoods], pydantic.Field(min_length=1, max_length=LINES_MAX)]
    photo_sha256: Annotated[str, pydantic.Field(pattern="^([0-9a-f]{64})?$")] = ""
    """As `POST /photos` answered it."""
    approval_id: uuid.UUID | None = None

    @pydantic.model_validator(mode="after")
    def _moves(self) -> Adjust:
        for line in self.lines:
            if line.source == line.target:
                raise ValueError("a line stays where it is")
            if self.reason == "moved" and None in {line.source, line.target}:
                raise ValueError("goods that are moved stay in the store")
        return self


class KeptPhoto(Message):
    """A photo that the box has now."""

    photo_sha256: str


class WantedGoods(Message):
    """One item that the store asks for."""

    item_id: Integer
    quantity_milli: Quantity


class StockRequest(Message):
    """What the store asks headquarters for."""

    note: Note = ""
    lines: Annotated[list[WantedGoods], pydantic.Field(min_length=1, max_length=LINES_MAX)]


class SupplierReturn(Message):
    """What goes back to the supplier of an order."""

    state: State
    reason: Reason = ""
    lines: Annotated[list[WantedGoods], pydantic.Field(min_length=1, max_length=LINES_MAX)]
