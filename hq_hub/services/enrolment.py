"""Use cases: make a box the box of a store, and take that away. Each is one transaction."""

from __future__ import annotations

import dataclasses
import datetime
import json

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hq_hub.services import certificates, recovery
from hq_hub.services.certificates import Authority, BoxName
from hq_hub.services.errors import (
    BoxNotFoundError,
    CertificateRequestError,
    ClaimCodeExpiredError,
    ClaimCodeUsedError,
    ClaimCodeWrongError,
    StoreHasBoxError,
    StoreNotFoundError,
)
from hq_hub.store import journal, registry
from hq_hub.store.audit import By, write_audit
from hq_hub.store.engine import write_transaction
from hq_hub.store.orders import to_ms
from hq_hub.store.registry import BoxState, Claim, RegisteredBox
from protos import claim as claims

CLAIM_VALID = datetime.timedelta(days=7)
"""A box is sent to its store by parcel."""
WRONG_TRIES_MAX = 10
"""More than anybody mistypes; the code is void then."""
REQUEST_BYTES_MAX = 4_096
"""A certificate request is some 500 bytes."""


@dataclasses.dataclass(frozen=True, slots=True)
class EnrolmentRequest:
    """What a new box says."""

    claim_no: int
    csr_pem: str
    """Its public key; name and rights come from the claim, never from here."""
    proof: str
    """protos.claim.prove over csr_pem."""


@dataclasses.dataclass(frozen=True, slots=True)
class EnrolmentAnswer:
    """What the box gets."""

    grant: str
    """JSON, proved as it stands: chain, store, box_id, epoch, epoch_start_head (hexadecimal),
    store_name, store_name_en, price_zone, certificate_pem, ca_pem."""
    proof: str
    """protos.claim.prove over grant."""


def make_claim_code(
    db: sa.Connection,
    store: str,
    secret: bytes,
    now: datetime.datetime,
    *,
    is_replacement: bool,
    by: str = "terminal",
) -> str:
    """Make a code by which one box may become the box of a store, within CLAIM_VALID.

    Args:
        db: of the writer.
        store: whose box.
        secret: protos.claim.SECRET_BYTES random bytes.
        now: UTC.
        is_replacement: the store's box is gone; the new one takes its place when it enrols.
        by: who asks, for the audit.

    Raises:
        StoreNotFoundError: no such store.
        StoreHasBoxError: there is a box, and nobody said that it is replaced.
    """
    with write_transaction(db):
        if registry.read_store_names(db, store) is None:
            raise StoreNotFoundError(store=store)
        active = registry.find_active_box(db, store)
        if active is not None and not is_replacement:
            raise StoreHasBoxError(store=store, box_id=active.box_id)
        claim = Claim(
            claim_no=registry.next_claim_no(db),
            store=store,
            box_id=f"B{registry.count_claims(db, store) + 1}",
            secret_hash=claims.hash_secret(secret),
            is_replacement=is_replacement,
            expires_at_ms=to_ms(now + CLAIM_VALID),
            wrong_tries=0,
            public_key=None,
        )
        registry.insert_claim(db, claim)
        write_audit(
            db,
            (by, now),
            "make_claim_code",
            store,
            box_id=claim.box_id,
            is_replacement=is_replacement,
        )
    return claims.format_code(claim.claim_no, secret)


def enrol(
    db: sa.Connection, authority: Authority, request: EnrolmentRequest, now: datetime.datetime
) -> EnrolmentAnswer:
    """Make the box that knows a code the box of the code's store.

    A repeat by the same box, whose answer was lost, gets a certificate again; nobody else does.

    Raises:
        ClaimCodeWrongError: no such code, or not proved.
        ClaimCodeExpiredError: too late.
        ClaimCodeUsedError: another box was first.
        CertificateRequestError: not an EC P-256 request with a good signature.
        StoreHasBoxError: the store got another box meanwhile.
    """
    claim = _check_proof(db, request)
    public_key = _read_public_key(request.csr_pem)
    if claim.expires_at_ms < to_ms(now):
        raise ClaimCodeExpiredError(claim_no=claim.claim_no)
    with write_transaction(db):
        fresh = registry.find_claim(db, claim.claim_no)
        assert fresh is not None
        der = _encode_public_key(public_key)
        if fresh.public_key not in {None, der}:
            raise ClaimCodeUsedError(claim_no=claim.claim_no)
        names = registry.read_store_names(db, claim.store)
        assert names is not None, "a store is never deleted"
        certificate = certificates.issue_box(
            authority, public_key, BoxName(names.chain, claim.store, claim.box_id), now
        )
        fingerprint = certificates.fingerprint(certificate)
        if fresh.public_key is None:
            box = _register(db, claim, der, fingerprint, now)
        else:
            box = _renew(db, claim, fingerprint)
        epoch_start_head = journal.read_head(db, box.store, box.epoch, 0)
    grant = {
        "chain": names.chain,
        "store": box.store,
        "box_id": box.box_id,
        "epoch": box.epoch,
        "epoch_start_head": epoch_start_head.hex(),
        "store_name": names.name,
        "store_name_en": names.name_en,
        "price_zone": names.price_zone,
        "certificate_pem": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "ca_pem": authority.certificate_pem,
    }
    text = json.dumps(grant, ensure_ascii=False)
    return EnrolmentAnswer(
        text, claims.prove(claim.secret_hash, claims.GRANT_CONTEXT, text.encode())
    )


def revoke_box(db: sa.Connection, store: str, box_id: str, by: By | None = None) -> None:
    """Deny a box from now on, whatever the broker still holds of it. A repeat changes nothing.

    Args:
        db: of the writer.
        store: whose box.
        box_id: which.
        by: who and when, for the audit; None: no person asks.

    Raises:
        BoxNotFoundError: no such box.
    """
    with write_transaction(db):
        if registry.find_box(db, store, box_id) is None:
            raise BoxNotFoundError(store=store, box_id=box_id)
        registry.set_box_state(db, store, box_id, BoxState.REVOKED)
        if by is not None:
            write_audit(db, by, "revoke_box", store, box_id=box_id)


def _check_proof(db: sa.Connection, request: EnrolmentRequest) -> Claim:
    """Find the claim; a wrong proof is counted, so that it stays counted when we refuse."""
    with write_transaction(db):
        claim = registry.find_claim(db, request.claim_no)
        if claim is not None and claim.wrong_tries < WRONG_TRIES_MAX:
            content = request.csr_pem.encode()
            if claims.is_proved(claim.secret_hash, claims.REQUEST_CONTEXT, content, request.proof):
                return claim
            registry.count_wrong_try(db, claim.claim_no)
    raise ClaimCodeWrongError


def _register(
    db: sa.Connection, claim: Claim, public_key: bytes, fingerprint: bytes, now: datetime.datetime
) -> RegisteredBox:
    active = registry.find_active_box(db, claim.store)
    if active is not None:
        if not claim.is_replacement:
            raise StoreHasBoxError(store=claim.store, box_id=active.box_id)
        registry.set_box_state(db, active.store, active.box_id, BoxState.REPLACED)
        recovery.note_replacement(db, active, to_ms(now))
    last_epoch, head = registry.read_last_epoch(db, claim.store)
    box = RegisteredBox(
        store=claim.store,
        box_id=claim.box_id,
        epoch=last_epoch + 1,
        public_key=public_key,
        fingerprint=fingerprint,
        state=BoxState.ACTIVE,
    )
    registry.insert_box(db, box, to_ms(now))
    journal.open_epoch(db, box.store, box.epoch, head)
    registry.use_claim(db, claim.claim_no, public_key)
    return box


def _renew(db: sa.Connection, claim: Claim, fingerprint: bytes) -> RegisteredBox:
    box = registry.find_box(db, claim.store, claim.box_id)
    assert box is not None, "a used claim has its box"
    if box.state is not BoxState.ACTIVE:
        raise ClaimCodeUsedError(claim_no=claim.claim_no)
    registry.renew_certificate(db, box, fingerprint)
    return box


def _read_public_key(csr_pem: str) -> ec.EllipticCurvePublicKey:
    if len(csr_pem) > REQUEST_BYTES_MAX:
        raise CertificateRequestError(reason="it is too long")
    try:
        csr = x509.load_pem_x509_csr(csr_pem.encode())
    except ValueError as error:
        raise CertificateRequestError(reason="it is no PEM request") from error
    key = csr.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CertificateRequestError(reason="its key is not EC P-256")
    if not csr.is_signature_valid:
        raise CertificateRequestError(reason="its signature is wrong")
    return key


def _encode_public_key(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
