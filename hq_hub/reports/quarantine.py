"""Refused batches, as IT reads them."""

from __future__ import annotations

import sqlalchemy as sa
from google.protobuf.message import DecodeError

from hq_hub.reports.paging import from_ms
from hq_hub.store import quarantine
from hq_hub.store.quarantine import KeptBatch
from protos import codec
from protos.liushui.v1 import fact_pb2, sync_pb2

FACTS_SHOWN_MAX = 20
"""Enough to know what a batch is about."""


def list_refused(db: sa.Connection, store: str | None) -> list[str]:
    """A line a refused batch, of one store or of all."""
    return [_tell_batch(batch) for batch in quarantine.read_kept(db, store)]


def show_refused(db: sa.Connection, store: str, hash_start: str) -> list[str]:
    """What a refused batch says of itself, whether that is true or not.

    Raises:
        QuarantineHashError: the letters name none or several.
    """
    batch = quarantine.find_kept(db, store, hash_start)
    lines = [_tell_batch(batch)]
    if batch.content is None:
        return [*lines, "its content was beyond the limit and is not kept"]
    try:
        wire = sync_pb2.SyncBatch.FromString(batch.content)
    except DecodeError:
        return [*lines, "no batch can be read from it"]
    lines.append(
        f"says: store {wire.store}, box {wire.box_id}, epoch {wire.epoch},"
        f" seq {wire.first_seq} to {wire.last_seq}, {len(wire.bodies)} facts"
    )
    return lines + [_tell_fact(body) for body in list(wire.bodies)[:FACTS_SHOWN_MAX]]


def _tell_batch(batch: KeptBatch) -> str:
    last = from_ms(batch.last_at_ms)
    assert last is not None
    kept = "kept" if batch.content is not None else "only counted"
    return (
        f"{batch.store} {batch.content_hash.hex()[:16]} {batch.reason_code}: box {batch.box_id},"
        f" {batch.size_bytes} bytes {kept}, {batch.times} times until {last.isoformat()}"
    )


def _tell_fact(body: bytes) -> str:
    try:
        fact = fact_pb2.Fact.FromString(body)
    except DecodeError:
        return f"    {len(body)} bytes that are no fact"
    kind = codec.KIND_FROM_WIRE.get(fact.kind)
    name = f"kind {fact.kind}" if kind is None else kind.value
    return f"    seq {fact.seq}: {name}, fact {fact.fact_id.hex()}"
