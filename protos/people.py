"""Documents of people: roles and those who work at a store; proto <-> domain, both ways."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Iterable

from protos.liushui.v1 import document_pb2
from retail_domain.people.right import Field, Measure, Right
from retail_domain.people.role import Limits, Role

RIGHTS = {right.value: right for right in Right}
FIELDS = {field.value: field for field in Field}
MEASURES = {measure.value: measure for measure in Measure}
CARD_CONTEXT = b"liushui-card"
PIN_TIME_COST, PIN_MEMORY_KIB = 2, 19 * 1024
"""argon2id for a box of 1 GB: two passes over 19 MiB, OWASP's smallest; times stand in ADR 0011."""


@dataclasses.dataclass(frozen=True, slots=True)
class StorePerson:
    """Somebody who works at a store, as its box knows them."""

    staff_no: str
    name: str
    role_id: str
    own_limits: Limits
    pin_hash: str
    """argon2id; empty: no PIN."""
    card_hash: bytes
    """Empty: no card."""
    valid_until: datetime.date | None
    """Last business date on which they may sign in."""

    def __repr__(self) -> str:
        """Number without the hashes: logs and traces print values."""
        return f"StorePerson({self.staff_no!r})"


def role_key(role_id: str) -> bytes:
    """Key of a role in its feed."""
    return role_id.encode()


def person_key(staff_no: str) -> bytes:
    """Key of a person in the feed of a store's people."""
    return staff_no.encode()


def hash_card(card_code: str) -> bytes:
    """What is kept of a card: its code is 128 random bits, so a quick hash is enough to hide it."""
    return hashlib.blake2b(card_code.strip().encode(), digest_size=32, person=CARD_CONTEXT).digest()


def encode_role(role: Role, *, is_built_in: bool) -> bytes:
    """Make the body of a role document."""
    return document_pb2.RoleDocument(
        role_id=role.role_id,
        name=role.name,
        name_en=role.name_en,
        rights=sorted(right.value for right in role.rights),
        fields=sorted(field.value for field in role.fields),
        limits=_write_limits(role.limits),
        four_eyes=sorted(right.value for right in role.four_eyes),
        lease_days=role.lease_days,
        is_built_in=is_built_in,
        rights_off=sorted(right.value for right in role.rights_off),
    ).SerializeToString(deterministic=True)


def decode_role(body: bytes) -> tuple[Role, bool]:
    """Read the body of a role document; tells too whether it is as the program ships it."""
    wire = document_pb2.RoleDocument.FromString(body)
    role = Role(
        role_id=wire.role_id,
        name=wire.name,
        name_en=wire.name_en,
        rights=frozenset(RIGHTS[name] for name in wire.rights if name in RIGHTS),
        fields=frozenset(FIELDS[name] for name in wire.fields if name in FIELDS),
        limits=_read_limits(wire.limits),
        four_eyes=frozenset(RIGHTS[name] for name in wire.four_eyes if name in RIGHTS),
        lease_days=wire.lease_days,
        rights_off=frozenset(RIGHTS[name] for name in wire.rights_off if name in RIGHTS),
    )
    return role, wire.is_built_in


def encode_person(person: StorePerson) -> bytes:
    """Make the body of a person document."""
    valid_until = "" if person.valid_until is None else person.valid_until.isoformat()
    return document_pb2.PersonDocument(
        staff_no=person.staff_no,
        name=person.name,
        role_id=person.role_id,
        limits=_write_limits(person.own_limits),
        pin_hash=person.pin_hash,
        card_hash=person.card_hash,
        valid_until=valid_until,
    ).SerializeToString(deterministic=True)


def decode_person(body: bytes) -> StorePerson:
    """Read the body of a person document."""
    wire = document_pb2.PersonDocument.FromString(body)
    valid_until = datetime.date.fromisoformat(wire.valid_until) if wire.valid_until else None
    return StorePerson(
        staff_no=wire.staff_no,
        name=wire.name,
        role_id=wire.role_id,
        own_limits=_read_limits(wire.limits),
        pin_hash=wire.pin_hash,
        card_hash=wire.card_hash,
        valid_until=valid_until,
    )


def _write_limits(limits: Limits) -> list[document_pb2.Limit]:
    named = sorted((measure.value, amount) for measure, amount in limits.items())
    return [document_pb2.Limit(measure=name, amount=amount) for name, amount in named]


def _read_limits(limits: Iterable[document_pb2.Limit]) -> dict[Measure, int]:
    return {MEASURES[one.measure]: one.amount for one in limits if one.measure in MEASURES}
