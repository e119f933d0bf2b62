"""People who sign in at headquarters, and their sessions."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.store import rows
from hq_hub.store.schema import hub_session, hub_user
from retail_domain.people.reach import EVERYWHERE, Reach, parse_reach, write_reach
from retail_domain.people.role import Limits, parse_limits, write_limits


@dataclasses.dataclass(frozen=True, slots=True)
class User:
    """A person who signs in."""

    user_name: str
    display_name: str
    role_id: str
    reach: Reach = EVERYWHERE
    own_limits: Limits = dataclasses.field(default_factory=dict)
    staff_no: str = ""
    """The same person at the stores, if any."""
    must_change: bool = False
    """Somebody else knows the password: nothing goes on before it is changed."""


USER_COLUMNS = (
    hub_user.c.user_name,
    hub_user.c.display_name,
    hub_user.c.role,
    hub_user.c.reach,
    hub_user.c.own_limits,
    hub_user.c.staff_no,
    hub_user.c.must_change,
)


def write_user(db: sa.Connection, user: User, *, password_hash: str, version: int) -> None:
    """Put a person in place of what was known of them."""
    row = (
        user.user_name,
        user.display_name,
        user.role_id,
        password_hash,
        version,
        write_reach(user.reach),
        write_limits(user.own_limits),
        user.staff_no,
        int(user.must_change),
    )
    rows.replace_rows(db, hub_user, [row])


def find_user(db: sa.Connection, user_name: str) -> User | None:
    """Find a person by name."""
    question = sa.select(*USER_COLUMNS).where(hub_user.c.user_name == user_name)
    row = db.execute(question).one_or_none()
    return None if row is None else _read(row)


def find_users_of(db: sa.Connection, staff_no: str) -> list[str]:
    """User names of somebody who works at stores; none or one, as a rule."""
    question = sa.select(hub_user.c.user_name).where(hub_user.c.staff_no == staff_no)
    return [row.user_name for row in db.execute(question.order_by(hub_user.c.user_name))]


def count_users(db: sa.Connection, role_id: str) -> int:
    """How many people have a role."""
    question = sa.select(sa.func.count()).where(hub_user.c.role == role_id)
    return int(db.execute(question).scalar_one())


def find_password_hash(db: sa.Connection, user_name: str) -> str | None:
    """Find what a person's password is checked against."""
    return db.execute(
        sa.select(hub_user.c.password_hash).where(hub_user.c.user_name == user_name)
    ).scalar_one_or_none()


def write_password(db: sa.Connection, user_name: str, password_hash: str) -> None:
    """Replace a password by one that only the person knows."""
    db.execute(
        sa.update(hub_user)
        .where(hub_user.c.user_name == user_name)
        .values(password_hash=password_hash, must_change=0)
    )


def delete_user(db: sa.Connection, user_name: str) -> None:
    """Take a person's sign-in away, with their sessions."""
    delete_sessions(db, user_name)
    db.execute(sa.delete(hub_user).where(hub_user.c.user_name == user_name))


def find_session_user(db: sa.Connection, token_hash: bytes, *, now_ms: int) -> User | None:
    """Find who a living session belongs to."""
    row = db.execute(
        sa.select(*USER_COLUMNS)
        .join(hub_session, hub_session.c.user_name == hub_user.c.user_name)
        .where(hub_session.c.token_hash == token_hash, hub_session.c.expires_at_ms > now_ms)
    ).one_or_none()
    return None if row is None else _read(row)


def insert_session(
    db: sa.Connection, token_hash: bytes, user_name: str, *, now_ms: int, expires_at_ms: int
) -> None:
    """Open a session, and forget those that have ended."""
    db.execute(sa.delete(hub_session).where(hub_session.c.expires_at_ms <= now_ms))
    rows.insert_rows(db, hub_session, [(token_hash, user_name, expires_at_ms)])


def keep_newest_sessions(db: sa.Connection, user_name: str, sessions_max: int) -> None:
    """End a person's oldest sessions beyond a number."""
    newest = (
        sa.select(hub_session.c.token_hash)
        .where(hub_session.c.user_name == user_name)
        .order_by(hub_session.c.expires_at_ms.desc(), hub_session.c.token_hash)
        .limit(sessions_max)
    )
    db.execute(
        sa.delete(hub_session).where(
            hub_session.c.user_name == user_name, hub_session.c.token_hash.not_in(newest)
        )
    )


def delete_session(db: sa.Connection, token_hash: bytes) -> None:
    """End one session."""
    db.execute(sa.delete(hub_session).where(hub_session.c.token_hash == token_hash))


def delete_sessions(db: sa.Connection, user_name: str) -> None:
    """End all sessions of a person."""
    db.execute(sa.delete(hub_session).where(hub_session.c.user_name == user_name))


def _read(row: sa.Row[*tuple[object, ...]]) -> User:
    return User(
        user_name=row.user_name,
        display_name=row.display_name,
        role_id=row.role,
        reach=parse_reach(row.reach),
        own_limits=parse_limits(row.own_limits),
        staff_no=row.staff_no,
        must_change=bool(row.must_change),
    )
