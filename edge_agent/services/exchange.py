"""Use cases of the sync: say where the box stands, hand out facts, take acks and documents in."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Callable, Iterable

from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.store import feeds, history, journal
from edge_agent.store.database import write_transaction
from edge_agent.store.feeds import DocumentChange, ScopePosition
from edge_agent.store.identity import Identity
from edge_agent.store.journal import Tail
from edge_agent.store.sqlite_library import Connection
from protos import signing
from protos.instant import EPOCH_START, MILLISECOND
from protos.liushui.v1 import sync_pb2
from retail_domain.trade.fact_kind import FactKind

DAY_CLOSE_BYTES_MAX = 8 * 1024
"""Half of what the hub takes as a hello: a close beyond is left out, so that hellos always pass."""


@dataclasses.dataclass(frozen=True, slots=True)
class Speaker:
    """As whom the box speaks."""

    identity: Identity
    key: ec.EllipticCurvePrivateKey
    boot_id: uuid.UUID
    software_version: str
    read_devices: Callable[[], sync_pb2.StoreDevices] = sync_pb2.StoreDevices
    """What each hello says of the store's devices; any thread."""


def make_hello(
    db: Connection, speaker: Speaker, wall_at: datetime.datetime, stopped_reason: str
) -> sync_pb2.SignedHello:
    """Say where journal, cursor and documents stand, and why nothing is uploaded, if so."""
    tail = journal.read_tail(db)
    hello = sync_pb2.Hello(
        store=speaker.identity.store,
        box_id=speaker.identity.box_id,
        epoch=tail.epoch,
        tail_seq=tail.seq,
        tail_head=tail.head,
        durable_seq=tail.durable_seq,
        hub_generation=tail.hub_generation,
        feeds=[_write_position(position) for position in feeds.read_positions(db)],
        wall_at_ms=(wall_at - EPOCH_START) // MILLISECOND,
        software_version=speaker.software_version,
        boot_id=speaker.boot_id.bytes,
        stopped_reason=stopped_reason,
        last_day_close=_make_day_close(db, speaker),
        devices=speaker.read_devices(),
    )
    content = hello.SerializeToString()
    signature = signing.sign(speaker.key, signing.HELLO_CONTEXT, content)
    return sync_pb2.SignedHello(content=content, signature=signature)


def make_batch(
    db: Connection, speaker: Speaker, *, after_seq: int, facts_max: int, bytes_max: int
) -> tuple[sync_pb2.SignedBatch, int]:
    """Hand out the facts after a place of the journal; there is at least one.

    Returns:
        The batch, and the seq of its last fact.
    """
    part = journal.read_batch(db, after_seq, facts_max=facts_max, bytes_max=bytes_max)
    assert part is not None, after_seq
    batch = sync_pb2.SyncBatch(
        store=speaker.identity.store,
        box_id=speaker.identity.box_id,
        epoch=part.epoch,
        first_seq=part.first_seq,
        last_seq=part.last_seq,
        head_before=part.head_before,
        head=part.head,
        bodies=part.bodies,
        hub_generation=journal.read_tail(db).hub_generation,
    )
    content = batch.SerializeToString()
    signature = signing.sign(speaker.key, signing.BATCH_CONTEXT, content)
    return sync_pb2.SignedBatch(content=content, signature=signature), part.last_seq


def take_ack(db: Connection, ack: sync_pb2.Ack) -> tuple[bool, Tail]:
    """Move the cursor to what the hub holds. A repeat changes nothing.

    Returns:
        Whether the journal has the hub's head at its place, and where it stands now.
    """
    with write_transaction(db):
        is_ours = journal.accept_ack(
            db,
            epoch=ack.epoch,
            durable_seq=ack.durable_seq,
            durable_head=ack.durable_head,
            hub_generation=ack.hub_generation,
        )
    return is_ours, journal.read_tail(db)


def take_pages(
    db: Connection,
    *,
    base_version: int,
    target: ScopePosition,
    pages: Iterable[sync_pb2.FeedPage],
) -> bool:
    """Apply the pages of one pull, all or nothing.

    Returns:
        False when the content would not be the hub's: nothing was applied.
    """
    changes = [
        DocumentChange(change.key, change.version, None if change.is_removed else change.body)
        for page in pages
        for change in page.changes
    ]
    with write_transaction(db):
        return feeds.apply_changes(db, base_version=base_version, target=target, changes=changes)


def make_page_request(
    store: str, known: ScopePosition, after_key: bytes, target_version: int
) -> sync_pb2.FeedRequest:
    """Ask for a page of documents."""
    return sync_pb2.FeedRequest(
        store=store,
        known=_write_position(known),
        after_key=after_key,
        target_version=target_version,
    )


def _make_day_close(db: Connection, speaker: Speaker) -> sync_pb2.SignedDayClose | None:
    """Sign the newest close of a day; None before the first of this epoch."""
    closed = history.read_last_of_kind(db, FactKind.DAY_CLOSED)
    if closed is None or len(closed.body) > DAY_CLOSE_BYTES_MAX:
        return None
    content = sync_pb2.DayClose(
        store=speaker.identity.store,
        box_id=speaker.identity.box_id,
        epoch=closed.epoch,
        seq=closed.seq,
        head=closed.head,
        body=closed.body,
    ).SerializeToString()
    signature = signing.sign(speaker.key, signing.DAY_CLOSE_CONTEXT, content)
    return sync_pb2.SignedDayClose(content=content, signature=signature)


def _write_position(position: ScopePosition) -> sync_pb2.FeedPosition:
    return sync_pb2.FeedPosition(
        feed=position.feed,
        scope=position.scope,
        generation=position.generation,
        version=position.version,
        content_hash=position.content_hash,
    )
