"""Use cases of roles: documents of the chain. Those that it did not write come with the program."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from hq_hub.services.errors import OwnRightsError, RoleInUseError, RoleNotFoundError
from hq_hub.services.requests import Asked, answer_once
from hq_hub.store import documents, people, staff
from hq_hub.store.audit import write_audit
from hq_hub.store.engine import write_transaction
from protos.documents import CHAIN_SCOPE, ROLES_FEED
from protos.people import decode_role, encode_role, role_key
from retail_domain.people.built_in_roles import BUILT_IN_ROLES, ROLE_BY_ID
from retail_domain.people.role import Role, require_role, write_limits
from retail_domain.people.store_settings import require_switchable


def find_role(db: sa.Connection, role_id: str) -> Role | None:
    """Find a role in force."""
    key = role_key(role_id)
    body = documents.read_bodies(db, ROLES_FEED, CHAIN_SCOPE, {key: None}).get(key)
    return ROLE_BY_ID.get(role_id) if body is None else decode_role(body)[0]


def require_role_id(db: sa.Connection, role_id: str) -> Role:
    """Find a role in force.

    Raises:
        RoleNotFoundError
    """
    role = find_role(db, role_id)
    if role is None:
        raise RoleNotFoundError(role_id=role_id[:40])
    return role


def list_roles(db: sa.Connection) -> list[Role]:
    """All roles in force, in order of id."""
    written = [
        decode_role(body)[0] for _key, body in documents.iterate_living(db, ROLES_FEED, CHAIN_SCOPE)
    ]
    roles = ROLE_BY_ID | {role.role_id: role for role in written}
    return [roles[role_id] for role_id in sorted(roles)]


def put_role(db: sa.Connection, role: Role, asked: Asked) -> str:
    """Write a role; who has it may do what it says from the next request on.

    Raises:
        RoleIdError, RoleShowsMoreError, LimitsUnreadableError: of the role itself.
        FeatureFixedError: nobody who sells can do without one of the rights that are off.
        OwnRightsError: nobody changes the role that they have.
    """
    require_role(role)
    require_switchable(role.rights_off)
    body = encode_role(role, is_built_in=False)

    def put() -> str:
        if role.role_id == asked.actor.role.role_id:
            raise OwnRightsError(person_no=asked.user_name)
        _write(db, {role_key(role.role_id): body})
        write_audit(
            db,
            asked.by,
            "put_role",
            role.role_id,
            rights=" ".join(sorted(right.value for right in role.rights)),
            fields=" ".join(sorted(field.value for field in role.fields)),
            limits=write_limits(role.limits),
            four_eyes=" ".join(sorted(right.value for right in role.four_eyes)),
            rights_off=" ".join(sorted(right.value for right in role.rights_off)),
            lease_days=role.lease_days,
        )
        return role.role_id

    return answer_once(db, asked, ("put_role", body.hex()), put)


def remove_role(db: sa.Connection, role_id: str, asked: Asked) -> str:
    """Take a role away; one that comes with the program is again as it came.

    Raises:
        RoleNotFoundError
        RoleInUseError: somebody has it.
        OwnRightsError: nobody changes the role that they have.
    """

    def remove() -> str:
        require_role_id(db, role_id)
        if role_id == asked.actor.role.role_id:
            raise OwnRightsError(person_no=asked.user_name)
        count = people.count_users(db, role_id) + staff.count_members(db, role_id)
        shipped = ROLE_BY_ID.get(role_id)
        if shipped is None and count:
            raise RoleInUseError(role_id=role_id, count=count)
        body = None if shipped is None else encode_role(shipped, is_built_in=True)
        _write(db, {role_key(role_id): body})
        write_audit(db, asked.by, "remove_role", role_id)
        return role_id

    return answer_once(db, asked, ("remove_role", role_id), remove)


def publish_built_in_roles(db: sa.Connection) -> None:
    """Send the program's own roles down, but those that the chain wrote. A repeat does nothing.

    Boxes then agree with this hub, whatever their own program came with.
    """
    with write_transaction(db):
        bodies = {
            role_key(role.role_id): encode_role(role, is_built_in=True) for role in BUILT_IN_ROLES
        }
        known = documents.read_bodies(db, ROLES_FEED, CHAIN_SCOPE, bodies)
        _write(
            db,
            {
                key: body
                for key, body in bodies.items()
                if key not in known or decode_role(known[key])[1]
            },
        )


def _write(db: sa.Connection, bodies: Mapping[bytes, bytes | None]) -> None:
    known = documents.read_bodies(db, ROLES_FEED, CHAIN_SCOPE, bodies)
    changed = {key: body for key, body in bodies.items() if known.get(key) != body}
    if changed:
        version = documents.next_version(db)
        documents.write_documents(db, ROLES_FEED, CHAIN_SCOPE, changed, version)
