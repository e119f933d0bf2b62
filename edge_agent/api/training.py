"""The way into practice: the same screens under /training, over a shop that reaches nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from edge_agent.api.app import make_app
from edge_agent.api.shop import Shop


class TrainingDoor:
    """Opens the training shop when somebody comes for the first time since the box started."""

    def __init__(self, open_shop: Callable[[], Shop]) -> None:
        """Prepare.

        Args:
            open_shop: makes the shop on a file of its own; takes seconds, so it runs in a thread.
        """
        self._open_shop = open_shop
        self._opening = asyncio.Lock()
        self._app: ASGIApp | None = None
        self._shop: Shop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        async with self._opening:
            if self._app is None:
                self._shop = await asyncio.to_thread(self._open_shop)
                self._app = make_app(self._shop)
        await self._app(scope, receive, send)

    def close(self) -> None:
        """Close the training shop's file, if it was opened."""
        if self._shop is not None:
            self._shop.writer.close()
