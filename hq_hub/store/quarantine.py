"""Refused batches: kept for a person within limits, and counted beyond them."""

from __future__ import annotations

import dataclasses
import hashlib

import sqlalchemy as sa

from hq_hub.store.errors import QuarantineHashError
from hq_hub.store.rows import insert_rows
from hq_hub.store.schema_ingest import quarantine

STORE_BYTES_MAX = 4 * 1024 * 1024
"""Content kept of a store: some 16 of the largest batches tell what went wrong."""
STORE_ROWS_MAX = 200
"""Different contents counted one by one; a flood beyond is counted in one row."""
HASH_BYTES = 32
OVERFLOW = bytes(HASH_BYTES)
"""Hash of the row that counts the flood."""


@dataclasses.dataclass(frozen=True, slots=True)
class RefusedBatch:
    """What was refused, and who said it."""

    store: str
    """Of the caller, by certificate or topic."""
    box_id: str
    """Claimed; empty when nothing could be read."""
    reason_code: str
    content: bytes
    signature: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class KeptBatch:
    """A refused batch as it stands in quarantine."""

    store: str
    content_hash: bytes
    box_id: str
    reason_code: str
    size_bytes: int
    content: bytes | None
    """None beyond the store's limit."""
    signature: bytes | None
    times: int
    first_at_ms: int
    last_at_ms: int


def read_kept(db: sa.Connection, store: str | None) -> list[KeptBatch]:
    """What is in quarantine, of one store or of all, oldest first; at most STORE_ROWS_MAX."""
    question = sa.select(quarantine).order_by("store", "first_at_ms").limit(STORE_ROWS_MAX + 1)
    if store is not None:
        question = question.where(quarantine.c.store == store)
    return [KeptBatch(*row) for row in db.execute(question)]


def find_kept(db: sa.Connection, store: str, hash_start: str) -> KeptBatch:
    """The one batch of a store whose hash begins with these letters in hexadecimal.

    Raises:
        QuarantineHashError: none or several.
    """
    kept = read_kept(db, store)
    found = [batch for batch in kept if batch.content_hash.hex().startswith(hash_start.lower())]
    if len(found) != 1:
        raise QuarantineHashError(store=store, hash=hash_start, found=len(found))
    return found[0]


def delete_kept(db: sa.Connection, store: str, content_hash: bytes) -> None:
    """Take a batch out of quarantine."""
    db.execute(
        sa.delete(quarantine).where(
            quarantine.c.store == store, quarantine.c.content_hash == content_hash
        )
    )


def quarantine_batch(db: sa.Connection, batch: RefusedBatch, now_ms: int) -> None:
    """Keep or count a refused batch. The same content again is counted, not kept twice."""
    content_hash = hashlib.blake2b(batch.content, digest_size=HASH_BYTES).digest()
    if _count_again(db, batch.store, content_hash, now_ms):
        return
    rows, size_bytes = _read_usage(db, batch.store)
    if rows >= STORE_ROWS_MAX:
        content_hash = OVERFLOW
        if _count_again(db, batch.store, content_hash, now_ms):
            return
    is_kept = (
        content_hash != OVERFLOW
        and size_bytes + len(batch.content) + len(batch.signature) <= STORE_BYTES_MAX
    )
    row = (
        batch.store,
        content_hash,
        batch.box_id,
        batch.reason_code,
        len(batch.content),
        batch.content if is_kept else None,
        batch.signature if is_kept else None,
        1,
        now_ms,
        now_ms,
    )
    insert_rows(db, quarantine, [row])


def count_quarantined(db: sa.Connection, store: str) -> int:
    """How many batches of a store were refused, repeats included."""
    question = sa.select(sa.func.coalesce(sa.func.sum(quarantine.c.times), 0))
    return int(db.execute(question.where(quarantine.c.store == store)).scalar_one())


def _count_again(db: sa.Connection, store: str, content_hash: bytes, now_ms: int) -> bool:
    counted = db.execute(
        sa.update(quarantine)
        .where(quarantine.c.store == store, quarantine.c.content_hash == content_hash)
        .values(times=quarantine.c.times + 1, last_at_ms=now_ms)
    )
    return counted.rowcount == 1


def _read_usage(db: sa.Connection, store: str) -> tuple[int, int]:
    kept = sa.func.length(quarantine.c.content) + sa.func.length(quarantine.c.signature)
    row = db.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(kept), 0)).where(
            quarantine.c.store == store
        )
    ).one()
    return int(row[0]), int(row[1])
