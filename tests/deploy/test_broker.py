"""Both brokers keep each store to its own topics and let nobody in without a certificate."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import pathlib
import queue
import subprocess
import threading
import time
from collections.abc import Iterator

import paho.mqtt.client as mqtt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion

from deploy.broker.broker_command import BrokerKind, make_broker_command
from deploy.broker.mosquitto import write_acl
from deploy.broker.topic_rules import TlsFiles, may_read, may_write
from deploy.demo.programs import find_free_ports, is_listening
from hq_hub.services.certificates import Authority, BoxName, init_pki, issue_box

NOW = datetime.datetime.now(datetime.UTC)
WAIT_S = 20.0
BROKERS = [
    pytest.param(BrokerKind.EMBEDDED, id="embedded"),
    pytest.param(BrokerKind.MOSQUITTO, id="mosquitto", marks=pytest.mark.broker),
]


@dataclasses.dataclass(frozen=True)
class Place:
    """A running broker and the folder of everybody's keys."""

    port: int
    pki: pathlib.Path


def write_box(pki: pathlib.Path, authority: Authority, store: str, stem: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    name = BoxName("demo.test", store, "B1")
    certificate = issue_box(authority, key.public_key(), name, NOW)
    (pki / f"{stem}.crt").write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption()
    (pki / f"{stem}.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )


@pytest.fixture(scope="module", params=BROKERS)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("broker")
    authority = init_pki(folder / "pki", "demo.test", (), NOW)
    other = init_pki(folder / "other", "demo.test", (), NOW)
    for store in ("s1", "s2"):
        write_box(folder / "pki", authority, store, store)
    write_box(folder / "pki", other, "s1", "rogue")
    tls = TlsFiles(*(str(folder / "pki" / name) for name in ("ca.crt", "hub.crt", "hub.key")))
    (port,) = find_free_ports(1)
    command = make_broker_command(
        request.param, folder / "broker", tls, host="127.0.0.1", port=port
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + WAIT_S
        while not is_listening(port):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
        yield Place(port, folder / "pki")
    finally:
        process.terminate()
        process.wait(WAIT_S)


class Client:
    """An MQTT client that keeps what it gets."""

    def __init__(self) -> None:
        self.inbox: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.connected, self.subscribed = threading.Event(), threading.Event()
        self.mqtt = mqtt.Client(
            CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311, clean_session=True
        )
        self.mqtt.on_connect = self._on_connect
        self.mqtt.on_subscribe = lambda *_: self.subscribed.set()
        self.mqtt.on_message = lambda _c, _u, message: self.inbox.put(
            (message.topic, bytes(message.payload))
        )

    def _on_connect(self, *arguments: object) -> None:
        if str(arguments[3]) == "Success":
            self.connected.set()

    def get(self) -> tuple[str, bytes]:
        return self.inbox.get(timeout=WAIT_S)

    def subscribe(self, topic: str) -> None:
        self.subscribed.clear()
        self.mqtt.subscribe(topic)
        assert self.subscribed.wait(WAIT_S)


@contextlib.contextmanager
def connect(place: Place, stem: str | None) -> Iterator[Client]:
    client = Client()
    certificate = str(place.pki / f"{stem}.crt") if stem else None
    key = str(place.pki / f"{stem}.key") if stem else None
    client.mqtt.tls_set(str(place.pki / "ca.crt"), certificate, key)
    client.mqtt.connect("127.0.0.1", place.port)
    client.mqtt.loop_start()
    try:
        yield client
    finally:
        client.mqtt.disconnect()
        client.mqtt.loop_stop()


def test_hub_hears_a_store_and_the_store_hears_the_hub(place: Place) -> None:
    with connect(place, "hub") as hub, connect(place, "s1") as store:
        assert hub.connected.wait(WAIT_S)
        assert store.connected.wait(WAIT_S)
        hub.subscribe("liushui/v1/+/up/#")
        store.subscribe("liushui/v1/s1/down/#")

        store.mqtt.publish("liushui/v1/s1/up/batch", b"facts")
        assert hub.get() == ("liushui/v1/s1/up/batch", b"facts")
        hub.mqtt.publish("liushui/v1/s1/down/ack", b"kept")

        assert store.get() == ("liushui/v1/s1/down/ack", b"kept")


def test_store_can_not_speak_for_another(place: Place) -> None:
    with connect(place, "hub") as hub, connect(place, "s2") as store:
        assert hub.connected.wait(WAIT_S)
        assert store.connected.wait(WAIT_S)
        hub.subscribe("liushui/v1/+/up/#")

        store.mqtt.publish("liushui/v1/s1/up/batch", b"forged", qos=1)
        store.mqtt.publish("liushui/v1/s2/up/batch", b"own", qos=1)

        # A broker keeps the order of one client, so the forged one would have come first.
        assert hub.get() == ("liushui/v1/s2/up/batch", b"own")


def test_store_can_not_listen_to_another(place: Place) -> None:
    with connect(place, "hub") as hub, connect(place, "s2") as store:
        assert hub.connected.wait(WAIT_S)
        assert store.connected.wait(WAIT_S)
        for topic in ("liushui/v1/s1/down/#", "liushui/v1/+/down/#", "liushui/v1/s2/down/#"):
            store.subscribe(topic)

        hub.mqtt.publish("liushui/v1/s1/down/ack", b"not yours")
        hub.mqtt.publish("liushui/v1/s2/down/ack", b"yours")

        assert store.get() == ("liushui/v1/s2/down/ack", b"yours")


@pytest.mark.parametrize("stem", [None, "rogue"], ids=["without certificate", "of another CA"])
def test_stranger_is_refused(place: Place, stem: str | None) -> None:
    gone = threading.Event()
    client = Client()
    certificate = str(place.pki / f"{stem}.crt") if stem else None
    key = str(place.pki / f"{stem}.key") if stem else None
    client.mqtt.tls_set(str(place.pki / "ca.crt"), certificate, key)
    client.mqtt.on_disconnect = lambda *_: gone.set()
    client.mqtt.on_connect_fail = lambda *_: gone.set()
    with contextlib.suppress(OSError):  # Refused in the handshake already.
        client.mqtt.connect("127.0.0.1", place.port)
        client.mqtt.loop_start()
        assert gone.wait(WAIT_S)
        client.mqtt.loop_stop()

    assert not client.connected.is_set()


NAME = st.from_regex(r"[a-z0-9-]{1,5}", fullmatch=True)


@given(NAME, NAME, st.text(max_size=10))
def test_rules_keep_a_store_below_its_own_branch(user: str, other: str, rest: str) -> None:
    topic = f"liushui/v1/{other}/{rest}"

    if user not in {other, "hub"}:
        assert not may_write(user, topic)
        assert not may_read(user, topic)


@pytest.mark.parametrize(
    ("user", "topic", "writes", "reads"),
    [
        ("s1", "liushui/v1/s1/up/batch", True, False),
        ("s1", "liushui/v1/s1/status", True, False),
        ("s1", "liushui/v1/s1/down/ack", False, True),
        ("s1", "liushui/v1/s1/down/#", False, True),
        ("s1", "liushui/v1/+/down/#", False, False),
        ("s1", "#", False, False),
        ("s1", "liushui/v1/s10/down/ack", False, False),
        ("hub", "liushui/v1/s1/down/ack", True, True),
        ("hub", "$SYS/broker", False, False),
    ],
)
def test_rules_are_those_of_the_wire(user: str, topic: str, *, writes: bool, reads: bool) -> None:
    assert (may_write(user, topic), may_read(user, topic)) == (writes, reads)


def test_mosquitto_gets_the_same_rules() -> None:
    assert write_acl().splitlines() == [
        "user hub",
        "topic readwrite liushui/v1/#",
        "pattern write liushui/v1/%u/up/#",
        "pattern write liushui/v1/%u/status",
        "pattern read liushui/v1/%u/down/#",
    ]
