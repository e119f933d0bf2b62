"""Routes of signing in and out, and of one's own password."""

from __future__ import annotations

from typing import Annotated

import fastapi
import pydantic

from hq_hub.api.answers import SessionAnswer
from hq_hub.api.headquarters import (
    SESSION_COOKIE,
    WRITE_TIMEOUT_S,
    Headquarters,
    Parts,
    SignedIn,
)
from hq_hub.services import sessions, users
from hq_hub.services.actors import make_actor
from hq_hub.store.engine import read_transaction
from hq_hub.store.people import User
from retail_domain.people.reach import write_reach

router = fastapi.APIRouter(prefix="/session", tags=["session"])

Password = Annotated[str, pydantic.Field(max_length=1_000, repr=False)]


class SignInRequest(pydantic.BaseModel):
    """Body of POST /session."""

    user_name: Annotated[str, pydantic.Field(max_length=64)]
    password: Password


class PasswordRequest(pydantic.BaseModel):
    """Body of POST /session/password."""

    old_password: Password
    new_password: Password


@router.post("")
def sign_in(
    body: SignInRequest, request: fastapi.Request, parts: Parts, response: fastapi.Response
) -> SessionAnswer:
    """Open a session; its token travels in a cookie that scripts cannot read.

    The token is always a new one, and what the browser had before ends: nobody goes on in a session
    that somebody else began.
    """
    now = parts.clock()
    with read_transaction(parts.read_engine) as db:
        sessions.check_password(
            db, parts.tries, user_name=body.user_name, password=body.password, now=now
        )
    before = request.cookies.get(SESSION_COOKIE)
    if before:
        parts.writer.submit(sessions.close_session, before).result(WRITE_TIMEOUT_S)
    token = sessions.make_token()
    opening = parts.writer.submit(sessions.open_session, body.user_name, token, now)
    opening.result(WRITE_TIMEOUT_S)
    _set_cookie(response, parts, token)
    with read_transaction(parts.read_engine) as db:
        user = sessions.find_user(db, token, now)
    return _answer(parts, user)


@router.get("")
def show_session(user: SignedIn, parts: Parts) -> SessionAnswer:
    """Who is signed in, and what they may do."""
    return _answer(parts, user)


@router.post("/password")
def change_password(
    body: PasswordRequest, user: SignedIn, parts: Parts, response: fastapi.Response
) -> SessionAnswer:
    """Change one's own password; every other session ends."""
    now = parts.clock()
    users.require_other_password(body.old_password, body.new_password)
    with read_transaction(parts.read_engine) as db:
        sessions.check_password(
            db, parts.tries, user_name=user.user_name, password=body.old_password, now=now
        )
    token, new_hash = sessions.make_token(), users.hash_password(body.new_password)
    changing = parts.writer.submit(sessions.change_password, user, new_hash, token, now)
    changing.result(WRITE_TIMEOUT_S)
    _set_cookie(response, parts, token)
    with read_transaction(parts.read_engine) as db:
        user = sessions.find_user(db, token, now)
    return _answer(parts, user)


@router.delete("", status_code=204)
def sign_out(request: fastapi.Request, parts: Parts, response: fastapi.Response) -> None:
    """End the session, if there is one."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        parts.writer.submit(sessions.close_session, token).result(WRITE_TIMEOUT_S)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict", secure=parts.is_https)


def _set_cookie(response: fastapi.Response, parts: Headquarters, token: str) -> None:
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(sessions.SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=parts.is_https,
    )


def _answer(parts: Headquarters, user: User) -> SessionAnswer:
    with read_transaction(parts.read_engine) as db:
        role = make_actor(db, user).role
    return SessionAnswer(
        user_name=user.user_name,
        display_name=user.display_name,
        role=role.role_id,
        role_name=role.name,
        role_name_en=role.name_en,
        rights=sorted(right.value for right in role.rights),
        fields=sorted(field.value for field in role.fields),
        reach=write_reach(user.reach),
        must_change_password=user.must_change,
    )
