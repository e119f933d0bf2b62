"""Answers to commands, and their JSON for the table of answered commands."""

from __future__ import annotations

import dataclasses
import json
import uuid

from retail_domain.errors import RetailError


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """A broken rule, as the screen shows it."""

    code: str
    detail: str
    detail_zh: str

    @classmethod
    def of(cls, error: RetailError) -> Refusal:
        """Take over code and sentences."""
        return cls(error.code, error.detail_en, error.detail_zh)


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command; without a refusal it is done."""

    refusal: Refusal | None = None
    fact_id: uuid.UUID | None = None
    """Of the ticket that it closed."""


def dump_answer(answer: Answer) -> str:
    """Write an answer as JSON."""
    return json.dumps(
        {
            "refusal": None if answer.refusal is None else dataclasses.asdict(answer.refusal),
            "fact_id": None if answer.fact_id is None else answer.fact_id.hex,
        },
        ensure_ascii=False,
    )


def load_answer(text: str) -> Answer:
    """Read what `dump_answer` wrote."""
    kept = json.loads(text)
    refusal, fact_id = kept["refusal"], kept["fact_id"]
    return Answer(
        None if refusal is None else Refusal(**refusal),
        None if fact_id is None else uuid.UUID(hex=fact_id),
    )
