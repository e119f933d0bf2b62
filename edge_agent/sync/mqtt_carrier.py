"""The live way to the hub: one MQTT 3.1.1 connection, driven by the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import pathlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt
from google.protobuf.message import DecodeError, Message
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.sync.path import make_pause_ms
from edge_agent.sync.signals import (
    AckCame,
    Connected,
    Disconnected,
    FactsCame,
    Failed,
    PageCame,
    Signal,
    Transport,
)
from protos import topics
from protos.liushui.v1 import sync_pb2

CONNECT_TIMEOUT_S = 5.0
"""For TCP and TLS, in a thread of the pool; and again for the broker's answers."""
KEEPALIVE_S = 15
"""A dead connection is noticed after this, when nothing is sent on it."""
MISC_INTERVAL_S = 1.0
"""How often keepalive is looked after."""

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class MqttSettings:
    """Where the broker listens, and as whom the box comes."""

    host: str
    """A name in the broker's certificate."""
    port: int
    store: str
    box_id: str
    ca_file: pathlib.Path
    certificate_file: pathlib.Path
    key_file: pathlib.Path


class MqttCarrier:
    """Connects, subscribes, and connects again. QoS 0 throughout: the hub's ack is what counts."""

    def __init__(self, settings: MqttSettings, jitter: Callable[[], float]) -> None:
        """Build it.

        Args:
            settings: of one box.
            jitter: random numbers from 0 to 1, for the pauses between attempts.
        """
        self._settings = settings
        self._jitter = jitter
        self._client: mqtt.Client | None = None
        self._put: Callable[[Signal], None] = _drop

    @property
    def transport(self) -> Transport:
        """The live way."""
        return Transport.MQTT

    async def run(self, put: Callable[[Signal], None]) -> None:
        """Keep a connection until cancelled."""
        self._put = put
        failures = 0
        while True:
            connection = _Connection(self._settings)
            try:
                if await connection.open():
                    failures = 0
                    self._client = connection.client
                    put(Connected(Transport.MQTT))
                    await connection.pump(self._hear)
            finally:
                self._client = None
                connection.close()
            put(Disconnected(Transport.MQTT))
            failures += 1
            await asyncio.sleep(make_pause_ms(failures, self._jitter) / 1000)

    def send_hello(self, hello: sync_pb2.SignedHello) -> None:
        """Publish to up/hello."""
        self._publish(topics.HELLO, hello)

    def send_batch(self, batch: sync_pb2.SignedBatch) -> None:
        """Publish to up/batch."""
        self._publish(topics.BATCH, batch)

    def request_page(self, request: sync_pb2.FeedRequest) -> None:
        """Publish to up/feed."""
        self._publish(topics.FEED, request)

    def request_facts(self, request: sync_pb2.JournalRequest) -> None:
        """Publish to up/journal."""
        self._publish(topics.JOURNAL, request)

    def _publish(self, kind: str, message: Message) -> None:
        topic = topics.up(self._settings.store, kind)
        client = self._client
        if client is None or client.publish(topic, message.SerializeToString()).rc:
            self._put(Failed(Transport.MQTT))

    def _hear(self, topic: str, payload: bytes) -> None:
        with contextlib.suppress(DecodeError):  # As if it had not come: the core asks again.
            if topic == topics.down(self._settings.store, topics.ACK):
                self._put(AckCame(Transport.MQTT, sync_pb2.Ack.FromString(payload)))
            elif topic == topics.down(self._settings.store, topics.FEED):
                self._put(PageCame(Transport.MQTT, sync_pb2.FeedPage.FromString(payload)))
            elif topic == topics.down(self._settings.store, topics.JOURNAL):
                self._put(FactsCame(Transport.MQTT, sync_pb2.JournalPage.FromString(payload)))


class _Connection:
    """One paho client on one socket, read and written by the running loop."""

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._answered = asyncio.Event()
        self._closed = asyncio.Event()
        self._is_closing = False
        self._hear: Callable[[str, bytes], None] = _drop_message
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"box-{settings.store}-{settings.box_id}",
            clean_session=True,
            protocol=mqtt.MQTTv311,
        )
        client = self.client
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.will_set(topics.status(settings.store), topics.OFFLINE, retain=True)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_register_write
        client.on_socket_unregister_write = self._on_unregister_write

    async def open(self) -> bool:
        """Connect and subscribe; False when the broker is not there or does not want us."""
        try:
            await self._loop.run_in_executor(None, self._connect)
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._answered.wait()
        except OSError as error:  # TimeoutError and SSLError are of its kind.
            log.debug("MQTT of %s: %s", self._settings.store, error)
            return False
        return not self._closed.is_set()

    async def pump(self, hear: Callable[[str, bytes], None]) -> None:
        """Hand messages on until the connection is gone."""
        self._hear = hear
        while not self._closed.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(MISC_INTERVAL_S):
                    await self._closed.wait()
            self.client.loop_misc()

    def close(self) -> None:
        """Say goodbye if there is somebody, and give the socket back."""
        self._is_closing = True
        connection = self.client.socket()
        if connection is None:
            return
        self.client.publish(topics.status(self._settings.store), topics.OFFLINE, retain=True)
        self.client.disconnect()
        self.client.loop_write()
        if self.client.socket() is not None:  # It did not take the goodbye.
            self._on_socket_close(self.client, None, connection)
            connection.close()

    def _connect(self) -> None:
        """Block until TCP and TLS stand; runs in a thread of the pool."""
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file)
        context.load_cert_chain(settings.certificate_file, settings.key_file)
        self.client.tls_set_context(context)
        self.client.connect(settings.host, settings.port, KEEPALIVE_S)

    def _call(self, function: Callable[..., None], *args: object) -> None:
        """Run in the loop's thread; a loop that ended meanwhile needs nothing any more."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *args)

    def _on_socket_open(self, _client: mqtt.Client, _data: object, opened: Any) -> None:  # noqa: ANN401 - paho's socket
        # Without this an answer waits for the other side's delayed acknowledgement: 44 ms a hop.
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._call(self._watch, opened)

    def _watch(self, opened: socket.socket) -> None:
        if self._is_closing:
            opened.close()
        elif opened.fileno() >= 0:
            self._loop.add_reader(opened, self._read)

    def _read(self) -> None:
        """Read all there is: TLS may hold whole messages that the socket no longer shows."""
        while self.client.loop_read() == mqtt.MQTT_ERR_SUCCESS:
            connection = self.client.socket()
            if not isinstance(connection, ssl.SSLSocket) or not connection.pending():
                return

    def _write(self) -> None:
        self.client.loop_write()

    def _on_socket_close(self, _client: mqtt.Client, _data: object, closed: Any) -> None:  # noqa: ANN401 - paho's socket
        self._loop.remove_reader(closed)
        self._loop.remove_writer(closed)
        self._closed.set()

    def _on_register_write(self, _client: mqtt.Client, _data: object, writable: Any) -> None:  # noqa: ANN401 - paho's socket
        self._call(self._watch_write, writable)

    def _watch_write(self, writable: socket.socket) -> None:
        if not self._is_closing and writable.fileno() >= 0:
            self._loop.add_writer(writable, self._write)

    def _on_unregister_write(self, _client: mqtt.Client, _data: object, written: Any) -> None:  # noqa: ANN401 - paho's socket
        if written.fileno() >= 0:
            self._loop.remove_writer(written)

    def _on_connect(self, client: mqtt.Client, *answer: Any) -> None:  # noqa: ANN401 - paho's arguments
        _data, _flags, reason_code, _properties = answer
        if reason_code.is_failure:
            log.warning("the broker refused %s: %s", self._settings.store, reason_code)
            return  # It closes the connection.
        kinds = (topics.ACK, topics.FEED, topics.JOURNAL)
        client.subscribe([(topics.down(self._settings.store, kind), 0) for kind in kinds])
        client.publish(topics.status(self._settings.store), topics.ONLINE, retain=True)

    def _on_subscribe(self, _client: mqtt.Client, *answer: Any) -> None:  # noqa: ANN401 - paho's arguments
        _data, _message_id, reason_codes, _properties = answer
        if any(code.is_failure for code in reason_codes):
            log.warning("the broker gives %s no answers: %s", self._settings.store, reason_codes)
            self._closed.set()
        self._answered.set()

    def _on_disconnect(self, *_details: object) -> None:
        self._closed.set()
        self._answered.set()

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self._hear(message.topic, bytes(message.payload))


def _drop(_signal: Signal) -> None:
    """Nobody listens before run()."""


def _drop_message(_topic: str, _payload: bytes) -> None:
    """Nobody listens before pump()."""
