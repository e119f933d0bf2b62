"""The bulk way to the hub: one call a message over mutual TLS."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from edge_agent.sync.signals import (
    AckCame,
    Connected,
    Denied,
    FactsCame,
    Failed,
    PageCame,
    Signal,
    Transport,
)
from protos.liushui.v1 import sync_pb2, sync_pb2_grpc

CALL_TIMEOUT_S = 6.0
"""As the core's own patience: a later answer is of no use to it."""
MESSAGE_BYTES_MAX = 1024 * 1024
"""Four times a full page."""
RECONNECT_MAX_MS = 10_000
"""gRPC would wait up to two minutes; the core decides when to try, this must not be the brake."""
KEEPALIVE_MS, KEEPALIVE_TIMEOUT_MS = 15_000, 5_000
"""A ping on a silent connection, and how long to wait for its echo, as over MQTT. Without it a
connection that a router forgot looks healthy, and every call on it runs out of time."""
OPTIONS = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.initial_reconnect_backoff_ms", 500),
    ("grpc.max_reconnect_backoff_ms", RECONNECT_MAX_MS),
    ("grpc.keepalive_time_ms", KEEPALIVE_MS),
    ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
    # gRPC's own pings count too: one that is on its way keeps ours from being sent.
    ("grpc.http2.ping_timeout_ms", KEEPALIVE_TIMEOUT_MS),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),  # As many as it takes.
    ("grpc.use_local_subchannel_pool", 1),  # A connection of its own for every box of a process.
)


@dataclasses.dataclass(frozen=True, slots=True)
class GrpcSettings:
    """Where the hub listens, and as whom the box comes."""

    target: str
    """Host and port; the host is a name in the hub's certificate."""
    ca_pem: bytes
    certificate_pem: bytes
    key_pem: bytes


class GrpcCarrier:
    """One channel to the hub. It counts as connected all the time: calls tell what is true."""

    def __init__(self, settings: GrpcSettings) -> None:
        self._settings = settings
        self._stub: Any = None
        self._calls: set[asyncio.Task[None]] = set()
        self._put: Callable[[Signal], None] = _drop

    @property
    def transport(self) -> Transport:
        """The bulk way."""
        return Transport.GRPC

    async def run(self, put: Callable[[Signal], None]) -> None:
        """Keep a channel until cancelled; calls on their way end with it."""
        self._put = put
        credentials = grpc.ssl_channel_credentials(
            self._settings.ca_pem, self._settings.key_pem, self._settings.certificate_pem
        )
        async with grpc.aio.secure_channel(self._settings.target, credentials, OPTIONS) as channel:
            self._stub = sync_pb2_grpc.SyncServiceStub(channel)
            put(Connected(Transport.GRPC))
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self._stub = None
                for call in self._calls:
                    call.cancel()
                await asyncio.gather(*self._calls, return_exceptions=True)

    def send_hello(self, hello: sync_pb2.SignedHello) -> None:
        """Call Greet."""
        request = sync_pb2.GreetRequest(hello=hello)
        self._start(self._ask(self._stub.Greet(request, timeout=CALL_TIMEOUT_S)))

    def send_batch(self, batch: sync_pb2.SignedBatch) -> None:
        """Call Push."""
        request = sync_pb2.PushRequest(batch=batch)
        self._start(self._ask(self._stub.Push(request, timeout=CALL_TIMEOUT_S)))

    def request_page(self, request: sync_pb2.FeedRequest) -> None:
        """Call PullFeed."""
        call = self._stub.PullFeed(
            sync_pb2.PullFeedRequest(request=request), timeout=CALL_TIMEOUT_S
        )
        self._start(self._ask(call))

    def request_facts(self, request: sync_pb2.JournalRequest) -> None:
        """Call PullJournal."""
        call = self._stub.PullJournal(
            sync_pb2.PullJournalRequest(request=request), timeout=CALL_TIMEOUT_S
        )
        self._start(self._ask(call))

    def _start(self, call: Any) -> None:  # noqa: ANN401 - a coroutine
        task = asyncio.get_running_loop().create_task(call)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _ask(self, call: Awaitable[Any]) -> None:
        try:
            response = await call
        except grpc.aio.AioRpcError as error:
            self._put(_read_error(error))
            return
        if isinstance(response, sync_pb2.PullFeedResponse):
            self._put(PageCame(Transport.GRPC, response.page))
        elif isinstance(response, sync_pb2.PullJournalResponse):
            self._put(FactsCame(Transport.GRPC, response.page))
        else:
            self._put(AckCame(Transport.GRPC, response.ack))


def _read_error(error: grpc.aio.AioRpcError) -> Signal:
    if error.code() is grpc.StatusCode.PERMISSION_DENIED:
        return Denied(Transport.GRPC, error.details() or "denied")
    return Failed(Transport.GRPC)


def _drop(_signal: Signal) -> None:
    """Nobody listens before run()."""
