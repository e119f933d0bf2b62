"""How a box becomes the box of a store, and who does not."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import json
import pathlib
import stat
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from hq_hub.services import certificates, enrolment
from hq_hub.services.certificates import BoxName
from hq_hub.services.enrolment import CLAIM_VALID, WRONG_TRIES_MAX, EnrolmentRequest
from hq_hub.services.errors import (
    BoxNotFoundError,
    CertificateRequestError,
    ClaimCodeExpiredError,
    ClaimCodeUsedError,
    ClaimCodeWrongError,
    StoreHasBoxError,
    StoreNotFoundError,
)
from hq_hub.store import registry
from hq_hub.store.registry import BoxState
from hq_hub.store.schema_ingest import claim_code
from protos import chain, claim
from tests.hq_hub.databases import Databases
from tests.hq_hub.wire_hub import (
    CHAIN,
    SECRET,
    authority,
    enrol_box,
    make_request,
    open_empty_hub,
    put_stores,
)
from tests.retail_domain.builders import NOON

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())
LATE = CLAIM_VALID + datetime.timedelta(seconds=1)


@pytest.fixture
def db(databases: Databases) -> Iterator[sa.Connection]:
    with open_empty_hub(databases) as connection:
        put_stores(connection, "S001", "S002")
        yield connection


def make_code(db: sa.Connection, store: str = "S001", *, is_replacement: bool = False) -> str:
    return enrolment.make_claim_code(db, store, SECRET, NOON, is_replacement=is_replacement)


def enrol(db: sa.Connection, request: EnrolmentRequest) -> dict[str, str]:
    answer = enrolment.enrol(db, authority(), request, NOON)
    secret_hash = claim.hash_secret(SECRET)
    content = answer.grant.encode()
    assert claim.is_proved(secret_hash, claim.GRANT_CONTEXT, content, answer.proof)
    grant: dict[str, str] = json.loads(answer.grant)
    return grant


def test_code_makes_a_box_of_its_store(db: sa.Connection) -> None:
    request = make_request(KEY, make_code(db))

    grant = enrol(db, request)

    certificate = x509.load_pem_x509_certificate(grant["certificate_pem"].encode())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [
        "spiffe://test-chain/box/S001/B1"
    ]
    assert [name.value for name in certificate.subject] == ["S001"]
    assert certificate.public_key() == KEY.public_key()
    certificate.verify_directly_issued_by(authority().certificate)
    assert {key: grant[key] for key in ("store", "box_id", "epoch", "price_zone", "chain")} == {
        "store": "S001",
        "box_id": "B1",
        "epoch": 1,
        "price_zone": "Z1",
        "chain": CHAIN,
    }
    assert bytes.fromhex(grant["epoch_start_head"]) == chain.GENESIS
    with db.begin():
        box = registry.find_active_box(db, "S001")
    assert box is not None
    assert box.fingerprint == certificates.fingerprint(certificate)


def test_name_in_the_request_does_not_count(db: sa.Connection) -> None:
    code = make_code(db)
    wish = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    csr = x509.CertificateSigningRequestBuilder(wish).sign(KEY, hashes.SHA256())
    csr_pem = csr.public_bytes(serialization.Encoding.PEM).decode()

    grant = enrol(db, prove(code, csr_pem))

    certificate = x509.load_pem_x509_certificate(grant["certificate_pem"].encode())
    assert [name.value for name in certificate.subject] == ["S001"]


def prove(code: str, csr_pem: str) -> EnrolmentRequest:
    parsed = claim.parse_code(code)
    assert parsed is not None
    claim_no, secret = parsed
    proof = claim.prove(claim.hash_secret(secret), claim.REQUEST_CONTEXT, csr_pem.encode())
    return EnrolmentRequest(claim_no, csr_pem, proof)


def test_secret_of_a_code_is_not_kept(db: sa.Connection) -> None:
    make_code(db)

    with db.begin():
        rows = db.execute(sa.select(claim_code)).all()

    assert SECRET not in [value for row in rows for value in row]


def test_answer_that_was_lost_is_given_again_to_the_same_box(db: sa.Connection) -> None:
    request = make_request(KEY, make_code(db))
    first = enrol(db, request)

    second = enrol(db, request)

    same = ("store", "box_id", "epoch", "epoch_start_head")
    assert {key: first[key] for key in same} == {key: second[key] for key in same}
    certificate = x509.load_pem_x509_certificate(second["certificate_pem"].encode())
    with db.begin():
        box = registry.find_active_box(db, "S001")
    assert box is not None
    assert box.fingerprint == certificates.fingerprint(certificate)


def test_code_works_for_one_box_only(db: sa.Connection) -> None:
    code = make_code(db)
    enrol(db, make_request(KEY, code))

    with pytest.raises(ClaimCodeUsedError):
        enrol(db, make_request(OTHER_KEY, code))


def test_code_of_a_revoked_box_does_not_bring_it_back(db: sa.Connection) -> None:
    code = make_code(db)
    enrol(db, make_request(KEY, code))
    enrolment.revoke_box(db, "S001", "B1")

    with pytest.raises(ClaimCodeUsedError):
        enrol(db, make_request(KEY, code))


def test_expired_code_is_refused(db: sa.Connection) -> None:
    request = make_request(KEY, make_code(db))

    with pytest.raises(ClaimCodeExpiredError):
        enrolment.enrol(db, authority(), request, NOON + LATE)


Change = Callable[[EnrolmentRequest], EnrolmentRequest]


def wrong_number(request: EnrolmentRequest) -> EnrolmentRequest:
    return dataclasses.replace(request, claim_no=99)


def wrong_proof(request: EnrolmentRequest) -> EnrolmentRequest:
    return dataclasses.replace(request, proof="0" * 64)


def swapped_request(request: EnrolmentRequest) -> EnrolmentRequest:
    """Somebody on the way puts a key of his own in the place of the box's."""
    other = make_request(OTHER_KEY, claim.format_code(1, bytes(claim.SECRET_BYTES)))
    return dataclasses.replace(request, csr_pem=other.csr_pem)


@pytest.mark.parametrize("change", [wrong_number, wrong_proof, swapped_request])
def test_request_that_is_not_proved_is_refused(db: sa.Connection, change: Change) -> None:
    request = make_request(KEY, make_code(db))

    with pytest.raises(ClaimCodeWrongError):
        enrol(db, change(request))


def test_code_is_void_after_too_many_wrong_tries(db: sa.Connection) -> None:
    request = make_request(KEY, make_code(db))
    for _ in range(WRONG_TRIES_MAX):
        with pytest.raises(ClaimCodeWrongError):
            enrol(db, wrong_proof(request))

    with pytest.raises(ClaimCodeWrongError):
        enrol(db, request)


def make_csr_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    csr = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(key, hashes.SHA256())
    return csr.public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize(
    "csr_pem",
    [
        "",
        "no request",
        "x" * 5_000,
        make_csr_pem(rsa.generate_private_key(65_537, 2_048)),
        make_csr_pem(ec.generate_private_key(ec.SECP384R1())),
    ],
    ids=["empty", "text", "too long", "RSA", "P-384"],
)
def test_request_that_cannot_be_certified_is_refused(db: sa.Connection, csr_pem: str) -> None:
    with pytest.raises(CertificateRequestError):
        enrol(db, prove(make_code(db), csr_pem))


def test_store_with_a_box_gets_another_only_as_a_replacement(db: sa.Connection) -> None:
    enrol_box(db, "S001")

    with pytest.raises(StoreHasBoxError):
        make_code(db)
    successor = enrol_box(db, "S001", is_replacement=True)

    assert (successor.box_id, successor.epoch) == ("B2", 2)
    with db.begin():
        old = registry.find_box(db, "S001", "B1")
    assert old is not None
    assert old.state is BoxState.REPLACED


def test_second_of_two_codes_does_not_push_the_first_box_out(db: sa.Connection) -> None:
    first, second = make_code(db), make_code(db)
    enrol(db, make_request(KEY, first))

    with pytest.raises(StoreHasBoxError):
        enrol(db, make_request(OTHER_KEY, second))


def test_store_that_is_not_there_gets_no_code(db: sa.Connection) -> None:
    with pytest.raises(StoreNotFoundError):
        make_code(db, "S999")


def test_box_that_is_not_there_cannot_be_revoked(db: sa.Connection) -> None:
    with pytest.raises(BoxNotFoundError):
        enrolment.revoke_box(db, "S001", "B1")


def test_papers_of_the_hub_are_made_once_and_their_keys_are_its_own(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "pki"
    first = certificates.init_pki(folder, CHAIN, ["hub.example", "192.0.2.7"], NOON)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}

    again = certificates.init_pki(folder, CHAIN, [], NOON)

    assert again.certificate == first.certificate
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    assert set(files) == {"ca.key", "ca.crt", "hub.key", "hub.crt"}
    modes = {name: stat.S_IMODE((folder / name).stat().st_mode) for name in ("ca.key", "hub.key")}
    assert modes == {"ca.key": 0o600, "hub.key": 0o600}
    hub = x509.load_pem_x509_certificate(files["hub.crt"])
    names = hub.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "hub.example"]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("192.0.2.7"),
    ]


@pytest.mark.parametrize(
    ("uri", "parsed"),
    [
        ("spiffe://test-chain/box/S001/B1", ("S001", "B1")),
        ("spiffe://other-chain/box/S001/B1", None),
        ("spiffe://test-chain/till/S001/1", None),
        ("spiffe://test-chain/box/S001", None),
        ("spiffe://test-chain/box/S001/B1/x", None),
        ("https://test-chain/box/S001/B1", None),
    ],
)
def test_name_of_a_box_is_read_strictly(uri: str, parsed: tuple[str, str] | None) -> None:
    assert certificates.parse_box_uri(uri, CHAIN) == parsed


@pytest.mark.parametrize("name", [("c", "S/1", "B1"), ("c", "S1", ""), ("C C", "S1", "B1")])
def test_name_that_cannot_stand_in_a_certificate_is_a_bug(name: tuple[str, str, str]) -> None:
    with pytest.raises(AssertionError):
        BoxName(*name)
