"""The line of one store's box to the hub: the real core, over two transports that come and go."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import pathlib
import random
import shutil
import uuid
from collections.abc import Callable

import sqlalchemy as sa

from edge_agent.services import exchange, new_life
from edge_agent.services.box import Box, Clock
from edge_agent.services.exchange import Speaker
from edge_agent.store import backup, feeds, history, journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.identity import Identity, read_identity, write_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection
from edge_agent.sync.signals import (
    ApplyPages,
    Effect,
    Effects,
    MoveCursor,
    RequestFacts,
    RequestPage,
    SendBatch,
    SendHello,
    TakeFacts,
    Transport,
)
from edge_agent.sync.uplink import Uplink
from hq_hub.services import batches
from hq_hub.services import feeds as hub_feeds
from hq_hub.services import history as hub_history
from hq_hub.services.batch_rules import Caller
from hq_hub.store import registry
from protos.liushui.v1 import sync_pb2
from tests.hq_hub.wire_hub import CHAIN, EnrolledBox

CHINA = datetime.timezone(datetime.timedelta(hours=8))
LOSS = 0.05
"""Share of messages that are lost while the line is up."""
STEP_MS = 400
"""Between two looks at the line: a timeout is some of them."""


class PlayClock:
    """The clock of a store in the play: it stands where the script puts it."""

    def __init__(self, at: datetime.datetime) -> None:
        self.at = at

    def now(self) -> datetime.datetime:
        return self.at


@dataclasses.dataclass(slots=True)
class Hub:
    """The hub's writing connection, and the time there."""

    db: sa.Connection
    at: datetime.datetime


class BoxLine:
    """A store's box: its file, its core, and what is up."""

    def __init__(
        self, path: pathlib.Path, enrolled: EnrolledBox, hub: Hub, chance: random.Random
    ) -> None:
        self.path, self.enrolled, self.hub = path, enrolled, hub
        self.clock = PlayClock(hub.at)
        self.boot_id = uuid.UUID(int=chance.getrandbits(128))
        self.sent = self.lost = self.flaps = self.lives = 0
        self._chance = chance
        self._now_ms = 0
        if not path.exists():
            make_file(path, enrolled)
        self.start()

    @property
    def store(self) -> str:
        return self.enrolled.store

    @property
    def box(self) -> Box:
        """The box as its use cases see it."""
        clock = Clock(self.clock.now, lambda: self._now_ms, self._chance.getrandbits, self.boot_id)
        return Box(self.identity, clock, CHINA, datetime.time(4))

    def start(self) -> None:
        """Begin from what is on the disk."""
        self.db: Connection = open_database(str(self.path))
        self.db.execute("PRAGMA synchronous = OFF")  # Power cuts are another test.
        self.identity = read_identity(self.db, str(self.path))
        self._speaker = Speaker(self.identity, self.enrolled.key, self.boot_id, "0.1.0")
        self._core = Uplink(
            journal.read_tail(self.db),
            feeds.read_positions(self.db),
            self._chance.random,
            history.read_missing_life(self.db),
        )
        self._up: set[Transport] = set()
        self._inbox: collections.deque[Callable[[], Effects]] = collections.deque()

    # What becomes of the box.

    def stop(self) -> None:
        self.db.close()

    def save(self) -> pathlib.Path:
        """An image of the disk."""
        image = self.path.with_suffix(".image")
        self.stop()
        shutil.copy(self.path, image)
        self.start()
        return image

    def put_back(self, image: pathlib.Path) -> None:
        """The disk is what it was when the image was taken; the machine started again."""
        self.stop()
        shutil.copy(image, self.path)
        self.boot_id = uuid.UUID(int=self._chance.getrandbits(128))
        self.start()

    def replace(self, enrolled: EnrolledBox) -> None:
        """The disk is gone; another machine takes the store over."""
        self.stop()
        self.path.unlink()
        self.enrolled = enrolled
        self.boot_id = uuid.UUID(int=self._chance.getrandbits(128))
        make_file(self.path, enrolled)
        self.start()

    # The line.

    @property
    def is_settled(self) -> bool:
        """Whether the hub has all of the journal, and the box all documents, as far as it knows."""
        tail = journal.read_tail(self.db)
        known = {
            (p.feed, p.scope): (p.generation, p.version) for p in feeds.read_positions(self.db)
        }
        with self.hub.db.begin():
            box = registry.find_active_box(self.hub.db, self.store)
            wanted = hub_feeds.read_positions(self.hub.db, self.store)
        assert box is not None
        return (
            tail.epoch == box.epoch
            and tail.durable_seq == tail.seq
            and not self._core.state.stopped_reason
            and all(known[p.feed, p.scope] == (p.generation, p.version) for p in wanted)
        )

    def talk(self, steps: int, *, is_flapping: bool = True) -> None:
        """Let the line work for some steps; each transport comes and goes by chance."""
        self._carry_out(self._core.journal_grew(journal.read_tail(self.db), self._now_ms))
        for _ in range(steps):
            self._now_ms += STEP_MS
            for transport in Transport:
                self._flap(transport, chance=0.25 if is_flapping else 0.0)
            self._carry_out(self._core.tick(self._now_ms))

    def cut(self) -> None:
        """Nothing is up: the store trades on."""
        for transport in sorted(self._up, key=lambda t: t.value):
            self._up.discard(transport)
            self._carry_out(self._core.disconnected(transport, self._now_ms))

    def _flap(self, transport: Transport, chance: float) -> None:
        if transport in self._up and self._chance.random() < chance:
            self.flaps += 1
            self._up.discard(transport)
            self._carry_out(self._core.disconnected(transport, self._now_ms))
        elif transport not in self._up and self._chance.random() < max(0.5, 1 - chance):
            self._up.add(transport)
            self._carry_out(self._core.connected(transport, self._now_ms))

    def _is_lost(self, transport: Transport) -> bool:
        self.sent += 1
        is_lost = transport not in self._up or self._chance.random() < LOSS
        self.lost += is_lost
        return is_lost

    def _caller(self, transport: Transport) -> Caller:
        return self.enrolled.topic if transport is Transport.MQTT else self.enrolled.certificate

    def _carry_out(self, effects: Effects) -> None:
        """Do what the core asks, all of it, before it hears the answers."""
        waiting = collections.deque(effects)
        while waiting or self._inbox:
            if waiting:
                effect = waiting.popleft()
                waiting.extend(DOERS[type(effect)](self, effect))
            else:
                waiting.extend(self._inbox.popleft()())

    def _hear(self, transport: Transport, answer: Callable[[], Effects]) -> None:
        if not self._is_lost(transport):
            self._inbox.append(answer)

    def _hear_ack(self, transport: Transport, ack: sync_pb2.Ack) -> None:
        self._hear(transport, lambda: self._core.acknowledged(transport, ack, self._now_ms))

    def _send_hello(self, effect: SendHello) -> Effects:
        reason = self._core.state.stopped_reason
        hello = exchange.make_hello(self.db, self._speaker, self.clock.at, reason)
        if self._is_lost(effect.transport):
            return ()
        caller = self._caller(effect.transport)
        self._hear_ack(
            effect.transport, batches.accept_hello(self.hub.db, hello, caller, self.hub.at)
        )
        return ()

    def _send_batch(self, effect: SendBatch) -> Effects:
        batch, last_seq = exchange.make_batch(
            self.db,
            self._speaker,
            after_seq=effect.after_seq,
            facts_max=min(effect.facts_max, 60),
            bytes_max=effect.bytes_max,
        )
        if not self._is_lost(effect.transport):
            caller = self._caller(effect.transport)
            ack = batches.accept_batch(self.hub.db, batch, caller, self.hub.at)
            self._hear_ack(effect.transport, ack)
        return self._core.batch_sent(effect.transport, last_seq, self._now_ms)

    def _request_page(self, effect: RequestPage) -> Effects:
        request = exchange.make_page_request(
            self.store, effect.known, effect.after_key, effect.target_version
        )
        if self._is_lost(effect.transport):
            return ()
        with self.hub.db.begin():
            page = hub_feeds.read_page(self.hub.db, request, self.store)
        if page is not None:
            transport = effect.transport
            self._hear(transport, lambda: self._core.page_received(transport, page, self._now_ms))
        return ()

    def _move_cursor(self, effect: MoveCursor) -> Effects:
        is_ours, tail = exchange.take_ack(self.db, effect.ack)
        return self._core.cursor_moved(effect.ack, tail, self._now_ms, is_ours=is_ours)

    def _apply_pages(self, effect: ApplyPages) -> Effects:
        is_applied = exchange.take_pages(
            self.db, base_version=effect.base_version, target=effect.target, pages=effect.pages
        )
        return self._core.pages_applied(self._now_ms, is_applied=is_applied)

    def _request_facts(self, effect: RequestFacts) -> Effects:
        request = sync_pb2.JournalRequest(
            store=self.store, after_epoch=effect.after_epoch, after_seq=effect.after_seq
        )
        if self._is_lost(effect.transport):
            return ()
        with self.hub.db.begin():
            box = registry.find_active_box(self.hub.db, self.store)
            assert box is not None
            page = hub_history.read_page(self.hub.db, request, box)
        transport = effect.transport
        self._hear(transport, lambda: self._core.facts_received(transport, page, self._now_ms))
        return ()

    def _take_facts(self, effect: TakeFacts) -> Effects:
        life, page = effect.life, effect.page
        is_taken = new_life.take_page(self.path, self.identity, life, page)
        if not is_taken or not page.is_last:
            return self._core.facts_taken(page, self._now_ms, is_taken=is_taken)
        staged, aside = new_life.finish(self.db, self.path, self.identity, life)
        backup.end_wal(self.db, str(self.path))
        self.stop()
        backup.exchange(staged, self.path, aside)
        self.lives += 1
        self.start()
        return ()


def make_file(path: pathlib.Path, enrolled: EnrolledBox) -> None:
    """The database of a box that was just enrolled."""
    store = enrolled.store
    migrate(str(path))
    db = open_database(str(path))
    with write_transaction(db):
        identity = Identity(CHAIN, store, enrolled.box_id, f"{store} 店", f"Store {store}", "Z1")
        write_identity(
            db, identity, epoch=enrolled.epoch, epoch_start_head=enrolled.epoch_start_head
        )
    db.close()


DOERS: dict[type[Effect], Callable[..., Effects]] = {
    SendHello: BoxLine._send_hello,  # noqa: SLF001 - this table is part of the class
    SendBatch: BoxLine._send_batch,  # noqa: SLF001 - as above
    RequestPage: BoxLine._request_page,  # noqa: SLF001 - as above
    MoveCursor: BoxLine._move_cursor,  # noqa: SLF001 - as above
    ApplyPages: BoxLine._apply_pages,  # noqa: SLF001 - as above
    RequestFacts: BoxLine._request_facts,  # noqa: SLF001 - as above
    TakeFacts: BoxLine._take_facts,  # noqa: SLF001 - as above
}
