"""The hub's door: who asks what, what it answers, and the alarms that must be heard at once."""

from __future__ import annotations

import collections
import random
from collections.abc import Callable, Iterable

from google.protobuf.message import Message as WireMessage

from hq_hub.services import batches, feeds, history
from hq_hub.services.batch_rules import Caller, Reason, check_speaker
from hq_hub.services.recovery import BOOT_STRAY_MS
from hq_hub.store import registry
from hq_hub.store.alarms import AlarmKind
from hq_hub.store.registry import RegisteredBox
from protos.liushui.v1 import sync_pb2
from tests.prove.fuse import DiedError
from tests.prove.hub_machine import HubMachine

BUSY, BUSY_RETRY_MS = 0.03, 2_000
Answer = tuple[str, WireMessage]
"""Kind of message, and what it says."""
GREETED = sync_pb2.OUTCOME_GREETED


class Door:
    """Answers as the hub's intake does."""

    def __init__(
        self,
        hub: HubMachine,
        chance: random.Random,
        faults: collections.Counter[str],
        now_ms: Callable[[], int],
    ) -> None:
        self._hub, self._chance, self._faults, self._now_ms = hub, chance, faults, now_ms
        self._boots: dict[tuple[str, int], dict[bytes, int | None]] = {}
        """Store and epoch -> machine -> when another one was heard first; None for the newest."""

        self._old_pages: dict[tuple[str, str], sync_pb2.FeedPage] = {}
        """Store and feed -> the first whole scope that was said."""
        self._unsure: set[str] = set()
        """Stores of which the hub may have heard more than we know, or less."""

    def forget(self, stores: Iterable[str]) -> None:
        """The hub was restored, or died when somebody spoke: who knows whom it heard."""
        self._unsure.update(stores)

    def answer(self, asked: WireMessage, caller: Caller, *, is_calm: bool) -> Answer | None:
        """What the hub says; None when it says nothing.

        Raises:
            DiedError: it died of it.
        """
        if isinstance(asked, sync_pb2.FeedRequest | sync_pb2.JournalRequest):
            return self._read(asked, caller)
        if not is_calm and self._chance.random() < BUSY:
            self._faults["hub_busy"] += 1
            return "ack", batches.make_busy(caller.store, BUSY_RETRY_MS)
        wall_at = self._hub.wall_at()
        if isinstance(asked, sync_pb2.SignedBatch):
            return "ack", self._hub.do("batch", batches.accept_batch, asked, caller, wall_at)
        assert isinstance(asked, sync_pb2.SignedHello)
        try:
            ack = self._hub.do("hello", batches.accept_hello, asked, caller, wall_at)
        except DiedError:
            self.forget([caller.store])
            raise
        if ack.outcome != sync_pb2.OUTCOME_REFUSED:
            self._watch_alarms(sync_pb2.Hello.FromString(asked.content), ack)
        return "ack", ack

    def _read(
        self, asked: sync_pb2.FeedRequest | sync_pb2.JournalRequest, caller: Caller
    ) -> Answer | None:
        with self._hub.reading() as db:
            box: RegisteredBox | None
            if caller.box_id is None:
                box = registry.find_active_box(db, caller.store)
            else:
                box = registry.find_box(db, caller.store, caller.box_id)
            if box is None or check_speaker(box, caller, box.epoch) is not None:
                return None
            if isinstance(asked, sync_pb2.JournalRequest):
                return "facts", self._spoil_facts(history.read_page(db, asked, box))
            page = feeds.read_page(db, asked, caller.store)
        return None if page is None else ("page", self._spoil(self._answer_late(page)))

    def _answer_late(self, page: sync_pb2.FeedPage) -> sync_pb2.FeedPage:
        """Now and then what comes is the whole of a scope as it was long ago."""
        before = self._old_pages.get((page.store, page.target.feed))
        if page.is_last and not page.after_key and not page.base.version:
            self._old_pages.setdefault((page.store, page.target.feed), page)
        if before is None or page.after_key or self._chance.random() > 0.2:
            return page
        self._faults["page_of_long_ago"] += 1
        return sync_pb2.FeedPage.FromString(before.SerializeToString())

    def _spoil(self, page: sync_pb2.FeedPage) -> sync_pb2.FeedPage:
        """Now and then a document is missing: only the hash of all of them tells."""
        is_missed_by_nobody = len(page.changes) > 1 or (page.changes and page.is_last)
        if is_missed_by_nobody and self._chance.random() < 0.1:
            self._faults["page_spoiled"] += 1
            del page.changes[0]
        return page

    def _spoil_facts(self, page: sync_pb2.JournalPage) -> sync_pb2.JournalPage:
        """Now and then a fact is missing; of the last one only the end of the chain tells."""
        if len(page.facts) > 1 and self._chance.random() < (0.3 if page.is_last else 0.1):
            self._faults["facts_spoiled"] += 1
            place = -1 if page.is_last else self._chance.randrange(len(page.facts))
            del page.facts[place]
        return page

    # What a person must be told of, at once.

    def _watch_alarms(self, hello: sync_pb2.Hello, ack: sync_pb2.Ack) -> None:
        store, now_ms = hello.store, self._now_ms()
        is_stray = self._note_boot(hello, now_ms)
        if ack.outcome == GREETED:
            if is_stray and store not in self._unsure:
                self._require_alarm(store, AlarmKind.BOX_CLONED)
            if hello.stopped_reason == Reason.HISTORY_FORKED.value:
                self._require_alarm(store, AlarmKind.HISTORY_FORKED)
            return
        rows = self._hub.ask(
            "SELECT epoch, boot_id, taken_at_ms FROM epoch_approval WHERE store = ?"
            " AND epoch = (SELECT max(epoch) FROM durable_cursor WHERE store = ?)",
            store,
            store,
        )
        ((newest,),) = self._hub.ask("SELECT max(epoch) FROM durable_cursor WHERE store = ?", store)
        boot_id, taken_at_ms = (rows[0][1], rows[0][2]) if rows else (None, 0)
        if ack.reason_code == Reason.EPOCH_GRANTED:
            assert rows, f"altered: {store} was granted what nobody approved"
            assert taken_at_ms is None, f"duplicated: an epoch of {store} was granted twice"
            assert boot_id in {None, hello.boot_id}, f"altered: {store}'s twin was let in"
        elif ack.reason_code == Reason.EPOCH_WRONG and hello.epoch > newest:
            self._require_alarm(store, AlarmKind.EPOCH_AHEAD)
        elif ack.reason_code == Reason.EPOCH_WRONG and taken_at_ms is not None:
            now_there_ms = self._hub_ms()
            if now_there_ms - taken_at_ms > BOOT_STRAY_MS:
                self._require_alarm(store, AlarmKind.EPOCH_BEHIND)

    def _hub_ms(self) -> int:
        return int(self._hub.wall_at().timestamp() * 1_000)

    def _note_boot(self, hello: sync_pb2.Hello, now_ms: int) -> bool:
        """Whether a machine speaks long after another one took its place."""
        boots = self._boots.setdefault((hello.store, hello.epoch), {})
        if hello.boot_id in boots:
            since_ms = boots[hello.boot_id]
            return since_ms is not None and now_ms - since_ms > BOOT_STRAY_MS
        for boot_id, since_ms in boots.items():
            boots[boot_id] = now_ms if since_ms is None else since_ms
        boots[hello.boot_id] = None
        return False

    def _require_alarm(self, store: str, kind: AlarmKind) -> None:
        rows = self._hub.ask(
            "SELECT closed_at_ms, last_at_ms FROM box_alarm WHERE store = ? AND kind = ?",
            store,
            kind.value,
        )
        is_heard = bool(rows) and rows[0][0] is None and rows[0][1] == self._hub_ms()
        assert is_heard, f"lost: {kind.value} of {store}, and nobody is told: {rows}"
