"""A store's own facts on their way back down, page by page, to make a box from them."""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.store import journal
from hq_hub.store.registry import RegisteredBox
from protos.liushui.v1 import sync_pb2

PAGE_FACTS_MAX = 500
PAGE_BYTES_MAX = 256 * 1024
"""As a batch: bounds what box, hub and broker hold of one message."""


def read_page(
    db: sa.Connection, request: sync_pb2.JournalRequest, box: RegisteredBox
) -> sync_pb2.JournalPage:
    """One page of what the store's boxes said in the epochs before this one's. A repeat is equal.

    Former epochs are closed: nothing is added to them while the pages travel.
    """
    rows = journal.read_history(
        db,
        box.store,
        before_epoch=box.epoch,
        after=(request.after_epoch, request.after_seq),
        facts_max=PAGE_FACTS_MAX + 1,
    )
    facts: list[sync_pb2.StoredFact] = []
    size = 0
    for row in rows[:PAGE_FACTS_MAX]:
        size += len(row.body)
        if facts and size > PAGE_BYTES_MAX:
            break
        facts.append(sync_pb2.StoredFact(epoch=row.epoch, seq=row.seq, body=row.body))
    return sync_pb2.JournalPage(
        store=box.store,
        after_epoch=request.after_epoch,
        after_seq=request.after_seq,
        facts=facts,
        is_last=len(facts) == len(rows),
    )
