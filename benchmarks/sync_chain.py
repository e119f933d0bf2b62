"""The chain of the sync benchmark: a hub in its own process, a broker, boxes with full journals."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import multiprocessing
import pathlib
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks import sync_hub
from benchmarks.sync_hub import HubPlace, Usage
from deploy.broker.broker_command import BrokerKind, find_brokers, make_broker_command
from deploy.broker.topic_rules import TlsFiles
from edge_agent.services.enrolment import CA_FILE, CERTIFICATE_FILE, KEY_FILE
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.identity import Identity, write_identity
from edge_agent.store.migrations import migrate
from hq_hub.config import Config
from hq_hub.services import enrolment
from hq_hub.services.certificates import Authority, init_pki
from hq_hub.services.documents import put_store
from hq_hub.services.enrolment import EnrolmentRequest
from hq_hub.services.setup import create_hub
from hq_hub.store.engine import open_engine, sqlite_url
from hq_hub.store.stores import Store
from protos import claim

CHAIN = "bench"
HOST = "127.0.0.1"
BOX_DATABASE = "box.sqlite"
WAIT_S = 20.0
"""Bound of every start."""
PEM = serialization.Encoding.PEM


@dataclasses.dataclass(frozen=True, slots=True)
class BenchBox:
    """An enrolled box with its files."""

    identity: Identity
    key: ec.EllipticCurvePrivateKey
    database: pathlib.Path
    pki: pathlib.Path


@dataclasses.dataclass(frozen=True, slots=True)
class BenchChain:
    """What the box's end needs to know."""

    place: HubPlace
    boxes: dict[str, BenchBox]
    broker: str
    """Empty when none is installed."""
    _pipe: Any

    def ask(self, name: str, *arguments: object) -> Any:  # noqa: ANN401 - what the hub's end answers
        """Ask the hub's end and wait for its answer."""
        self._pipe.send((name, *arguments))
        return self._pipe.recv()

    def usage(self) -> Usage:
        """What the hub's process took so far."""
        answer = self.ask("usage")
        assert isinstance(answer, Usage)
        return answer


@contextlib.contextmanager
def run_chain(folder: pathlib.Path, stores: Sequence[str]) -> Iterator[BenchChain]:
    """Set up a hub and boxes, and run hub and broker."""
    brokers = find_brokers()
    http_port, grpc_port, raw_port, mqtt_port = find_ports(4)
    config = Config(
        folder=folder,
        chain=CHAIN,
        database="hub.db",
        http_port=http_port,
        grpc_port=grpc_port,
        mqtt_port=mqtt_port,
        transports=("mqtt", "grpc") if brokers else ("grpc",),
    )
    raw_database = sqlite_url(str(folder / "raw.db"))
    place = HubPlace(config, raw_database, raw_port, has_mqtt=bool(brokers))
    authority = init_pki(config.path(config.pki), CHAIN, (), now())
    for url in (place.database, raw_database):
        create_hub(url, CHAIN)
    boxes = enrol_boxes(place.database, authority, folder, stores)
    open_raw_stores(raw_database, stores)
    with contextlib.ExitStack() as parts:
        if brokers:
            parts.enter_context(run_broker(brokers[0], config))
        pipe = parts.enter_context(run_hub(place))
        yield BenchChain(place, boxes, brokers[0].value if brokers else "", pipe)


def now() -> datetime.datetime:
    """The real time: certificates are looked at."""
    return datetime.datetime.now(datetime.UTC)


def find_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with contextlib.ExitStack() as probes:
        opened = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in opened:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in opened]


def open_raw_stores(url: str, stores: Sequence[str]) -> None:
    """Let the raw arm's tables know the stores."""
    engine = open_engine(url)
    with contextlib.closing(engine.connect()) as db:
        for store in stores:
            put_store(db, make_store(store))
    engine.dispose()


def make_store(store: str) -> Store:
    """A store that only has a number."""
    return Store(store, store, store, "", "Z1", "LE1")


def enrol_boxes(
    url: str, authority: Authority, folder: pathlib.Path, stores: Sequence[str]
) -> dict[str, BenchBox]:
    """Enrol a box a store; the HTTP between them is left out."""
    engine = open_engine(url)
    with contextlib.closing(engine.connect()) as db:
        boxes = {store: enrol_box(db, authority, folder / store, store) for store in stores}
    engine.dispose()
    return boxes


def enrol_box(
    db: sa.Connection, authority: Authority, folder: pathlib.Path, store: str
) -> BenchBox:
    """Make headquarters and a new box know each other."""
    put_store(db, make_store(store))
    secret = secrets.token_bytes(claim.SECRET_BYTES)
    code = enrolment.make_claim_code(db, store, secret, now(), is_replacement=False)
    return use_claim(db, authority, folder, code)


def use_claim(db: sa.Connection, authority: Authority, folder: pathlib.Path, code: str) -> BenchBox:
    """Enrol a box with its claim code; the HTTP between the two is left out."""
    parsed = claim.parse_code(code)
    assert parsed is not None
    claim_no, secret = parsed
    key = ec.generate_private_key(ec.SECP256R1())
    csr = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(key, hashes.SHA256())
    csr_pem = csr.public_bytes(PEM).decode()
    proof = claim.prove(claim.hash_secret(secret), claim.REQUEST_CONTEXT, csr_pem.encode())
    answer = enrolment.enrol(db, authority, EnrolmentRequest(claim_no, csr_pem, proof), now())
    return write_box(folder, key, json.loads(answer.grant))


def write_box(
    folder: pathlib.Path, key: ec.EllipticCurvePrivateKey, grant: dict[str, Any]
) -> BenchBox:
    """Write what a box has after its enrolment."""
    folder.mkdir(parents=True)
    pkcs8 = serialization.PrivateFormat.PKCS8
    (folder / KEY_FILE).write_bytes(key.private_bytes(PEM, pkcs8, serialization.NoEncryption()))
    (folder / CERTIFICATE_FILE).write_text(grant["certificate_pem"], encoding="utf-8")
    (folder / CA_FILE).write_text(grant["ca_pem"], encoding="utf-8")
    identity = Identity(
        grant["chain"],
        grant["store"],
        grant["box_id"],
        grant["store_name"],
        grant["store_name_en"],
        grant["price_zone"],
    )
    database = folder / BOX_DATABASE
    migrate(str(database))
    head = bytes.fromhex(grant["epoch_start_head"])
    with contextlib.closing(open_database(str(database))) as db, write_transaction(db):
        write_identity(db, identity, epoch=grant["epoch"], epoch_start_head=head)
    return BenchBox(identity, key, database, folder)


@contextlib.contextmanager
def run_broker(kind: BrokerKind, config: Config) -> Iterator[None]:
    """Run the broker as the demo does."""
    pki = config.path(config.pki)
    tls = TlsFiles(*(str(pki / name) for name in ("ca.crt", "hub.crt", "hub.key")))
    command = make_broker_command(
        kind, config.path("broker"), tls, host=HOST, port=config.mqtt_port
    )
    with config.path("broker.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for_port(config.mqtt_port)
        yield
    finally:
        process.terminate()
        process.wait(WAIT_S)


def wait_for_port(port: int) -> None:
    """Wait until somebody listens."""
    deadline_s = time.monotonic() + WAIT_S
    while time.monotonic() < deadline_s:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens on port {port}")


@contextlib.contextmanager
def run_hub(place: HubPlace) -> Iterator[Any]:
    """Run the hub's end in its own process."""
    context = multiprocessing.get_context("spawn")
    pipe, far = context.Pipe()
    process = context.Process(target=sync_hub.serve, args=(far, place))
    process.start()
    far.close()  # Now its end is the end of the pipe.
    try:
        assert pipe.recv() == "ready"
        wait_for_port(place.config.grpc_port)
        yield pipe
    finally:
        pipe.send(None)
        process.join(WAIT_S)
