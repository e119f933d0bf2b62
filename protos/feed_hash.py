"""Content hash of a feed scope: equal on both ends, or the box asks for the whole scope again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

HASH_BYTES = 32


def hash_scope(documents: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Hash the living documents of a scope.

    Args:
        documents: key and body, in ascending order of key; removed ones left out.
    """
    digest = hashlib.blake2b(digest_size=HASH_BYTES)
    for key, body in documents:
        digest.update(len(key).to_bytes(4, "big") + key + len(body).to_bytes(4, "big") + body)
    return digest.digest()
