"""A hub with stores and enrolled boxes on a real database, and batches as boxes make them."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import json
import pathlib
import uuid
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hq_hub.services import certificates, documents, enrolment
from hq_hub.services.batch_rules import Caller
from hq_hub.services.certificates import Authority
from hq_hub.services.enrolment import EnrolmentRequest
from hq_hub.services.setup import create_hub
from hq_hub.store.engine import open_engine, sqlite_url
from hq_hub.store.stores import Store
from protos import chain, claim, codec, signing
from protos.instant import EPOCH_START, MILLISECOND
from protos.liushui.v1 import sync_pb2
from retail_domain.trade.fact import Fact, Payload, Position
from tests.hq_hub.databases import Databases, make_file
from tests.retail_domain.builders import NOON, make_happening, make_item, make_receipt

CHAIN = "test-chain"
SECRET = bytes(range(claim.SECRET_BYTES))


@functools.cache
def authority() -> Authority:
    """One CA for all tests: making keys takes time."""
    return certificates.make_authority(CHAIN, datetime.datetime.now(datetime.UTC))


@dataclasses.dataclass(frozen=True)
class EnrolledBox:
    """What a box has after its enrolment."""

    store: str
    box_id: str
    epoch: int
    epoch_start_head: bytes
    key: ec.EllipticCurvePrivateKey
    certificate_pem: bytes

    @property
    def topic(self) -> Caller:
        """As the hub knows it over MQTT."""
        return Caller(self.store)

    @property
    def certificate(self) -> Caller:
        """As the hub knows it over gRPC."""
        certificate = x509.load_pem_x509_certificate(self.certificate_pem)
        return Caller(self.store, self.box_id, certificates.fingerprint(certificate))


def make_empty_hub(url: str) -> None:
    """A new hub without stores."""
    create_hub(url, CHAIN)


def make_hub(path: pathlib.Path) -> str:
    """The URL of a new hub without stores, on SQLite."""
    path.write_bytes(make_file(make_empty_hub))
    return sqlite_url(str(path))


@contextlib.contextmanager
def open_empty_hub(databases: Databases) -> Iterator[sa.Connection]:
    """The writer's connection to a new hub without stores."""
    with databases.copy(make_empty_hub) as url:
        engine = open_engine(url)
        with contextlib.closing(engine.connect()) as db:
            yield db
        engine.dispose()


def put_stores(db: sa.Connection, *numbers: str) -> None:
    for number in numbers:
        documents.put_store(db, Store(number, f"{number} 店", f"Store {number}", "", "Z1", "LE1"))


def put_items(db: sa.Connection, *item_ids: int, name: str = "可乐") -> None:
    documents.put_items(db, [make_item(item_id, name=name) for item_id in item_ids])


def make_request(key: ec.EllipticCurvePrivateKey, code: str) -> EnrolmentRequest:
    """As edge_agent.services.enrolment makes it."""
    parsed = claim.parse_code(code)
    assert parsed is not None
    csr = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(key, hashes.SHA256())
    csr_pem = csr.public_bytes(serialization.Encoding.PEM).decode()
    claim_no, secret = parsed
    proof = claim.prove(claim.hash_secret(secret), claim.REQUEST_CONTEXT, csr_pem.encode())
    return EnrolmentRequest(claim_no, csr_pem, proof)


def enrol_box(
    db: sa.Connection,
    store: str,
    *,
    is_replacement: bool = False,
    now: datetime.datetime = NOON,
) -> EnrolledBox:
    """Enrol a box as headquarters and the box do it together."""
    code = enrolment.make_claim_code(db, store, SECRET, now, is_replacement=is_replacement)
    key = ec.generate_private_key(ec.SECP256R1())
    answer = enrolment.enrol(db, authority(), make_request(key, code), now)
    grant = json.loads(answer.grant)
    return EnrolledBox(
        store=grant["store"],
        box_id=grant["box_id"],
        epoch=grant["epoch"],
        epoch_start_head=bytes.fromhex(grant["epoch_start_head"]),
        key=key,
        certificate_pem=grant["certificate_pem"].encode(),
    )


def make_bodies(
    box: EnrolledBox, count: int, *, first_seq: int = 1, first_number: int | None = None
) -> list[bytes]:
    """Facts of a box as its journal holds them; the number makes the fact id."""
    number = first_seq if first_number is None else first_number
    return [
        make_body(box, first_seq + place, number + place, make_receipt((1, 1000)))
        for place in range(count)
    ]


def make_body(box: EnrolledBox, seq: int, number: int, payload: Payload) -> bytes:
    position = Position(box.store, box.box_id, box.epoch, seq)
    return codec.encode_fact(Fact(position, make_happening(payload, number)))


def make_batch(
    box: EnrolledBox,
    bodies: Sequence[bytes],
    *,
    first_seq: int = 1,
    head_before: bytes | None = None,
) -> sync_pb2.SyncBatch:
    before = box.epoch_start_head if head_before is None else head_before
    return sync_pb2.SyncBatch(
        store=box.store,
        box_id=box.box_id,
        epoch=box.epoch,
        first_seq=first_seq,
        last_seq=first_seq + len(bodies) - 1,
        head_before=before,
        head=chain.fold_heads(before, bodies),
        bodies=bodies,
        hub_generation=1,
    )


def sign_batch(box: EnrolledBox, batch: sync_pb2.SyncBatch) -> sync_pb2.SignedBatch:
    content = batch.SerializeToString()
    signature = signing.sign(box.key, signing.BATCH_CONTEXT, content)
    return sync_pb2.SignedBatch(content=content, signature=signature)


def make_hello(box: EnrolledBox, *, tail_seq: int = 0) -> sync_pb2.SignedHello:
    hello = sync_pb2.Hello(
        store=box.store,
        box_id=box.box_id,
        epoch=box.epoch,
        tail_seq=tail_seq,
        tail_head=chain.GENESIS,
        wall_at_ms=codec_ms(NOON),
        software_version="0.1.0",
        boot_id=uuid.UUID(int=7).bytes,
    )
    content = hello.SerializeToString()
    signature = signing.sign(box.key, signing.HELLO_CONTEXT, content)
    return sync_pb2.SignedHello(content=content, signature=signature)


def codec_ms(instant: datetime.datetime) -> int:
    return (instant - EPOCH_START) // MILLISECOND
