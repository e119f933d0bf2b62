"""What every message of the box's API is made of."""

from __future__ import annotations

from typing import Annotated

import pydantic

from edge_agent.services.register import REASON_LENGTH_MAX
from retail_domain.trade.open_ticket import LINE_FEN_MAX

INT64_MAX = (1 << 63) - 1
Integer = Annotated[int, pydantic.Field(strict=True, ge=-INT64_MAX, le=INT64_MAX)]
Amount = Annotated[int, pydantic.Field(strict=True, ge=0, le=LINE_FEN_MAX)]
"""In fen; no more than a line may come to."""
Reason = Annotated[str, pydantic.Field(max_length=REASON_LENGTH_MAX)]
"""A code of the store's list."""


class Message(pydantic.BaseModel):
    """Read from dataclasses of the services; unknown fields are refused."""

    model_config = pydantic.ConfigDict(from_attributes=True, extra="forbid")


class Numbered(Message):
    """A message with its place: numbers rise by one within a generation."""

    generation: str
    sequence: int
