"""Routes of signing in and out."""

from __future__ import annotations

from typing import Annotated

import fastapi
import pydantic

from hq_hub.api.answers import SessionAnswer
from hq_hub.api.headquarters import SESSION_COOKIE, WRITE_TIMEOUT_S, Parts, SignedIn
from hq_hub.services import sessions
from hq_hub.store.engine import read_transaction
from hq_hub.store.people import User

router = fastapi.APIRouter(prefix="/session", tags=["session"])


class SignInRequest(pydantic.BaseModel):
    """Body of POST /session."""

    user_name: Annotated[str, pydantic.Field(max_length=64)]
    password: Annotated[str, pydantic.Field(max_length=1_000, repr=False)]


@router.post("")
def sign_in(body: SignInRequest, parts: Parts, response: fastapi.Response) -> SessionAnswer:
    """Open a session; its token travels in a cookie that scripts cannot read."""
    now = parts.clock()
    with read_transaction(parts.read_engine) as db:
        sessions.check_password(
            db, parts.tries, user_name=body.user_name, password=body.password, now=now
        )
    token = sessions.make_token()
    opening = parts.writer.submit(sessions.open_session, body.user_name, token, now)
    opening.result(WRITE_TIMEOUT_S)
    with read_transaction(parts.read_engine) as db:
        user = sessions.find_user(db, token, now)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(sessions.SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=parts.is_https,
    )
    return _answer(user)


@router.get("")
def show_session(user: SignedIn) -> SessionAnswer:
    """Who is signed in."""
    return _answer(user)


@router.delete("", status_code=204)
def sign_out(request: fastapi.Request, parts: Parts, response: fastapi.Response) -> None:
    """End the session, if there is one."""
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        parts.writer.submit(sessions.close_session, token).result(WRITE_TIMEOUT_S)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict", secure=parts.is_https)


def _answer(user: User) -> SessionAnswer:
    return SessionAnswer.model_validate(user, from_attributes=True)
