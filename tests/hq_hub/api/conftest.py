"""The hub's interface over a small chain."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import uuid
from collections.abc import Iterator

import argon2
import pytest
from fastapi.testclient import TestClient

from hq_hub.api.app import make_app
from hq_hub.api.headquarters import SESSION_COOKIE, Headquarters
from hq_hub.services import sessions
from hq_hub.store import people
from hq_hub.store.engine import open_read_engine, write_transaction
from hq_hub.store.people import User
from hq_hub.store.writer import Writer
from retail_domain.people.reach import EVERYWHERE, Reach
from tests.hq_hub.databases import Databases, SqliteDatabases
from tests.hq_hub.small_chain import SmallChain
from tests.hq_hub.wire_hub import authority
from tests.retail_domain.builders import NOON

PASSWORD = "correct horse battery"


@dataclasses.dataclass
class Desk:
    """A console at the small chain."""

    client: TestClient
    small: SmallChain
    told: list[tuple[str, ...]]
    """Stores that were told of new documents."""
    now: datetime.datetime = NOON

    def sign_in(
        self,
        role_id: str = "manager",
        reach: Reach = EVERYWHERE,
        *,
        user_name: str = "boss",
        must_change: bool = False,
    ) -> None:
        """Open a session without the password: hashing takes long on purpose."""
        token = sessions.make_token()
        with write_transaction(self.small.db):
            user = User(user_name, "老板", role_id, reach, must_change=must_change)
            people.write_user(self.small.db, user, password_hash=_hash_password(), version=1)
        sessions.open_session(self.small.db, user_name, token, self.now)
        self.client.cookies.set(SESSION_COOKIE, token)

    def write(
        self, path: str, body: object = None, key: str | None = None
    ) -> tuple[int, dict[str, object]]:
        """POST with a key of its own, or the one given; returns status and answer."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        answer = self.client.post(f"/api/v1{path}", json=body or {}, headers=headers)
        return answer.status_code, answer.json()


@functools.cache
def _hash_password() -> str:
    return argon2.PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Routes are the same on every engine; what they ask is tested below them on both."""
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@contextlib.contextmanager
def open_desk(small: SmallChain) -> Iterator[Desk]:
    """The interface over a chain; nobody is signed in."""
    writer, readers = Writer(small.url), open_read_engine(small.url)
    told: list[tuple[str, ...]] = []
    desk: list[Desk] = []
    headquarters = Headquarters(
        writer=writer,
        read_engine=readers,
        clock=lambda: desk[0].now,
        authority=authority(),
        documents_changed=lambda stores: told.append(tuple(stores)),
    )
    with TestClient(make_app(headquarters)) as client:
        desk.append(Desk(client, small, told))
        yield desk[0]
    writer.close()
    readers.dispose()


@pytest.fixture
def visitor(small: SmallChain) -> Iterator[Desk]:
    """Nobody is signed in."""
    with open_desk(small) as desk:
        yield desk


@pytest.fixture
def desk(visitor: Desk) -> Desk:
    """A manager is signed in."""
    visitor.sign_in()
    return visitor
