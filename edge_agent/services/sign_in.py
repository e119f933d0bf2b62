"""Use cases of signing in and out at a register: PIN or card, offline, with wrong tries counted."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import secrets
import threading

import argon2

from edge_agent.services import attendance
from edge_agent.services.box import Box, Operator
from edge_agent.services.errors import (
    LeaseExpiredError,
    SignInLockedError,
    UnknownCardError,
    WrongPinError,
)
from edge_agent.services.facts import write_fact
from edge_agent.store import staff
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.staff import RegisterSession
from protos.people import PIN_MEMORY_KIB, PIN_TIME_COST, StorePerson, hash_card
from retail_domain.people.errors import RightMissingError
from retail_domain.people.right import Right
from retail_domain.people.role import Role
from retail_domain.trade.attendance import SignedIn, SignedOut, SignInMethod, SignOutReason

TRIES_OF_A_PERSON_MAX = 5
"""In a row, at all registers together; then one try each LOCK. A million PINs last nine years."""
TRIES_AT_A_REGISTER_MAX = 10
"""In a row, for whatever numbers; nobody mistypes as often."""
LOCK = datetime.timedelta(minutes=5)
TOKEN_BYTES = 16
"""128 random bits: not to be guessed, so a quick hash is enough to keep it."""
PIN_LENGTH_MAX = 12
HASHES_AT_ONCE = 1
"""19 MiB each: a small box has other work."""

_HASHER = argon2.PasswordHasher(PIN_TIME_COST, PIN_MEMORY_KIB, parallelism=1)
_HASHING = threading.BoundedSemaphore(HASHES_AT_ONCE)


@dataclasses.dataclass(frozen=True, slots=True)
class Welcome:
    """Who signed in, and what they may do now."""

    person: StorePerson
    role: Role
    """With the rights of this moment."""
    is_lapsed: bool
    """The list of people is beyond its lease: only selling goes on."""


def start_pin_try(db: Connection, box: Box, register_no: str, staff_no: str) -> str | None:
    """Count a try as wrong before it is checked: a power cut, or many at once, forgive nothing.

    Returns:
        What the PIN is checked against; None for somebody who is not there, or has no PIN.

    Raises:
        SignInLockedError: too many wrong ones in a row, of the person or at the register.
    """
    with write_transaction(db):
        at_ms = attendance.now_ms(box)
        person = staff.find_person(db, staff_no)
        limits = {_register(register_no): TRIES_AT_A_REGISTER_MAX}
        if person is not None:
            limits[_person(staff_no)] = TRIES_OF_A_PERSON_MAX
        for subject, tries_max in limits.items():
            _require_unlocked(db, subject, tries_max, at_ms)
        for subject in limits:
            staff.add_try(db, subject, at_ms)
        staff.see_time(db, at_ms)
        return None if person is None else person.pin_hash or None


def check_pin(pin_hash: str | None, pin: str) -> None:
    """Check a PIN outside the writer's thread; nobody's takes as long as a wrong one.

    Raises:
        WrongPinError
    """
    with _HASHING:
        try:
            _HASHER.verify(pin_hash or _hash_of_nobody(), pin[: PIN_LENGTH_MAX + 1])
        except argon2.exceptions.VerifyMismatchError as error:
            raise WrongPinError from error
    if pin_hash is None:
        raise WrongPinError


def end_pin_try(db: Connection, register_no: str, staff_no: str) -> None:
    """The PIN was right: the row of wrong tries ends.

    Args:
        db: inside write_transaction().
        register_no: where.
        staff_no: whose.
    """
    staff.forget_tries(db, _register(register_no))
    staff.forget_tries(db, _person(staff_no))


def find_card_holder(db: Connection, card_code: str) -> str:
    """Find whose card it is. Its code can't be guessed, so nothing is counted.

    Raises:
        UnknownCardError
    """
    person = staff.find_card_holder(db, hash_card(card_code))
    if person is None:
        raise UnknownCardError
    return person.staff_no


def sign_in(db: Connection, box: Box, new: RegisterSession, method: SignInMethod) -> Welcome:
    """Put somebody at a register who proved who they are; whoever was there hands over.

    Args:
        db: of the box.
        box: its clock gives the instant.
        new: where, who, and the hash of the session's token.
        method: how they proved it.

    Raises:
        WrongPinError: they left while the PIN was checked.
        PersonExpiredError, RightMissingError
        LeaseExpiredError: beyond the lease their role may do nothing.
    """
    with write_transaction(db):
        person = staff.find_person(db, new.staff_no)
        if person is None:
            raise WrongPinError
        attendance.require_valid(box, person)
        actor = attendance.make_actor(db, box, person)
        lapsed = attendance.is_lapsed(db, box, actor.role)
        if not actor.role.rights & attendance.AT_A_STORE:
            if lapsed:
                raise LeaseExpiredError(role_id=person.role_id, days=actor.role.lease_days)
            raise RightMissingError(right=Right.SELL.value, role_id=person.role_id)
        if method is SignInMethod.PIN:
            end_pin_try(db, new.register_no, new.staff_no)
        before = staff.read_session(db, new.register_no)
        if before is not None:
            is_old = attendance.is_timed_out(box, before)
            reason = SignOutReason.TIMED_OUT if is_old else SignOutReason.HANDED_OVER
            _end_session(db, box, before, reason)
        staff.save_session(db, new)
        operator = Operator(new.staff_no, new.register_no)
        write_fact(db, box, operator, SignedIn(method, person.role_id))
    return Welcome(person, actor.role, lapsed)


def sign_out(db: Connection, box: Box, register_no: str, token: str) -> None:
    """Leave a register. A repeat, or another session's token, changes nothing."""
    with write_transaction(db):
        session = staff.read_session(db, register_no)
        if session is not None and attendance.is_token_of(session, token):
            _end_session(db, box, session, SignOutReason.BY_PERSON)


def make_token() -> str:
    """Make the secret of a new session."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def _end_session(db: Connection, box: Box, session: RegisterSession, reason: SignOutReason) -> None:
    staff.delete_session(db, session.register_no)
    operator = Operator(session.staff_no, session.register_no)
    write_fact(db, box, operator, SignedOut(reason))


def _require_unlocked(db: Connection, subject: str, tries_max: int, at_ms: int) -> None:
    """Check that a subject is not locked. A clock that jumped is no reason to wait for years."""
    tries = staff.read_tries(db, subject)
    lock_ms = int(LOCK.total_seconds() * 1_000)
    since_ms = abs(at_ms - tries.last_at_ms)
    if tries.count >= tries_max and since_ms < lock_ms:
        raise SignInLockedError(wait_s=max(1, (lock_ms - since_ms) // 1_000))


def _person(staff_no: str) -> str:
    return f"person {staff_no}"


def _register(register_no: str) -> str:
    return f"register {register_no}"


@functools.cache
def _hash_of_nobody() -> str:
    """Checked for numbers that do not exist, so that time tells nothing about numbers."""
    return _HASHER.hash(secrets.token_urlsafe())
