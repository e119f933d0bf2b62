"""The MQTT carrier against a broker that does what Mosquitto seldom does."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from edge_agent.sync.mqtt_carrier import MqttCarrier, MqttSettings
from edge_agent.sync.signals import AckCame, Connected, Disconnected, Failed, Signal, Transport
from protos import topics
from protos.liushui.v1 import sync_pb2
from tests.hq_hub.ingest.live_hub import WAIT_S, write_papers

CONNACK = b"\x20\x02\x00\x00"
CONNACK_REFUSED = b"\x20\x02\x00\x05"
SUBACK = b"\x90\x04\x00\x01\x00\x00"
SUBACK_REFUSED = b"\x90\x04\x00\x01\x80\x80"
CONNECT, SUBSCRIBE = 0x10, 0x82


def make_publish(topic: str, payload: bytes) -> bytes:
    """MQTT 3.1.1, section 3.3: QoS 0, lengths below 128."""
    body = len(topic).to_bytes(2, "big") + topic.encode() + payload
    assert len(body) < 128
    return bytes([0x30, len(body)]) + body


class TinyBroker:
    """Takes one client at a time over TLS, and says what a test wants."""

    def __init__(self, pki: pathlib.Path, answers: dict[int, bytes]) -> None:
        self._answers = answers
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pki / "hub.crt", pki / "hub.key")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.client: ssl.SSLSocket | None = None
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(WAIT_S)

    def say(self, content: bytes) -> None:
        """Send in one TLS record."""
        assert self.client is not None
        self.client.sendall(content)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                with contextlib.suppress(OSError):
                    self._serve_client(self._context.wrap_socket(connection, server_side=True))

    def _serve_client(self, client: ssl.SSLSocket) -> None:
        with client:
            self.client = client
            while head := client.recv(2):
                length = head[1]
                if length & 0x80:
                    length = (length & 0x7F) | client.recv(1)[0] << 7
                client.recv(length)
                client.sendall(self._answers.get(head[0], b""))


@pytest.fixture
def pki(tmp_path: pathlib.Path) -> pathlib.Path:
    """The broker's papers; the client shows the same, nobody asks for others here."""
    write_papers(tmp_path)
    return tmp_path


@contextlib.contextmanager
def run_broker(pki: pathlib.Path, answers: dict[int, bytes]) -> Iterator[TinyBroker]:
    broker = TinyBroker(pki, answers)
    try:
        yield broker
    finally:
        broker.close()


def make_carrier(pki: pathlib.Path, port: int) -> MqttCarrier:
    settings = MqttSettings(
        host="localhost",
        port=port,
        store="S001",
        box_id="B1",
        ca_file=pki / "ca.crt",
        certificate_file=pki / "hub.crt",
        key_file=pki / "hub.key",
    )
    return MqttCarrier(settings, lambda: 0.0)


async def wait_for(signals: list[Signal], count: int) -> None:
    async with asyncio.timeout(WAIT_S):
        while len(signals) < count:
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def run_carrier(carrier: MqttCarrier) -> AsyncIterator[list[Signal]]:
    signals: list[Signal] = []
    task = asyncio.create_task(carrier.run(signals.append))
    try:
        yield signals
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def test_messages_that_came_in_one_tls_record_are_all_heard(pki: pathlib.Path) -> None:
    topic = topics.down("S001", topics.ACK)
    acks = [sync_pb2.Ack(store="S001", durable_seq=seq) for seq in (1, 2, 3)]

    async def hear() -> list[Signal]:
        with run_broker(pki, {CONNECT: CONNACK, SUBSCRIBE: SUBACK}) as broker:
            async with run_carrier(make_carrier(pki, broker.port)) as signals:
                await wait_for(signals, 1)
                record = b"".join(make_publish(topic, ack.SerializeToString()) for ack in acks)
                await asyncio.to_thread(broker.say, record)
                await wait_for(signals, 4)
                return list(signals)

    assert asyncio.run(hear()) == [
        Connected(Transport.MQTT),
        *(AckCame(Transport.MQTT, ack) for ack in acks),
    ]


def test_what_is_no_message_of_ours_is_dropped(pki: pathlib.Path) -> None:
    ack_topic = topics.down("S001", topics.ACK)
    ack = sync_pb2.Ack(store="S001", durable_seq=1)

    async def hear() -> list[Signal]:
        with run_broker(pki, {CONNECT: CONNACK, SUBSCRIBE: SUBACK}) as broker:
            async with run_carrier(make_carrier(pki, broker.port)) as signals:
                await wait_for(signals, 1)
                for content in (
                    make_publish(ack_topic, b"\xff\xff"),
                    make_publish("liushui/v1/S002/down/ack", ack.SerializeToString()),
                    make_publish(ack_topic, ack.SerializeToString()),
                ):
                    await asyncio.to_thread(broker.say, content)
                await wait_for(signals, 2)
                return list(signals)

    assert asyncio.run(hear()) == [Connected(Transport.MQTT), AckCame(Transport.MQTT, ack)]


@pytest.mark.parametrize(
    "answers",
    [
        {CONNECT: CONNACK_REFUSED, SUBSCRIBE: SUBACK},
        {CONNECT: CONNACK, SUBSCRIBE: SUBACK_REFUSED},
    ],
    ids=["connection", "subscription"],
)
def test_broker_that_does_not_want_us_is_asked_again(
    pki: pathlib.Path, answers: dict[int, bytes]
) -> None:
    async def hear() -> list[Signal]:
        with run_broker(pki, answers) as broker:
            async with run_carrier(make_carrier(pki, broker.port)) as signals:
                await wait_for(signals, 2)
                return signals[:2]

    assert asyncio.run(hear()) == [Disconnected(Transport.MQTT), Disconnected(Transport.MQTT)]


def test_message_without_a_connection_fails_at_once(pki: pathlib.Path) -> None:
    async def hear() -> list[Signal]:
        carrier = make_carrier(pki, 1)
        async with run_carrier(carrier) as signals:
            await wait_for(signals, 1)
            carrier.send_hello(sync_pb2.SignedHello())
            carrier.send_batch(sync_pb2.SignedBatch())
            carrier.request_page(sync_pb2.FeedRequest())
            return signals[1:4]

    assert asyncio.run(hear()) == [Failed(Transport.MQTT)] * 3
