"""The live way in: a client of the broker that hears all stores and answers each on its topic."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import logging
import pathlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any

import paho.mqtt.client as mqtt
from google.protobuf.message import DecodeError, Message
from paho.mqtt.enums import CallbackAPIVersion

from hq_hub.ingest.intake import Intake, answer_error
from hq_hub.services.batch_rules import Caller
from hq_hub.store.errors import HubBusyError
from protos import topics
from protos.liushui.v1 import sync_pb2

CLIENT_ID = "hub"
KEEPALIVE_S = 15
RECONNECT_MIN_S, RECONNECT_MAX_S = 1, 10
"""Boxes that have gRPC go on meanwhile; those that have not should not wait for long."""
WAITING_MAX = 256
"""Messages of boxes that wait for the writer: of 256 kB each, 64 MB. Beyond, BUSY."""
PAGES_WAITING_MAX = 64
"""Requests for pages that wait to be read; beyond, they are dropped, and boxes ask again."""
KINDS_UP = (topics.BATCH, topics.HELLO, topics.FEED, topics.JOURNAL)
PAGE_READERS = 2
"""Threads that read pages: a page takes some milliseconds."""

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class MqttSettings:
    """Where the broker listens, and the hub's papers."""

    host: str
    """A name in the broker's certificate."""
    port: int
    ca_file: pathlib.Path
    certificate_file: pathlib.Path
    key_file: pathlib.Path


class MqttIngest:
    """One connection to the broker, which comes back by itself. QoS 0: our own acks count."""

    def __init__(self, settings: MqttSettings, intake: Intake) -> None:
        """Build it; it connects after start()."""
        self._settings = settings
        self._intake = intake
        self._places = threading.BoundedSemaphore(WAITING_MAX)
        self._page_places = threading.BoundedSemaphore(PAGES_WAITING_MAX)
        self._pages = concurrent.futures.ThreadPoolExecutor(
            PAGE_READERS, thread_name_prefix="mqtt-pages"
        )
        self._subscribed = threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=CLIENT_ID,
            clean_session=True,
            protocol=mqtt.MQTTv311,
        )
        self._client.reconnect_delay_set(RECONNECT_MIN_S, RECONNECT_MAX_S)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_socket_open = _set_no_delay

    @property
    def is_online(self) -> bool:
        """Whether the broker hands us what boxes say."""
        return self._subscribed.is_set()

    def start(self) -> None:
        """Connect in the background, now or as soon as the broker is there."""
        context = ssl.create_default_context(cafile=self._settings.ca_file)
        context.load_cert_chain(self._settings.certificate_file, self._settings.key_file)
        self._client.tls_set_context(context)
        self._client.connect_async(self._settings.host, self._settings.port, KEEPALIVE_S)
        self._client.loop_start()

    def wait_until_online(self, timeout_s: float) -> bool:
        """Wait for the first subscription; False when it did not come in time."""
        return self._subscribed.wait(timeout_s)

    def stop(self) -> None:
        """Leave the broker; what the writer has already is answered to nobody."""
        self._subscribed.clear()  # Leaving is no loss to log.
        self._client.disconnect()
        self._client.loop_stop()
        self._pages.shutdown(wait=True)

    def documents_changed(self, stores: Iterable[str]) -> None:
        """Tell boxes where the documents stand now, so that they ask at once. Any thread."""
        self._read_aside(self._greet, tuple(stores))

    def _on_connect(self, client: mqtt.Client, *answer: Any) -> None:  # noqa: ANN401 - paho's arguments
        _data, _flags, reason_code, _properties = answer
        if reason_code.is_failure:
            log.error("the broker refused the hub: %s", reason_code)
            return
        log.info("connected to the broker")
        client.subscribe([(topics.up("+", kind), 0) for kind in KINDS_UP])

    def _on_disconnect(self, *_details: object) -> None:
        if self._subscribed.is_set():
            log.warning("the broker is gone")
        self._subscribed.clear()

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        parsed = topics.parse_up(message.topic)
        if parsed is None:
            return
        store, kind = parsed
        try:
            self._take(Caller(store), kind, bytes(message.payload))
        except DecodeError:
            log.warning("an unreadable message on %s", message.topic)

    def _take(self, caller: Caller, kind: str, payload: bytes) -> None:
        if kind == topics.BATCH:
            batch = sync_pb2.SignedBatch.FromString(payload)
            self._submit(caller, functools.partial(self._intake.submit_batch, batch, caller))
        elif kind == topics.HELLO:
            hello = sync_pb2.SignedHello.FromString(payload)
            self._submit(caller, functools.partial(self._intake.submit_hello, hello, caller))
        elif kind == topics.FEED:
            request = sync_pb2.FeedRequest.FromString(payload)
            self._read_aside(self._send_page, caller, request)
        elif kind == topics.JOURNAL:
            asked = sync_pb2.JournalRequest.FromString(payload)
            self._read_aside(self._send_history, caller, asked)

    def _submit(
        self,
        caller: Caller,
        submit: Callable[[], concurrent.futures.Future[sync_pb2.Ack]],
    ) -> None:
        if not self._places.acquire(blocking=False):
            self._send_ack(
                caller.store, answer_error(caller.store, HubBusyError(limit=WAITING_MAX))
            )
            return
        try:
            future = submit()
        except HubBusyError as error:
            self._places.release()
            self._send_ack(caller.store, answer_error(caller.store, error))
            return
        future.add_done_callback(functools.partial(self._answer, caller.store))

    def _answer(self, store: str, done: concurrent.futures.Future[sync_pb2.Ack]) -> None:
        """Send what the writer said; runs in its thread, after the commit."""
        self._places.release()
        error = done.exception()
        self._send_ack(store, done.result() if error is None else answer_error(store, error))

    def _read_aside(self, function: Callable[..., None], *args: object) -> None:
        if not self._page_places.acquire(blocking=False):
            return
        future = self._pages.submit(function, *args)
        future.add_done_callback(self._finish_reading)

    def _finish_reading(self, done: concurrent.futures.Future[None]) -> None:
        self._page_places.release()
        error = done.exception()
        if error is not None:
            log.error("reading documents failed", exc_info=error)

    def _send_page(self, caller: Caller, request: sync_pb2.FeedRequest) -> None:
        page = self._intake.read_page(request, caller)
        if page is not None:
            self._publish(caller.store, topics.FEED, page)

    def _send_history(self, caller: Caller, request: sync_pb2.JournalRequest) -> None:
        page = self._intake.read_history(request, caller)
        if page is not None:
            self._publish(caller.store, topics.JOURNAL, page)

    def _greet(self, stores: tuple[str, ...]) -> None:
        for store in stores:
            self._send_ack(store, self._intake.greet(store))

    def _send_ack(self, store: str, ack: sync_pb2.Ack | None) -> None:
        if ack is not None:
            self._publish(store, topics.ACK, ack)

    def _publish(self, store: str, kind: str, message: Message) -> None:
        """Send, or forget: a box that gets no answer asks again."""
        self._client.publish(topics.down(store, kind), message.SerializeToString())


def _set_no_delay(_client: mqtt.Client, _data: object, opened: Any) -> None:  # noqa: ANN401 - paho's socket
    # Without this an ack waits for the broker's delayed acknowledgement: 44 ms a hop.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
