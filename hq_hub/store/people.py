"""People who sign in at headquarters, and their sessions."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.store import rows
from hq_hub.store.schema import hub_session, hub_user


@dataclasses.dataclass(frozen=True, slots=True)
class User:
    """A person as the screens show them."""

    user_name: str
    display_name: str
    role: str


def write_user(db: sa.Connection, user: User, *, password_hash: str, version: int) -> None:
    """Put a person in place of what was known of them."""
    rows.replace_rows(db, hub_user, [(*dataclasses.astuple(user), password_hash, version)])


def find_password_hash(db: sa.Connection, user_name: str) -> str | None:
    """Find what a person's password is checked against."""
    return db.execute(
        sa.select(hub_user.c.password_hash).where(hub_user.c.user_name == user_name)
    ).scalar_one_or_none()


def find_session_user(db: sa.Connection, token_hash: bytes, *, now_ms: int) -> User | None:
    """Find who a living session belongs to."""
    row = db.execute(
        sa.select(hub_user.c.user_name, hub_user.c.display_name, hub_user.c.role)
        .join(hub_session, hub_session.c.user_name == hub_user.c.user_name)
        .where(hub_session.c.token_hash == token_hash, hub_session.c.expires_at_ms > now_ms)
    ).one_or_none()
    return None if row is None else User(*row)


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
