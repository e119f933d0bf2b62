"""Use cases of people: who may sign in, and the check of their passwords."""

from __future__ import annotations

import dataclasses
import enum
import functools
import re
import secrets
import threading

import argon2
import sqlalchemy as sa

from hq_hub.services.errors import PasswordTooShortError, UserNameError
from hq_hub.store import documents, people
from hq_hub.store.engine import write_transaction
from hq_hub.store.people import User

PASSWORD_LENGTH_MIN = 10
PASSWORD_LENGTH_MAX = 200
"""Longer ones only cost time to hash; they are refused like wrong ones."""
HASHES_AT_ONCE = 2
"""One a core; each takes 64 MiB for some 50 ms, so that guessing cannot eat the machine."""
USER_NAME = re.compile(r"[a-z0-9._-]{1,32}")

_HASHER = argon2.PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
"""argon2id, RFC 9106, second recommended option with one lane."""
_HASHING = threading.BoundedSemaphore(HASHES_AT_ONCE)


class Role(enum.Enum):
    """What a person does at headquarters. In the spine all see all."""

    MANAGER = "manager"
    FINANCE = "finance"
    IT = "it"


@dataclasses.dataclass(frozen=True, slots=True)
class NewUser:
    """A person before the password is hashed."""

    user_name: str
    display_name: str
    role: Role
    password: str

    def __repr__(self) -> str:
        """Name without the password: logs and traces print values."""
        return f"NewUser({self.user_name!r})"


def put_user(db: sa.Connection, user: NewUser) -> None:
    """Give a person a sign-in, or a new name, role and password; open sessions of theirs end.

    Raises:
        UserNameError, PasswordTooShortError
    """
    if not USER_NAME.fullmatch(user.user_name):
        raise UserNameError(user_name=user.user_name)
    if not PASSWORD_LENGTH_MIN <= len(user.password) <= PASSWORD_LENGTH_MAX:
        raise PasswordTooShortError(limit=PASSWORD_LENGTH_MIN)
    with _HASHING:
        password_hash = _HASHER.hash(user.password)
    with write_transaction(db):
        version = documents.next_version(db)
        people.write_user(
            db,
            User(user.user_name, user.display_name, user.role.value),
            password_hash=password_hash,
            version=version,
        )
        people.delete_sessions(db, user.user_name)


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
