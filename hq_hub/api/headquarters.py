"""What the routes stand on: the parts that main.py built, and what each route asks first."""

from __future__ import annotations

import dataclasses
import datetime
import threading
import uuid
from collections.abc import Callable, Collection
from typing import Annotated, Any

import fastapi
import sqlalchemy as sa
from fastapi.security import SecurityScopes

from hq_hub.reports.paging import Block
from hq_hub.services import sessions
from hq_hub.services.actors import make_actor
from hq_hub.services.certificates import Authority
from hq_hub.services.errors import (
    InvalidRequestError,
    PasswordMustChangeError,
    RequestIdError,
)
from hq_hub.services.requests import Asked
from hq_hub.services.sessions import Tries
from hq_hub.store.engine import read_transaction
from hq_hub.store.people import User
from hq_hub.store.writer import Writer
from retail_domain.people.permission import Actor, require_approval
from retail_domain.people.right import Right

SESSION_COOKIE = "liushui_session"
ANYBODY = ""
"""Whose wish a route carries out only its use case knows, and whether it needs a second person."""
BLOCK_ROWS_MAX = 500
"""Rows of one answer: what a screen can use and a connection carries at once."""
BLOCK_ROWS = 100
EXPORTS_MAX = 2
"""Lists written to files at once: the screens keep most of the connections."""
EXPORT_WAIT_S = 20.0
"""Longer than most exports take; a person who waits longer is told so."""
WRITE_TIMEOUT_S = 30.0
"""Beyond any queue of the writer; a screen that waits longer should say so."""


@dataclasses.dataclass(frozen=True, slots=True)
class Headquarters:
    """The parts behind the routes."""

    writer: Writer
    read_engine: sa.Engine
    clock: Callable[[], datetime.datetime]
    authority: Authority
    documents_changed: Callable[[Collection[str]], None]
    """Tells stores, after the commit, that there is something new to fetch."""
    is_https: bool = False
    """Whether browsers may be told to send the session over HTTPS only."""
    tries: Tries = dataclasses.field(default_factory=Tries)
    exports: threading.BoundedSemaphore = dataclasses.field(
        default_factory=lambda: threading.BoundedSemaphore(EXPORTS_MAX)
    )


def get_headquarters(request: fastapi.Request) -> Headquarters:
    """The parts, from the application's state."""
    found = request.app.state.headquarters
    assert isinstance(found, Headquarters)
    return found


Parts = Annotated[Headquarters, fastapi.Depends(get_headquarters)]


def get_user(request: fastapi.Request, parts: Parts) -> User:
    """Who is signed in, whatever they may do: for what concerns nobody but themselves."""
    token = request.cookies.get(SESSION_COOKIE)
    with read_transaction(parts.read_engine) as db:
        return sessions.find_user(db, token, parts.clock())


SignedIn = Annotated[User, fastapi.Depends(get_user)]


def get_actor(parts: Parts, user: SignedIn, needed: SecurityScopes) -> Actor:
    """Who is signed in, and may do what the route does.

    Raises:
        SignedOutError
        PasswordMustChangeError: nothing before that.
        RightMissingError, ReachTooSmallError
    """
    if user.must_change:
        raise PasswordMustChangeError
    with read_transaction(parts.read_engine) as db:
        actor = make_actor(db, user)
    assert needed.scopes, "a route names its right by may() or asking()"
    for name in needed.scopes:
        require_approval(actor, Right(name), store=None, asked_by=ANYBODY)
    return actor


def may(right: Right) -> Any:  # noqa: ANN401 - what Annotated takes
    """What a route declares that reads: the actor, who has the right."""
    return fastapi.Security(get_actor, scopes=[right.value])


def get_asked(
    parts: Parts,
    actor: Annotated[Actor, fastapi.Security(get_actor)],
    idempotency_key: Annotated[
        str | None, fastapi.Header(description="A UUID of this request's own.")
    ] = None,
) -> Asked:
    """Who asks for a write, and under which key."""
    try:
        request_id = uuid.UUID(idempotency_key)
    except (TypeError, ValueError) as error:
        raise RequestIdError from error
    return Asked(actor, request_id, parts.clock())


def asking(right: Right) -> Any:  # noqa: ANN401 - what Annotated takes
    """What a route declares that writes: who asks, with the right and under which key."""
    return fastapi.Security(get_asked, scopes=[right.value])


def get_block(
    start: Annotated[int, fastapi.Query(ge=0, le=10**9)] = 0,
    end: Annotated[int | None, fastapi.Query(ge=0, le=10**9)] = None,
) -> Block:
    """Rows from start up to, not including, end."""
    last = start + BLOCK_ROWS if end is None else end
    if not start <= last <= start + BLOCK_ROWS_MAX:
        raise InvalidRequestError(problem=f"end must be {start} to {start + BLOCK_ROWS_MAX}")
    return Block(start, last)


Rows = Annotated[Block, fastapi.Depends(get_block)]
