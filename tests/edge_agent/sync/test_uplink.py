"""The sync core, one message at a time: what it asks for, and when."""

from __future__ import annotations

import dataclasses

import pytest

from edge_agent.store.feeds import ScopePosition
from edge_agent.store.journal import Tail
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
    Uplink,
)
from protos.chain import GENESIS
from protos.liushui.v1 import sync_pb2

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
    return core.batch_sent(
        batch.transport,
        after_seq=batch.after_seq,
        last_seq=batch.after_seq + facts,
        now_ms=now_ms,
    )


def only[T: Effect](effects: Effects, kind: type[T]) -> T:
    found = [effect for effect in effects if isinstance(effect, kind)]
    assert len(found) == 1, effects
    return found[0]
