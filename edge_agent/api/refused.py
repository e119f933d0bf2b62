"""The web application of a box that must not write: one sentence, whatever is asked."""

from __future__ import annotations

import fastapi
from fastapi.responses import PlainTextResponse

from edge_agent.api.app import HEADERS
from retail_domain.errors import RetailError


def make_refused_app(error: RetailError) -> fastapi.FastAPI:
    """Answer every request with why the box does not sell, for the person who looks at its page."""
    app = fastapi.FastAPI(title="Liushui store box", docs_url=None, redoc_url=None)
    text = f"{error.detail_zh}\n\n{error.detail_en}\n\n{error.code}\n"

    async def refuse() -> PlainTextResponse:
        return PlainTextResponse(text, status_code=503, headers=HEADERS)

    app.add_api_route("/{path:path}", refuse, methods=["GET", "POST", "PUT", "DELETE"])
    return app
