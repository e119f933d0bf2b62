"""Who is at a register, and what they may do at this moment."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import hmac
from collections.abc import Mapping

from edge_agent.services.box import Box
from edge_agent.services.errors import (
    LeaseExpiredError,
    PersonExpiredError,
    SignInNeededError,
)
from edge_agent.store import staff
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.staff import RegisterSession
from edge_agent.store.store_settings import read_settings
from protos.people import StorePerson
from retail_domain.people.built_in_roles import (
    AT_THE_TILL,
    IN_THE_BACK_ROOM,
    STORE_MANAGEMENT,
    SUPERVISION,
)
from retail_domain.people.permission import NO_AMOUNTS, Actor, require_right
from retail_domain.people.right import RIGHTS_WITHOUT_LEASE, Measure, Right
from retail_domain.people.role import Role, unlimited
from retail_domain.people.store_settings import require_on

SESSION_LIFE = datetime.timedelta(hours=16)
"""A double shift; who forgot to sign out is not the cashier of the next morning."""
DAY_MS = 24 * 60 * 60 * 1_000
AT_A_STORE = AT_THE_TILL | IN_THE_BACK_ROOM | SUPERVISION | STORE_MANAGEMENT
UNSTAFFED = Role("unstaffed", "未分配人员", "Unstaffed", AT_A_STORE, limits=unlimited(AT_A_STORE))
"""Of whoever stands at a register of a store for which headquarters lists nobody."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where somebody acts, and who acts there while headquarters lists nobody."""

    register_no: str
    unstaffed_no: str


def find_actor(db: Connection, box: Box, place: Place, token: str | None) -> Actor:
    """Find who acts at a register.

    Args:
        db: of the box.
        box: its clock gives the instant.
        place: which register.
        token: of the session, as the page proves it; None for a device that is bound to the
            register, which scans for whoever is there.

    Raises:
        SignInNeededError: nobody, somebody else, somebody since yesterday, or somebody who left.
    """
    if not staff.has_people(db):
        return Actor(place.unstaffed_no, UNSTAFFED, None)
    session = staff.read_session(db, place.register_no)
    if session is None or is_timed_out(box, session) or not is_token_of(session, token):
        raise SignInNeededError(register_no=place.register_no)
    person = staff.find_person(db, session.staff_no)
    if person is None or not _is_valid(box, person):
        raise SignInNeededError(register_no=place.register_no)
    return make_actor(db, box, person)


def look_up_actor(db: Connection, box: Box, place: Place, token: str) -> Actor | None:
    """Who a screen with this token shows; None for nobody."""
    try:
        return find_actor(db, box, place, token)
    except SignInNeededError:
        return None


def make_actor(db: Connection, box: Box, person: StorePerson) -> Actor:
    """Find what a person may do now; beyond the lease of the list, only what never stops."""
    role = staff.find_role(db, person.role_id)
    if role is None:
        role = Role(person.role_id, person.role_id, person.role_id, frozenset())
    if is_lapsed(db, box, role):
        role = dataclasses.replace(role, rights=role.rights & RIGHTS_WITHOUT_LEASE)
    return Actor(
        person.staff_no, role, frozenset({box.identity.store}), own_limits=person.own_limits
    )


def is_lapsed(db: Connection, box: Box, role: Role) -> bool:
    """Whether the list of people is too old to trust what it says of this role. ADR 0011."""
    lease = staff.read_lease(db)
    age_ms = max(now_ms(box), lease.seen_at_ms) - lease.confirmed_at_ms
    return age_ms > role.lease_days * DAY_MS


def require_may(
    db: Connection,
    box: Box,
    actor: Actor,
    right: Right,
    amounts: Mapping[Measure, int] = NO_AMOUNTS,
) -> None:
    """Check that somebody may do something here alone.

    Raises:
        LeaseExpiredError: they might, were headquarters not silent for too long.
        FeatureOffError: headquarters left it out; nobody can allow it.
        RightMissingError, LimitExceededError, SecondPersonNeededError
    """
    require_on(read_settings(db).rights_off, right)
    require_leased(db, box, actor, right)
    require_right(actor, right, box.identity.store, amounts)


def require_leased(db: Connection, box: Box, actor: Actor, right: Right) -> None:
    """Check that it is not the age of the list that forbids something.

    Raises:
        LeaseExpiredError
    """
    if right not in actor.role.rights and is_lapsed(db, box, actor.role):
        raise LeaseExpiredError(role_id=actor.role.role_id, days=actor.role.lease_days)


def require_valid(box: Box, person: StorePerson) -> None:
    """Check that a person still works here today.

    Raises:
        PersonExpiredError
    """
    if not _is_valid(box, person):
        assert person.valid_until is not None
        raise PersonExpiredError(
            staff_no=person.staff_no, valid_until=person.valid_until.isoformat()
        )


def hash_session_token(token: str) -> bytes:
    """What is kept of a session's token."""
    return hashlib.blake2b(token.encode(), digest_size=32, person=b"register-session").digest()


def is_token_of(session: RegisterSession, token: str | None) -> bool:
    """Whether a page may speak for a session; a device needs no token."""
    return token is None or hmac.compare_digest(session.token_hash, hash_session_token(token))


def now_ms(box: Box) -> int:
    """Wall clock in milliseconds of Unix time."""
    return int(box.wall_at().timestamp() * 1_000)


def is_timed_out(box: Box, session: RegisterSession) -> bool:
    """Whether a session is older than any shift."""
    age_ms = now_ms(box) - session.signed_in_at_ms
    return age_ms >= int(SESSION_LIFE.total_seconds() * 1_000)


def _is_valid(box: Box, person: StorePerson) -> bool:
    today = box.business_date(box.wall_at())
    return person.valid_until is None or today <= person.valid_until
