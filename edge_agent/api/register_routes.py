"""The register's REST twin: the same commands for machines, items and status."""

from __future__ import annotations

import datetime
from typing import Annotated

import fastapi

from edge_agent.api import command_messages, messages
from edge_agent.api.commands import read_command
from edge_agent.api.desk import show_item, show_line
from edge_agent.api.shop import Shop
from edge_agent.services import catalog
from edge_agent.services.errors import WrongTokenError
from edge_agent.services.registers import require_any_token
from edge_agent.store.held_tickets import read_held_tickets
from retail_domain.trade import open_ticket

router = fastapi.APIRouter(prefix="/api", tags=["register"])
ITEMS_MAX = 50
"""A cashier reads no longer list."""
BEARER = "Bearer "


def get_shop(request: fastapi.Request) -> Shop:
    """The store's parts, built by main.py."""
    shop = request.app.state.shop
    assert isinstance(shop, Shop)
    return shop


async def get_register_no(
    shop: Annotated[Shop, fastapi.Depends(get_shop)],
    authorization: Annotated[str, fastapi.Header()] = "",
) -> str:
    """The register whose token the request carries.

    Raises:
        WrongTokenError: none.
    """
    if not authorization.startswith(BEARER):
        raise WrongTokenError(register_no="?")
    return await shop.writer.run(require_any_token, authorization.removeprefix(BEARER))


ShopPart = Annotated[Shop, fastapi.Depends(get_shop)]
RegisterNo = Annotated[str, fastapi.Depends(get_register_no)]


def session_cookie(shop: Shop, register_no: str) -> str:
    """Name of the cookie with a register's session; several registers may share a machine."""
    return f"liushui_{'training' if shop.is_training else 'register'}_{register_no}"


def get_token(request: fastapi.Request, shop: ShopPart, register_no: RegisterNo) -> str:
    """Token of the session at the register that asks; empty without one."""
    return request.cookies.get(session_cookie(shop, register_no), "")


Token = Annotated[str, fastapi.Depends(get_token)]


@router.post("/registers/{register_no}/commands", summary="Do one command")
async def execute(
    register_no: str,
    command: command_messages.Command,
    shop: ShopPart,
    enrolled_no: RegisterNo,
    token: Token,
) -> messages.Result:
    """Do what the register's page could do. A repeated command_id gets the first answer."""
    if register_no != enrolled_no:
        raise WrongTokenError(register_no=register_no)
    return await shop.desk(register_no).execute(read_command(command), token)


@router.get("/items", summary="Search items")
async def search_items(
    shop: ShopPart,
    _enrolled_no: RegisterNo,
    query: Annotated[str, fastapi.Query(max_length=100)] = "",
    item_id: Annotated[list[int] | None, fastapi.Query(max_length=ITEMS_MAX)] = None,
    limit: Annotated[int, fastapi.Query(ge=1, le=ITEMS_MAX)] = ITEMS_MAX,
) -> list[messages.ListedItem]:
    """Items by part of name, pinyin or beginning of code, the likeliest first; or by number."""
    if item_id is not None:
        found = await shop.writer.run(catalog.find_items, shop.box.catalog, item_id)
    else:
        found = await shop.writer.run(catalog.search_items, shop.box.catalog, query, limit)
    return [show_item(item) for item in found]


@router.get("/held-tickets", summary="Tickets that wait for their customer")
async def list_held_tickets(
    shop: ShopPart, _enrolled_no: RegisterNo
) -> list[messages.HeldTicketView]:
    """Of all registers, the longest held first."""
    return [
        messages.HeldTicketView(
            held_id=held.held_id,
            register_no=held.register_no,
            staff_no=held.staff_no,
            held_at=datetime.datetime.fromtimestamp(held.held_at_ms / 1_000, datetime.UTC),
            lines=[show_line(line) for line in held.ticket.lines],
            totals=messages.Totals.model_validate(open_ticket.total(held.ticket)),
        )
        for held in await shop.writer.run(read_held_tickets)
    ]


@router.get("/status", summary="What a cashier should see")
async def show_status(shop: ShopPart) -> messages.Status:
    """Line, journal and devices; needs no token, so that a monitor can ask."""
    return shop.status()


@router.get("/schema/register-messages", summary="Types of the socket's messages")
async def show_message_types() -> messages.BoxMessage | None:
    """Nothing: it puts the socket's messages into OpenAPI, where TypeScript takes them from."""
    return None
