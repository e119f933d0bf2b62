"""Routes of people and roles: only who may manage people reads and writes them."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable
from typing import Annotated

import fastapi
import pydantic

from hq_hub.api.answers import (
    AuditAnswer,
    CardAnswer,
    PeopleAnswer,
    RolesAnswer,
    RoleShown,
    UsersAnswer,
)
from hq_hub.api.csv_answer import WHOLE_LIST, answer_csv
from hq_hub.api.headquarters import WRITE_TIMEOUT_S, Headquarters, Parts, Rows, asking, may
from hq_hub.reports.paging import EVERY_STORE, read_as_of
from hq_hub.reports.people import (
    AuditRow,
    PersonRow,
    UserRow,
    count_audit,
    count_people,
    count_users,
    read_audit,
    read_people,
    read_users,
)
from hq_hub.services import roles, staff, users
from hq_hub.services.errors import InvalidRequestError
from hq_hub.services.requests import Asked
from hq_hub.services.staff import CARD_BYTES, NewMember
from hq_hub.store.engine import read_transaction
from hq_hub.store.people import User
from hq_hub.store.staff import read_regions
from protos.people import FIELDS, MEASURES, RIGHTS
from retail_domain.people.permission import Actor
from retail_domain.people.reach import parse_reach
from retail_domain.people.right import Measure, Right
from retail_domain.people.role import Role, parse_limits

router = fastapi.APIRouter(tags=["people"])

Manager = Annotated[Actor, may(Right.MANAGE_PEOPLE)]
Managing = Annotated[Asked, asking(Right.MANAGE_PEOPLE)]
Auditor = Annotated[Actor, may(Right.READ_AUDIT)]
Name = Annotated[str, pydantic.Field(min_length=1, max_length=64)]
Code = Annotated[str, pydantic.Field(max_length=64)]
Secret = Annotated[str | None, pydantic.Field(max_length=1_000, repr=False)]
Reach = Annotated[str, pydantic.Field(max_length=8_000, description="As in `hq-hub add-person`.")]
Limits = Annotated[str, pydantic.Field(max_length=1_000, description="measure=amount,...")]
Amount = Annotated[int, pydantic.Field(strict=True, ge=0, le=2**53)]


class PersonBody(pydantic.BaseModel):
    """Body of PUT /people/{staff_no}."""

    name: Name
    role_id: Code
    reach: Reach
    own_limits: Limits = ""
    valid_until: datetime.date | None = None
    pin: Secret = None
    """Absent: as it was."""


class UserBody(pydantic.BaseModel):
    """Body of PUT /users/{user_name}."""

    display_name: Name
    role_id: Code
    reach: Reach = "all"
    own_limits: Limits = ""
    staff_no: Code = ""
    password: Secret = None
    """Absent: as it was. Otherwise it must be changed at the first sign-in."""


class RoleBody(pydantic.BaseModel):
    """Body of PUT /roles/{role_id}."""

    name: Name
    name_en: Name
    rights: list[Code]
    fields: list[Code] = []
    limits: dict[Code, Amount] = {}
    four_eyes: list[Code] = []
    rights_off: list[Code] = []
    lease_days: Annotated[int, pydantic.Field(strict=True, ge=1, le=365)] = 7


@router.get("/people")
def list_people(parts: Parts, _manager: Manager, rows: Rows) -> PeopleAnswer:
    """Those who work at stores."""
    with read_transaction(parts.read_engine) as db:
        return PeopleAnswer(
            rows=read_people(db, rows), total=count_people(db), as_of=read_as_of(db, EVERY_STORE)
        )


@router.get("/people.csv", response_class=fastapi.Response)
def export_people(parts: Parts, manager: Manager) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, manager, "people", PersonRow, lambda db: read_people(db, WHOLE_LIST))


@router.put("/people/{staff_no}", status_code=204)
def put_person(staff_no: str, body: PersonBody, parts: Parts, asked: Managing) -> None:
    """Hire somebody, or change role, reach, limits or PIN."""
    member = NewMember(
        staff_no,
        body.name,
        body.role_id,
        parse_reach(body.reach),
        parse_limits(body.own_limits),
        body.valid_until,
    )
    pin_hash = None if body.pin is None else staff.hash_pin(body.pin)
    _finish(parts, parts.writer.submit(staff.put_member, member, pin_hash, asked).result)


@router.delete("/people/{staff_no}", status_code=204)
def remove_person(staff_no: str, parts: Parts, asked: Managing) -> None:
    """Dismiss somebody: no store knows them any more."""
    _finish(parts, parts.writer.submit(staff.remove_member, staff_no, asked).result)


@router.post("/people/{staff_no}/card")
def give_card(staff_no: str, parts: Parts, asked: Managing) -> CardAnswer:
    """Make a card; its code is answered once. The card before stops working."""
    card_code = secrets.token_hex(CARD_BYTES)
    _finish(parts, parts.writer.submit(staff.give_card, staff_no, card_code, asked).result)
    return CardAnswer(staff_no=staff_no, card_code=card_code)


@router.get("/users")
def list_users(parts: Parts, _manager: Manager, rows: Rows) -> UsersAnswer:
    """Those who sign in at headquarters."""
    with read_transaction(parts.read_engine) as db:
        return UsersAnswer(
            rows=read_users(db, rows), total=count_users(db), as_of=read_as_of(db, EVERY_STORE)
        )


@router.get("/users.csv", response_class=fastapi.Response)
def export_users(parts: Parts, manager: Manager) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, manager, "users", UserRow, lambda db: read_users(db, WHOLE_LIST))


@router.put("/users/{user_name}", status_code=204)
def put_user(user_name: str, body: UserBody, parts: Parts, asked: Managing) -> None:
    """Give a person a sign-in, or a new role, reach or password; their sessions end."""
    user = User(
        user_name,
        body.display_name,
        body.role_id,
        parse_reach(body.reach),
        parse_limits(body.own_limits),
        body.staff_no,
        must_change=True,
    )
    password_hash = None if body.password is None else users.hash_password(body.password)
    parts.writer.submit(users.put_user, user, password_hash, asked).result(WRITE_TIMEOUT_S)


@router.delete("/users/{user_name}", status_code=204)
def remove_user(user_name: str, parts: Parts, asked: Managing) -> None:
    """Take a person's sign-in away; their sessions end."""
    parts.writer.submit(users.remove_user, user_name, asked).result(WRITE_TIMEOUT_S)


@router.get("/roles")
def list_roles(parts: Parts, _manager: Manager) -> RolesAnswer:
    """All roles, and the words that they are made of."""
    with read_transaction(parts.read_engine) as db:
        found = roles.list_roles(db)
    return RolesAnswer(
        rows=[_show_role(role) for role in found],
        rights=sorted(RIGHTS),
        fields=sorted(FIELDS),
        measures=sorted(MEASURES),
    )


@router.put("/roles/{role_id}", status_code=204)
def put_role(role_id: str, body: RoleBody, parts: Parts, asked: Managing) -> None:
    """Write a role; it holds at headquarters at once, at stores as soon as they hear of it."""
    role = _read_role(role_id, body)
    _finish(parts, parts.writer.submit(roles.put_role, role, asked).result)


@router.delete("/roles/{role_id}", status_code=204)
def remove_role(role_id: str, parts: Parts, asked: Managing) -> None:
    """Take a role away that nobody has; one of the program's own is again as it came."""
    _finish(parts, parts.writer.submit(roles.remove_role, role_id, asked).result)


@router.get("/audit")
def list_audit(parts: Parts, _auditor: Auditor, rows: Rows) -> AuditAnswer:
    """What was done in the administration."""
    with read_transaction(parts.read_engine) as db:
        return AuditAnswer(
            rows=read_audit(db, rows), total=count_audit(db), as_of=read_as_of(db, EVERY_STORE)
        )


@router.get("/audit.csv", response_class=fastapi.Response)
def export_audit(parts: Parts, auditor: Auditor) -> fastapi.Response:
    """Show the same as CSV."""
    return answer_csv(parts, auditor, "audit", AuditRow, lambda db: read_audit(db, WHOLE_LIST))


def _finish(parts: Headquarters, wait: Callable[[float], str]) -> None:
    """Wait for a write that stores read, then tell them: a leaver is out within a minute."""
    wait(WRITE_TIMEOUT_S)
    with read_transaction(parts.read_engine) as db:
        stores = tuple(read_regions(db))
    parts.documents_changed(stores)


def _show_role(role: Role) -> RoleShown:
    return RoleShown(
        role_id=role.role_id,
        name=role.name,
        name_en=role.name_en,
        rights=sorted(right.value for right in role.rights),
        fields=sorted(field.value for field in role.fields),
        limits={measure.value: amount for measure, amount in role.limits.items()},
        four_eyes=sorted(right.value for right in role.four_eyes),
        rights_off=sorted(right.value for right in role.rights_off),
        lease_days=role.lease_days,
    )


def _read_role(role_id: str, body: RoleBody) -> Role:
    unknown = (
        {*body.rights, *body.four_eyes, *body.rights_off} - RIGHTS.keys()
        | set(body.fields) - FIELDS.keys()
        | body.limits.keys() - MEASURES.keys()
    )
    if unknown:
        raise InvalidRequestError(problem=f"unknown words: {', '.join(sorted(unknown))}")
    return Role(
        role_id,
        body.name,
        body.name_en,
        frozenset(RIGHTS[name] for name in body.rights),
        frozenset(FIELDS[name] for name in body.fields),
        {Measure(name): amount for name, amount in body.limits.items()},
        frozenset(RIGHTS[name] for name in body.four_eyes),
        frozenset(RIGHTS[name] for name in body.rights_off),
        body.lease_days,
    )
