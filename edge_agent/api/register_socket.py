"""The register's WebSocket: a snapshot, then numbered events; commands come back on it."""

from __future__ import annotations

import asyncio
import urllib.parse

import fastapi
import pydantic

from edge_agent.api import command_messages, messages
from edge_agent.api.commands import read_command
from edge_agent.api.desk import Desk, Screen
from edge_agent.api.register_routes import session_cookie
from edge_agent.api.shop import Shop
from edge_agent.services.answers import Refusal
from edge_agent.services.errors import BadRequestError
from edge_agent.services.registers import require_token
from retail_domain.errors import RetailError

router = fastapi.APIRouter()
CLOSE_WRONG_TOKEN, CLOSE_WRONG_ORIGIN, CLOSE_BAD_MESSAGE = 4401, 4403, 4400
HELLO_TIMEOUT_S = 10.0
"""A page says hello at once; a socket that does not is none of ours."""

PageMessage = messages.Ping | messages.TakeScans | messages.NextQuantity | command_messages.Command
PAGE_MESSAGES: pydantic.TypeAdapter[PageMessage] = pydantic.TypeAdapter(PageMessage)


@router.websocket("/register/ws")
async def serve_register(socket: fastapi.WebSocket) -> None:
    """Serve one page until it goes away."""
    await socket.accept()
    if not is_same_origin(socket):
        await socket.close(CLOSE_WRONG_ORIGIN)
        return
    shop: Shop = socket.app.state.shop
    try:
        desk = await _greet(socket, shop)
    except RetailError as error:
        refusal = Refusal.of(error)
        refused = messages.Refused(
            code=refusal.code, detail=refusal.detail, detail_zh=refusal.detail_zh
        )
        await socket.send_text(refused.model_dump_json())
        await socket.close(CLOSE_WRONG_TOKEN)
        return
    except (fastapi.WebSocketDisconnect, TimeoutError):
        return
    token = socket.cookies.get(session_cookie(shop, desk.register_no), "")
    await _converse(socket, desk, await desk.open_screen(token), token)


def is_same_origin(socket: fastapi.WebSocket) -> bool:
    """Whether the page was served by this box: a foreign site must not drive a till."""
    origin = socket.headers.get("origin")
    if origin is None:
        return True
    try:
        site = urllib.parse.urlsplit(origin).netloc
    except ValueError:  # No browser writes it.
        return False
    return site == socket.headers.get("host")


async def _greet(socket: fastapi.WebSocket, shop: Shop) -> Desk:
    async with asyncio.timeout(HELLO_TIMEOUT_S):
        text = await socket.receive_text()
    try:
        hello = messages.PageHello.model_validate_json(text)
    except pydantic.ValidationError as error:
        raise BadRequestError(reason="no hello") from error
    await shop.writer.run(require_token, hello.register_no, hello.token)
    return shop.desk(hello.register_no)


async def _converse(socket: fastapi.WebSocket, desk: Desk, screen: Screen, token: str) -> None:
    """Read commands here and send beside it; a closed socket ends both."""
    sending = asyncio.create_task(_send(socket, screen))
    try:
        await _receive(socket, desk, screen, token)
    finally:
        desk.close_screen(screen)
        sending.cancel()


async def _send(socket: fastapi.WebSocket, screen: Screen) -> None:
    try:
        while (message := await screen.outbox.get()) is not None:
            await socket.send_text(message)
        await socket.close()
    except fastapi.WebSocketDisconnect:
        return  # The reading side sees it too, and cleans up.


async def _receive(socket: fastapi.WebSocket, desk: Desk, screen: Screen, token: str) -> None:
    try:
        while True:
            wish = _read_message(await socket.receive_text())
            if wish is None:
                await socket.close(CLOSE_BAD_MESSAGE)
                return
            if isinstance(wish, messages.TakeScans):
                desk.take_scans(screen, is_on=wish.is_on)
                continue
            if isinstance(wish, messages.NextQuantity):
                desk.count_next(wish.quantity_milli)
                continue
            answer = await _answer(wish, desk, token)
            if not screen.show(answer.model_dump_json()):
                screen.cut()
                return
    except fastapi.WebSocketDisconnect:
        return


def _read_message(text: str) -> PageMessage | None:
    try:
        return PAGE_MESSAGES.validate_json(text)
    except pydantic.ValidationError:
        return None


async def _answer(
    wish: messages.Ping | command_messages.Command, desk: Desk, token: str
) -> messages.Result | messages.Pong:
    if isinstance(wish, messages.Ping):
        return messages.Pong()
    try:
        return await desk.execute(read_command(wish), token)
    except RetailError as error:  # Who asks may not, the disk is full, the queue is long.
        return messages.Result(
            command_id=wish.command_id,
            outcome="refused",
            refusal=messages.Refusal.model_validate(Refusal.of(error)),
            receipt=None,
        )
