"""Hash chain over stored bytes: what box and hub compare instead of trusting a number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

HEAD_BYTES = 32
GENESIS = bytes(HEAD_BYTES)
"""Head before the first fact of a box's first epoch."""


def next_head(head: bytes, body: bytes) -> bytes:
    """Chain one body. Give it the bytes as stored, never a second serialisation."""
    assert len(head) == HEAD_BYTES
    return hashlib.blake2b(head + body, digest_size=HEAD_BYTES).digest()


def fold_heads(head: bytes, bodies: Iterable[bytes]) -> bytes:
    """Head after all bodies, in seq order."""
    for body in bodies:
        head = next_head(head, body)
    return head
