"""The bulk way in: gRPC over mutual TLS. Each call is checked against the registry of boxes."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import hashlib
import ssl
from typing import NoReturn

import grpc

from hq_hub.ingest.intake import Intake, answer_error
from hq_hub.services.batch_rules import DOOR_REASONS, Caller, Reason
from hq_hub.services.certificates import parse_box_uri
from hq_hub.services.errors import PortInUseError
from hq_hub.store.errors import HubBusyError, HubDatabaseAwayError, HubDiskFullError
from protos.liushui.v1 import sync_pb2, sync_pb2_grpc

WORKERS_MAX = 8
"""Threads that wait for the one writer; more would only make its queue longer."""
CALLS_MAX = 256
"""Calls that wait for a thread: of 256 kB each, 64 MB. gRPC refuses more, and boxes pause."""
CALL_TIMEOUT_S = 6.0
"""As long as a box waits."""
MESSAGE_BYTES_MAX = 1024 * 1024
"""Above the largest content that is accepted, so that a larger one is answered, not cut off."""
CONNECTIONS_MAX = 2_048
"""One a box, and those that boxes gave up and the hub did not yet. More are ended at once."""
HANDSHAKE_TIMEOUT_MS = 10_000
"""Who shows no certificate by then is no box."""
PING_INTERVAL_MIN_MS = 5_000
"""Boxes ping three times as rarely; who pings more often is turned away."""
KEEPALIVE_MS, KEEPALIVE_TIMEOUT_MS = 60_000, 20_000
"""A box that vanished without a word holds its connection no longer than this."""
CALLERS_KEPT = 1_024
"""Read certificates of the boxes that called last."""
CANNOT_NOW = (HubBusyError, HubDatabaseAwayError, HubDiskFullError, TimeoutError)
"""What a box answers by coming again later."""
DOOR_CODES = frozenset(reason.value for reason in DOOR_REASONS)


@dataclasses.dataclass(frozen=True, slots=True)
class GrpcSettings:
    """Where to listen, and with which papers."""

    host: str
    port: int
    """0 takes a free one."""
    chain: str
    """In the names of the boxes' certificates."""
    ca_pem: bytes
    certificate_pem: bytes
    key_pem: bytes


class SyncServer:
    """The listening service. Certificates of another CA end in the handshake."""

    def __init__(self, settings: GrpcSettings, intake: Intake) -> None:
        """Build it; it listens after start()."""
        self._settings = settings
        pool = concurrent.futures.ThreadPoolExecutor(WORKERS_MAX, thread_name_prefix="grpc")
        self._server = grpc.server(
            pool,
            options=(
                ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
                ("grpc.max_allowed_incoming_connections", CONNECTIONS_MAX),
                ("grpc.server_handshake_timeout_ms", HANDSHAKE_TIMEOUT_MS),
                ("grpc.so_reuseport", 0),  # A second hub on the port is an error, not a partner.
                ("grpc.keepalive_time_ms", KEEPALIVE_MS),
                ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
                ("grpc.http2.ping_timeout_ms", KEEPALIVE_TIMEOUT_MS),
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.http2.min_ping_interval_without_data_ms", PING_INTERVAL_MIN_MS),
            ),
            maximum_concurrent_rpcs=CALLS_MAX,
        )
        servicer = _Servicer(settings.chain, intake)
        sync_pb2_grpc.add_SyncServiceServicer_to_server(servicer, self._server)

    def start(self) -> int:
        """Listen.

        Returns:
            The port.

        Raises:
            PortInUseError: another program has it.
        """
        papers = (self._settings.key_pem, self._settings.certificate_pem)
        credentials = grpc.ssl_server_credentials(
            [papers], self._settings.ca_pem, require_client_auth=True
        )
        address = f"{self._settings.host}:{self._settings.port}"
        try:
            port: int = self._server.add_secure_port(address, credentials)
        except RuntimeError as error:
            raise PortInUseError(name="gRPC", address=address) from error
        self._server.start()
        return port

    def stop(self, grace_s: float) -> None:
        """Take no more calls, and wait for those that are here."""
        self._server.stop(grace_s).wait()


class _Servicer(sync_pb2_grpc.SyncServiceServicer):
    """Translates calls; the only inheritance, because gRPC's generated code asks for it."""

    def __init__(self, chain: str, intake: Intake) -> None:
        self._chain = chain
        self._intake = intake

    def Greet(  # noqa: N802 - gRPC's name
        self, request: sync_pb2.GreetRequest, context: grpc.ServicerContext
    ) -> sync_pb2.GreetResponse:
        caller = self._read_caller(context)
        try:
            ack = self._intake.submit_hello(request.hello, caller).result(CALL_TIMEOUT_S)
        except CANNOT_NOW as error:
            ack = _answer(caller, error)
        return sync_pb2.GreetResponse(ack=_admit(ack, context))

    def Push(  # noqa: N802 - gRPC's name
        self, request: sync_pb2.PushRequest, context: grpc.ServicerContext
    ) -> sync_pb2.PushResponse:
        caller = self._read_caller(context)
        try:
            ack = self._intake.submit_batch(request.batch, caller).result(CALL_TIMEOUT_S)
        except CANNOT_NOW as error:
            ack = _answer(caller, error)
        return sync_pb2.PushResponse(ack=_admit(ack, context))

    def PullFeed(  # noqa: N802 - gRPC's name
        self, request: sync_pb2.PullFeedRequest, context: grpc.ServicerContext
    ) -> sync_pb2.PullFeedResponse:
        page = self._intake.read_page(request.request, self._read_caller(context))
        if page is None:
            _deny(context, Reason.STORE_FOREIGN)
        return sync_pb2.PullFeedResponse(page=page)

    def PullJournal(  # noqa: N802 - gRPC's name
        self, request: sync_pb2.PullJournalRequest, context: grpc.ServicerContext
    ) -> sync_pb2.PullJournalResponse:
        page = self._intake.read_history(request.request, self._read_caller(context))
        if page is None:
            _deny(context, Reason.STORE_FOREIGN)
        return sync_pb2.PullJournalResponse(page=page)

    def _read_caller(self, context: grpc.ServicerContext) -> Caller:
        certificates = context.auth_context().get("x509_pem_cert", [b""])
        names = context.auth_context().get("x509_subject_alternative_name", ())
        caller = _read_certificate(certificates[0], tuple(names), self._chain)
        if caller is None:
            _deny(context, Reason.BOX_UNKNOWN)
        return caller


@functools.lru_cache(CALLERS_KEPT)
def _read_certificate(pem: bytes, names: tuple[bytes, ...], chain: str) -> Caller | None:
    """Who a certificate of our CA speaks for; None when for no box."""
    for name in names:
        parsed = parse_box_uri(name.decode(), chain)
        if parsed is not None:
            der = ssl.PEM_cert_to_DER_cert(pem.decode())
            return Caller(*parsed, hashlib.sha256(der).digest())
    return None


def _answer(caller: Caller, error: Exception) -> sync_pb2.Ack:
    """Say BUSY, also when the writer is late: what it keeps meanwhile will exist the next time."""
    ack = answer_error(caller.store, error)
    assert ack is not None
    return ack


def _admit(ack: sync_pb2.Ack, context: grpc.ServicerContext) -> sync_pb2.Ack:
    """Turn away at the door whom the registry does not know as this box."""
    if ack.reason_code in DOOR_CODES:
        context.abort(grpc.StatusCode.PERMISSION_DENIED, ack.reason_code)
    return ack


def _deny(context: grpc.ServicerContext, reason: Reason) -> NoReturn:
    context.abort(grpc.StatusCode.PERMISSION_DENIED, reason.value)
    raise AssertionError("abort raises")
