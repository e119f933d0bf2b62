"""A deterministic world of one store's line: real core, real box journal, real hub, unreal network.

One integer makes a whole run: every fault comes from one random source, and time is a number. The
box and the hub keep real SQLite files; a crash throws away all that is not committed there.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import heapq
import pathlib
import random
import shutil
import uuid
from collections.abc import Callable

import sqlalchemy as sa
from google.protobuf.message import DecodeError, Message

from edge_agent.services import exchange, new_life
from edge_agent.services.carry_over import import_unsent
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
from hq_hub.services import batches, recovery
from hq_hub.services import feeds as hub_feeds
from hq_hub.services import history as hub_history
from hq_hub.store import alarms, feed_pages, registry
from hq_hub.store import journal as hub_journal_store
from hq_hub.store.alarms import AlarmKind
from hq_hub.store.engine import open_engine, sqlite_url
from hq_hub.store.registry import BoxState
from hq_hub.store.schema import hub_state
from hq_hub.store.schema_ingest import hub_journal
from protos.liushui.v1 import sync_pb2
from tests.hq_hub.wire_hub import CHAIN, EnrolledBox, enrol_box, make_hub, put_items, put_stores
from tests.retail_domain.builders import NOON, make_happening, make_receipt

STORE = "S001"
Asked = sync_pb2.SignedHello | sync_pb2.SignedBatch | sync_pb2.FeedRequest | sync_pb2.JournalRequest
Page = sync_pb2.FeedRequest | sync_pb2.JournalRequest
"""Read beside the writer: the hub is never too busy for them."""
BUSY_RETRY_MS = 2_000
MQTT, GRPC = Transport.MQTT, Transport.GRPC
BODY_KINDS: dict[str, Callable[[bytes], Message]] = {
    "hello": sync_pb2.SignedHello.FromString,
    "batch": sync_pb2.SignedBatch.FromString,
    "request": sync_pb2.FeedRequest.FromString,
    "ack": sync_pb2.Ack.FromString,
    "page": sync_pb2.FeedPage.FromString,
    "facts_request": sync_pb2.JournalRequest.FromString,
    "facts": sync_pb2.JournalPage.FromString,
}

SIGNED_KINDS = {"hello", "batch"}
"""What may be altered: downwards only TLS protects, and a broken TLS record never arrives."""


class HubCrashError(Exception):
    """The hub's machine stopped between two statements."""


@dataclasses.dataclass(frozen=True)
class Chances:
    """How often what goes wrong; the faults stop at quiet_from_ms."""

    lose: float = 0.12
    repeat: float = 0.10
    alter: float = 0.02
    forge: float = 0.02
    hub_crash: float = 0.04
    cut: float = 0.02
    box_crash: float = 0.02
    hub_backup: float = 0.04
    hub_restore: float = 0.02
    hub_busy: float = 0.04
    delay_max_ms: int = 900


CALM = Chances(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50)


@dataclasses.dataclass(frozen=True)
class Templates:
    """An enrolled box and its hub, made once and copied for every run."""

    folder: pathlib.Path
    box: EnrolledBox


def make_templates(folder: pathlib.Path) -> Templates:
    engine = open_engine(make_hub(folder / "hub.sqlite"))
    with engine.connect() as db:
        put_stores(db, STORE)
        put_items(db, 1, 2, 3)
        box = enrol_box(db, STORE)
    engine.dispose()
    make_box_file(str(folder / "box.sqlite"), box)
    return Templates(folder, box)


def make_box_file(path: str, box: EnrolledBox) -> None:
    """The database of a box that was just enrolled."""
    migrate(path)
    box_db = open_database(path)
    with write_transaction(box_db):
        identity = Identity(CHAIN, STORE, box.box_id, "一店", "Store 1", "Z1")
        write_identity(box_db, identity, epoch=box.epoch, epoch_start_head=box.epoch_start_head)
    box_db.close()


class Hub:
    """The real services on a real file, with a power switch."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._path = folder / "hub.sqlite"
        self._backup = folder / "hub-backup.sqlite"
        self.crash_at_commit = False
        self._engine = open_engine(sqlite_url(str(self._path)))
        sa.event.listen(self._engine, "commit", self._before_commit)
        self.start()

    def start(self) -> None:
        self.db = self._engine.connect()
        self.db.exec_driver_sql("PRAGMA synchronous = OFF")  # Power cuts are another test.
        self.db.rollback()

    def stop(self) -> None:
        self.db.close()
        self._engine.dispose()

    def crash(self) -> None:
        """Lose what is not committed."""
        self.crash_at_commit = False
        self.db.invalidate()
        self.stop()
        self.start()

    def back_up(self) -> None:
        self.stop()
        shutil.copy(self._path, self._backup)
        self.start()

    def restore(self) -> bool:
        """Begin another life from an old backup; False when there is none yet."""
        if not self._backup.exists():
            return False
        generation = self.read_generation() + 1
        self.copy_backup()
        with self.db.begin():
            self.db.execute(sa.update(hub_state).values(generation=generation))
        return True

    def copy_backup(self) -> None:
        self.stop()
        shutil.copy(self._backup, self._path)
        self.start()

    def read_generation(self) -> int:
        with self.db.begin():
            return feed_pages.read_generation(self.db)

    def read_epoch(self) -> int:
        """The newest of the store."""
        with self.db.begin():
            return registry.read_last_epoch(self.db, STORE)[0]

    def read_durable_seq(self) -> int:
        """Of the newest epoch."""
        epoch = self.read_epoch()
        with self.db.begin():
            return hub_journal_store.read_cursor(self.db, STORE, epoch).durable_seq

    def read_fact_ids(self) -> list[bytes]:
        with self.db.begin():
            return list(self.db.execute(sa.select(hub_journal.c.fact_id)).scalars())

    def read_alarms(self) -> set[AlarmKind]:
        with self.db.begin():
            return {alarm.kind for alarm in alarms.read_open_alarms(self.db, STORE)}

    def approve_epoch(self, boot: str = "") -> int:
        """A person looks at the alarm and lets the box go on."""
        return recovery.approve_epoch(self.db, STORE, boot, NOON).epoch

    def read_bodies(self) -> list[tuple[int, bytes]]:
        table = hub_journal.c
        with self.db.begin():
            rows = self.db.execute(sa.select(table.seq, table.body).order_by(table.receive_no))
            return [(row.seq, row.body) for row in rows]

    def _before_commit(self, _connection: sa.Connection) -> None:
        if self.crash_at_commit:
            raise HubCrashError


class World:
    """One run."""

    def __init__(
        self,
        seed: int,
        templates: Templates,
        folder: pathlib.Path,
        transports: frozenset[Transport],
        chances: Chances,
    ) -> None:
        for name in ("hub.sqlite", "box.sqlite"):
            shutil.copy(templates.folder / name, folder / name)
        self.random = random.Random(seed)
        self.faults: collections.Counter[str] = collections.Counter()
        self.now_ms = 0
        self.hub = Hub(folder)
        self.hub_kept_max = 0
        self.images = 0
        self.check_cursor = True
        self.applied = 0
        self.lives = 0
        self.pages: list[sync_pb2.FeedPage] = []
        """All that the hub gave."""
        self._box = templates.box
        self._box_path = str(folder / "box.sqlite")
        self._transports = transports
        self._chances = chances
        self._is_up = dict.fromkeys(transports, False)
        self._network: list[tuple[int, int, str, Transport, bytes]] = []
        self._sent = 0
        self.fact_no = 0
        self.boot_id = uuid.UUID(int=7)
        self._start_box()

    def close(self) -> None:
        self.box_db.close()
        self.hub.stop()

    # What happens in the store.

    def sell(self, facts: int) -> None:
        """Write facts; the journal says that it grew."""
        with write_transaction(self.box_db):
            for _ in range(facts):
                self.fact_no += 1
                happening = make_happening(make_receipt((1, 1000)), self.fact_no)
                journal.append_fact(self.box_db, self._identity, happening)
        self._carry_out(self.core.journal_grew(journal.read_tail(self.box_db), self.now_ms))

    def crash_box(self) -> None:
        """Cut the power in the middle of a sale; the box starts again from its file."""
        self.faults["box_crash"] += 1
        self.box_db.execute("BEGIN IMMEDIATE")
        happening = make_happening(make_receipt((1, 1000)), self.fact_no + 1)
        journal.append_fact(self.box_db, self._identity, happening)
        self.box_db.close()
        self._start_box()

    def save_box(self) -> pathlib.Path:
        """An image of the box's disk."""
        self.images += 1
        image = pathlib.Path(f"{self._box_path}.{self.images}")
        self.box_db.close()  # Folds the WAL into the file.
        shutil.copy(self._box_path, image)
        self._start_box()
        return image

    def restore_box(self, image: pathlib.Path, boot_id: uuid.UUID | None = None) -> None:
        """Put an image back and start the box; the register counts on from what was sold.

        With another boot id it is another machine.
        """
        self.boot_id = boot_id or self.boot_id
        self.box_db.close()
        shutil.copy(image, self._box_path)
        self._start_box()

    def replace_box(self) -> None:
        """The box's disk is gone: another machine takes the store over."""
        self.box_db.close()
        self._box = enrol_box(self.hub.db, STORE, is_replacement=True)
        pathlib.Path(self._box_path).unlink()
        make_box_file(self._box_path, self._box)
        self._start_box()

    def import_facts(self, path: pathlib.Path) -> None:
        """Take over what another machine of the store has in a file."""
        import_unsent(self.box_db, self._identity, path)
        self._carry_out(self.core.journal_grew(journal.read_tail(self.box_db), self.now_ms))

    def read_fact_ids(self) -> list[bytes]:
        rows = self.box_db.execute("SELECT fact_id FROM journal").fetchall()
        return [fact_id for (fact_id,) in rows if isinstance(fact_id, bytes)]

    def reinstate_box(self) -> None:
        """Somebody at headquarters takes a revocation back."""
        with self.hub.db.begin():
            registry.set_box_state(self.hub.db, STORE, self._box.box_id, BoxState.ACTIVE)

    def _start_box(self) -> None:
        self.box_db: Connection = open_database(self._box_path)
        self.box_db.execute("PRAGMA synchronous = OFF")
        self._identity = read_identity(self.box_db, self._box_path)
        self._speaker = Speaker(self._identity, self._box.key, self.boot_id, "0.1.0")
        self._start_core()

    def _start_core(self) -> None:
        self.core = Uplink(
            journal.read_tail(self.box_db),
            feeds.read_positions(self.box_db),
            self.random.random,
            history.read_missing_life(self.box_db),
        )
        self._is_up = dict.fromkeys(self._transports, False)

    # Time.

    def pass_time(self, milliseconds: int) -> None:
        """Nothing happens for so long."""
        self.now_ms += milliseconds

    def step(self, chances: Chances) -> None:
        """Let some time pass, with what arrives in it and what goes wrong."""
        self._chances = chances
        self.now_ms += self.random.randint(20, 300)
        self._break_things()
        for transport in sorted(self._transports, key=lambda t: t.value):
            if not self._is_up[transport] and (chances is CALM or self.random.random() < 0.3):
                self._is_up[transport] = True
                self._carry_out(self.core.connected(transport, self.now_ms))
        while self._network and self._network[0][0] <= self.now_ms:
            _due, _number, kind, transport, content = heapq.heappop(self._network)
            self._deliver(kind, transport, content)
        self._carry_out(self.core.tick(self.now_ms))
        self._watch()

    def is_settled(self) -> bool:
        """Whether box and hub are one, as far as the box knows."""
        tail = journal.read_tail(self.box_db)
        position = feeds.read_position(self.box_db, "items")
        with self.hub.db.begin():
            hub_items = hub_feeds.read_positions(self.hub.db, STORE)[0]
        return (
            tail.epoch == self.hub.read_epoch()
            and tail.durable_seq == tail.seq == self.hub.read_durable_seq()
            and tail.hub_generation == self.hub.read_generation()
            and (position.generation, position.version, position.content_hash)
            == (hub_items.generation, hub_items.version, hub_items.content_hash)
            and self.core.state.stopped_reason == ""
        )

    def _watch(self) -> None:
        """What must hold at every moment."""
        tail = journal.read_tail(self.box_db)
        if tail.epoch != self.hub.read_epoch():
            return  # Its cursor counts in an epoch that is closed, or that this hub lost.
        kept = self.hub.read_durable_seq()
        self.hub_kept_max = max(self.hub_kept_max, kept)
        assert tail.durable_seq <= self.hub_kept_max, "acknowledged, but never kept"
        if self.check_cursor and tail.hub_generation == self.hub.read_generation():
            assert tail.durable_seq <= kept, "acknowledged, but not kept by this hub"
        assert tail.durable_seq <= tail.seq

    # The network.

    def _send(self, kind: str, transport: Transport, content: bytes) -> None:
        if not self._is_up[transport]:
            self.faults["sent_into_nothing"] += 1
            return
        if self._happens("lose", self._chances.lose):
            self._let_call_fail(transport)
            return
        if kind in SIGNED_KINDS and self._happens("alter", self._chances.alter):
            place = self.random.randrange(len(content))
            content = content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :]
        copies = 2 if self._happens("repeat", self._chances.repeat) else 1
        for _ in range(copies):
            self._put(kind, transport, content)

    def _let_call_fail(self, transport: Transport) -> None:
        """A call ends by an error sooner or later; a message to a broker is just gone."""
        if transport is GRPC and self.random.random() < 0.5:
            self._put("failed", transport, b"")

    def _put(self, kind: str, transport: Transport, content: bytes) -> None:
        due_ms = self.now_ms + self.random.randint(1, self._chances.delay_max_ms)
        self._sent += 1
        heapq.heappush(self._network, (due_ms, self._sent, kind, transport, content))

    def _deliver(self, kind: str, transport: Transport, content: bytes) -> None:
        if not self._is_up[transport]:
            return
        if kind == "failed":
            self.faults["call_failed"] += 1
            self._carry_out(self.core.failed(transport, self.now_ms))
            return
        try:
            message = BODY_KINDS[kind](content)
        except DecodeError:
            return
        if isinstance(message, sync_pb2.Ack):
            self._carry_out(self.core.acknowledged(transport, message, self.now_ms))
        elif isinstance(message, sync_pb2.FeedPage):
            self._carry_out(self.core.page_received(transport, message, self.now_ms))
        elif isinstance(message, sync_pb2.JournalPage):
            self._carry_out(self.core.facts_received(transport, message, self.now_ms))
        else:
            assert isinstance(message, Asked)
            self._ask_hub(transport, message)

    def _ask_hub(
        self,
        transport: Transport,
        message: Asked,
    ) -> None:
        if not isinstance(message, Page) and self._happens("hub_busy", self._chances.hub_busy):
            busy = batches.make_busy(STORE, BUSY_RETRY_MS)
            self._send("ack", transport, busy.SerializeToString())
            return
        caller = self._box.topic if transport is MQTT else self._box.certificate
        now = NOON + datetime.timedelta(milliseconds=self.now_ms)
        self.hub.crash_at_commit = self._happens("hub_crash_before", self._chances.hub_crash)
        try:
            if isinstance(message, sync_pb2.FeedRequest):
                with self.hub.db.begin():
                    page = hub_feeds.read_page(self.hub.db, message, STORE)
                if page is not None:
                    self.pages.append(page)
                    self._send("page", transport, page.SerializeToString())
                return
            if isinstance(message, sync_pb2.JournalRequest):
                self._answer_history(transport, message)
                return
            if isinstance(message, sync_pb2.SignedBatch):
                ack = batches.accept_batch(self.hub.db, message, caller, now)
            else:
                ack = batches.accept_hello(self.hub.db, message, caller, now)
        except HubCrashError:
            self.hub.crash()
            self._let_call_fail(transport)
            return
        finally:
            self.hub.crash_at_commit = False
        if self._happens("hub_crash_after", self._chances.hub_crash):
            self.hub.crash()
            return
        self._send("ack", transport, ack.SerializeToString())

    def _answer_history(self, transport: Transport, request: sync_pb2.JournalRequest) -> None:
        with self.hub.db.begin():
            box = registry.find_active_box(self.hub.db, STORE)
            assert box is not None
            page = hub_history.read_page(self.hub.db, request, box)
        self._send("facts", transport, page.SerializeToString())

    def _break_things(self) -> None:
        chances = self._chances
        if self._happens("cut", chances.cut):
            for transport in self.random.sample(
                sorted(self._transports, key=lambda t: t.value),
                self.random.randint(1, len(self._transports)),
            ):
                if self._is_up[transport]:
                    self._is_up[transport] = False
                    self._carry_out(self.core.disconnected(transport, self.now_ms))
        if self._happens("forge", chances.forge):
            self.forge_ack()
        if self.random.random() < chances.box_crash:
            self.crash_box()
        if self._happens("hub_backup", chances.hub_backup):
            self.hub.back_up()
        if self.random.random() < chances.hub_restore and self.hub.restore():
            self.faults["hub_restore"] += 1

    def forge_ack(self) -> None:
        """An ack of another history: of a cloned box, or of this one before it was restored."""
        tail = journal.read_tail(self.box_db)
        ack = sync_pb2.Ack(
            store=STORE,
            epoch=tail.epoch,
            durable_seq=tail.seq,
            durable_head=self.random.randbytes(32),
            hub_generation=max(1, tail.hub_generation),
            outcome=self.random.choice([sync_pb2.OUTCOME_STORED, sync_pb2.OUTCOME_GREETED]),
        )
        transport = self.random.choice(sorted(self._transports, key=lambda t: t.value))
        self._send("ack", transport, ack.SerializeToString())

    def _happens(self, fault: str, chance: float) -> bool:
        happens = self.random.random() < chance
        self.faults[fault] += happens
        return happens

    # Effects, as the runner carries them out.

    def _carry_out(self, effects: Effects) -> None:
        waiting = collections.deque(effects)
        while waiting:
            effect = waiting.popleft()
            waiting.extend(DOERS[type(effect)](self, effect))

    def _send_hello(self, effect: SendHello) -> Effects:
        now = NOON + datetime.timedelta(milliseconds=self.now_ms)
        reason = self.core.state.stopped_reason
        hello = exchange.make_hello(self.box_db, self._speaker, now, reason)
        self._send("hello", effect.transport, hello.SerializeToString())
        return ()

    def _send_batch(self, effect: SendBatch) -> Effects:
        facts_max = self.random.randint(1, 20)  # Small, so that a run has many batches.
        batch, last_seq = exchange.make_batch(
            self.box_db,
            self._speaker,
            after_seq=effect.after_seq,
            facts_max=facts_max,
            bytes_max=effect.bytes_max,
        )
        self._send("batch", effect.transport, batch.SerializeToString())
        return self.core.batch_sent(effect.transport, last_seq, self.now_ms)

    def _request_page(self, effect: RequestPage) -> Effects:
        request = exchange.make_page_request(
            STORE, effect.known, effect.after_key, effect.target_version
        )
        self._send("request", effect.transport, request.SerializeToString())
        return ()

    def _move_cursor(self, effect: MoveCursor) -> Effects:
        is_ours, tail = exchange.take_ack(self.box_db, effect.ack)
        return self.core.cursor_moved(effect.ack, tail, self.now_ms, is_ours=is_ours)

    def _apply_pages(self, effect: ApplyPages) -> Effects:
        is_applied = exchange.take_pages(
            self.box_db,
            base_version=effect.base_version,
            target=effect.target,
            pages=effect.pages,
        )
        self.applied += is_applied
        return self.core.pages_applied(self.now_ms, is_applied=is_applied)

    def _request_facts(self, effect: RequestFacts) -> Effects:
        request = sync_pb2.JournalRequest(
            store=STORE, after_epoch=effect.after_epoch, after_seq=effect.after_seq
        )
        self._send("facts_request", effect.transport, request.SerializeToString())
        return ()

    def _take_facts(self, effect: TakeFacts) -> Effects:
        """As the runner; the power may go before the last step."""
        path, life, page = pathlib.Path(self._box_path), effect.life, effect.page
        is_taken = new_life.take_page(path, self._identity, life, page)
        if not is_taken or not page.is_last:
            return self.core.facts_taken(page, self.now_ms, is_taken=is_taken)
        staged, aside = new_life.finish(self.box_db, path, self._identity, life)
        if self._happens("box_crash_in_exchange", self._chances.box_crash):
            self.box_db.close()
            self._start_box()
            return ()
        backup.end_wal(self.box_db, self._box_path)
        self.box_db.close()
        backup.exchange(staged, path, aside)
        self.lives += 1
        self._start_box()
        return ()


DOERS: dict[type[Effect], Callable[..., Effects]] = {
    SendHello: World._send_hello,  # noqa: SLF001 - this table is part of the class
    SendBatch: World._send_batch,  # noqa: SLF001 - as above
    RequestPage: World._request_page,  # noqa: SLF001 - as above
    MoveCursor: World._move_cursor,  # noqa: SLF001 - as above
    ApplyPages: World._apply_pages,  # noqa: SLF001 - as above
    RequestFacts: World._request_facts,  # noqa: SLF001 - as above
    TakeFacts: World._take_facts,  # noqa: SLF001 - as above
}
