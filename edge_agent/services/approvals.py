"""Use cases of approvals: somebody with the right lets another do one thing, once."""

from __future__ import annotations

import dataclasses
import datetime
import json
import uuid
from collections.abc import Mapping

from edge_agent.services import attendance
from edge_agent.services.box import Box
from edge_agent.services.errors import (
    ApprovalMissingError,
    ApprovalNeededError,
    WrongPinError,
)
from edge_agent.services.sign_in import end_pin_try
from edge_agent.store import staff
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.staff import GrantedApproval
from retail_domain.people.errors import (
    LimitExceededError,
    RightMissingError,
    SecondPersonNeededError,
)
from retail_domain.people.permission import Actor, require_approval
from retail_domain.people.right import Measure, Right
from retail_domain.trade.attendance import SignInMethod

APPROVAL_LIFE = datetime.timedelta(minutes=10)
"""The customer is waiting; what is older was meant for another one."""


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """What somebody at a register may not do alone."""

    register_no: str
    asked_by: str
    right: Right
    amounts: Mapping[Measure, int]


def approve(
    db: Connection,
    box: Box,
    wish: Wish,
    approver: tuple[str, SignInMethod],
    approval_id: uuid.UUID,
) -> GrantedApproval:
    """Grant a wish; it waits for the action that it was granted for.

    Args:
        db: of the box.
        box: its clock gives the instant.
        wish: what is asked for.
        approver: who proved to be there, and how.
        approval_id: made by the caller; not to be guessed.

    Raises:
        RightMissingError, LimitExceededError, SecondPersonNeededError: the approver may not.
        PersonExpiredError, WrongPinError: the approver left.
    """
    staff_no, method = approver
    with write_transaction(db):
        person = staff.find_person(db, staff_no)
        if person is None:
            raise WrongPinError
        attendance.require_valid(box, person)
        if method is SignInMethod.PIN:
            end_pin_try(db, wish.register_no, staff_no)
        actor = attendance.make_actor(db, box, person)
        attendance.require_leased(db, box, actor, wish.right)
        require_approval(
            actor, wish.right, box.identity.store, wish.amounts, asked_by=wish.asked_by
        )
        granted = GrantedApproval(
            wish.register_no,
            wish.right.value,
            json.dumps({measure.value: amount for measure, amount in wish.amounts.items()}),
            wish.asked_by,
            staff_no,
            attendance.now_ms(box),
        )
        staff.insert_approval(db, approval_id.bytes, granted)
    return granted


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """Who does something, and the approval they name for it."""

    actor: Actor
    wish: Wish
    approval_id: uuid.UUID | None


def permit(db: Connection, box: Box, claim: Claim) -> str:
    """Check that somebody may do something, alone or by an approval, which is used up then.

    Args:
        db: inside write_transaction().
        box: its clock gives the instant.
        claim: what is done, by whom; without an approval, alone.

    Returns:
        Staff number of who approved; empty when nobody had to.

    Raises:
        ApprovalNeededError: it takes one and none is named.
        ApprovalMissingError: the one that is named is not for this.
        LeaseExpiredError
    """
    wish = claim.wish
    try:
        attendance.require_may(db, box, claim.actor, wish.right, wish.amounts)
    except (RightMissingError, LimitExceededError, SecondPersonNeededError) as error:
        if claim.approval_id is None:
            amounts = {measure.value: amount for measure, amount in wish.amounts.items()}
            raise ApprovalNeededError(
                right=wish.right.value, cause=error.code, **amounts
            ) from error
        return use_approval(db, box, wish, claim.approval_id)
    return ""


def use_approval(db: Connection, box: Box, wish: Wish, approval_id: uuid.UUID) -> str:
    """Use an approval up, in the transaction of the action.

    Args:
        db: inside write_transaction(): an action that fails leaves the approval unused.
        box: its clock gives the instant.
        wish: what is really done; no more than was granted.
        approval_id: of `approve`.

    Returns:
        Staff number of who approved.

    Raises:
        ApprovalMissingError: none, used, too old, or granted for something else.
    """
    granted = staff.take_approval(db, approval_id.bytes)
    life_ms = int(APPROVAL_LIFE.total_seconds() * 1_000)
    if granted is None or attendance.now_ms(box) - granted.approved_at_ms > life_ms:
        raise ApprovalMissingError(right=wish.right.value)
    amounts: dict[str, int] = json.loads(granted.amounts)
    is_same = (granted.register_no, granted.right, granted.asked_by) == (
        wish.register_no,
        wish.right.value,
        wish.asked_by,
    )
    if not is_same or any(
        amount > amounts.get(measure.value, 0) for measure, amount in wish.amounts.items()
    ):
        raise ApprovalMissingError(right=wish.right.value)
    return granted.approved_by
