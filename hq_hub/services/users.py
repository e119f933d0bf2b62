"""Use cases of people who sign in at headquarters, and the check of their passwords."""

from __future__ import annotations

import dataclasses
import functools
import re
import secrets
import threading

import argon2
import sqlalchemy as sa

from hq_hub.services.errors import (
    OwnRightsError,
    PasswordTooShortError,
    PersonNotFoundError,
    SamePasswordError,
    UserNameError,
)
from hq_hub.services.requests import Asked, answer_once
from hq_hub.services.roles import require_role_id
from hq_hub.store import documents, people
from hq_hub.store.audit import write_audit
from hq_hub.store.people import User
from retail_domain.people.reach import write_reach
from retail_domain.people.role import require_limits, write_limits

PASSWORD_LENGTH_MIN = 10
PASSWORD_LENGTH_MAX = 200
"""Longer ones only cost time to hash; they are refused like wrong ones."""
HASHES_AT_ONCE = 2
"""One a core; each takes 64 MiB for some 50 ms, so that guessing cannot eat the machine."""
USER_NAME = re.compile(r"[a-z0-9._-]{1,32}")

_HASHER = argon2.PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
"""argon2id, RFC 9106, second recommended option with one lane."""
_HASHING = threading.BoundedSemaphore(HASHES_AT_ONCE)


def hash_password(password: str) -> str:
    """Hash a password, before the transaction that keeps it: it takes long on purpose.

    Raises:
        PasswordTooShortError
    """
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        raise PasswordTooShortError(limit=PASSWORD_LENGTH_MIN)
    with _HASHING:
        return _HASHER.hash(password)


def put_user(db: sa.Connection, user: User, password_hash: str | None, asked: Asked) -> str:
    """Give a person a sign-in, or a new name, role, reach and password; their sessions end.

    Args:
        db: not in a transaction.
        user: all of it; what was there before is replaced.
        password_hash: of `hash_password`; None keeps the password, and whether it must change.
        asked: by whom.

    Raises:
        UserNameError, RoleNotFoundError, LimitsUnreadableError
        PersonNotFoundError: no password is given, and none is there to keep.
        OwnRightsError: nobody changes their own role, reach or limits.
    """
    if not USER_NAME.fullmatch(user.user_name):
        raise UserNameError(user_name=user.user_name[:40])
    require_limits(user.own_limits)
    reach, limits = write_reach(user.reach), write_limits(user.own_limits)
    told = {"role_id": user.role_id, "reach": reach, "limits": limits, "staff_no": user.staff_no}

    def put() -> str:
        require_role_id(db, user.role_id)
        if user.user_name == asked.user_name:
            raise OwnRightsError(person_no=user.user_name)
        known = people.find_user(db, user.user_name)
        kept_hash = password_hash or people.find_password_hash(db, user.user_name)
        if kept_hash is None:
            raise PersonNotFoundError(person_no=user.user_name)
        must_change = user.must_change if password_hash or known is None else known.must_change
        people.write_user(
            db,
            dataclasses.replace(user, must_change=must_change),
            password_hash=kept_hash,
            version=documents.next_version(db),
        )
        people.delete_sessions(db, user.user_name)
        is_new_password = password_hash is not None
        write_audit(
            db, asked.by, "put_user", user.user_name, **told, is_new_password=is_new_password
        )
        return user.user_name

    question = ("put_user", user.user_name, user.display_name, told, password_hash is not None)
    return answer_once(db, asked, question, put)


def remove_user(db: sa.Connection, user_name: str, asked: Asked) -> str:
    """Take a person's sign-in away; their sessions end.

    Raises:
        PersonNotFoundError
        OwnRightsError: nobody locks themselves out by mistake.
    """

    def remove() -> str:
        if people.find_user(db, user_name) is None:
            raise PersonNotFoundError(person_no=user_name[:40])
        if user_name == asked.user_name:
            raise OwnRightsError(person_no=user_name)
        people.delete_user(db, user_name)
        write_audit(db, asked.by, "remove_user", user_name)
        return user_name

    return answer_once(db, asked, ("remove_user", user_name), remove)


def require_other_password(old: str, new: str) -> None:
    """Check that a password really changes.

    Raises:
        SamePasswordError
    """
    if old == new:
        raise SamePasswordError


def is_password_of(password_hash: str | None, password: str) -> bool:
    """Whether a password belongs to a hash; takes as long for no hash as for a wrong one."""
    if len(password) > PASSWORD_LENGTH_MAX:
        return False
    with _HASHING:
        try:
            _HASHER.verify(password_hash or _hash_of_nobody(), password)
        except argon2.exceptions.VerifyMismatchError:
            return False
    return password_hash is not None


@functools.cache
def _hash_of_nobody() -> str:
    """Checked for names that do not exist, so that time tells nothing about names."""
    return _HASHER.hash(secrets.token_urlsafe())
