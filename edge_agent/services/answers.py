"""Answers to commands, and their JSON for the table of answered commands."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Mapping
from typing import Any

from edge_agent.services.errors import ApprovalNeededError
from retail_domain.errors import RetailError
from retail_domain.people.right import Measure


@dataclasses.dataclass(frozen=True, slots=True)
class WantedApproval:
    """What somebody else would have to allow for the same command to be done."""

    right: str
    amounts: Mapping[str, int]
    """By measure."""


@dataclasses.dataclass(frozen=True, slots=True)
class CodeQuestion:
    """What a person can answer about a code that names no item, or several."""

    code: str
    """As the scanner read it."""
    symbology: str
    item_ids: tuple[int, ...]
    """To choose from; none: the goods may be sold as an open item."""


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """A broken rule, as the screen shows it."""

    code: str
    detail: str
    detail_zh: str
    approval: WantedApproval | None = None
    """None: nobody can allow it."""
    question: CodeQuestion | None = None
    """None: there is nothing to choose."""

    @classmethod
    def of(cls, error: RetailError) -> Refusal:
        """Take over code and sentences, and which approval would help."""
        approval = None
        if isinstance(error, ApprovalNeededError):
            measures = {measure.value for measure in Measure}
            amounts = {
                name: value
                for name, value in error.values.items()
                if name in measures and isinstance(value, int)
            }
            approval = WantedApproval(str(error.values["right"]), amounts)
        return cls(error.code, error.detail_en, error.detail_zh, approval)


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
        None if refusal is None else _load_refusal(refusal),
        None if fact_id is None else uuid.UUID(hex=fact_id),
    )


def _load_refusal(kept: dict[str, Any]) -> Refusal:
    approval, question = kept.pop("approval", None), kept.pop("question", None)
    if question is not None:
        question["item_ids"] = tuple(question["item_ids"])
    return Refusal(
        **kept,
        approval=None if approval is None else WantedApproval(**approval),
        question=None if question is None else CodeQuestion(**question),
    )
