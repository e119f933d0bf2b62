"""The one place where an answer loses what the person may not see: in JSON and in CSV alike."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import pydantic_core
from fastapi.responses import JSONResponse

from retail_domain.people.permission import Actor
from retail_domain.people.right import Field, Right

FIELD_OF_WORD: dict[str, frozenset[Field]] = {
    "value": frozenset({Field.COST}),
    "cost": frozenset({Field.COST, Field.MARGIN}),  # Net sales less cost of sales is margin.
    "margin": frozenset({Field.MARGIN}),
    "member": frozenset({Field.MEMBER_DATA}),
}
"""A name that holds the word is hidden from who lacks one of the fields: also one still to come."""
FIELD_OF_NAME: dict[str, frozenset[Field]] = {
    "in_transit_fen": frozenset({Field.COST}),
    "entry": frozenset({Field.COST, Field.MARGIN}),  # Cost of sales is an account of its own.
    "body_head": frozenset({Field.COST}),
}
RIGHT_OF_WORD = {"sales": Right.READ_SALES}
"""Turnover of a store stands in lists that tell how it is."""
RIGHT_OF_NAME = {"days": Right.READ_SALES, "facts": Right.READ_JOURNAL}
"""Parts of one store's page."""


def show(actor: Actor, answer: object) -> JSONResponse:
    """Answer with all that the actor may see; what they may not is absent, not empty."""
    return JSONResponse(_strip(pydantic_core.to_jsonable_python(answer), actor))


def shown_names(actor: Actor, names: Sequence[str]) -> list[str]:
    """Names of columns that the actor may see, in their order."""
    return [name for name in names if not is_hidden(actor, name)]


def is_hidden(actor: Actor, name: str) -> bool:
    """Whether a name tells what the actor may not see."""
    fields, right = _needs(name)
    return not fields <= actor.role.fields or (right is not None and right not in actor.role.rights)


@functools.cache
def _needs(name: str) -> tuple[frozenset[Field], Right | None]:
    """What one must have to see a name; there are as many as the answers have fields."""
    words = name.split("_")
    fields = FIELD_OF_NAME.get(name, frozenset()).union(
        *(FIELD_OF_WORD.get(word, frozenset()) for word in words)
    )
    of_word = (RIGHT_OF_WORD[word] for word in words if word in RIGHT_OF_WORD)
    right = RIGHT_OF_NAME.get(name) or next(of_word, None)
    return fields, right


def _strip(value: object, actor: Actor) -> object:
    if isinstance(value, Mapping):
        return {
            name: _strip(part, actor) for name, part in value.items() if not is_hidden(actor, name)
        }
    if isinstance(value, list):
        return [_strip(part, actor) for part in value]
    return value
