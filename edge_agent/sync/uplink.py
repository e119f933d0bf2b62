"""The sync core of a box: what to send next, on which way, and when facts count as delivered.

Pure: every method takes a message and the time, changes the state and returns effects. No clock,
no chance, no I/O, so the simulator drives the code that runs in the store. Effects are carried out,
and their answers heard, before anything else is. Times are milliseconds of a clock that never goes
back.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable

from edge_agent.store.feeds import INT64_MAX, ScopePosition
from edge_agent.store.history import Life
from edge_agent.store.journal import Tail
from edge_agent.sync.feed_pull import FeedPull
from edge_agent.sync.journal_pull import JournalPull
from edge_agent.sync.path import ACK_TIMEOUT_MS, PAUSE_FIRST_MS, Jitter, Path, make_pause_ms
from edge_agent.sync.signals import (
    Effect,
    Effects,
    LineState,
    MoveCursor,
    SendBatch,
    SendHello,
    Transport,
)
from protos.liushui.v1 import sync_pb2

FLIGHTS_MAX = 4
"""Batches on their way: enough to keep a line of 100 ms busy, little enough to send again."""
BATCH_FACTS_MAX = 500
BATCH_BYTES_MAX = 256 * 1024
"""Bounds what box, broker and hub hold of one message, and the hub's transaction."""
BACKLOG_FACTS = 500
"""More than one batch behind: the bulk way is better."""
BUSY_MAX_MS = 30_000
"""The hub may ask for a longer pause by mistake; the store's facts should not wait for it."""
GAP_PAUSE_MS = 500
"""All batches behind a lost one are answered with the same gap: send again once for them all. A
batch that was overtaken by the next one, as calls may be, arrives within this."""
FORKED = "history_forked"
"""Why nothing is uploaded when the journal does not know the head that the hub holds."""
GRANTED = "epoch_granted"
"""Why nothing is uploaded while the box gets ready for an epoch that a person approved."""


PROGRESS_OUTCOMES = frozenset(
    {sync_pb2.OUTCOME_STORED, sync_pb2.OUTCOME_EXISTS, sync_pb2.OUTCOME_TOO_NEW}
)
CURSOR_OUTCOMES = PROGRESS_OUTCOMES | {sync_pb2.OUTCOME_GREETED, sync_pb2.OUTCOME_GAP}
"""Say what the hub holds. An outcome of a later hub is in no table: its timeout decides."""


class Stop(enum.Enum):
    """Why nothing is uploaded."""

    NOT = "not"
    UNTIL_GREETED = "until_greeted"
    """Until the hub greets the box with a head of its own journal."""
    FOR_GOOD = "for_good"
    """Until a person acts: this program starts again, or the hub begins another life."""


STOP_OF_OUTCOME = {
    sync_pb2.OUTCOME_FORK: Stop.FOR_GOOD,
    sync_pb2.OUTCOME_FENCED: Stop.UNTIL_GREETED,
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Flight:
    """One batch on its way."""

    transport: Transport
    first_seq: int
    last_seq: int
    sent_at_ms: int


class Uplink:
    """State of the line of one box."""

    def __init__(
        self,
        tail: Tail,
        positions: Iterable[ScopePosition],
        jitter: Jitter,
        missing_life: Life | None = None,
    ) -> None:
        """Build it.

        Args:
            tail: of the journal.
            positions: of the feeds.
            jitter: for the pauses.
            missing_life: whose former facts the journal lacks: a box that took another's place.
        """
        self._tail = tail
        self._jitter = jitter
        self._paths = {transport: Path() for transport in Transport}
        self._feeds = FeedPull(positions, jitter)
        self._journal = JournalPull(missing_life, jitter)
        self._hub_seq = tail.durable_seq
        """What the hub holds as far as we know; may fall below the cursor when it lost some."""
        self._sent_seq = tail.durable_seq
        """What was sent and may still arrive."""
        self._flights: list[_Flight] = []
        self._is_reading = False
        self._quiet_until_ms = 0
        self._gap_seq: int | None = None
        """Last fact before a gap; some batch behind it was not taken, and has to be sent again."""
        self._gap_due_ms = 0
        self._is_overtaken = False
        """What is missing may still come: a call that was sent earlier has no answer yet."""
        self._refusals = 0
        self._stop = Stop.NOT
        self._reason = ""

    @property
    def state(self) -> LineState:
        """The line as the screens show it."""
        online = frozenset(t for t, path in self._paths.items() if path.is_usable)
        return LineState(online, self._tail.seq - self._tail.durable_seq, self._reason)

    def connected(self, transport: Transport, now_ms: int) -> Effects:
        """A transport could carry something now."""
        self._paths[transport].connect(now_ms)
        return self._go_on(now_ms)

    def disconnected(self, transport: Transport, now_ms: int) -> Effects:
        """A transport is gone, with all that was on its way."""
        self._paths[transport].disconnect()
        self._lose(transport)
        return self._go_on(now_ms)

    def failed(self, transport: Transport, now_ms: int) -> Effects:
        """A send did not go through, or the hub did not let us in there."""
        self._paths[transport].fail(now_ms, self._jitter)
        self._lose(transport)
        return self._go_on(now_ms)

    def denied(self, transport: Transport, reason_code: str, now_ms: int) -> Effects:
        """The hub did not let us in on this way, and said why."""
        self._paths[transport].fail(now_ms, self._jitter)
        if not self.state.online:
            self._reason = reason_code
        self._lose(transport)
        return self._go_on(now_ms)

    def journal_grew(self, tail: Tail, now_ms: int) -> Effects:
        """Facts were written."""
        self._tail = tail
        return self._go_on(now_ms)

    def tick(self, now_ms: int) -> Effects:
        """Time passed."""
        for transport, path in self._paths.items():
            if path.is_overdue(now_ms) or self._is_unanswered(transport, now_ms):
                path.fail(now_ms, self._jitter)
                self._lose(transport)
        if self._gap_seq is not None and now_ms >= self._gap_due_ms:
            self._gap_due_ms = now_ms + GAP_PAUSE_MS
            self._fill_gap(max(self._gap_seq, self._hub_seq))
        return self._go_on(now_ms)

    def acknowledged(self, transport: Transport, ack: sync_pb2.Ack, now_ms: int) -> Effects:
        """The hub answered a hello or a batch, or spoke unasked."""
        path = self._paths[transport]
        if max(ack.durable_seq, ack.hub_generation) > INT64_MAX:
            return self._go_on(now_ms)  # No hub counts so far: it is as if nothing had been said.
        path.hear(is_progress=ack.outcome in PROGRESS_OUTCOMES)
        if ack.outcome == sync_pb2.OUTCOME_FENCED and ack.reason_code == GRANTED:
            self._hear_grant(path, ack)
        elif ack.outcome in STOP_OF_OUTCOME:
            path.is_greeted = False
            self._halt(STOP_OF_OUTCOME[ack.outcome], ack.reason_code)
        elif ack.outcome == sync_pb2.OUTCOME_BUSY:
            pause_ms = min(max(ack.retry_after_ms, PAUSE_FIRST_MS), BUSY_MAX_MS)
            self._wait(now_ms + pause_ms)
        elif ack.outcome == sync_pb2.OUTCOME_REFUSED:
            # Altered on its way, or a fault of ours: try again, ever more seldom.
            self._reason = ack.reason_code
            self._refusals += 1
            self._wait(now_ms + make_pause_ms(self._refusals, self._jitter))
        elif ack.outcome in CURSOR_OUTCOMES and not self._is_stale(ack):
            if ack.outcome == sync_pb2.OUTCOME_GREETED:
                path.is_greeted = True
                self._feeds.hear_positions(ack.feeds)
                self._journal.forget_grant(ack.epoch, ack.hub_generation)
            if self._is_news(ack):
                return (MoveCursor(ack),)
            self._settle(ack, now_ms)
        return self._go_on(now_ms)

    def cursor_moved(self, ack: sync_pb2.Ack, tail: Tail, now_ms: int, *, is_ours: bool) -> Effects:
        """The journal judged an ack.

        Args:
            ack: of MoveCursor.
            tail: where the journal and its cursor stand now.
            now_ms: time.
            is_ours: whether the journal has the ack's head at its place.
        """
        is_new_life = ack.hub_generation > self._tail.hub_generation
        self._tail = tail
        if not is_ours:
            self._halt(Stop.UNTIL_GREETED, FORKED)
            return self._go_on(now_ms)
        if is_new_life:
            self._release(Stop.FOR_GOOD)
            self._rewind(ack.durable_seq)
        self._settle(ack, now_ms)
        return self._go_on(now_ms)

    def batch_sent(self, transport: Transport, last_seq: int, now_ms: int) -> Effects:
        """SendBatch was carried out; the batch held the facts up to last_seq."""
        assert self._is_reading, "nothing else is heard between SendBatch and its answer"
        self._is_reading = False
        self._flights.append(_Flight(transport, self._sent_seq + 1, last_seq, now_ms))
        self._sent_seq = last_seq
        return self._go_on(now_ms)

    def page_received(self, transport: Transport, page: sync_pb2.FeedPage, now_ms: int) -> Effects:
        """A page of documents came."""
        self._paths[transport].hear()
        complete = self._feeds.take(page, now_ms)
        return (complete,) if complete else self._go_on(now_ms)

    def pages_applied(self, now_ms: int, *, is_applied: bool) -> Effects:
        """ApplyPages was carried out; False when the content was not the hub's."""
        self._feeds.finish(now_ms, is_applied=is_applied)
        return self._go_on(now_ms)

    def facts_received(
        self, transport: Transport, page: sync_pb2.JournalPage, now_ms: int
    ) -> Effects:
        """A page of the store's former facts came."""
        self._paths[transport].hear()
        taken = self._journal.take(page)
        return (taken,) if taken else self._go_on(now_ms)

    def facts_taken(self, page: sync_pb2.JournalPage, now_ms: int, *, is_taken: bool) -> Effects:
        """TakeFacts was carried out; False when the page, or all of them, did not fit."""
        self._journal.finish(page, now_ms, is_taken=is_taken)
        return self._go_on(now_ms)

    def _hear_grant(self, path: Path, ack: sync_pb2.Ack) -> None:
        """A person let this box begin another epoch: get ready for it, and upload nothing."""
        if ack.epoch <= self._tail.epoch:
            return  # It lives in it: the answer is old.
        path.is_greeted = True
        self._halt(Stop.UNTIL_GREETED, GRANTED)
        self._journal.want(Life(ack.epoch, ack.durable_head, ack.hub_generation))

    def _go_on(self, now_ms: int) -> Effects:
        effects: list[Effect] = []
        in_use = self._choose(prefer=Transport.MQTT)
        for transport, path in self._paths.items():
            if path.take_hello(now_ms, is_in_use=transport is in_use):
                effects.append(SendHello(transport))
        bulk = self._choose(prefer=Transport.GRPC)
        if bulk is not None:
            effects += self._ask_for_page(bulk, now_ms)
        batch = self._next_batch(now_ms)
        return (*effects, batch) if batch else tuple(effects)

    def _ask_for_page(self, transport: Transport, now_ms: int) -> list[Effect]:
        """Former facts before documents: a new box can sell nothing until its numbers are right."""
        if self._journal.life is not None:
            facts = self._journal.ask(transport, now_ms)
            return [facts] if facts else []
        page = self._feeds.ask(transport, now_ms)
        return [page] if page else []

    def _next_batch(self, now_ms: int) -> SendBatch | None:
        is_idle = self._sent_seq >= self._tail.seq or self._is_reading
        if is_idle or self._stop is not Stop.NOT or now_ms < self._quiet_until_ms:
            return None
        if len(self._flights) >= FLIGHTS_MAX:
            return None
        is_behind = self._tail.seq - self._hub_seq > BACKLOG_FACTS
        transport = self._choose(prefer=Transport.GRPC if is_behind else Transport.MQTT)
        if self._flights and self._paths[self._flights[-1].transport].is_usable:
            transport = self._flights[-1].transport  # Two ways at once would overtake each other.
        if transport is None:
            return None
        self._is_reading = True
        return SendBatch(transport, self._sent_seq, BATCH_FACTS_MAX, BATCH_BYTES_MAX)

    def _choose(self, prefer: Transport) -> Transport | None:
        usable = [transport for transport, path in self._paths.items() if path.is_usable]
        return prefer if prefer in usable else next(iter(usable), None)

    def _is_stale(self, ack: sync_pb2.Ack) -> bool:
        """Whether it was said to a former life of the box, by one of the hub, or long ago."""
        if ack.epoch != self._tail.epoch or ack.hub_generation < self._tail.hub_generation:
            return True
        return (
            ack.outcome in PROGRESS_OUTCOMES
            and ack.hub_generation == self._tail.hub_generation
            and ack.durable_seq < self._tail.durable_seq
        )

    def _is_news(self, ack: sync_pb2.Ack) -> bool:
        """Whether the journal has to judge it: another place than the cursor's, or a stop."""
        if self._stop is Stop.UNTIL_GREETED and ack.outcome == sync_pb2.OUTCOME_GREETED:
            return True
        said = (ack.hub_generation, ack.durable_seq)
        return said != (self._tail.hub_generation, self._tail.durable_seq)

    def _settle(self, ack: sync_pb2.Ack, now_ms: int) -> None:
        """Go by what the hub holds. Sending too much is harmless, sending too little is not."""
        if ack.outcome == sync_pb2.OUTCOME_GAP:
            self._hear_gap(ack.durable_seq, now_ms)
            return
        if ack.outcome == sync_pb2.OUTCOME_GREETED:
            self._release(Stop.UNTIL_GREETED)
            if not self._flights:
                self._rewind(ack.durable_seq)
        if ack.outcome != sync_pb2.OUTCOME_GREETED or ack.durable_seq == self._tail.seq:
            self._refusals = 0  # What was refused is kept now, or it was a hello.
        if self._stop is Stop.NOT and self._refusals == 0:
            self._reason = ""
        self._hub_seq = max(self._hub_seq, ack.durable_seq)
        self._sent_seq = max(self._sent_seq, self._hub_seq)
        self._flights = [flight for flight in self._flights if flight.last_seq > self._hub_seq]
        if self._is_overtaken and self._gap_seq is not None and self._hub_seq > self._gap_seq:
            self._fill_gap(self._hub_seq)

    def _hear_gap(self, durable_seq: int, now_ms: int) -> None:
        """A batch was not taken because the one before it is missing: lost, or overtaken.

        Calls overtake each other, so the missing one may still come: then what came too early is
        sent again. In doubt all is, after GAP_PAUSE_MS: no batch waits for its timeout.
        """
        self._gap_seq = durable_seq
        if now_ms < self._gap_due_ms:
            return  # All batches behind a lost one say the same, and it is on its way again.
        self._gap_due_ms = now_ms + GAP_PAUSE_MS
        self._is_overtaken = any(
            flight.transport is Transport.GRPC
            and flight.first_seq <= durable_seq + 1 <= flight.last_seq
            for flight in self._flights
        )
        if not self._is_overtaken:
            self._fill_gap(durable_seq)

    def _fill_gap(self, after_seq: int) -> None:
        self._gap_seq, self._is_overtaken = None, False
        self._rewind(after_seq)

    def _wait(self, until_ms: int) -> None:
        self._quiet_until_ms = until_ms
        self._rewind(self._hub_seq)

    def _halt(self, stop: Stop, reason_code: str) -> None:
        if self._stop is not Stop.FOR_GOOD:
            self._stop, self._reason = stop, reason_code
        self._rewind(self._hub_seq)

    def _release(self, stop: Stop) -> None:
        if self._stop is stop:
            self._stop, self._reason = Stop.NOT, ""

    def _rewind(self, hub_seq: int) -> None:
        self._hub_seq = self._sent_seq = hub_seq
        self._flights.clear()

    def _lose(self, transport: Transport) -> None:
        self._feeds.lose(transport)
        self._journal.lose(transport)
        if any(flight.transport is transport for flight in self._flights):
            self._rewind(self._hub_seq)

    def _is_unanswered(self, transport: Transport, now_ms: int) -> bool:
        return any(
            flight.transport is transport and now_ms - flight.sent_at_ms >= ACK_TIMEOUT_MS
            for flight in self._flights
        )
