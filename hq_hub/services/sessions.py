"""Use cases of signing in: bounded tries, sessions that end, tokens that only the browser keeps."""

from __future__ import annotations

import collections
import datetime
import hashlib
import secrets
import threading

import sqlalchemy as sa

from hq_hub.services.errors import SignedOutError, SignInRefusedError, TooManyTriesError
from hq_hub.services.users import is_password_of
from hq_hub.store import people
from hq_hub.store.audit import write_audit
from hq_hub.store.engine import write_transaction
from hq_hub.store.orders import to_ms
from hq_hub.store.people import User

SESSION_LIFE = datetime.timedelta(hours=12)
"""A working day; then the person signs in again."""
SESSIONS_MAX = 10
"""Of one person: some browsers and a telephone."""
TRIES_WINDOW = datetime.timedelta(minutes=1)
TRIES_OF_A_USER_MAX = 5
"""Wrong passwords for one name a minute: a person notices, a guesser gets nowhere."""
TRIES_MAX = 60
"""Wrong passwords for all names a minute: a morning's mistakes, not a list of names."""
TOKEN_BYTES = 32


class Tries:
    """Wrong passwords of the last minute, kept in memory: a restart forgives them.

    A guesser gains TRIES_OF_A_USER_MAX passwords by a restart, and who can restart the hub at will
    needs no password. A row a wrong try would let anybody write to the database without signing in.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: collections.deque[tuple[datetime.datetime, str]] = collections.deque(
            maxlen=TRIES_MAX
        )

    def take(self, user_name: str, now: datetime.datetime) -> None:
        """Count a try as wrong before it is checked, so that many at once are counted too.

        Raises:
            TooManyTriesError: come back later.
        """
        with self._lock:
            while self._wrong and self._wrong[0][0] <= now - TRIES_WINDOW:
                self._wrong.popleft()
            of_user = [at for at, name in self._wrong if name == user_name]
            blocking = self._wrong[0][0] if len(self._wrong) == TRIES_MAX else None
            if len(of_user) >= TRIES_OF_A_USER_MAX:
                blocking = of_user[0]
            if blocking is None:
                self._wrong.append((now, user_name))
                return
        wait = blocking + TRIES_WINDOW - now
        raise TooManyTriesError(wait_s=max(1, round(wait.total_seconds())))

    def give_back(self, user_name: str, now: datetime.datetime) -> None:
        """Take back a try that was right."""
        with self._lock:
            self._wrong.remove((now, user_name))


def check_password(
    db: sa.Connection, tries: Tries, *, user_name: str, password: str, now: datetime.datetime
) -> None:
    """Check a password on a reading connection: it takes too long for the writer.

    Raises:
        TooManyTriesError, SignInRefusedError
    """
    tries.take(user_name, now)
    if not is_password_of(people.find_password_hash(db, user_name), password):
        raise SignInRefusedError
    tries.give_back(user_name, now)


def make_token() -> str:
    """Make the secret of a new session."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def open_session(db: sa.Connection, user_name: str, token: str, now: datetime.datetime) -> None:
    """Open a session for a person whose password was checked; the oldest beyond a number ends."""
    with write_transaction(db):
        people.insert_session(
            db,
            _hash(token),
            user_name,
            now_ms=to_ms(now),
            expires_at_ms=to_ms(now + SESSION_LIFE),
        )
        people.keep_newest_sessions(db, user_name, SESSIONS_MAX)


def find_user(db: sa.Connection, token: str | None, now: datetime.datetime) -> User:
    """Find who is signed in.

    Raises:
        SignedOutError: no session, or it has ended.
    """
    user = None
    if token:
        user = people.find_session_user(db, _hash(token), now_ms=to_ms(now))
    if user is None:
        raise SignedOutError
    return user


def change_password(
    db: sa.Connection, user: User, password_hash: str, token: str, now: datetime.datetime
) -> None:
    """Take a new password; all sessions end but a new one, so that a stolen token is worth nothing.

    Args:
        db: not in a transaction.
        user: whose old password was checked.
        password_hash: of the new one.
        token: secret of the session that goes on.
        now: by the hub's clock.
    """
    with write_transaction(db):
        people.write_password(db, user.user_name, password_hash)
        people.delete_sessions(db, user.user_name)
        expires_at_ms = to_ms(now + SESSION_LIFE)
        people.insert_session(
            db, _hash(token), user.user_name, now_ms=to_ms(now), expires_at_ms=expires_at_ms
        )
        write_audit(db, (user.user_name, now), "change_password", user.user_name)


def close_session(db: sa.Connection, token: str) -> None:
    """Sign out; a repeat changes nothing."""
    with write_transaction(db):
        people.delete_session(db, _hash(token))


def _hash(token: str) -> bytes:
    """A long random secret needs no slow hash."""
    return hashlib.sha256(token.encode()).digest()
