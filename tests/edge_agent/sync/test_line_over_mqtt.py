"""The whole line over a real Mosquitto with certificates and rules, alone and beside gRPC."""

from __future__ import annotations

import asyncio
import pathlib
import socket
import threading
from collections.abc import Iterator

import paho.mqtt.client as mqtt
import pytest
import sqlalchemy as sa
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.store.feeds import ScopePosition
from edge_agent.sync.mqtt_carrier import MqttCarrier
from edge_agent.sync.signals import Transport
from hq_hub.ingest.mqtt_client import WAITING_MAX, MqttIngest
from hq_hub.services import enrolment
from hq_hub.services.batch_rules import CONTENT_BYTES_MAX
from hq_hub.store import feed_pages
from protos import topics
from protos.liushui.v1 import sync_pb2
from tests.edge_agent.sync.live_box import forget_changes, grpc_carrier, mqtt_carrier, run_box
from tests.hq_hub.ingest.live_hub import (
    WAIT_S,
    Broker,
    LiveHub,
    run_broker,
    run_hub,
    run_ingest,
    wait_until,
    write_box_papers,
)
from tests.hq_hub.wire_hub import (
    EnrolledBox,
    make_batch,
    make_bodies,
    put_items,
    sign_batch,
)

pytestmark = pytest.mark.broker


@pytest.fixture
def hub(tmp_path: pathlib.Path) -> Iterator[LiveHub]:
    with run_hub(tmp_path, "S001", "S002") as running:
        yield running


@pytest.fixture
def broker(tmp_path: pathlib.Path, hub: LiveHub) -> Iterator[Broker]:
    with run_broker(tmp_path, hub.pki) as running:
        yield running


@pytest.fixture
def ingest(hub: LiveHub, broker: Broker) -> Iterator[MqttIngest]:
    with run_ingest(hub, broker) as running:
        yield running


@pytest.mark.usefixtures("ingest")
def test_facts_and_documents_travel_over_mqtt_alone(
    hub: LiveHub, broker: Broker, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    hub.call(put_items, *range(1, 1_201))
    carrier = mqtt_carrier(write_box_papers(tmp_path, box), broker.port, box)

    async def trade() -> list[bytes]:
        async with run_box(tmp_path, box, carrier) as live:
            await live.sell(2_600)
            await live.wait_acknowledged()
            for _ in range(3):
                await live.sell(1)
                await live.wait_acknowledged()
            await live.wait_for_version("items", 1)
            assert live.runner.state.online == {Transport.MQTT}
            return await live.bodies()

    bodies = asyncio.run(trade())

    assert hub.bodies("S001") == bodies
    assert len(bodies) == 2_603


@pytest.mark.usefixtures("ingest")
def test_box_that_was_away_while_its_changes_were_forgotten_gets_the_whole_scope(
    hub: LiveHub, broker: Broker, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    carrier = mqtt_carrier(write_box_papers(tmp_path, box), broker.port, box)

    async def pull(version: int) -> ScopePosition:
        async with run_box(tmp_path, box, carrier) as live:
            await live.wait_for_version("items", version)
            return await live.position("items")

    known = asyncio.run(pull(1))
    newest = forget_changes(hub, known.version)

    assert asyncio.run(pull(newest)).version == newest


def test_sockets_of_both_ends_send_small_messages_at_once(
    hub: LiveHub, broker: Broker, ingest: MqttIngest, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    carrier = mqtt_carrier(write_box_papers(tmp_path, box), broker.port, box)

    async def look() -> int:
        async with run_box(tmp_path, box, carrier) as live:
            await live.wait_for(lambda: bool(live.runner.state.online))
            return read_no_delay(client_of(carrier))

    assert asyncio.run(look()) == 1
    assert read_no_delay(client_of(ingest)) == 1


def client_of(part: MqttCarrier | MqttIngest) -> mqtt.Client:
    client = part._client  # noqa: SLF001 - the socket is nobody else's business
    assert client is not None
    return client


def read_no_delay(client: mqtt.Client) -> int:
    connection = client.socket()
    assert isinstance(connection, socket.socket)
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.usefixtures("ingest")
def test_line_comes_back_after_the_broker_was_killed(
    hub: LiveHub, broker: Broker, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    carrier = mqtt_carrier(write_box_papers(tmp_path, box), broker.port, box)

    async def trade() -> None:
        async with run_box(tmp_path, box, carrier) as live:
            await live.sell(5)
            await live.wait_acknowledged()
            broker.stop()
            await live.wait_for(lambda: not live.runner.state.online)
            await live.sell(700)
            broker.start()
            await live.wait_acknowledged()

    asyncio.run(trade())

    assert hub.durable_seq(box) == 705


def test_facts_go_by_grpc_while_there_is_no_broker(
    hub: LiveHub, broker: Broker, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    pki = write_box_papers(tmp_path, box)
    broker.stop()
    carriers = (mqtt_carrier(pki, broker.port, box), grpc_carrier(pki, hub.grpc_port))

    async def trade() -> None:
        async with run_box(tmp_path, box, *carriers) as live:
            await live.sell(3)
            await live.wait_acknowledged()

    asyncio.run(trade())

    assert hub.durable_seq(box) == 3


@pytest.mark.usefixtures("broker")
def test_facts_go_by_grpc_while_the_hub_does_not_hear_the_broker(
    hub: LiveHub, broker: Broker, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    pki = write_box_papers(tmp_path, box)
    carriers = (mqtt_carrier(pki, broker.port, box), grpc_carrier(pki, hub.grpc_port))

    async def trade() -> None:
        async with run_box(tmp_path, box, *carriers) as live:
            await live.sell(3)
            await live.wait_acknowledged()
            assert live.runner.state.online == {Transport.GRPC}

    asyncio.run(trade())

    assert hub.durable_seq(box) == 3


def test_both_ways_together_deliver_everything_once(
    hub: LiveHub, broker: Broker, ingest: MqttIngest, tmp_path: pathlib.Path
) -> None:
    boxes = [hub.enrol("S001"), hub.enrol("S002")]
    papers = {box.store: write_box_papers(tmp_path, box) for box in boxes}

    async def trade(box: EnrolledBox) -> list[bytes]:
        pki = papers[box.store]
        carriers = (mqtt_carrier(pki, broker.port, box), grpc_carrier(pki, hub.grpc_port))
        async with run_box(tmp_path, box, *carriers) as live:
            await live.sell(1_200)
            for _ in range(5):
                await live.sell(1)
                await asyncio.sleep(0.01)
            await live.wait_acknowledged()
            return await live.bodies()

    async def trade_all() -> list[list[bytes]]:
        return await asyncio.gather(*(trade(box) for box in boxes))

    bodies = asyncio.run(trade_all())

    assert ingest.is_online
    assert [hub.bodies(box.store) for box in boxes] == bodies
    assert [len(of_box) for of_box in bodies] == [1_205, 1_205]


@pytest.mark.usefixtures("ingest")
def test_revoked_box_is_told_on_its_topic(
    hub: LiveHub, broker: Broker, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    carrier = mqtt_carrier(write_box_papers(tmp_path, box), broker.port, box)

    async def trade() -> None:
        async with run_box(tmp_path, box, carrier) as live:
            await live.sell(1)
            await live.wait_acknowledged()
            hub.call(enrolment.revoke_box, box.store, box.box_id)
            await live.sell(1)
            await live.wait_for(lambda: live.runner.state.stopped_reason == "box_revoked")

    asyncio.run(trade())

    assert hub.durable_seq(box) == 1


# What a stranger can do, said with a plain client.


class Stranger:
    """A client with a box's papers that says what it likes."""

    def __init__(self, pki: pathlib.Path, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._ready = threading.Event()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, "stranger", protocol=mqtt.MQTTv311)
        self.client.tls_set(str(pki / "ca.crt"), str(pki / "box.crt"), str(pki / "box.key"))
        self.client.on_connect = self._subscribe
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_message = self._hear
        self.client.connect("localhost", port)
        self.client.loop_start()
        assert self._ready.wait(WAIT_S)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _subscribe(self, client: mqtt.Client, *_answer: object) -> None:
        client.subscribe(f"{topics.ROOT}/#")

    def _hear(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload)))


@pytest.fixture
def stranger(
    hub: LiveHub, broker: Broker, ingest: MqttIngest, tmp_path: pathlib.Path
) -> Iterator[Stranger]:
    """Comes with the papers of S002."""
    assert ingest.is_online
    papers = write_box_papers(tmp_path, hub.enrol("S002"))
    client = Stranger(papers, broker.port)
    try:
        yield client
    finally:
        client.close()


def say(stranger: Stranger, store: str, kind: str, payload: bytes) -> None:
    stranger.client.publish(topics.up(store, kind), payload)


def read_acks(stranger: Stranger) -> list[sync_pb2.Ack]:
    ack_topic = topics.down("S002", topics.ACK)
    return [sync_pb2.Ack.FromString(p) for topic, p in stranger.heard if topic == ack_topic]


def test_broker_lets_nobody_speak_for_another_store(hub: LiveHub, stranger: Stranger) -> None:
    victim = hub.enrol("S001")
    signed = sign_batch(victim, make_batch(victim, make_bodies(victim, 1)))

    say(stranger, "S001", topics.BATCH, signed.SerializeToString())
    say(stranger, "S002", topics.BATCH, signed.SerializeToString())
    wait_until(lambda: bool(read_acks(stranger)))

    assert [ack.reason_code for ack in read_acks(stranger)] == ["store_foreign"]
    assert hub.quarantined() == [("S002", "store_foreign")]
    assert hub.durable_seq(victim) == 0


def test_what_cannot_be_read_is_dropped_and_the_next_message_is_answered(
    hub: LiveHub, stranger: Stranger
) -> None:
    too_large = sync_pb2.SignedBatch(content=b"\0" * (CONTENT_BYTES_MAX + 1))

    say(stranger, "S002", topics.BATCH, b"\xff\xff\xff")
    say(stranger, "S002", "nonsense", b"")
    say(stranger, "S002", topics.FEED, b"\xff\xff\xff")
    say(stranger, "S002", topics.BATCH, too_large.SerializeToString())
    wait_until(lambda: bool(read_acks(stranger)))

    assert [ack.reason_code for ack in read_acks(stranger)] == ["too_large"]
    assert hub.quarantined() == [("S002", "too_large")]


def test_documents_of_another_store_are_not_answered(stranger: Stranger) -> None:
    foreign = sync_pb2.FeedRequest(
        store="S001", known=sync_pb2.FeedPosition(feed="orders", scope="S001")
    )
    own = sync_pb2.FeedRequest(
        store="S002", known=sync_pb2.FeedPosition(feed="orders", scope="S002")
    )

    say(stranger, "S002", topics.FEED, foreign.SerializeToString())
    say(stranger, "S002", topics.FEED, own.SerializeToString())
    page_topic = topics.down("S002", topics.FEED)
    wait_until(lambda: any(topic == page_topic for topic, _payload in stranger.heard))

    pages = [sync_pb2.FeedPage.FromString(p) for t, p in stranger.heard if t == page_topic]
    assert [page.target.scope for page in pages] == ["S002"]


def test_box_is_told_at_once_that_documents_changed(
    hub: LiveHub, ingest: MqttIngest, stranger: Stranger
) -> None:
    hub.call(put_items, 9)

    ingest.documents_changed(["S001", "S002", "S003"])
    wait_until(lambda: bool(read_acks(stranger)))

    assert [(ack.outcome, ack.feeds[0].version) for ack in read_acks(stranger)] == [
        (sync_pb2.OUTCOME_GREETED, hub.call(read_items_version))
    ]


def read_items_version(db: sa.Connection) -> int:
    return feed_pages.read_scope(db, "items", "*").version


def test_hub_that_has_enough_to_do_says_so_and_keeps_nothing(
    hub: LiveHub, stranger: Stranger
) -> None:
    may_go_on = threading.Event()
    hub.writer.submit(lambda _db: may_go_on.wait(WAIT_S))

    for _ in range(WAITING_MAX + 1):
        say(stranger, "S002", topics.HELLO, b"")
    wait_until(lambda: bool(read_acks(stranger)))
    busy = read_acks(stranger)
    may_go_on.set()
    wait_until(lambda: len(read_acks(stranger)) == WAITING_MAX + 1)

    assert [(ack.outcome, ack.retry_after_ms > 0) for ack in busy] == [
        (sync_pb2.OUTCOME_BUSY, True)
    ]
    assert {ack.outcome for ack in read_acks(stranger)[1:]} == {sync_pb2.OUTCOME_REFUSED}
