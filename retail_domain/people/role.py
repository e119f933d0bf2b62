"""A role: rights, fields, limits, and what needs a second person. A document of the chain."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from retail_domain.people.errors import LimitsUnreadableError, RoleIdError, RoleShowsMoreError
from retail_domain.people.right import FIELDS_OF_RIGHT, MEASURES_OF_RIGHT, Field, Measure, Right

ROLE_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
LIMIT_MAX = 10**13
"""As good as none: a hundred thousand million yuan, far inside 64 bits."""
Limits = Mapping[Measure, int]
"""Largest amount of one action by measure; a measure that is not there allows nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Role:
    """What the people who have it may do."""

    role_id: str
    name: str
    name_en: str
    rights: frozenset[Right]
    fields: frozenset[Field] = frozenset()
    limits: Limits = dataclasses.field(default_factory=dict)
    four_eyes: frozenset[Right] = frozenset()
    """Rights that these people use for others, never for what they do themselves."""
    rights_off: frozenset[Right] = frozenset()
    """Features that the screens of these people leave out, and that nobody allows them."""
    lease_days: int = 7
    """How long a store trusts its list of these people without a word of headquarters."""


def require_role(role: Role) -> None:
    """Check that a role says what it means.

    Raises:
        RoleIdError: no id that can stand in documents and addresses.
        RoleShowsMoreError: a right or field shows what the role's fields hide.
        LimitsUnreadableError: a limit below 0 or beyond LIMIT_MAX.
    """
    if not ROLE_ID.fullmatch(role.role_id):
        raise RoleIdError(role_id=role.role_id[:40])
    needed = frozenset[Field]().union(*(FIELDS_OF_RIGHT.get(r, ()) for r in role.rights))
    if Field.MARGIN in role.fields | needed:
        needed |= {Field.COST}  # Net sales less margin is cost.
    hidden = needed - role.fields
    if hidden:
        fields = ", ".join(sorted(field.value for field in hidden))
        raise RoleShowsMoreError(role_id=role.role_id, fields=fields)
    require_limits(role.limits)


def require_limits(limits: Limits) -> None:
    """Check that limits are amounts.

    Raises:
        LimitsUnreadableError: below 0 or beyond LIMIT_MAX.
    """
    for measure, value in limits.items():
        if not 0 <= value <= LIMIT_MAX:
            raise LimitsUnreadableError(limits=f"{measure.value}={value}")


def parse_limits(text: str) -> dict[Measure, int]:
    """Read `discount_bp=1000,refund_fen=20000`; empty text is no limits.

    Raises:
        LimitsUnreadableError: no such measure, or no amount.
    """
    limits: dict[Measure, int] = {}
    measures = {measure.value: measure for measure in Measure}
    for part in filter(None, text.split(",")):
        name, _equals, value = part.partition("=")
        is_amount = value.isascii() and value.isdecimal() and len(value) <= len(str(LIMIT_MAX))
        if name not in measures or not is_amount:
            raise LimitsUnreadableError(limits=part[:100])
        limits[measures[name]] = int(value)
    require_limits(limits)
    return limits


def write_limits(limits: Limits) -> str:
    """Write what `parse_limits` reads, always in one order."""
    named = sorted((measure.value, value) for measure, value in limits.items())
    return ",".join(f"{name}={value}" for name, value in named)


def unlimited(rights: frozenset[Right]) -> dict[Measure, int]:
    """Limits that never bind, for all measures of some rights."""
    measures = frozenset[Measure]().union(*(MEASURES_OF_RIGHT.get(r, ()) for r in rights))
    return dict.fromkeys(measures, LIMIT_MAX)
