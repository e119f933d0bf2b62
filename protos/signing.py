"""Signatures of a box over what it says, made and checked over the bytes as they stand."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

BATCH_CONTEXT = b"liushui.v1.SyncBatch\0"
HELLO_CONTEXT = b"liushui.v1.Hello\0"
DAY_CONTEXT = b"liushui.v1.DayCertificate\0"
DAY_CLOSE_CONTEXT = b"liushui.v1.DayClose\0"
"""Put before the content, so that no message can be passed off as another kind."""

_ALGORITHM = ec.ECDSA(hashes.SHA256())


def sign(key: ec.EllipticCurvePrivateKey, context: bytes, content: bytes) -> bytes:
    """Sign content; ECDSA P-256 with SHA-256, DER."""
    return key.sign(context + content, _ALGORITHM)


def is_signed_by(
    key: ec.EllipticCurvePublicKey, context: bytes, content: bytes, signature: bytes
) -> bool:
    """Whether the key's owner signed these bytes in this context."""
    try:
        key.verify(signature, context + content, _ALGORITHM)
    except InvalidSignature:
        return False
    return True
