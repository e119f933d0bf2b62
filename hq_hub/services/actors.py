"""Who acts: a person of headquarters with role, reach and limits as they are at this moment."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.services.roles import find_role
from hq_hub.store import staff
from hq_hub.store.people import User
from retail_domain.people.built_in_roles import ALL_FIELDS, ALL_RIGHTS
from retail_domain.people.permission import Actor
from retail_domain.people.reach import Reach, ReachKind
from retail_domain.people.role import Role, unlimited

TERMINAL = Actor(
    "terminal",
    Role(
        "terminal",
        "总部终端",
        "Terminal of headquarters",
        ALL_RIGHTS,
        fields=ALL_FIELDS,
        limits=unlimited(ALL_RIGHTS),
    ),
    stores=None,
)
"""Who runs a verb of `hq-hub`: whoever may read the hub's folder may do all."""


def make_actor(db: sa.Connection, user: User) -> Actor:
    """Find what a person may do now. A role that is gone allows nothing."""
    role = find_role(db, user.role_id)
    if role is None:
        role = Role(user.role_id, user.role_id, user.role_id, frozenset())
    return Actor(
        user.user_name, role, resolve_reach(db, user.reach), own_limits=dict(user.own_limits)
    )


def name_terminal(person: str) -> Actor:
    """Actor of a verb, with the name of who runs it."""
    return dataclasses.replace(TERMINAL, person_no=f"terminal:{person}")


def resolve_reach(db: sa.Connection, reach: Reach) -> frozenset[str] | None:
    """Find the stores of a reach; None: every store, also those to come."""
    if reach.kind is ReachKind.ALL:
        return None
    regions = staff.read_regions(db)
    return frozenset(number for number, region in regions.items() if reach.covers(number, region))
