"""Routes of people at a register: signing in and out, approving; and who asks, for other routes."""

from __future__ import annotations

import asyncio
import uuid
from typing import Annotated, Any

import fastapi
import pydantic
from fastapi.security import SecurityScopes

from edge_agent.api.message import INT64_MAX, Message
from edge_agent.api.register_routes import RegisterNo, ShopPart, Token, session_cookie
from edge_agent.api.shop import Shop
from edge_agent.services import approvals, attendance, sign_in
from edge_agent.services.approvals import Wish
from edge_agent.services.attendance import Place
from edge_agent.services.box import Box
from edge_agent.services.errors import WrongTokenError
from edge_agent.services.sign_in import PIN_LENGTH_MAX
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.staff import RegisterSession
from retail_domain.people.right import Measure, Right
from retail_domain.trade.attendance import SignInMethod

router = fastapi.APIRouter(prefix="/api/registers/{register_no}", tags=["people"])

StaffNo = Annotated[str, pydantic.Field(max_length=16)]
Amount = Annotated[int, pydantic.Field(strict=True, ge=0, le=INT64_MAX)]


class Proof(Message):
    """Who somebody is: number and PIN, or a card."""

    staff_no: StaffNo = ""
    pin: Annotated[str, pydantic.Field(max_length=PIN_LENGTH_MAX, repr=False)] = ""
    card_code: Annotated[str, pydantic.Field(max_length=64, repr=False)] = ""


class SignedInView(Message):
    """Who is at the register now."""

    staff_no: str
    name: str
    role_id: str
    role_name: str
    role_name_en: str
    rights: list[str]
    is_lapsed: bool
    """Headquarters was not heard for too long: only selling goes on."""


class ApprovalRequest(Message):
    """What somebody with the right shall allow, once."""

    proof: Proof
    right: Right
    amounts: Annotated[dict[Measure, Amount], pydantic.Field(default_factory=dict)]


class ApprovalView(Message):
    """An approval; the command that it is for names it."""

    approval_id: uuid.UUID
    right: str
    approved_by: str


async def get_staff_no(
    shop: ShopPart, register_no: RegisterNo, token: Token, needed: SecurityScopes
) -> str:
    """Who asks, with the right that the route declares.

    Raises:
        SignInNeededError, RightMissingError, LeaseExpiredError
    """
    rights = [Right(name) for name in needed.scopes]
    assert rights, "a route names its right by may()"
    return await shop.writer.run(_require, shop.box, shop.place(register_no), token, rights)


def may(right: Right) -> Any:  # noqa: ANN401 - what Annotated takes
    """What a route declares: the staff number of who asks, and has the right."""
    return fastapi.Security(get_staff_no, scopes=[right.value])


@router.post("/sign-in", summary="Take the register")
async def sign_in_at(
    proof: Proof,
    register_no: str,
    shop: ShopPart,
    enrolled_no: RegisterNo,
    request: fastapi.Request,
    response: fastapi.Response,
) -> SignedInView:
    """Sign in with PIN or card; whoever was there hands over. The token travels in a cookie."""
    _require_own(register_no, enrolled_no)
    staff_no, method = await _prove(shop, register_no, proof)
    token = sign_in.make_token()
    session = RegisterSession(
        register_no,
        staff_no,
        attendance.hash_session_token(token),
        attendance.now_ms(shop.box),
    )
    welcome = await shop.writer.run(sign_in.sign_in, shop.box, session, method)
    response.set_cookie(
        session_cookie(shop, register_no),
        token,
        max_age=int(attendance.SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    shop.note_fact()
    await shop.desk(register_no).change_people()
    return SignedInView(
        staff_no=staff_no,
        name=welcome.person.name,
        role_id=welcome.role.role_id,
        role_name=welcome.role.name,
        role_name_en=welcome.role.name_en,
        rights=sorted(right.value for right in welcome.role.rights),
        is_lapsed=welcome.is_lapsed,
    )


@router.delete("/sign-in", summary="Leave the register", status_code=204)
async def sign_out_of(
    register_no: str,
    shop: ShopPart,
    enrolled_no: RegisterNo,
    token: Token,
    response: fastapi.Response,
) -> None:
    """Sign out; a repeat changes nothing."""
    _require_own(register_no, enrolled_no)
    await shop.writer.run(sign_in.sign_out, shop.box, register_no, token)
    response.delete_cookie(session_cookie(shop, register_no), httponly=True, samesite="strict")
    shop.note_fact()
    await shop.desk(register_no).change_people()


@router.post("/approvals", summary="Allow one thing, once")
async def approve(
    asked: ApprovalRequest,
    register_no: str,
    shop: ShopPart,
    enrolled_no: RegisterNo,
    token: Token,
) -> ApprovalView:
    """Somebody with the right proves to be there and lets the one at the register do something."""
    _require_own(register_no, enrolled_no)
    place = shop.place(register_no)
    actor = await shop.writer.run(attendance.find_actor, shop.box, place, token)
    approver = await _prove(shop, register_no, asked.proof)
    wish = Wish(register_no, actor.person_no, asked.right, asked.amounts)
    approval_id = uuid.uuid4()
    granted = await shop.writer.run(approvals.approve, shop.box, wish, approver, approval_id)
    return ApprovalView(
        approval_id=approval_id, right=granted.right, approved_by=granted.approved_by
    )


async def _prove(shop: Shop, register_no: str, proof: Proof) -> tuple[str, SignInMethod]:
    """Find out who is there; the slow check runs beside the writer."""
    if proof.card_code:
        staff_no = await shop.writer.run(sign_in.find_card_holder, proof.card_code)
        return staff_no, SignInMethod.CARD
    pin_hash = await shop.writer.run(sign_in.start_pin_try, shop.box, register_no, proof.staff_no)
    await asyncio.to_thread(sign_in.check_pin, pin_hash, proof.pin)
    return proof.staff_no, SignInMethod.PIN


def _require(db: Connection, box: Box, place: Place, token: str, rights: list[Right]) -> str:
    actor = attendance.find_actor(db, box, place, token)
    for right in rights:
        attendance.require_may(db, box, actor, right)
    return actor.person_no


def _require_own(register_no: str, enrolled_no: str) -> None:
    if register_no != enrolled_no:
        raise WrongTokenError(register_no=register_no)
