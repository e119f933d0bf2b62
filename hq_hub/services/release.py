"""Use cases: a person lets a refused batch try again, or gives it up."""

from __future__ import annotations

import datetime

import sqlalchemy as sa

from hq_hub.services import batches
from hq_hub.services.batch_rules import Caller
from hq_hub.services.errors import QuarantineContentError
from hq_hub.store import quarantine
from hq_hub.store.engine import write_transaction
from protos.liushui.v1 import sync_pb2

KEPT_OUTCOMES = frozenset(
    {sync_pb2.OUTCOME_STORED, sync_pb2.OUTCOME_EXISTS, sync_pb2.OUTCOME_TOO_NEW}
)


def retry_refused(
    db: sa.Connection, store: str, hash_start: str, now: datetime.datetime
) -> sync_pb2.Ack:
    """Judge a refused batch again, as if its box had just sent it: no rule is left out.

    Returns:
        The answer that the box would have got; the batch leaves the quarantine when it is kept.

    Raises:
        QuarantineHashError: the letters name none or several.
        QuarantineContentError: only its size was kept.
    """
    with write_transaction(db):
        batch = quarantine.find_kept(db, store, hash_start)
    if batch.content is None or batch.signature is None:
        raise QuarantineContentError(store=store, hash=batch.content_hash.hex())
    signed = sync_pb2.SignedBatch(content=batch.content, signature=batch.signature)
    ack = batches.accept_batch(db, signed, Caller(store), now)
    if ack.outcome in KEPT_OUTCOMES:
        with write_transaction(db):
            quarantine.delete_kept(db, store, batch.content_hash)
    return ack


def drop_refused(db: sa.Connection, store: str, hash_start: str) -> None:
    """Give a refused batch up; its store's quarantine has room again.

    Raises:
        QuarantineHashError: the letters name none or several.
    """
    with write_transaction(db):
        batch = quarantine.find_kept(db, store, hash_start)
        quarantine.delete_kept(db, store, batch.content_hash)
