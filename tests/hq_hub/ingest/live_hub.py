"""A hub that listens: real database, real writer thread, gRPC and MQTT with real certificates."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import os
import pathlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hq_hub.ingest.grpc_server import GrpcSettings, SyncServer
from hq_hub.ingest.intake import Intake
from hq_hub.ingest.mqtt_client import MqttIngest, MqttSettings
from hq_hub.services import certificates
from hq_hub.store import journal
from hq_hub.store.engine import open_read_engine, sqlite_url
from hq_hub.store.schema_ingest import hub_journal, quarantine
from hq_hub.store.writer import Writer
from protos import topics
from tests.hq_hub.wire_hub import (
    CHAIN,
    EnrolledBox,
    authority,
    enrol_box,
    make_hub,
    put_items,
    put_stores,
)

P = ParamSpec("P")
T = TypeVar("T")
WAIT_S = 20
"""Bound of every wait: a busy machine is no fault of the code."""
PEM = serialization.Encoding.PEM


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Poll within a bound."""
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@dataclasses.dataclass(frozen=True)
class LiveHub:
    """What a test needs of the running hub."""

    writer: Writer
    intake: Intake
    pki: pathlib.Path
    grpc_port: int

    def call(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        return self.writer.submit(function, *args, **kwargs).result(WAIT_S)

    def enrol(self, store: str) -> EnrolledBox:
        return self.call(enrol_box, store, now=now())

    def durable_seq(self, box: EnrolledBox) -> int:
        return self.call(journal.read_cursor, box.store, box.epoch).durable_seq

    def bodies(self, store: str) -> list[bytes]:
        return self.call(_read_bodies, store)

    def quarantined(self) -> list[tuple[str, str]]:
        return self.call(_read_quarantined)


def _read_bodies(db: sa.Connection, store: str) -> list[bytes]:
    question = sa.select(hub_journal.c.body).where(hub_journal.c.store == store)
    return list(db.execute(question.order_by(hub_journal.c.receive_no)).scalars())


def _read_quarantined(db: sa.Connection) -> list[tuple[str, str]]:
    rows = db.execute(sa.select(quarantine.c.store, quarantine.c.reason_code))
    return [(row.store, row.reason_code) for row in rows]


@contextlib.contextmanager
def run_hub(folder: pathlib.Path, *stores: str) -> Iterator[LiveHub]:
    """A new hub with some items and stores that have no boxes yet."""
    make_hub(folder / "hub.sqlite")
    pki = folder / "hub-pki"
    pki.mkdir()
    write_papers(pki)
    with start_hub(folder, port=0) as hub:
        hub.call(put_stores, *stores)
        hub.call(put_items, 1, 2, 3)
        yield hub


@contextlib.contextmanager
def start_hub(folder: pathlib.Path, port: int) -> Iterator[LiveHub]:
    """The hub of a folder, listening; it may be started again on its port."""
    pki, url = folder / "hub-pki", sqlite_url(str(folder / "hub.sqlite"))
    writer = Writer(url)
    readers = open_read_engine(url)
    intake = Intake(writer, readers, now)
    settings = GrpcSettings(
        host="127.0.0.1",
        port=port,
        chain=CHAIN,
        ca_pem=(pki / "ca.crt").read_bytes(),
        certificate_pem=(pki / "hub.crt").read_bytes(),
        key_pem=(pki / "hub.key").read_bytes(),
    )
    server = SyncServer(settings, intake)
    try:
        yield LiveHub(writer, intake, pki, server.start())
    finally:
        server.stop(grace_s=1)
        writer.close()
        readers.dispose()


def write_papers(pki: pathlib.Path) -> None:
    """The CA of all tests, and a hub certificate for this one."""
    (pki / "ca.crt").write_text(authority().certificate_pem)
    key = ec.generate_private_key(ec.SECP256R1())
    (pki / "hub.key").write_bytes(encode_key(key))
    certificate = certificates.issue_hub(authority(), key, (), now())
    (pki / "hub.crt").write_bytes(certificate.public_bytes(PEM))


def encode_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    pkcs8 = serialization.PrivateFormat.PKCS8
    return key.private_bytes(PEM, pkcs8, serialization.NoEncryption())


def write_box_papers(folder: pathlib.Path, box: EnrolledBox) -> pathlib.Path:
    """A folder as edge_agent.services.enrolment fills it."""
    pki = folder / f"pki-{box.store}-{box.box_id}"
    pki.mkdir()
    (pki / "ca.crt").write_text(authority().certificate_pem)
    (pki / "box.crt").write_bytes(box.certificate_pem)
    (pki / "box.key").write_bytes(encode_key(box.key))
    return pki


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Broker:
    """A Mosquitto with the product's rules; it can be stopped and started again on its port."""

    def __init__(self, folder: pathlib.Path, pki: pathlib.Path) -> None:
        self.port = free_port()
        program = shutil.which("mosquitto", path=f"{os.defpath}:/usr/sbin")
        assert program is not None
        acl = folder / "mosquitto.acl"
        acl.write_text(
            f"user hub\ntopic readwrite {topics.ROOT}/#\n"
            f"pattern write {topics.ROOT}/%u/up/#\n"
            f"pattern write {topics.ROOT}/%u/status\n"
            f"pattern read {topics.ROOT}/%u/down/#\n"
        )
        configuration = folder / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\n"
            f"cafile {pki}/ca.crt\ncertfile {pki}/hub.crt\nkeyfile {pki}/hub.key\n"
            "require_certificate true\nuse_identity_as_username true\nallow_anonymous false\n"
            f"acl_file {acl}\npersistence false\nset_tcp_nodelay true\n"
            + ("user root\n" if os.geteuid() == 0 else "")
        )
        self._command = [program, "-c", str(configuration)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        wait_until(self._listens)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(WAIT_S)
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextlib.contextmanager
def run_broker(folder: pathlib.Path, pki: pathlib.Path) -> Iterator[Broker]:
    broker = Broker(folder, pki)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@contextlib.contextmanager
def run_ingest(hub: LiveHub, broker: Broker) -> Iterator[MqttIngest]:
    """The hub's connection to a broker."""
    settings = MqttSettings(
        host="localhost",
        port=broker.port,
        ca_file=hub.pki / "ca.crt",
        certificate_file=hub.pki / "hub.crt",
        key_file=hub.pki / "hub.key",
    )
    ingest = MqttIngest(settings, hub.intake)
    ingest.start()
    try:
        assert ingest.wait_until_online(WAIT_S)
        yield ingest
    finally:
        ingest.stop()
