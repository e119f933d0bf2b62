"""A box of the simulation: its real file, its real core, and a switch that cuts the power."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import pathlib
import random
import shutil
import uuid
from collections.abc import Callable
from typing import TypeVar

from edge_agent.services import exchange, new_life
from edge_agent.services.box import Box, Clock
from edge_agent.services.exchange import Speaker
from edge_agent.store import backup, feeds, history, journal
from edge_agent.store.database import open_database
from edge_agent.store.identity import read_identity
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
from protos.liushui.v1 import sync_pb2
from tests.prove.fuse import Armed, DiedError, Fuse
from tests.prove.keys import make_key
from tests.prove.templates import EnrolledBox
from tests.scenarios.month.line import CHINA

T = TypeVar("T")
BATCH_FACTS_MAX = 24
"""Small, so that a run has many batches."""


@dataclasses.dataclass(frozen=True, slots=True)
class Surroundings:
    """What the world gives a machine."""

    chance: random.Random
    armed: Armed
    fired: collections.Counter[str]
    now_ms: Callable[[], int]
    wall_at: Callable[[], datetime.datetime]
    post: Callable[[Machine, str, Transport, bytes], None]
    """Send a message up: kind, way, content."""


class Machine:
    """One machine that speaks as a store's box."""

    def __init__(
        self,
        path: pathlib.Path,
        enrolled: EnrolledBox,
        transports: tuple[Transport, ...],
        around: Surroundings,
    ) -> None:
        self.path, self.enrolled, self.transports = path, enrolled, transports
        self.around = around
        self.fuse = Fuse("box", around.armed, around.chance, around.fired)
        self.clock_off = datetime.timedelta()
        """By how much its clock is wrong."""
        self.deaths = self.lives = 0
        self.versions_seen: dict[str, tuple[int, int]] = {}
        """Feed -> generation and version that this disk had."""
        self.cursors_seen: dict[tuple[int, int], int] = {}
        """Epoch and generation -> up to where this disk had its facts acknowledged."""
        self._new_boot()
        self._start()

    @property
    def store(self) -> str:
        return self.enrolled.store

    def wall_at(self) -> datetime.datetime:
        """What its clock says."""
        return self.around.wall_at() + self.clock_off

    # The switch.

    def stop(self) -> None:
        """Switch it off, in good order."""
        self.db.close()

    def restart(self) -> None:
        """Start the program again from what is on the disk."""
        self.db.close()
        self.fuse.is_dead = False
        self._start()

    def boot(self) -> None:
        """Start the machine again."""
        self._new_boot()
        self.restart()

    def copy_disk(self, target: pathlib.Path) -> None:
        """An image of the disk."""
        self.db.close()  # Folds the WAL into the file.
        shutil.copy(self.path, target)
        self._start()

    def put_disk(self, image: pathlib.Path) -> None:
        """Put an image in the disk's place and start the machine."""
        self.db.close()
        shutil.copy(image, self.path)
        self.forget_seen()
        self._new_boot()
        self._start()

    def forget_seen(self) -> None:
        """It has another disk now."""
        self.versions_seen.clear()
        self.cursors_seen.clear()

    def _new_boot(self) -> None:
        self.boot_id = uuid.UUID(int=self.around.chance.getrandbits(128))

    def _start(self) -> None:
        self.db: Connection = open_database(str(self.path))
        self.identity = read_identity(self.db, str(self.path))
        self.key = make_key(self.enrolled.key_number)
        chance = self.around.chance
        clock = Clock(self.wall_at, self.around.now_ms, chance.getrandbits, self.boot_id)
        self.box = Box(self.identity, clock, CHINA, datetime.time(4))
        self.speaker = Speaker(self.identity, self.key, self.boot_id, "0.1.0")
        self.core = Uplink(
            journal.read_tail(self.db),
            feeds.read_positions(self.db),
            chance.random,
            history.read_missing_life(self.db),
        )
        self.up = dict.fromkeys(self.transports, False)
        self.is_stranger = False
        """The hub holds another history than this box: nothing may be uploaded."""

    # People work with it.

    def work(self, operation: str, use_case: Callable[[Connection, Box], T]) -> T:
        """Run a use case of the store; the line hears that the journal grew.

        Raises:
            DiedError: the power went; the machine is up again.
        """
        try:
            with self.fuse.watch(operation):
                done = use_case(self.db, self.box)
        except DiedError:
            self._die()
            raise
        self.hear(lambda: self.core.journal_grew(journal.read_tail(self.db), self._now_ms))
        return done

    # The line.

    def hear(self, signal: Callable[[], Effects]) -> None:
        """Let the core hear something, and do what it asks; the power may go meanwhile."""
        core = self.core
        try:
            waiting = collections.deque(signal())
            while waiting and self.core is core:
                effect = waiting.popleft()
                waiting.extend(DOERS[type(effect)](self, effect))
        except DiedError:
            self._die()

    def connect(self, transport: Transport) -> None:
        self.up[transport] = True
        self.hear(lambda: self.core.connected(transport, self._now_ms))

    def disconnect(self, transport: Transport) -> None:
        self.up[transport] = False
        self.hear(lambda: self.core.disconnected(transport, self._now_ms))

    def tick(self) -> None:
        self.hear(lambda: self.core.tick(self._now_ms))

    @property
    def _now_ms(self) -> int:
        return self.around.now_ms()

    def _die(self) -> None:
        self.deaths += 1
        self.restart()

    def _send_hello(self, effect: SendHello) -> Effects:
        reason = self.core.state.stopped_reason
        hello = exchange.make_hello(self.db, self.speaker, self.wall_at(), reason)
        self.around.post(self, "hello", effect.transport, hello.SerializeToString())
        return ()

    def _send_batch(self, effect: SendBatch) -> Effects:
        assert not self.is_stranger, f"altered: {self.store} uploads another history"
        batch, last_seq = exchange.make_batch(
            self.db,
            self.speaker,
            after_seq=effect.after_seq,
            facts_max=min(effect.facts_max, self.around.chance.randint(1, BATCH_FACTS_MAX)),
            bytes_max=effect.bytes_max,
        )
        self.around.post(self, "batch", effect.transport, batch.SerializeToString())
        return self.core.batch_sent(effect.transport, last_seq, self._now_ms)

    def _request_page(self, effect: RequestPage) -> Effects:
        request = exchange.make_page_request(
            self.store, effect.known, effect.after_key, effect.target_version
        )
        self.around.post(self, "page_request", effect.transport, request.SerializeToString())
        return ()

    def _move_cursor(self, effect: MoveCursor) -> Effects:
        with self.fuse.watch("acknowledgement"):
            is_ours, tail = exchange.take_ack(self.db, effect.ack)
        self.is_stranger = not is_ours
        return self.core.cursor_moved(effect.ack, tail, self._now_ms, is_ours=is_ours)

    def _apply_pages(self, effect: ApplyPages) -> Effects:
        with self.fuse.watch("documents"):
            is_applied = exchange.take_pages(
                self.db, base_version=effect.base_version, target=effect.target, pages=effect.pages
            )
        return self.core.pages_applied(self._now_ms, is_applied=is_applied)

    def _request_facts(self, effect: RequestFacts) -> Effects:
        request = sync_pb2.JournalRequest(
            store=self.store, after_epoch=effect.after_epoch, after_seq=effect.after_seq
        )
        self.around.post(self, "facts_request", effect.transport, request.SerializeToString())
        return ()

    def _take_facts(self, effect: TakeFacts) -> Effects:
        """As the runner and the writer do it."""
        life, page = effect.life, effect.page
        with self.fuse.watch("former_facts"):
            is_taken = new_life.take_page(self.path, self.identity, life, page)
        if not is_taken or not page.is_last:
            return self.core.facts_taken(page, self._now_ms, is_taken=is_taken)
        with self.fuse.watch("carry_over"):
            staged, aside = new_life.finish(self.db, self.path, self.identity, life)
        with self.fuse.watch("file_exchange"):
            backup.end_wal(self.db, str(self.path))
            self.db.close()
            backup.exchange(staged, self.path, aside)
        self.lives += 1
        self._start()
        return ()


DOERS: dict[type[Effect], Callable[..., Effects]] = {
    SendHello: Machine._send_hello,  # noqa: SLF001 - this table is part of the class
    SendBatch: Machine._send_batch,  # noqa: SLF001 - as above
    RequestPage: Machine._request_page,  # noqa: SLF001 - as above
    MoveCursor: Machine._move_cursor,  # noqa: SLF001 - as above
    ApplyPages: Machine._apply_pages,  # noqa: SLF001 - as above
    RequestFacts: Machine._request_facts,  # noqa: SLF001 - as above
    TakeFacts: Machine._take_facts,  # noqa: SLF001 - as above
}
