"""Routes of transfer slips: printed where goods leave, scanned where they come."""

from __future__ import annotations

import asyncio
from typing import Annotated

import fastapi
import pydantic

from edge_agent.api.back_room import IdempotencyKey
from edge_agent.api.message import Message
from edge_agent.api.register_routes import RegisterNo, ShopPart
from edge_agent.api.staff import may
from edge_agent.services import transfer_slips
from edge_agent.services.errors import NoSlipsHereError
from edge_agent.services.transfer_slips import SlipPapers
from hardware.printer.render import render
from protos.transfer_slip import PARTS_MAX
from retail_domain.people.right import Right

router = fastapi.APIRouter(prefix="/api", tags=["transfer slips"])
Mover = Annotated[str, may(Right.MOVE_TRANSFER)]
PART_LENGTH_MAX = 400
NUMBER_LENGTH_MAX = 32
PREVIEW_DOTS_PER_MM = 8
TransferNo = Annotated[str, fastapi.Path(max_length=NUMBER_LENGTH_MAX)]


class ScannedSlip(Message):
    """Texts of a slip's codes, in any order."""

    parts: Annotated[
        list[Annotated[str, pydantic.Field(max_length=PART_LENGTH_MAX)]],
        pydantic.Field(min_length=1, max_length=PARTS_MAX),
    ]


class TakenSlip(Message):
    """A transfer that can be received now."""

    transfer_no: str


@router.post("/transfer-slips", summary="Take a scanned slip")
async def take_slip(scanned: ScannedSlip, shop: ShopPart, _staff_no: Mover) -> TakenSlip:
    """Checked by the chain's CA; no line is needed. A repeat changes nothing."""
    take, papers = transfer_slips.take_slip, _papers(shop)
    return TakenSlip(
        transfer_no=await shop.writer.run(take, shop.box, papers, tuple(scanned.parts))
    )


@router.post(
    "/registers/{register_no}/transfer-orders/{transfer_no}/slip",
    summary="Print a transfer slip",
    status_code=204,
)
async def print_slip(
    transfer_no: TransferNo,
    shop: ShopPart,
    register_no: RegisterNo,
    _staff_no: Mover,
    idempotency_key: IdempotencyKey,
) -> None:
    """What left for the transfer so far, at the register's receipt printer."""
    place, papers = (register_no, transfer_no), _papers(shop)
    print_one = transfer_slips.print_slip
    await shop.writer.run(print_one, shop.box, papers, *place, job_id=idempotency_key)
    shop.jobs_grew()


@router.post(
    "/transfer-orders/{transfer_no}/slip/preview",
    summary="Picture of a transfer slip",
    response_class=fastapi.Response,
    responses={200: {"content": {"image/png": {}}}},
)
async def preview_slip(
    transfer_no: TransferNo, shop: ShopPart, _staff_no: Mover
) -> fastapi.Response:
    """As it is printed; a screen without a printer shows it to whoever carries the goods."""
    lay_out = transfer_slips.lay_out_slip
    roll = await shop.writer.run(lay_out, shop.box, _papers(shop), transfer_no)
    bitmap = await asyncio.to_thread(render, roll, PREVIEW_DOTS_PER_MM)
    return fastapi.Response(bitmap.to_png(), media_type="image/png")


def _papers(shop: ShopPart) -> SlipPapers:
    if shop.slip_papers is None:
        raise NoSlipsHereError
    return shop.slip_papers
