"""Claim codes: by one, a new box and the hub prove to each other that they are meant.

The code itself never crosses the line: both sides send a keyed hash over what they say. So nobody
on the way can use the code, or put another certificate or CA in the place of the hub's.
"""

from __future__ import annotations

import hashlib
import hmac
import re

SECRET_BYTES = 10
"""80 bits: beyond guessing, even by somebody who recorded an enrolment; 16 characters to type."""
REQUEST_CONTEXT = b"liushui.v1.EnrolmentRequest\0"
GRANT_CONTEXT = b"liushui.v1.EnrolmentGrant\0"
"""Put before the content, so that no message can be passed off as another kind."""

_HASH_CONTEXT = b"liushui.v1.ClaimSecret\0"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 of Crockford: no I, L, O, U, which are misread."""
_MISREAD = str.maketrans("ILO", "110")
_LETTER_BITS = 5
_SECRET_LETTERS = SECRET_BYTES * 8 // _LETTER_BITS
_GROUP_LETTERS = 4


def format_code(claim_no: int, secret: bytes) -> str:
    """Write a code for people, such as `7-4G3K-0M9T-Z2QX-81VB`."""
    assert claim_no >= 1
    assert len(secret) == SECRET_BYTES
    number = int.from_bytes(secret, "big")
    letters = [
        _LETTERS[number >> place * _LETTER_BITS & 31] for place in reversed(range(_SECRET_LETTERS))
    ]
    starts = range(0, _SECRET_LETTERS, _GROUP_LETTERS)
    groups = ["".join(letters[start : start + _GROUP_LETTERS]) for start in starts]
    return "-".join([str(claim_no), *groups])


def parse_code(text: str) -> tuple[int, bytes] | None:
    """Read a code as people type it: any case, with or without hyphens and spaces.

    Returns:
        Its number and its secret, or None when it cannot be one.
    """
    number, _hyphen, rest = text.strip().partition("-")
    letters = re.sub(r"[-\s]", "", rest).upper().translate(_MISREAD)
    if not re.fullmatch(r"[1-9][0-9]{0,8}", number) or len(letters) != _SECRET_LETTERS:
        return None
    if not set(letters) <= set(_LETTERS):
        return None
    value = 0
    for letter in letters:
        value = value << _LETTER_BITS | _LETTERS.index(letter)
    return int(number), value.to_bytes(SECRET_BYTES, "big")


def hash_secret(secret: bytes) -> bytes:
    """What the hub keeps of a secret, and the key of all proofs."""
    return hashlib.sha256(_HASH_CONTEXT + secret).digest()


def prove(secret_hash: bytes, context: bytes, content: bytes) -> str:
    """Prove the knowledge of a secret over some content: HMAC-SHA-256, in hexadecimal."""
    return hmac.new(secret_hash, context + content, hashlib.sha256).hexdigest()


def is_proved(secret_hash: bytes, context: bytes, content: bytes, proof: str) -> bool:
    """Whether the other side knows the secret, compared in constant time."""
    return hmac.compare_digest(prove(secret_hash, context, content).encode(), proof.encode())
