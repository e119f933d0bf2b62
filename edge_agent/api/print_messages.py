"""What printing says over HTTP."""

from __future__ import annotations

import datetime
import uuid
from typing import Annotated, Literal

import pydantic

from edge_agent.api.message import Amount, Message
from edge_agent.services.label_print import LABELS_MAX

WISHES_MAX = LABELS_MAX


class LabelWish(Message):
    """What labels are wanted for."""

    item_id: Annotated[int, pydantic.Field(strict=True, ge=1, lt=1 << 63)]
    copies: Annotated[int, pydantic.Field(strict=True, ge=1, le=LABELS_MAX)] = 1
    price_fen: Amount | None = None
    """Of a markdown; null: the list price."""
    valid_until: datetime.date | None = None
    lot_no: Annotated[str, pydantic.Field(max_length=20)] = ""


class LabelsWish(Message):
    """Labels of one template."""

    template_id: Annotated[str, pydantic.Field(max_length=64)]
    labels: Annotated[list[LabelWish], pydantic.Field(max_length=WISHES_MAX)]


class ScaleOrder(Message):
    """What the register's scale shall do."""

    command: Literal["zero", "tare", "clear_tare"]


class LabelTemplateView(Message):
    """A template as a list shows it."""

    template_id: str
    purpose: str
    name: str
    name_en: str
    width_um: int
    height_um: int


class PrintJobView(Message):
    """How far a job is."""

    job_id: uuid.UUID
    device_id: str
    kind: str
    state: str
    parts_done: int
    reason: str
    """English, for IT."""
    fact_id: uuid.UUID | None
    """The ticket or reprint whose receipt it is."""
    made_at: datetime.datetime
