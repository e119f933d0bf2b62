"""Use cases: a photo of what was damaged or used, kept beside the fact that names it."""

from __future__ import annotations

import hashlib

from edge_agent.services.errors import NoPhotoError, PhotoMissingError
from edge_agent.store import photos
from edge_agent.store.database import write_transaction
from edge_agent.store.sqlite_library import Connection

PHOTO_BYTES_MAX = 1024 * 1024
"""The page makes a third of it out of any camera's picture."""
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""First bytes -> media type (ITU-T T.81 annex B; PNG section 5.2). Nothing else is kept."""


def keep_photo(db: Connection, content: bytes) -> bytes:
    """Keep a photo and answer its SHA-256. A repeat changes nothing.

    Raises:
        NoPhotoError: neither JPEG nor PNG.
    """
    assert len(content) <= PHOTO_BYTES_MAX
    _require_kind(content)
    sha256 = hashlib.sha256(content).digest()
    with write_transaction(db):
        photos.put_photo(db, sha256, content)
    return sha256


def show_photo(db: Connection, sha256: bytes) -> tuple[bytes, str]:
    """A photo and its media type.

    Raises:
        PhotoMissingError: it never was here, or had to make room.
    """
    content = photos.read_photo(db, sha256)
    if content is None:
        raise PhotoMissingError
    return content, _require_kind(content)


def require_photo(db: Connection, sha256: bytes) -> None:
    """Refuse to name a photo in a fact that is not here; the empty hash names none.

    Raises:
        PhotoMissingError
    """
    if sha256 and photos.read_photo(db, sha256) is None:
        raise PhotoMissingError


def _require_kind(content: bytes) -> str:
    for first, kind in KINDS.items():
        if content.startswith(first):
            return kind
    raise NoPhotoError
