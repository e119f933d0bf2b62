"""Connections that say nothing, or a byte at a time: they end, and others are served."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from types import ModuleType

import fastapi
import pytest
import uvicorn

from edge_agent.api import connections as box_connections
from hq_hub.api import connections as hub_connections

LIMIT, BACKLOG = 10, 5
PATIENCE_S = 0.5
"""Of the server under test."""
WAIT_S = 20.0


@pytest.fixture(params=[hub_connections, box_connections], ids=["hub", "box"])
def port(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server behind the door of one program, with small limits."""
    module: ModuleType = request.param
    monkeypatch.setattr(module, "CONNECTIONS_MAX", LIMIT)
    monkeypatch.setattr(module, "REQUEST_TIMEOUT_S", PATIENCE_S)
    app = fastapi.FastAPI()

    @app.post("/")
    async def take(request: fastapi.Request) -> int:
        return len(await request.body())

    settings = uvicorn.Config(
        app, http=module.Door().make_protocol, backlog=BACKLOG, log_config=None
    )
    server = uvicorn.Server(settings)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


def connect(port: int, text: bytes = b"") -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), WAIT_S)
    sock.settimeout(WAIT_S)
    sock.sendall(text)
    return sock


def has_ended(sock: socket.socket) -> bool:
    """Whether the server closes; waits for it."""
    try:
        return sock.recv(1024) == b""
    except ConnectionResetError:
        return True


def ask(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    with contextlib.closing(connection):
        connection.request("POST", "/", b"12345")
        return connection.getresponse().status


def test_connections_beyond_the_limit_end_at_once_and_the_others_when_they_say_nothing(
    port: int,
) -> None:
    with contextlib.ExitStack() as parts:
        socks = [parts.enter_context(connect(port)) for _ in range(LIMIT * 5)]

        assert all(has_ended(sock) for sock in socks)
        assert ask(port) == 200


@pytest.mark.parametrize(
    "text",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n123",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n12POST / HTTP/1.1\r\nX-Slow: ",
    ],
    ids=["head", "body", "second request"],
)
def test_request_that_never_ends_is_given_up(port: int, text: bytes) -> None:
    with connect(port, text) as sock:
        deadline = time.monotonic() + WAIT_S
        received = b""
        with contextlib.suppress(ConnectionError):
            while (block := sock.recv(1024)) and time.monotonic() < deadline:
                received += block
                sock.sendall(b"a")

    assert time.monotonic() < deadline
    assert received.count(b"HTTP/1.1 200") == text.count(b"\r\n\r\n12P")


def test_page_that_asks_again_and_again_keeps_its_connection(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
    with contextlib.closing(connection):
        connection.connect()
        sock = connection.sock
        until = time.monotonic() + 4 * PATIENCE_S
        while time.monotonic() < until:
            connection.request("POST", "/", b"12345")
            assert connection.getresponse().read() == b"5"
            time.sleep(PATIENCE_S / 5)

        assert connection.sock is sock
