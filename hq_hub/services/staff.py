"""Use cases of those who work at stores: their documents go to the stores of their reach."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import re
import threading

import argon2
import sqlalchemy as sa

from hq_hub.services.actors import resolve_reach
from hq_hub.services.errors import (
    CardTakenError,
    OwnRightsError,
    PersonNotFoundError,
    PinWeakError,
    StaffNumberError,
)
from hq_hub.services.requests import Asked, answer_once
from hq_hub.services.roles import require_role_id
from hq_hub.store import documents, people, staff
from hq_hub.store.audit import write_audit
from hq_hub.store.staff import StaffMember
from protos.documents import PEOPLE_FEED
from protos.people import (
    PIN_MEMORY_KIB,
    PIN_TIME_COST,
    StorePerson,
    encode_person,
    hash_card,
    person_key,
)
from retail_domain.people.reach import Reach, write_reach
from retail_domain.people.role import Limits, require_limits, write_limits

STAFF_NO = re.compile(r"[A-Za-z0-9]{1,16}")
PIN = re.compile(r"[0-9]{6,12}")
PIN_LENGTH_MIN = 6
"""A million PINs: behind five tries in five minutes, years of guessing at a till."""
CARD_BYTES = 16
"""128 random bits of a card's code: not to be guessed, so a quick hash hides it."""
HASHES_AT_ONCE = 2
"""One a core."""

_HASHER = argon2.PasswordHasher(PIN_TIME_COST, PIN_MEMORY_KIB, parallelism=1)
_HASHING = threading.BoundedSemaphore(HASHES_AT_ONCE)


@dataclasses.dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who works at stores, as they are to be from now on."""

    staff_no: str
    name: str
    role_id: str
    reach: Reach
    own_limits: Limits = dataclasses.field(default_factory=dict)
    valid_until: datetime.date | None = None


def hash_pin(pin: str) -> str:
    """Hash a PIN, before the transaction that keeps it: it takes long on purpose.

    Raises:
        PinWeakError: too short, no digits, or one that everybody tries first.
    """
    steps = {ord(right) - ord(left) for left, right in itertools.pairwise(pin)}
    is_row = len(steps) == 1 and steps <= {-1, 0, 1}  # 111111, 123456, 654321.
    if not PIN.fullmatch(pin) or is_row:
        raise PinWeakError(limit=PIN_LENGTH_MIN)
    with _HASHING:
        return _HASHER.hash(pin)


def put_member(db: sa.Connection, member: NewMember, pin_hash: str | None, asked: Asked) -> str:
    """Hire somebody, or change role, reach, limits or PIN.

    Args:
        db: not in a transaction.
        member: all of it; what was there before is replaced.
        pin_hash: of `hash_pin`; None keeps the PIN, if there is one.
        asked: by whom.

    Raises:
        StaffNumberError, RoleNotFoundError, LimitsUnreadableError
        OwnRightsError: nobody changes their own role, reach or limits.
    """
    if not STAFF_NO.fullmatch(member.staff_no):
        raise StaffNumberError(staff_no=member.staff_no[:40])
    require_limits(member.own_limits)
    reach, limits = write_reach(member.reach), write_limits(member.own_limits)
    valid_until = None if member.valid_until is None else member.valid_until.isoformat()
    told = {"role_id": member.role_id, "reach": reach, "limits": limits, "until": valid_until}

    def put() -> str:
        require_role_id(db, member.role_id)
        _require_not_own(db, member.staff_no, asked)
        known = staff.find_member(db, member.staff_no)
        is_back = known is None or known.is_removed
        stored = StaffMember(
            **{field.name: getattr(member, field.name) for field in dataclasses.fields(member)},
            pin_hash=pin_hash or ("" if known is None or is_back else known.pin_hash),
            card_hash=b"" if known is None or is_back else known.card_hash,
        )
        _write(db, stored)
        write_audit(
            db, asked.by, "put_person", member.staff_no, **told, is_new_pin=pin_hash is not None
        )
        return member.staff_no

    question = ("put_person", member.staff_no, member.name, told, pin_hash is not None)
    return answer_once(db, asked, question, put)


def remove_member(db: sa.Connection, staff_no: str, asked: Asked) -> str:
    """Dismiss somebody: no store knows them any more, and their sign-in here ends.

    Raises:
        PersonNotFoundError
        OwnRightsError: nobody dismisses themselves by mistake.
    """

    def remove() -> str:
        member = _require_member(db, staff_no)
        _require_not_own(db, staff_no, asked)
        gone = dataclasses.replace(member, pin_hash="", card_hash=b"", is_removed=True)
        _write(db, gone)
        for user_name in people.find_users_of(db, staff_no):
            people.delete_user(db, user_name)
            write_audit(db, asked.by, "remove_user", user_name, staff_no=staff_no)
        write_audit(db, asked.by, "remove_person", staff_no)
        return staff_no

    return answer_once(db, asked, ("remove_person", staff_no), remove)


def give_card(db: sa.Connection, staff_no: str, card_code: str, asked: Asked) -> str:
    """Give somebody a new card; the one before stops working.

    Raises:
        PersonNotFoundError
        CardTakenError: somebody else has a card with this code.
    """
    card_hash = hash_card(card_code)

    def give() -> str:
        member = _require_member(db, staff_no)
        if staff.is_card_of_another(db, card_hash, staff_no):
            raise CardTakenError(staff_no=staff_no)
        _write(db, dataclasses.replace(member, card_hash=card_hash))
        write_audit(db, asked.by, "give_card", staff_no)
        return staff_no

    return answer_once(db, asked, ("give_card", staff_no), give)


def publish_members(db: sa.Connection) -> None:
    """Bring the stores' lists in line with everybody's reach: a store is new or changed its region.

    Args:
        db: inside write_transaction().
    """
    for member in staff.read_members(db):
        _publish(db, member, 0)


def _write(db: sa.Connection, member: StaffMember) -> None:
    version = documents.next_version(db)
    staff.write_member(db, member, version)
    _publish(db, member, version)


def _publish(db: sa.Connection, member: StaffMember, version: int) -> None:
    """Write the document where it is new or other, and take it away where it does not belong."""
    key = person_key(member.staff_no)
    known = staff.read_published(db, key)
    stores = resolve_reach(db, member.reach)
    wanted = frozenset(staff.read_regions(db)) if stores is None else stores
    if member.is_removed:
        wanted = frozenset()
    body = encode_person(_as_store_person(member))
    for store in sorted(wanted | known.keys()):
        new = body if store in wanted else None
        if known.get(store) != new:
            version = version or documents.next_version(db)
            documents.write_documents(db, PEOPLE_FEED, store, {key: new}, version)


def _as_store_person(member: StaffMember) -> StorePerson:
    return StorePerson(
        staff_no=member.staff_no,
        name=member.name,
        role_id=member.role_id,
        own_limits=member.own_limits,
        pin_hash=member.pin_hash,
        card_hash=member.card_hash,
        valid_until=member.valid_until,
    )


def _require_member(db: sa.Connection, staff_no: str) -> StaffMember:
    member = staff.find_member(db, staff_no)
    if member is None or member.is_removed:
        raise PersonNotFoundError(person_no=staff_no[:40])
    return member


def _require_not_own(db: sa.Connection, staff_no: str, asked: Asked) -> None:
    if asked.user_name in people.find_users_of(db, staff_no):
        raise OwnRightsError(person_no=staff_no)
