"""How many pages and devices may be connected, and how long one may take to say what it wants."""

from __future__ import annotations

import asyncio
import collections
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

CONNECTIONS_MAX = 128
"""A register's page holds two or three: forty registers. What comes beyond is ended at once."""
BACKLOG = 64
"""Connections taken at once before the limit is looked at: the loop takes so many in one turn."""
HANDSHAKE_TIMEOUT_S = 60.0
"""asyncio's own, for TLS."""
REQUEST_TIMEOUT_S = 20.0
"""A request has to be whole within this, or twice this if the one before it was answered late: a
delivery over a slow line. Who sends a byte a minute holds nobody's place."""


class Door:
    """Makes the server's side of new connections: `make_protocol` is uvicorn's `http` setting."""

    def __init__(self) -> None:
        self._arriving: collections.deque[tuple[float, Any]] = collections.deque()
        """Since when and for whom TLS is being agreed on, the oldest first."""

    def make_protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> Any:  # noqa: ANN401 - uvicorn's protocol, or one that ends at once
        """Take a connection, or turn it away."""
        loop, connections = asyncio.get_running_loop(), server_state.connections
        if len(connections) + self._count_arriving(loop.time()) >= CONNECTIONS_MAX:
            return TurnedAway()
        protocol = AutoHTTPProtocol(  # type: ignore[call-arg]  # Typed as what it is made from.
            config=config, server_state=server_state, app_state=app_state, _loop=_loop
        )
        self._arriving.append((loop.time(), protocol))
        loop.call_later(REQUEST_TIMEOUT_S, _check, protocol, connections, None)
        return protocol

    def _count_arriving(self, now_s: float) -> int:
        while self._arriving and (
            self._arriving[0][1].transport is not None
            or now_s - self._arriving[0][0] > HANDSHAKE_TIMEOUT_S
        ):
            self._arriving.popleft()
        return sum(protocol.transport is None for _since_s, protocol in self._arriving)


class TurnedAway:
    """The server's side of a connection that is one too many."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """End it."""
        transport.abort()

    def data_received(self, data: bytes) -> None:
        """Hear nothing."""

    def eof_received(self) -> None:
        """Hear nothing."""

    def connection_lost(self, error: Exception | None) -> None:
        """It ended."""


def _check(protocol: Any, connections: set[Any], before: object) -> None:  # noqa: ANN401 - either of uvicorn's protocols
    """End a connection that has owed us the same request since the check before."""
    loop = asyncio.get_running_loop()
    if protocol not in connections:
        if protocol.transport is None and before is None:  # TLS has a limit of its own: look again.
            loop.call_later(HANDSHAKE_TIMEOUT_S, _check, protocol, connections, NOTHING_OWED)
        return  # Or it ended, or is a WebSocket by now.
    cycle = protocol.cycle
    is_ours = cycle is not None and not cycle.response_complete and not cycle.more_body
    if not is_ours and cycle is before:
        protocol.transport.abort()
        return
    seen = NOTHING_OWED if is_ours else cycle
    loop.call_later(REQUEST_TIMEOUT_S, _check, protocol, connections, seen)


NOTHING_OWED = object()
"""Is no request, nor the absence of one."""
