"""Rows of photos. A fact names one by its hash; the picture itself stays on the box."""

from __future__ import annotations

from edge_agent.store.rows import get_bytes
from edge_agent.store.sqlite_library import Connection

PHOTOS_KEPT_MAX = 500
"""Some 150 MB as the page sends them, half a GB at most. The oldest go; their hashes stay."""


def put_photo(db: Connection, sha256: bytes, content: bytes) -> None:
    """Keep a picture, inside write_transaction(); one that is there already stays."""
    db.execute(
        "INSERT INTO photo (sha256, content) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (sha256, content),
    )
    db.execute(
        "DELETE FROM photo WHERE photo_no <= (SELECT max(photo_no) FROM photo) - ?",
        (PHOTOS_KEPT_MAX,),
    )


def read_photo(db: Connection, sha256: bytes) -> bytes | None:
    """A picture; None when it is not here, or not any more."""
    row = db.execute("SELECT content FROM photo WHERE sha256 = ?", (sha256,)).fetchone()
    return None if row is None else get_bytes(row[0])
