"""Calls that overtake one another: what came too early is sent again soon, and only then."""

from __future__ import annotations

from edge_agent.sync.signals import Effects, MoveCursor, SendBatch, Transport
from edge_agent.sync.uplink import GAP_PAUSE_MS, Uplink
from protos.liushui.v1 import sync_pb2
from tests.edge_agent.sync.test_uplink import greet, make_ack, make_core, make_tail, only

GRPC = Transport.GRPC


def send_all(core: Uplink, effects: Effects) -> list[int]:
    """Carry out every SendBatch with 100 facts; returns after which seq each began."""
    after_seqs = []
    while batches := [effect for effect in effects if isinstance(effect, SendBatch)]:
        after_seqs.append(batches[0].after_seq)
        effects = core.batch_sent(GRPC, batches[0].after_seq + 100, 0)
    return after_seqs


def hear(core: Uplink, outcome: sync_pb2.Outcome, seq: int, now_ms: int) -> list[int]:
    """Hear an answer over gRPC, let the journal agree, and send what is asked for then."""
    effects = core.acknowledged(GRPC, make_ack(outcome, seq), now_ms)
    if any(isinstance(effect, MoveCursor) for effect in effects):
        ack = only(effects, MoveCursor).ack
        effects = core.cursor_moved(ack, make_tail(1_000, seq), now_ms, is_ours=True)
    return send_all(core, effects)


def start_calls() -> Uplink:
    """A core with calls of 100 facts on their way."""
    core = make_core()
    greet(core, GRPC)
    assert send_all(core, core.journal_grew(make_tail(1_000), 0)) == [0, 100, 200, 300]
    return core


def test_call_that_overtook_another_is_sent_again_when_that_one_has_arrived() -> None:
    core = start_calls()

    early = hear(core, sync_pb2.OUTCOME_GAP, 0, 100)
    arrived = hear(core, sync_pb2.OUTCOME_STORED, 100, 101)

    assert (early, arrived) == ([], [100, 200, 300, 400])


def test_overtaken_call_that_does_not_come_is_sent_again_soon() -> None:
    core = start_calls()
    hear(core, sync_pb2.OUTCOME_GAP, 0, 100)

    again = send_all(core, core.tick(100 + GAP_PAUSE_MS))

    assert again == [0, 100, 200, 300]


def test_call_that_is_overtaken_while_a_gap_is_filled_does_not_wait_for_its_timeout() -> None:
    """The second gap used to be taken for an echo of the first: 7 s went by."""
    core = start_calls()
    hear(core, sync_pb2.OUTCOME_GAP, 0, 100)
    hear(core, sync_pb2.OUTCOME_STORED, 100, 101)
    hear(core, sync_pb2.OUTCOME_GAP, 100, 110)
    hear(core, sync_pb2.OUTCOME_STORED, 200, 111)

    again = send_all(core, core.tick(100 + GAP_PAUSE_MS))

    assert again == [200, 300, 400, 500]
