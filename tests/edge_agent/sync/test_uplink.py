"""The sync core, one message at a time: what it asks for, and when."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TypeVar

import pytest

from edge_agent.store.feeds import ScopePosition
from edge_agent.store.journal import Tail
from edge_agent.sync.feed_pull import PAGE_TRIES_MAX
from edge_agent.sync.path import (
    ACK_TIMEOUT_MS,
    HELLO_INTERVAL_MS,
    PAUSE_FIRST_MS,
    PAUSE_MAX_MS,
    STANDBY_HELLO_INTERVAL_MS,
    make_pause_ms,
)
from edge_agent.sync.signals import (
    ApplyPages,
    Effect,
    Effects,
    MoveCursor,
    RequestFacts,
    RequestPage,
    SendBatch,
    SendHello,
    Transport,
)
from edge_agent.sync.uplink import (
    BACKLOG_FACTS,
    BATCH_BYTES_MAX,
    BATCH_FACTS_MAX,
    BUSY_MAX_MS,
    FLIGHTS_MAX,
    GAP_PAUSE_MS,
    GRANTED,
    Uplink,
)
from protos.chain import GENESIS
from protos.liushui.v1 import sync_pb2

T = TypeVar("T", bound=Effect)
MQTT, GRPC = Transport.MQTT, Transport.GRPC
ITEMS = ScopePosition("items", "*", 1, 5, b"a" * 32)


def make_tail(seq: int = 0, durable_seq: int = 0, *, hub_generation: int = 1) -> Tail:
    return Tail(1, seq, GENESIS, durable_seq, hub_generation, None)


def make_core(tail: Tail | None = None) -> Uplink:
    return Uplink(tail or make_tail(), [ITEMS], lambda: 0.0)


def make_ack(
    outcome: sync_pb2.Outcome,
    durable_seq: int = 0,
    *,
    epoch: int = 1,
    hub_generation: int = 1,
    reason_code: str = "",
) -> sync_pb2.Ack:
    return sync_pb2.Ack(
        store="S001",
        epoch=epoch,
        durable_seq=durable_seq,
        durable_head=GENESIS,
        hub_generation=hub_generation,
        outcome=outcome,
        reason_code=reason_code,
    )


GREETED = make_ack(sync_pb2.OUTCOME_GREETED)


def greet(core: Uplink, *transports: Transport, now_ms: int = 0) -> None:
    """Connect and let the hub answer with where the core's cursor is."""
    for transport in transports:
        core.connected(transport, now_ms)
    for transport in transports:
        core.acknowledged(transport, GREETED, now_ms)


def send_next(core: Uplink, effects: Effects, facts: int, now_ms: int = 0) -> Effects:
    """Carry out the SendBatch among effects with so many facts."""
    batch = only(effects, SendBatch)
    return core.batch_sent(batch.transport, batch.after_seq + facts, now_ms)


def only(effects: Effects, kind: type[T]) -> T:
    found = [effect for effect in effects if isinstance(effect, kind)]
    assert len(found) == 1, effects
    return found[0]


def test_connection_is_greeted_before_facts_travel() -> None:
    core = make_core(make_tail(3))

    effects = core.connected(MQTT, 0)

    assert effects == (SendHello(MQTT),)
    assert core.state.online == frozenset()


def test_first_fact_of_an_idle_box_is_sent_at_once() -> None:
    core = make_core()
    greet(core, MQTT, GRPC)

    effects = core.journal_grew(make_tail(1), 10)

    assert effects == (SendBatch(MQTT, 0, BATCH_FACTS_MAX, BATCH_BYTES_MAX),)


@pytest.mark.parametrize(
    ("behind", "transports", "expected"),
    [
        (BACKLOG_FACTS, {MQTT, GRPC}, MQTT),
        (BACKLOG_FACTS + 1, {MQTT, GRPC}, GRPC),
        (BACKLOG_FACTS + 1, {MQTT}, MQTT),
        (1, {GRPC}, GRPC),
    ],
)
def test_backlog_takes_the_bulk_way_and_each_way_alone_is_enough(
    behind: int, transports: set[Transport], expected: Transport
) -> None:
    core = make_core()
    greet(core, *transports)

    effects = core.journal_grew(make_tail(behind), 10)

    assert only(effects, SendBatch).transport is expected


def test_no_more_batches_are_on_their_way_than_the_limit() -> None:
    core = make_core()
    greet(core, MQTT)
    effects = core.journal_grew(make_tail(100), 10)

    sent = 0
    while any(isinstance(effect, SendBatch) for effect in effects):
        effects = send_next(core, effects, 10)
        sent += 1

    assert sent == FLIGHTS_MAX


def test_only_one_batch_is_read_at_a_time() -> None:
    core = make_core()
    greet(core, MQTT)
    core.journal_grew(make_tail(100), 10)

    assert core.journal_grew(make_tail(101), 11) == ()


def test_acknowledged_place_is_judged_by_the_journal_before_anything_else() -> None:
    core = make_core()
    greet(core, MQTT)
    send_next(core, core.journal_grew(make_tail(10), 10), 5)
    ack = make_ack(sync_pb2.OUTCOME_STORED, 5)

    effects = core.acknowledged(MQTT, ack, 20)

    assert effects == (MoveCursor(ack),)
    assert core.state.unacknowledged_facts == 10
    after = core.cursor_moved(ack, make_tail(10, 5), 21, is_ours=True)
    assert core.state.unacknowledged_facts == 5
    assert after == ()  # The rest is on its way already.


def test_head_that_is_not_ours_stops_uploading() -> None:
    core = make_core()
    greet(core, MQTT)
    ack = make_ack(sync_pb2.OUTCOME_STORED, 5)

    effects = core.cursor_moved(ack, make_tail(10), 20, is_ours=False)

    assert effects == ()
    assert core.state.stopped_reason == "history_forked"
    assert core.journal_grew(make_tail(11), 30) == ()


def test_greeting_with_our_own_head_ends_that_stop() -> None:
    core = make_core()
    greet(core, MQTT)
    core.cursor_moved(make_ack(sync_pb2.OUTCOME_STORED, 5), make_tail(10), 20, is_ours=False)

    judged = core.acknowledged(MQTT, GREETED, 30)
    effects = core.cursor_moved(GREETED, make_tail(10), 30, is_ours=True)

    assert judged == (MoveCursor(GREETED),)
    assert core.state.stopped_reason == ""
    assert only(effects, SendBatch).after_seq == 0


def test_fork_that_the_hub_found_stops_until_a_person_acts() -> None:
    core = make_core(make_tail(10))
    greet(core, MQTT)
    core.acknowledged(MQTT, make_ack(sync_pb2.OUTCOME_FORK, 3, reason_code="fact_id_repeated"), 20)

    core.acknowledged(MQTT, GREETED, 30)

    assert core.state.stopped_reason == "fact_id_repeated"
    assert core.tick(40) == ()


def test_new_life_of_the_hub_ends_every_stop_and_rewinds_to_what_it_holds() -> None:
    core = make_core(make_tail(10, 8))
    core.connected(MQTT, 0)
    core.acknowledged(MQTT, make_ack(sync_pb2.OUTCOME_FORK, 8, reason_code="x"), 20)
    greeting = make_ack(sync_pb2.OUTCOME_GREETED, 4, hub_generation=2)

    core.acknowledged(MQTT, greeting, 30)
    effects = core.cursor_moved(greeting, make_tail(10, 4, hub_generation=2), 30, is_ours=True)

    assert core.state.stopped_reason == ""
    assert only(effects, SendBatch).after_seq == 4


@pytest.mark.parametrize(
    "ack",
    [
        make_ack(sync_pb2.OUTCOME_STORED, 9, epoch=2),
        make_ack(sync_pb2.OUTCOME_STORED, 9, hub_generation=0),
        make_ack(sync_pb2.OUTCOME_STORED, 3),
        make_ack(sync_pb2.OUTCOME_UNSPECIFIED, 9),
        sync_pb2.Ack(epoch=1, outcome=99, durable_seq=9, hub_generation=1),  # type: ignore[arg-type]  # Of a later hub.
    ],
    ids=["other epoch", "older life", "long ago", "unspecified", "later hub"],
)
def test_ack_that_says_nothing_about_now_moves_nothing(ack: sync_pb2.Ack) -> None:
    core = make_core(make_tail(10, 5))
    core.connected(MQTT, 0)
    greeting = make_ack(sync_pb2.OUTCOME_GREETED, 5)
    send_next(core, core.acknowledged(MQTT, greeting, 0), 5)

    assert core.acknowledged(MQTT, ack, 20) == ()
    assert core.state.unacknowledged_facts == 5


def test_gap_sends_again_from_where_the_hub_is_but_once_for_all_batches_behind_it() -> None:
    core = make_core()
    greet(core, MQTT)
    effects = core.journal_grew(make_tail(40), 10)
    for _ in range(FLIGHTS_MAX):
        effects = send_next(core, effects, 10)
    gap = make_ack(sync_pb2.OUTCOME_GAP, 0)

    first = core.acknowledged(MQTT, gap, 1_000)
    effects = first
    for _ in range(FLIGHTS_MAX):
        effects = send_next(core, effects, 10, now_ms=1_000)
    second = core.acknowledged(MQTT, gap, 1_001)
    later = core.acknowledged(MQTT, gap, 1_000 + GAP_PAUSE_MS)

    assert only(first, SendBatch).after_seq == 0
    assert second == ()
    assert only(later, SendBatch).after_seq == 0


def test_unanswered_batch_is_sent_again_on_the_other_way() -> None:
    core = make_core()
    greet(core, MQTT, GRPC)
    send_next(core, core.journal_grew(make_tail(1), 0), 1)

    effects = core.tick(ACK_TIMEOUT_MS)

    assert only(effects, SendBatch) == SendBatch(GRPC, 0, BATCH_FACTS_MAX, BATCH_BYTES_MAX)
    assert core.state.online == {GRPC}


def test_way_that_carries_hellos_but_no_batches_is_tried_ever_more_seldom() -> None:
    core = make_core()
    core.connected(MQTT, 0)
    core.acknowledged(MQTT, GREETED, 0)
    now_ms, greeted_at_ms = 0, [0]
    core_effects = core.journal_grew(make_tail(1), 0)
    for _ in range(4):
        core_effects = send_next(core, core_effects, 1, now_ms=now_ms)
        now_ms += ACK_TIMEOUT_MS
        core_effects = core.tick(now_ms)
        while SendHello(MQTT) not in core_effects:
            now_ms += 50
            assert now_ms < 100_000
            core_effects = core.tick(now_ms)
        greeted_at_ms.append(now_ms)
        core_effects = core.acknowledged(MQTT, GREETED, now_ms)

    pauses_ms = [b - a - ACK_TIMEOUT_MS for a, b in itertools.pairwise(greeted_at_ms)]
    assert pauses_ms == sorted(set(pauses_ms))


def test_lost_connection_is_not_waited_for() -> None:
    core = make_core()
    greet(core, MQTT, GRPC)
    send_next(core, core.journal_grew(make_tail(1), 0), 1)

    effects = core.disconnected(MQTT, 10)

    assert only(effects, SendBatch).transport is GRPC


def test_busy_hub_is_left_alone_for_as_long_as_it_asks() -> None:
    core = make_core()
    greet(core, MQTT)
    send_next(core, core.journal_grew(make_tail(1), 0), 1)
    busy = make_ack(sync_pb2.OUTCOME_BUSY)
    busy.retry_after_ms = 2_000

    at_once = core.acknowledged(MQTT, busy, 100)

    assert at_once == ()
    assert core.tick(2_099) == ()
    assert only(core.tick(2_100), SendBatch).after_seq == 0


def test_busy_hub_cannot_ask_for_more_than_the_limit() -> None:
    core = make_core()
    greet(core, MQTT)
    busy = make_ack(sync_pb2.OUTCOME_BUSY)
    busy.retry_after_ms = 2**32 - 1
    core.acknowledged(MQTT, busy, 0)

    effects = core.journal_grew(make_tail(1), BUSY_MAX_MS)

    assert only(effects, SendBatch).after_seq == 0


def test_refused_batch_is_tried_again_ever_more_seldom_and_the_reason_is_shown() -> None:
    core = make_core()
    greet(core, GRPC)
    refusal = make_ack(sync_pb2.OUTCOME_REFUSED, reason_code="signature_wrong")
    pauses_ms, now_ms = [], 0
    effects = core.journal_grew(make_tail(1), 0)
    for _ in range(4):
        send_next(core, effects, 1, now_ms=now_ms)
        effects = core.acknowledged(GRPC, refusal, now_ms)
        refused_at_ms = now_ms
        while not any(isinstance(effect, SendBatch) for effect in effects):
            now_ms += 50
            assert now_ms < 100_000
            effects = core.acknowledged(GRPC, GREETED, now_ms)  # The line itself is fine.
        pauses_ms.append(now_ms - refused_at_ms)

    assert core.state.stopped_reason == "signature_wrong"
    assert pauses_ms == sorted(set(pauses_ms))
    ack = make_ack(sync_pb2.OUTCOME_STORED, 1)
    core.cursor_moved(ack, make_tail(1, 1), now_ms, is_ours=True)
    assert core.state.stopped_reason == ""


def test_greeting_ends_the_reason_of_a_refused_hello_when_nothing_waits_to_be_sent() -> None:
    """A hello was altered on its way: an idle store must not look stopped until its next sale."""
    core = make_core()
    greet(core, MQTT)
    core.acknowledged(MQTT, make_ack(sync_pb2.OUTCOME_REFUSED, reason_code="not_readable"), 10)
    assert core.state.stopped_reason == "not_readable"

    core.acknowledged(MQTT, GREETED, 20)

    assert core.state.stopped_reason == ""


@pytest.mark.parametrize("field", ["durable_seq", "hub_generation"])
def test_ack_with_a_number_that_no_hub_counts_to_is_not_heard(field: str) -> None:
    core = make_core()
    greet(core, MQTT)
    ack = make_ack(sync_pb2.OUTCOME_STORED, 1)
    setattr(ack, field, 1 << 63)

    effects = core.acknowledged(MQTT, ack, 10)

    assert not any(isinstance(effect, MoveCursor) for effect in effects)


def test_denied_way_shows_its_reason_unless_another_way_is_open() -> None:
    core = make_core()
    greet(core, MQTT, GRPC)

    core.denied(GRPC, "certificate_unknown", 10)

    assert core.state.stopped_reason == ""
    core.disconnected(MQTT, 20)
    core.denied(GRPC, "certificate_unknown", 30)
    assert core.state.stopped_reason == "certificate_unknown"


def test_way_in_use_is_greeted_often_and_the_other_one_seldom() -> None:
    core = make_core()
    greet(core, MQTT, GRPC)
    hellos: dict[Transport, int] = {MQTT: 0, GRPC: 0}

    for now_ms in range(0, STANDBY_HELLO_INTERVAL_MS + 1, 250):
        for effect in core.tick(now_ms):
            if isinstance(effect, SendHello):
                hellos[effect.transport] += 1
                core.acknowledged(effect.transport, GREETED, now_ms)

    assert hellos == {MQTT: STANDBY_HELLO_INTERVAL_MS // HELLO_INTERVAL_MS, GRPC: 1}


@pytest.mark.parametrize("failures", [1, 2, 3, 6, 7, 50, 10_000])
@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_pause_grows_to_its_limit(failures: int, chance: float) -> None:
    pause_ms = make_pause_ms(failures, lambda: chance)

    assert PAUSE_FIRST_MS // 2 <= pause_ms <= PAUSE_MAX_MS
    assert pause_ms >= min(PAUSE_FIRST_MS * 2 ** min(failures - 1, 10), PAUSE_MAX_MS) // 2


def position(
    version: int, *, generation: int = 1, content_hash: bytes = b"b" * 32
) -> ScopePosition:
    return dataclasses.replace(
        ITEMS, version=version, generation=generation, content_hash=content_hash
    )


def write(known: ScopePosition) -> sync_pb2.FeedPosition:
    return sync_pb2.FeedPosition(
        feed=known.feed,
        scope=known.scope,
        generation=known.generation,
        version=known.version,
        content_hash=known.content_hash,
    )


def make_greeting(*positions: ScopePosition) -> sync_pb2.Ack:
    ack = make_ack(sync_pb2.OUTCOME_GREETED)
    ack.feeds.extend(write(known) for known in positions)
    return ack


def make_page(
    base_version: int, target: ScopePosition, *keys: bytes, after_key: bytes = b"", is_last: bool
) -> sync_pb2.FeedPage:
    return sync_pb2.FeedPage(
        base=write(dataclasses.replace(target, version=base_version)),
        target=write(target),
        changes=[sync_pb2.Change(key=key, version=target.version, body=key) for key in keys],
        is_last=is_last,
        after_key=after_key,
    )


def ask_for_items(core: Uplink, target: ScopePosition) -> RequestPage:
    core.connected(GRPC, 0)
    return only(core.acknowledged(GRPC, make_greeting(target), 0), RequestPage)


def test_changed_documents_are_pulled_page_by_page_and_applied_together() -> None:
    core = make_core()
    target = position(7)

    first = ask_for_items(core, target)
    page_1 = make_page(5, target, b"k1", b"k2", is_last=False)
    second = only(core.page_received(GRPC, page_1, 10), RequestPage)
    page_2 = make_page(5, target, b"k3", after_key=b"k2", is_last=True)
    effects = core.page_received(GRPC, page_2, 20)

    assert first == RequestPage(GRPC, ITEMS, b"", 0)
    assert second == RequestPage(GRPC, ITEMS, b"k2", 7)
    assert effects == (ApplyPages(5, target, (page_1, page_2)),)
    assert core.pages_applied(30, is_applied=True) == ()
    assert core.acknowledged(GRPC, make_greeting(target), 40) == ()


@pytest.mark.parametrize(
    "said",
    [
        ITEMS,
        position(4),
        position(9, generation=0),
        dataclasses.replace(position(9), scope="Z9"),
        dataclasses.replace(position(9), feed="users"),
    ],
    ids=["the same", "older", "older life", "other scope", "unknown feed"],
)
def test_documents_that_are_no_news_are_not_pulled(said: ScopePosition) -> None:
    core = make_core()
    core.connected(GRPC, 0)

    assert core.acknowledged(GRPC, make_greeting(said), 0) == ()


def test_same_version_with_other_content_is_pulled() -> None:
    assert ask_for_items(make_core(), position(5)).known == ITEMS


def test_content_that_does_not_fit_is_asked_for_whole_and_then_less_and_less_often() -> None:
    core = make_core()
    target = position(7)
    ask_for_items(core, target)
    core.page_received(GRPC, make_page(5, target, b"k1", is_last=True), 10)

    whole = only(core.pages_applied(20, is_applied=False), RequestPage)
    core.page_received(GRPC, make_page(0, target, b"k1", is_last=True), 30)
    after = core.pages_applied(40, is_applied=False)

    assert whole.known.version == 0
    assert after == ()
    assert only(core.tick(40 + PAUSE_FIRST_MS), RequestPage).known.version == 0


def test_page_of_another_life_of_the_hub_begins_the_pull_again() -> None:
    core = make_core()
    target = position(7)
    ask_for_items(core, target)
    core.page_received(GRPC, make_page(5, target, b"k1", is_last=False), 10)
    other = position(3, generation=2)

    effects = core.page_received(
        GRPC, make_page(0, other, b"k2", after_key=b"k1", is_last=True), 20
    )

    assert only(effects, RequestPage) == RequestPage(GRPC, ITEMS, b"", 0)


@pytest.mark.parametrize(
    "page",
    [
        make_page(5, position(7), b"k1", after_key=b"k9", is_last=True),
        make_page(5, dataclasses.replace(position(7), feed="prices"), b"k1", is_last=True),
    ],
    ids=["another page", "another feed"],
)
def test_page_that_was_not_asked_for_is_dropped(page: sync_pb2.FeedPage) -> None:
    core = make_core()
    ask_for_items(core, position(7))

    assert core.page_received(GRPC, page, 10) == ()


def test_repeated_page_is_dropped() -> None:
    core = make_core()
    target = position(7)
    ask_for_items(core, target)
    page = make_page(5, target, b"k1", is_last=False)
    core.page_received(GRPC, page, 10)

    assert core.page_received(GRPC, page, 20) == ()


def test_endless_pull_is_given_up_for_a_while() -> None:
    core = make_core()
    target = position(7)
    ask_for_items(core, target)

    effects = core.page_received(GRPC, make_page(5, target, is_last=False), 10)

    assert effects == ()
    assert only(core.tick(10 + PAUSE_FIRST_MS), RequestPage).after_key == b""


def test_page_that_never_comes_leaves_the_other_feeds_their_turn() -> None:
    prices = ScopePosition("prices", "Z1", 1, 1, b"p" * 32)
    core = Uplink(make_tail(), [ITEMS, prices], lambda: 0.0)
    core.connected(MQTT, 0)
    wanted = make_greeting(position(7), dataclasses.replace(prices, version=2))
    effects, asked = core.acknowledged(MQTT, wanted, 0), list[str]()

    for now_ms in range(250, 100_000, 250):
        asked += [effect.known.feed for effect in effects if isinstance(effect, RequestPage)]
        effects = core.tick(now_ms)
        if SendHello(MQTT) in effects:
            effects += core.acknowledged(MQTT, make_greeting(), now_ms)

    turns = [(feed, len(list(group))) for feed, group in itertools.groupby(asked)]
    assert turns[:2] == [("items", PAGE_TRIES_MAX), ("prices", PAGE_TRIES_MAX)]


@pytest.mark.parametrize(("hub_generation", "expected"), [(1, RequestFacts), (2, RequestPage)])
def test_epoch_granted_before_the_hub_was_restored_is_not_waited_for(
    hub_generation: int, expected: type[Effect]
) -> None:
    """A hub set back behind its grant greets the box as it is, and has no facts for the other."""
    core = make_core()
    greet(core, GRPC)
    grant = make_ack(sync_pb2.OUTCOME_FENCED, epoch=2, reason_code=GRANTED)
    asked = core.acknowledged(GRPC, grant, 10)
    core.disconnected(GRPC, 20)
    core.connected(GRPC, 20 + PAUSE_MAX_MS)
    again = make_ack(sync_pb2.OUTCOME_GREETED, hub_generation=hub_generation)
    again.feeds.add(feed="items", scope="*", generation=hub_generation, version=9)

    effects = core.acknowledged(GRPC, again, 30 + PAUSE_MAX_MS)
    if any(isinstance(effect, MoveCursor) for effect in effects):
        tail = make_tail(hub_generation=hub_generation)
        effects = core.cursor_moved(again, tail, 30 + PAUSE_MAX_MS, is_ours=True)

    assert any(isinstance(effect, RequestFacts) for effect in asked)
    assert any(isinstance(effect, expected) for effect in effects), effects
