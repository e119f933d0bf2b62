"""The hub's web application: routes, headers, and the one place where errors become HTTP."""

from __future__ import annotations

import pathlib
import urllib.parse
from collections.abc import Awaitable, Callable

import fastapi
import sqlalchemy as sa
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from hq_hub.api import (
    alarms,
    bookkeeping,
    enrolments,
    facts,
    ledger,
    overview,
    people,
    purchasing,
    sales,
    session,
    stock,
    stores,
    transfers,
)
from hq_hub.api.answers import Refusal
from hq_hub.api.headquarters import Headquarters
from hq_hub.services import errors
from hq_hub.store.engine import READERS_MAX
from hq_hub.store.errors import HubBusyError, HubDatabaseAwayError, HubDiskFullError
from retail_domain.errors import PurchaseOrderNotFoundError, RetailError, TransferNotFoundError
from retail_domain.ledger.errors import AccountNotFoundError
from retail_domain.people.errors import (
    FieldHiddenError,
    LimitExceededError,
    ReachTooSmallError,
    RightMissingError,
    SecondPersonNeededError,
    StoreOutOfReachError,
)

STATIC = pathlib.Path(__file__).parent / "static"
NOT_BUILT = "The console is not built. Run scripts/setup without LIUSHUI_SKIP_SCREENS."
BODY_BYTES_MAX = 1024 * 1024
"""An order of ORDER_LINES_MAX lines is some 300 kB."""
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
    errors.RequestIdError: 400,
    errors.SignedOutError: 401,
    errors.SignInRefusedError: 401,
    AccountNotFoundError: 404,
    errors.FactNotFoundError: 404,
    errors.PasswordMustChangeError: 403,
    errors.OtherSiteError: 403,
    RightMissingError: 403,
    ReachTooSmallError: 403,
    StoreOutOfReachError: 403,
    LimitExceededError: 403,
    SecondPersonNeededError: 403,
    FieldHiddenError: 403,
    errors.NotFoundError: 404,
    errors.RoleNotFoundError: 404,
    errors.PersonNotFoundError: 404,
    errors.StoreNotFoundError: 404,
    errors.OwnFactNotFoundError: 404,
    errors.InvoiceNotFoundError: 404,
    PurchaseOrderNotFoundError: 404,
    TransferNotFoundError: 404,
    errors.RequestTooLargeError: 413,
    errors.InvalidRequestError: 422,
    errors.TooManyTriesError: 429,
    errors.BooksBehindError: 503,
    HubBusyError: 503,
    HubDatabaseAwayError: 503,
    HubDiskFullError: 507,
}
UNSTORABLE = "a text or a number in it cannot be stored"
"""Such as NUL, which PostgreSQL keeps in no text."""
ROUTERS = (
    session.router,
    alarms.router,
    overview.router,
    stores.router,
    stock.router,
    transfers.router,
    transfers.csv_router,
    ledger.router,
    sales.router,
    facts.router,
    enrolments.router,
    purchasing.router,
    bookkeeping.router,
    people.router,
)


def answer_refusal(error: RetailError) -> JSONResponse:
    """Tell a person what is wrong, in both languages, with a code that stays."""
    body = Refusal(
        code=error.code, detail=error.detail_en, detail_zh=error.detail_zh, values=error.values
    )
    return JSONResponse(body.model_dump(), status_code=STATUS.get(type(error), 409))


async def show_error(request: fastapi.Request, error: Exception) -> fastapi.Response:
    """Make every refusal one shape, whoever refused."""
    if isinstance(error, RetailError):
        return answer_refusal(error)
    if isinstance(error, RequestValidationError):
        problems = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        return answer_refusal(errors.InvalidRequestError(problem="; ".join(problems)))
    if isinstance(error, sa.exc.TimeoutError | TimeoutError):
        return answer_refusal(HubBusyError(limit=READERS_MAX))
    if isinstance(error, sa.exc.DataError):
        return answer_refusal(errors.InvalidRequestError(problem=UNSTORABLE))
    assert isinstance(error, HTTPException)
    if error.status_code == fastapi.status.HTTP_404_NOT_FOUND:
        return answer_refusal(errors.NotFoundError(path=request.url.path))
    refusal = errors.InvalidRequestError(problem=str(error.detail))
    response = answer_refusal(refusal)
    response.status_code = error.status_code
    return response


async def guard(
    request: fastapi.Request,
    call_next: Callable[[fastapi.Request], Awaitable[fastapi.Response]],
) -> fastapi.Response:
    """Nothing from outside, nothing framed, nothing sniffed, no body beyond any order."""
    size = request.headers.get("content-length", "0")
    is_chunked = "transfer-encoding" in request.headers
    if is_chunked or not size.isdecimal() or int(size) > BODY_BYTES_MAX:
        response: fastapi.Response = answer_refusal(
            errors.RequestTooLargeError(limit_bytes=BODY_BYTES_MAX)
        )
    elif request.method not in SAFE_METHODS and is_from_other_site(request):
        response = answer_refusal(errors.OtherSiteError())
    else:
        response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/assets/"):
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


def make_app(headquarters: Headquarters) -> fastapi.FastAPI:
    """Wire the routes over the parts that main.py built."""
    app = fastapi.FastAPI(
        title="Liushui headquarters",
        docs_url=None,  # They load scripts from outside.
        redoc_url=None,
        responses={"4XX": {"model": Refusal, "description": "A rule was broken."}},
    )
    app.state.headquarters = headquarters
    app.middleware("http")(guard)
    for error in (
        RetailError,
        RequestValidationError,
        HTTPException,
        sa.exc.DataError,
        sa.exc.TimeoutError,
        TimeoutError,
    ):
        app.add_exception_handler(error, show_error)
    for router in ROUTERS:
        app.include_router(router, prefix="/api/v1")
    if (STATIC / "index.html").is_file():
        app.mount("/", StaticFiles(directory=STATIC, html=True))
    else:
        app.get("/", include_in_schema=False)(show_not_built)
    return app
