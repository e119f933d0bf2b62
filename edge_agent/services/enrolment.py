"""Use case: become the box of a store, by a claim code of headquarters. Once in a box's life."""

from __future__ import annotations

import http.client
import json
import os
import pathlib
import ssl
import urllib.error
import urllib.request

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.services.errors import (
    AlreadyEnrolledError,
    ClaimCodeUnreadableError,
    EnrolmentRefusedError,
    HubNotProvedError,
    HubUnreachableError,
)
from edge_agent.store import backup
from edge_agent.store import identity as identities
from edge_agent.store.database import write_transaction
from edge_agent.store.errors import NotEnrolledError
from edge_agent.store.identity import Identity
from edge_agent.store.sqlite_library import Connection
from protos import claim

ENROLMENTS = "/api/v1/enrolments"
TIMEOUT_S = 10
"""A person waits for it."""
ANSWER_BYTES_MAX = 64 * 1024
"""Two certificates and some names are 3 kB."""
KEY_FILE, CERTIFICATE_FILE, CA_FILE = "box.key", "box.crt", "ca.crt"


def enrol(db: Connection, pki: pathlib.Path, hub_url: str, claim_code: str) -> Identity:
    """Make a key, have it certified, and take on the identity that goes with the code.

    The key never leaves the box, and the code never crosses the line: both sides prove that they
    know it, so the CA that comes back is the right one even over plain HTTP. What failed half-way
    may be repeated with the same code.

    Args:
        db: of this box, never enrolled before.
        pki: folder for box.key, box.crt and ca.crt.
        hub_url: of the hub's HTTP, such as `https://hub.example:8800`.
        claim_code: as headquarters printed it.

    Raises:
        ClaimCodeUnreadableError: not a code.
        AlreadyEnrolledError: this box has an identity.
        HubUnreachableError: no answer.
        EnrolmentRefusedError: the hub said no.
        HubNotProvedError: somebody else answered.
    """
    parsed = claim.parse_code(claim_code)
    if parsed is None:
        raise ClaimCodeUnreadableError
    _require_new(db)
    claim_no, secret = parsed
    secret_hash = claim.hash_secret(secret)
    key = _load_or_make_key(pki)
    csr_pem = _make_request(key)
    request = {
        "claim_no": claim_no,
        "csr_pem": csr_pem,
        "proof": claim.prove(secret_hash, claim.REQUEST_CONTEXT, csr_pem.encode()),
    }
    answer = _post(hub_url, request)
    grant = str(answer.get("grant"))
    proof = str(answer.get("proof"))
    if not claim.is_proved(secret_hash, claim.GRANT_CONTEXT, grant.encode(), proof):
        raise HubNotProvedError(hub_url=hub_url)
    return _take_grant(db, pki, key, json.loads(grant))


def load_key(pki: pathlib.Path) -> ec.EllipticCurvePrivateKey:
    """Read the key of an enrolled box."""
    key = serialization.load_pem_private_key((pki / KEY_FILE).read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _require_new(db: Connection) -> None:
    try:
        identity = identities.read_identity(db, path="")
    except NotEnrolledError:
        return
    raise AlreadyEnrolledError(store=identity.store, box_id=identity.box_id)


def _load_or_make_key(pki: pathlib.Path) -> ec.EllipticCurvePrivateKey:
    """One key a box: the hub knows a repeated enrolment by it."""
    if not (pki / KEY_FILE).exists():
        pki.mkdir(parents=True, exist_ok=True, mode=0o700)
        backup.sync_folder(pki.parent)
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        _write_file(pki / KEY_FILE, pem)
    return load_key(pki)


def _make_request(key: ec.EllipticCurvePrivateKey) -> str:
    """Ask for a certificate; the name in it comes from the claim, so it is left empty."""
    csr = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(key, hashes.SHA256())
    return csr.public_bytes(serialization.Encoding.PEM).decode()


def _post(hub_url: str, request: dict[str, object]) -> dict[str, object]:
    if not hub_url.startswith(("http://", "https://")):
        raise HubUnreachableError(hub_url=hub_url, reason="it must begin with http:// or https://")
    call = urllib.request.Request(  # noqa: S310 - checked above
        hub_url.rstrip("/") + ENROLMENTS,
        data=json.dumps(request).encode(),
        headers={"Content-Type": "application/json"},
    )
    context = ssl.create_default_context()
    context.check_hostname = False  # Its CA is what we came for: the proofs tell who answers.
    context.verify_mode = ssl.CERT_NONE
    try:
        with urllib.request.urlopen(  # noqa: S310 - checked above
            call, timeout=TIMEOUT_S, context=context
        ) as response:
            answer = json.loads(response.read(ANSWER_BYTES_MAX))
    except urllib.error.HTTPError as error:
        with error:
            raise EnrolmentRefusedError(reason_code=_read_code(error)) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise HubUnreachableError(hub_url=hub_url, reason=str(error)) from error
    if not isinstance(answer, dict):
        raise HubUnreachableError(hub_url=hub_url, reason="the answer is not the hub's")
    return answer


def _read_code(error: urllib.error.HTTPError) -> str:
    """The hub's own code, else the status."""
    try:
        return str(json.loads(error.read(ANSWER_BYTES_MAX))["code"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {error.code}"


def _take_grant(
    db: Connection, pki: pathlib.Path, key: ec.EllipticCurvePrivateKey, grant: dict[str, str | int]
) -> Identity:
    certificate_pem = str(grant["certificate_pem"]).encode()
    certificate = x509.load_pem_x509_certificate(certificate_pem)
    assert certificate.public_key() == key.public_key(), "the hub certified another key"
    _write_file(pki / CA_FILE, str(grant["ca_pem"]).encode())
    _write_file(pki / CERTIFICATE_FILE, certificate_pem)
    identity = Identity(
        chain=str(grant["chain"]),
        store=str(grant["store"]),
        box_id=str(grant["box_id"]),
        store_name=str(grant["store_name"]),
        store_name_en=str(grant["store_name_en"]),
        price_zone=str(grant["price_zone"]),
    )
    with write_transaction(db):
        identities.write_identity(
            db,
            identity,
            epoch=int(grant["epoch"]),
            epoch_start_head=bytes.fromhex(str(grant["epoch_start_head"])),
        )
    return identity


def _write_file(path: pathlib.Path, content: bytes) -> None:
    """Put a file in place whole, readable by the box alone; afterwards a power cut keeps it."""
    new = path.with_suffix(path.suffix + ".new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with open(os.open(new, flags, 0o600), "wb") as file:  # noqa: PTH123 - with a mode from the first byte on
        file.write(content)
    backup.move(new, path)
