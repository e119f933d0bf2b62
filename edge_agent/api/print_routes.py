"""Routes of printing: labels, their preview, copies of receipts, and what became of each job."""

from __future__ import annotations

import asyncio
import datetime
import uuid
from typing import Annotated

import fastapi

from edge_agent.api import print_messages
from edge_agent.api.register_routes import RegisterNo, ShopPart
from edge_agent.api.staff import may
from edge_agent.services import label_print, printing
from edge_agent.services.box import Operator
from edge_agent.services.label_page import LabelWish
from edge_agent.services.printing import Place
from edge_agent.services.reprint import print_again
from edge_agent.services.templates import list_labels
from edge_agent.store.print_jobs import KeptJob, read_newest_of
from hardware.driver import Role
from hardware.scale.protocol import ScaleCommand
from retail_domain.people.right import Right

router = fastapi.APIRouter(prefix="/api/registers/{register_no}", tags=["printing"])
Seller = Annotated[str, may(Right.SELL)]
Reprinter = Annotated[str, may(Right.REPRINT_RECEIPT)]
IdempotencyKey = Annotated[uuid.UUID, fastapi.Header(description="Becomes the job's id.")]


@router.get("/label-templates", summary="Label templates")
async def list_templates(
    shop: ShopPart, _register_no: RegisterNo, _staff_no: Seller
) -> list[print_messages.LabelTemplateView]:
    """Those that the store may use."""
    return [
        print_messages.LabelTemplateView(
            template_id=template.template_id,
            purpose=template.purpose.value,
            name=template.name,
            name_en=template.name_en,
            width_um=template.width_um,
            height_um=template.height_um,
        )
        for template in await shop.writer.run(list_labels)
    ]


@router.post("/labels", summary="Print labels", status_code=202)
async def print_labels(
    wish: print_messages.LabelsWish,
    shop: ShopPart,
    register_no: RegisterNo,
    _staff_no: Seller,
    idempotency_key: IdempotencyKey,
) -> print_messages.PrintJobView:
    """All of them or none: what can't be printed is refused with the name of its field."""
    lay_out, wishes = label_print.lay_out_labels, _read(wish)
    labels = await shop.writer.run(lay_out, shop.box, wish.template_id, wishes)
    await asyncio.to_thread(label_print.require_printable, labels)
    counted = [(label, one.copies) for label, one in zip(labels, wishes, strict=True)]
    queue = label_print.queue_labels
    job = await shop.writer.run(queue, shop.box, register_no, counted, job_id=idempotency_key)
    shop.jobs_grew()
    return _show(job)


@router.post(
    "/labels/preview",
    summary="Picture of a label",
    response_class=fastapi.Response,
    responses={200: {"content": {"image/png": {}}}},
)
async def preview_label(
    wish: print_messages.LabelsWish, shop: ShopPart, _register_no: RegisterNo, _staff_no: Seller
) -> fastapi.Response:
    """The first one, in the dots of a printer with 8 dots a millimetre."""
    lay_out, wishes = label_print.lay_out_labels, _read(wish)[:1]
    (label,) = await shop.writer.run(lay_out, shop.box, wish.template_id, wishes)
    bitmap = await asyncio.to_thread(label_print.preview, label)
    return fastapi.Response(bitmap.to_png(), media_type="image/png")


@router.post("/scale-orders", summary="Tell the scale to do something", status_code=202)
async def order_scale(
    order: print_messages.ScaleOrder,
    shop: ShopPart,
    register_no: RegisterNo,
    _staff_no: Seller,
    idempotency_key: IdempotencyKey,
) -> print_messages.PrintJobView:
    """Zero, tare or clear the tare. Whether it did so is seen by its weight."""
    queue, place = printing.queue_pages, Place(register_no, Role.SCALE)
    command = ScaleCommand(order.command.encode())
    job = await shop.writer.run(queue, shop.box, place, [command], job_id=idempotency_key)
    shop.jobs_grew()
    return _show(job)


@router.get("/print-jobs", summary="What became of print jobs")
async def list_jobs(
    shop: ShopPart, register_no: RegisterNo, _staff_no: Seller
) -> list[print_messages.PrintJobView]:
    """The register's newest, newest first."""
    jobs = await shop.writer.run(read_newest_of, register_no, printing.JOBS_SHOWN)
    return [_show(job) for job in jobs]


@router.post("/receipts/{ticket_id}/print", summary="Print a receipt again", status_code=204)
async def print_receipt(
    ticket_id: uuid.UUID,
    shop: ShopPart,
    register_no: RegisterNo,
    staff_no: Reprinter,
    idempotency_key: IdempotencyKey,
) -> None:
    """Marked as a copy and noted as a fact, unless the receipt surely never came out."""
    operator = Operator(staff_no, register_no)
    again = print_again
    await shop.writer.run(again, shop.box, operator, ticket_id, fact_id=idempotency_key)
    shop.note_fact()


def _read(wish: print_messages.LabelsWish) -> list[LabelWish]:
    return [
        LabelWish(one.item_id, one.copies, one.price_fen, one.valid_until, one.lot_no)
        for one in wish.labels
    ]


def _show(job: KeptJob) -> print_messages.PrintJobView:
    made_at = datetime.datetime.fromtimestamp(job.made_at_ms // 1000, datetime.UTC)
    return print_messages.PrintJobView(
        job_id=job.job_id,
        device_id=job.device_id,
        kind=job.kind,
        state=job.state,
        parts_done=job.parts_done,
        reason=job.reason,
        fact_id=job.fact_id,
        made_at=made_at,
    )
