"""Runs the line of one box: carries messages between the core, the database and the transports."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import datetime
import functools
import logging
import random
from collections.abc import Callable, Sequence
from typing import Protocol

from edge_agent.services import exchange, new_life
from edge_agent.services.exchange import Speaker
from edge_agent.store import feeds, history, journal
from edge_agent.store.errors import BoxBusyError, DiskFullError, FileInUseError
from edge_agent.store.history import Life
from edge_agent.store.writer import Writer
from edge_agent.sync.signals import (
    AckCame,
    ApplyPages,
    Connected,
    Denied,
    Disconnected,
    Effect,
    Effects,
    FactsCame,
    Failed,
    LineState,
    MoveCursor,
    PageCame,
    RequestFacts,
    RequestPage,
    SendBatch,
    SendHello,
    Signal,
    TakeFacts,
    Transport,
)
from edge_agent.sync.uplink import Uplink
from protos.liushui.v1 import sync_pb2

TICK_S = 0.25
"""How late a timeout may be noticed; four short wake-ups a second cost a box nothing."""
MESSAGES_WAITING_MAX = 256
"""Answers that wait for the database. Beyond, they are dropped: the core asks again."""
RESTART_PAUSE_S = 5.0
"""After a full disk or a busy box; what the core knew is in the journal."""
OFFLINE = LineState(frozenset(), 0, "")

log = logging.getLogger(__name__)


class Carrier(Protocol):
    """One transport. Sends return at once; what becomes of them comes back as a signal."""

    @property
    def transport(self) -> Transport:
        """Which one."""

    async def run(self, put: Callable[[Signal], None]) -> None:
        """Keep the way open until cancelled."""

    def send_hello(self, hello: sync_pb2.SignedHello) -> None:
        """Send a hello."""

    def send_batch(self, batch: sync_pb2.SignedBatch) -> None:
        """Send a batch."""

    def request_page(self, request: sync_pb2.FeedRequest) -> None:
        """Ask for a page."""

    def request_facts(self, request: sync_pb2.JournalRequest) -> None:
        """Ask for a page of the store's former facts."""


@dataclasses.dataclass(frozen=True, slots=True)
class LineClock:
    """Time and chance, passed in so that tests set them."""

    now: Callable[[], datetime.datetime]
    """Wall clock, UTC and aware."""
    monotonic_ms: Callable[[], int]
    jitter: Callable[[], float] = random.random
    """From 0 to 1."""


class LineRunner:
    """The line of one box. Many of them may share one event loop, each with its own writer."""

    def __init__(
        self,
        speaker: Speaker,
        writer: Writer,
        carriers: Sequence[Carrier],
        clock: LineClock,
        show_state: Callable[[LineState], None],
        hear_ack: Callable[[sync_pb2.Ack], None] = lambda _ack: None,
    ) -> None:
        """Build it; nothing happens before run().

        Args:
            speaker: the enrolled box and its key.
            writer: of the box's database.
            carriers: at most one a transport; each alone is enough.
            clock: time and chance.
            show_state: called in the loop whenever the line's state changed.
            hear_ack: called in the loop with every answer of the hub.
        """
        self._speaker = speaker
        self._writer = writer
        self._carriers = {carrier.transport: carrier for carrier in carriers}
        self._clock = clock
        self._show_state = show_state
        self._hear_ack = hear_ack
        self.takes_documents: Callable[[], bool] = lambda: True
        """Whether the disk has room for more than sales; if not, documents wait at headquarters."""
        self._state = OFFLINE
        self._loop: asyncio.AbstractEventLoop | None = None
        self._inbox: collections.deque[Signal] = collections.deque()
        self._wake = asyncio.Event()
        self._journal_grew = False
        self._has_new_life = False

    @property
    def state(self) -> LineState:
        """The line as it is now; may be read from any thread."""
        return self._state

    def journal_grew(self) -> None:
        """Say that facts were committed; may be called from any thread, also before run()."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._note_growth)

    async def run(self) -> None:
        """Keep the line up until cancelled; a full disk or a busy box only pauses it."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._has_new_life = False
            try:
                await self._run_once()
                continue
            except (BoxBusyError, DiskFullError, FileInUseError) as error:
                log.warning("line of %s pauses: %s", self._speaker.identity.store, error)
            self._set_state(dataclasses.replace(self._state, online=frozenset()))
            await asyncio.sleep(RESTART_PAUSE_S)

    async def _run_once(self) -> None:
        core = Uplink(
            await self._writer.run(journal.read_tail),
            await self._writer.run(feeds.read_positions),
            self._clock.jitter,
            await self._writer.run(history.read_missing_life),
        )
        self._inbox.clear()
        tasks = [
            asyncio.create_task(carrier.run(self._put), name=f"carrier {carrier.transport.value}")
            for carrier in self._carriers.values()
        ]
        try:
            await self._serve(core, tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, core: Uplink, tasks: Sequence[asyncio.Task[None]]) -> None:
        """Go on until the box has a new file: nothing of the old core is true of it."""
        next_tick_s = 0.0
        loop = asyncio.get_running_loop()
        while not self._has_new_life:
            for task in tasks:
                if task.done():
                    task.result()  # A carrier ends by a bug only: it goes up to the owner.
            wait_s = next_tick_s - loop.time()
            if wait_s <= 0:
                await self._carry_out(core, core.tick(self._now_ms()))
                next_tick_s = loop.time() + TICK_S
                continue
            await self._wait_for_news(wait_s)
            if self._journal_grew:
                self._journal_grew = False
                tail = await self._writer.run(journal.read_tail)
                await self._carry_out(core, core.journal_grew(tail, self._now_ms()))
            if self._inbox:
                await self._carry_out(core, self._hear(core, self._inbox.popleft()))

    async def _wait_for_news(self, timeout_s: float) -> None:
        if self._inbox or self._journal_grew:
            return
        self._wake.clear()
        alarm = asyncio.get_running_loop().call_later(timeout_s, self._wake.set)
        await self._wake.wait()
        alarm.cancel()

    def _hear(self, core: Uplink, signal: Signal) -> Effects:
        now_ms = self._now_ms()
        if isinstance(signal, AckCame):
            self._hear_ack(signal.ack)
        match signal:
            case Connected(transport):
                effects = core.connected(transport, now_ms)
            case Disconnected(transport):
                effects = core.disconnected(transport, now_ms)
            case Failed(transport):
                effects = core.failed(transport, now_ms)
            case Denied(transport, reason_code):
                effects = core.denied(transport, reason_code, now_ms)
            case AckCame(transport, ack):
                effects = core.acknowledged(transport, ack, now_ms)
            case PageCame(transport, page):
                effects = core.page_received(transport, page, now_ms)
            case FactsCame(transport, facts):
                effects = core.facts_received(transport, facts, now_ms)
        return effects

    async def _carry_out(self, core: Uplink, effects: Effects) -> None:
        """Do what the core asks, and what it asks for then, before it hears anything else."""
        waiting = collections.deque(effects)
        while waiting:
            waiting.extend(await self._do(core, waiting.popleft()))
        self._set_state(core.state)

    async def _do(self, core: Uplink, effect: Effect) -> Effects:
        match effect:
            case SendHello(transport):
                hello = await self._writer.run(
                    exchange.make_hello,
                    self._speaker,
                    self._clock.now(),
                    core.state.stopped_reason,
                )
                self._carriers[transport].send_hello(hello)
            case SendBatch(transport, after_seq, facts_max, bytes_max):
                batch, last_seq = await self._writer.run(
                    exchange.make_batch,
                    self._speaker,
                    after_seq=after_seq,
                    facts_max=facts_max,
                    bytes_max=bytes_max,
                )
                self._carriers[transport].send_batch(batch)
                return core.batch_sent(transport, last_seq, self._now_ms())
            case RequestPage(transport, known, after_key, target_version):
                if not self.takes_documents():
                    return ()  # The core asks again after its timeout.
                store = self._speaker.identity.store
                request = exchange.make_page_request(store, known, after_key, target_version)
                self._carriers[transport].request_page(request)
            case MoveCursor(ack):
                is_ours, tail = await self._writer.run(exchange.take_ack, ack)
                return core.cursor_moved(ack, tail, self._now_ms(), is_ours=is_ours)
            case ApplyPages(base_version, target, pages):
                is_applied = await self._writer.run(
                    exchange.take_pages, base_version=base_version, target=target, pages=pages
                )
                return core.pages_applied(self._now_ms(), is_applied=is_applied)
            case RequestFacts(transport, after_epoch, after_seq):
                asked = sync_pb2.JournalRequest(
                    store=self._speaker.identity.store,
                    after_epoch=after_epoch,
                    after_seq=after_seq,
                )
                self._carriers[transport].request_facts(asked)
            case TakeFacts(life, page):
                return await self._take_facts(core, life, page)
        return ()

    async def _take_facts(self, core: Uplink, life: Life, page: sync_pb2.JournalPage) -> Effects:
        path, identity = self._writer.path, self._speaker.identity
        is_taken = await asyncio.to_thread(new_life.take_page, path, identity, life, page)
        if not is_taken or not page.is_last:
            return core.facts_taken(page, self._now_ms(), is_taken=is_taken)
        await self._writer.exchange(
            functools.partial(new_life.finish, database=path, identity=identity, life=life)
        )
        log.warning("%s begins epoch %d with a new file", identity.store, life.epoch)
        self._has_new_life = True
        return ()

    def _put(self, signal: Signal) -> None:
        is_message = isinstance(signal, AckCame | PageCame | FactsCame)
        if is_message and len(self._inbox) >= MESSAGES_WAITING_MAX:
            return
        self._inbox.append(signal)
        self._wake.set()

    def _note_growth(self) -> None:
        self._journal_grew = True
        self._wake.set()

    def _now_ms(self) -> int:
        return self._clock.monotonic_ms()

    def _set_state(self, state: LineState) -> None:
        if state == self._state:
            return
        was_online, is_online = bool(self._state.online), bool(state.online)
        is_stopped_anew = state.stopped_reason not in {"", self._state.stopped_reason}
        self._state = state
        store = self._speaker.identity.store
        if was_online != is_online:
            log.info("line of %s is %s", store, "up" if is_online else "down")
        if is_stopped_anew:
            log.warning("line of %s stopped: %s", store, state.stopped_reason)
        self._show_state(state)
