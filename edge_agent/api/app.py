"""The box's web application: routes, headers, and the one place where errors become HTTP."""

from __future__ import annotations

import dataclasses
import pathlib
import urllib.parse
from collections.abc import Awaitable, Callable

import fastapi
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from edge_agent.api import (
    back_room,
    device_routes,
    messages,
    print_routes,
    register_routes,
    register_socket,
    return_routes,
    shelf_routes,
    shift_routes,
    slip_routes,
    staff,
    stock_routes,
)
from edge_agent.api.shop import Shop
from edge_agent.services.answers import Refusal
from edge_agent.services.errors import (
    ApprovalMissingError,
    ApprovalNeededError,
    BadRequestError,
    CountNotFoundError,
    LeaseExpiredError,
    NoPhotoError,
    OtherSiteError,
    PhotoMissingError,
    PhotoTooLargeError,
    RequestTooLargeError,
    SignInLockedError,
    SignInNeededError,
    UnknownCardError,
    WrongPinError,
    WrongTokenError,
)
from edge_agent.services.photos import PHOTO_BYTES_MAX
from edge_agent.services.return_errors import ReceiptNotFoundError, SaleNotFoundError
from edge_agent.store.errors import (
    BoxBusyError,
    DatabaseDamagedError,
    DiskFailedError,
    DiskFullError,
)
from retail_domain.errors import RetailError, UnknownItemError
from retail_domain.people.errors import (
    LimitExceededError,
    RightMissingError,
    SecondPersonNeededError,
)

STATIC = pathlib.Path(__file__).parent / "static"
NOT_BUILT = "The register's page is not built. Run scripts/setup without LIUSHUI_SKIP_SCREENS."
BODY_BYTES_MAX = 256 * 1024
"""A thousand lines of a delivery are some 60 kB."""
PHOTO_PATH = "/api/photos"
"""Its bodies are pictures, and larger."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
STATUS: dict[type[RetailError], int] = {
    WrongTokenError: 401,
    SignInNeededError: 401,
    WrongPinError: 401,
    UnknownCardError: 401,
    OtherSiteError: 403,
    LeaseExpiredError: 403,
    RightMissingError: 403,
    LimitExceededError: 403,
    SecondPersonNeededError: 403,
    ApprovalNeededError: 403,
    ApprovalMissingError: 403,
    SignInLockedError: 429,
    UnknownItemError: 404,
    CountNotFoundError: 404,
    ReceiptNotFoundError: 404,
    SaleNotFoundError: 404,
    RequestTooLargeError: 413,
    PhotoTooLargeError: 413,
    PhotoMissingError: 404,
    NoPhotoError: 422,
    BadRequestError: 422,
    BoxBusyError: 503,
    DiskFullError: 507,
    DatabaseDamagedError: 503,
    DiskFailedError: 503,
}

ROUTERS = (
    register_socket.router,
    register_routes.router,
    back_room.router,
    device_routes.router,
    print_routes.router,
    return_routes.router,
    shelf_routes.router,
    shift_routes.router,
    slip_routes.router,
    staff.router,
    stock_routes.router,
)


def answer_refusal(error: RetailError) -> JSONResponse:
    """A broken rule is the user's to solve: a 4xx or 5xx with its code and both sentences."""
    refusal = dataclasses.asdict(Refusal.of(error))
    body = messages.RefusedRequest(**refusal, values=error.values)
    return JSONResponse(body.model_dump(), status_code=STATUS.get(type(error), 409))


async def show_error(_request: fastapi.Request, error: Exception) -> JSONResponse:
    """Make every refusal one shape, whoever refused."""
    if isinstance(error, RequestValidationError):
        problems = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        return answer_refusal(BadRequestError(reason="; ".join(problems)))
    if isinstance(error, HTTPException):
        response = answer_refusal(BadRequestError(reason=str(error.detail)))
        response.status_code = error.status_code
        return response
    assert isinstance(error, RetailError)
    return answer_refusal(error)


async def guard(
    request: fastapi.Request,
    call_next: Callable[[fastapi.Request], Awaitable[fastapi.Response]],
) -> fastapi.Response:
    """Nothing from outside, nothing framed, nothing sniffed, no body beyond any delivery."""
    size = request.headers.get("content-length", "0")
    is_chunked = "transfer-encoding" in request.headers
    is_photo = request.url.path.endswith(PHOTO_PATH)
    limit_bytes = PHOTO_BYTES_MAX if is_photo else BODY_BYTES_MAX
    if is_chunked or not size.isdecimal() or int(size) > limit_bytes:
        response: fastapi.Response = answer_refusal(
            PhotoTooLargeError(limit_kb=limit_bytes // 1024)
            if is_photo
            else RequestTooLargeError(limit_bytes=limit_bytes)
        )
    elif request.method not in SAFE_METHODS and is_from_other_site(request):
        response = answer_refusal(OtherSiteError())
    else:
        response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/register/assets/"):
        # Built files carry their hash in the name.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def is_from_other_site(request: fastapi.Request) -> bool:
    """Whether a page of another site sends this. Programs that are no browser say nothing."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}
    try:
        site = urllib.parse.urlsplit(origin).netloc
    except ValueError:  # No browser writes it.
        return True
    return site != request.headers.get("host")


async def show_not_built() -> PlainTextResponse:
    """Say why there is no page."""
    return PlainTextResponse(NOT_BUILT, status_code=503)


def make_app(shop: Shop, training: ASGIApp | None = None) -> fastapi.FastAPI:
    """Wire the routes over the parts that main.py built; `training` serves what is practised."""
    app = fastapi.FastAPI(
        title="Liushui store box",
        docs_url=None,  # They load scripts from outside.
        redoc_url=None,
        responses={"4XX": {"model": messages.RefusedRequest, "description": "A rule was broken."}},
    )
    app.state.shop = shop
    app.middleware("http")(guard)
    for error in (RetailError, RequestValidationError, HTTPException):
        app.add_exception_handler(error, show_error)
    for router in ROUTERS:
        app.include_router(router)
    if (STATIC / "index.html").is_file():
        app.mount("/register", StaticFiles(directory=STATIC, html=True))
    else:
        app.get("/register/", include_in_schema=False)(show_not_built)
    if training is not None:
        app.mount("/training", training)
    return app
