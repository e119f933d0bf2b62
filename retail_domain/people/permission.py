"""May this person do this, here, of this amount? And if not, why not."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from retail_domain.people.errors import (
    FieldHiddenError,
    LimitExceededError,
    ReachTooSmallError,
    RightMissingError,
    SecondPersonNeededError,
    StoreOutOfReachError,
)
from retail_domain.people.right import (
    MEASURES_OF_RIGHT,
    RIGHTS_OF_THE_CHAIN,
    Field,
    Measure,
    Right,
)
from retail_domain.people.role import Limits, Role
from retail_domain.people.store_settings import require_on

NO_AMOUNTS: Mapping[Measure, int] = {}


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """A person who acts, with all that decides what they may do."""

    person_no: str
    """Staff number at a store, user name at headquarters."""
    role: Role
    stores: frozenset[str] | None
    """Numbers of the stores that are theirs; None: every store."""
    own_limits: Limits = dataclasses.field(default_factory=dict)
    """Take the place of the role's, measure by measure."""

    def reaches(self, store: str) -> bool:
        """Whether a store is theirs."""
        return self.stores is None or store in self.stores

    def limit(self, measure: Measure) -> int:
        """Largest amount of one action; 0 when nobody set one."""
        return self.own_limits.get(measure, self.role.limits.get(measure, 0))


def require_right(
    actor: Actor, right: Right, store: str | None, amounts: Mapping[Measure, int] = NO_AMOUNTS
) -> None:
    """Check that a person may do something alone.

    Args:
        actor: who does it.
        right: what is done.
        store: for which store; None where no store is meant.
        amounts: by every measure of the right that the action has.

    Raises:
        RightMissingError, ReachTooSmallError, StoreOutOfReachError, LimitExceededError
        FeatureOffError: the role leaves it out; nobody else can allow it.
        SecondPersonNeededError: the role lets them do it for others only.
    """
    require_on(actor.role.rights_off, right)
    _require(actor, right, store, amounts)
    if right in actor.role.four_eyes:
        raise SecondPersonNeededError(right=right.value, person_no=actor.person_no)


def require_approval(
    approver: Actor,
    right: Right,
    store: str | None,
    amounts: Mapping[Measure, int] = NO_AMOUNTS,
    *,
    asked_by: str,
) -> None:
    """Check that a person may approve what another one asks for; raises as `require_right`.

    Their own wish they may approve where their role says nothing against it.
    """
    _require(approver, right, store, amounts)
    if right in approver.role.four_eyes and asked_by == approver.person_no:
        raise SecondPersonNeededError(right=right.value, person_no=asked_by)


def require_field(actor: Actor, field: Field) -> None:
    """Check that a person may see something.

    Raises:
        FieldHiddenError
    """
    if field not in actor.role.fields:
        raise FieldHiddenError(field=field.value, role_id=actor.role.role_id)


def _require(actor: Actor, right: Right, store: str | None, amounts: Mapping[Measure, int]) -> None:
    assert amounts.keys() <= MEASURES_OF_RIGHT.get(right, frozenset()), (right, amounts)
    if right not in actor.role.rights:
        raise RightMissingError(right=right.value, role_id=actor.role.role_id)
    if right in RIGHTS_OF_THE_CHAIN and actor.stores is not None:
        raise ReachTooSmallError(right=right.value, person_no=actor.person_no)
    if store is not None and not actor.reaches(store):
        raise StoreOutOfReachError(store=store, person_no=actor.person_no)
    for measure, amount in sorted(amounts.items(), key=lambda pair: pair[0].value):
        limit = actor.limit(measure)
        if amount > limit:
            raise LimitExceededError(
                right=right.value, measure=measure.value, amount=amount, limit=limit
            )
