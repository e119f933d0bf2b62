"""What both transports hand over, and the answers: one way into the hub, whatever the wire.

Batches and hellos go to the one writer; pages are read beside it. A hub that has enough to do, or
no disk, answers BUSY: boxes keep their facts.
"""

from __future__ import annotations

import concurrent.futures
import datetime
import logging
from collections.abc import Callable

import sqlalchemy as sa

from hq_hub.services import batches, feeds, history
from hq_hub.services.batch_rules import Caller, check_speaker
from hq_hub.store import registry
from hq_hub.store.engine import read_transaction
from hq_hub.store.errors import HubBusyError, HubDatabaseAwayError, HubDiskFullError
from hq_hub.store.registry import RegisteredBox
from hq_hub.store.writer import Writer
from protos.liushui.v1 import sync_pb2

BUSY_RETRY_MS = 2_000
"""The queue is some seconds long when it is full."""
PERSON_RETRY_MS = 30_000
"""A person has to make room, or to start the database server."""

log = logging.getLogger(__name__)


class Intake:
    """The hub as a box sees it."""

    def __init__(
        self, writer: Writer, readers: sa.Engine, now: Callable[[], datetime.datetime]
    ) -> None:
        """Build it.

        Args:
            writer: of the hub's database.
            readers: open_read_engine() of the same.
            now: wall clock, UTC and aware.
        """
        self._writer = writer
        self._readers = readers
        self._now = now

    def submit_batch(
        self, signed: sync_pb2.SignedBatch, caller: Caller
    ) -> concurrent.futures.Future[sync_pb2.Ack]:
        """Take a batch; the future has the answer after the commit.

        Raises:
            HubBusyError: too many wait.
        """
        return self._writer.submit(batches.accept_batch, signed, caller, self._now())

    def submit_hello(
        self, signed: sync_pb2.SignedHello, caller: Caller
    ) -> concurrent.futures.Future[sync_pb2.Ack]:
        """Take a hello, as a batch.

        Raises:
            HubBusyError: too many wait.
        """
        return self._writer.submit(batches.accept_hello, signed, caller, self._now())

    def read_page(self, request: sync_pb2.FeedRequest, caller: Caller) -> sync_pb2.FeedPage | None:
        """Read a page of documents; None when the caller may not have it."""
        with read_transaction(self._readers) as db:
            is_let_in = _find_reader(db, caller) is not None
            return feeds.read_page(db, request, caller.store) if is_let_in else None

    def read_history(
        self, request: sync_pb2.JournalRequest, caller: Caller
    ) -> sync_pb2.JournalPage | None:
        """Read a page of the store's former facts; None when the caller may not have it."""
        with read_transaction(self._readers) as db:
            box = _find_reader(db, caller)
            return None if box is None else history.read_page(db, request, box)

    def greet(self, store: str) -> sync_pb2.Ack | None:
        """Say unasked where the hub stands; None when the store has no active box."""
        with read_transaction(self._readers) as db:
            return batches.greet_store(db, store, self._now())


def _find_reader(db: sa.Connection, caller: Caller) -> RegisteredBox | None:
    """The box that a caller may read as."""
    if caller.box_id is None:
        box = registry.find_active_box(db, caller.store)
    else:
        box = registry.find_box(db, caller.store, caller.box_id)
    if box is None or check_speaker(box, caller, box.epoch) is not None:
        return None
    return box


def answer_error(store: str, error: BaseException) -> sync_pb2.Ack | None:
    """Answer for what the hub cannot do now; None for a fault of ours, which is logged."""
    if isinstance(error, HubBusyError | TimeoutError):
        return batches.make_busy(store, BUSY_RETRY_MS)
    if isinstance(error, HubDiskFullError | HubDatabaseAwayError):
        log.error("nothing of %s was kept: %s", store, error)
        return batches.make_busy(store, PERSON_RETRY_MS)
    log.error("a message of %s failed", store, exc_info=error)
    return None
