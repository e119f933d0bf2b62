"""Many connections at once that say nothing, or never end their first request."""

from __future__ import annotations

import contextlib
import resource
import socket
from collections.abc import Iterator

SPARE_FILES = 500
"""For everything else in this process."""
CONNECT_TIMEOUT_S = 5.0
HALF_REQUEST = b"GET /api/v1/health HTTP/1.1\r\nHost: hub\r\nX-Slow: "


@contextlib.contextmanager
def flooding(http_port: int, grpc_port: int, count: int) -> Iterator[int]:
    """Hold so many connections to each port, as far as the limit of open files allows.

    Yields:
        How many were opened; those that the hub ends are not opened again.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = min(2 * count, hard - SPARE_FILES) // 2 if hard > 0 else count
    socks: list[socket.socket] = []
    for port, text in ((http_port, HALF_REQUEST), (grpc_port, b"")):
        for _ in range(most):
            with contextlib.suppress(OSError):
                sock = socket.create_connection(("127.0.0.1", port), CONNECT_TIMEOUT_S)
                socks.append(sock)
                sock.sendall(text)
    try:
        yield len(socks)
    finally:
        for sock in socks:
            sock.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
