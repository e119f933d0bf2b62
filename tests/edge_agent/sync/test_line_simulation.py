"""Whatever the network does: nothing lost, nothing doubled, and all there soon after it heals."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import pathlib
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from edge_agent.store import journal
from edge_agent.store.sqlite_library import Connection
from edge_agent.sync.signals import Transport
from edge_agent.sync.uplink import Uplink
from hq_hub.services import batch_rules, batches
from hq_hub.services.batch_rules import Caller, SoundBatch, Verdict
from hq_hub.store.journal import Cursor
from protos.liushui.v1 import sync_pb2
from tests.edge_agent.sync.line_world import (
    CALM,
    GRPC,
    MQTT,
    Chances,
    HubCrashError,
    Templates,
    World,
    make_templates,
)
from tests.hq_hub.wire_hub import put_items

ROUGH_STEPS = 60
CALM_MS_MAX = 120_000
"""The longest pause (30 s) twice, and some answers that do not come (6 s each)."""
FLAPPING = Chances(cut=0.15)
MODES: dict[str, tuple[frozenset[Transport], Chances]] = {
    "mqtt-only": (frozenset({MQTT}), Chances()),
    "grpc-only": (frozenset({GRPC}), Chances()),
    "both": (frozenset({MQTT, GRPC}), Chances()),
    "flapping": (frozenset({MQTT, GRPC}), FLAPPING),
}
SEEDS_A_MODE = 15


@dataclasses.dataclass(frozen=True)
class Run:
    """What one seed did."""

    facts: int
    faults: collections.Counter[str]
    calm_ms: int


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return make_templates(tmp_path_factory.mktemp("templates"))


def play(seed: int, templates: Templates, folder: pathlib.Path, mode: str) -> Run:
    """Rough weather, then calm; the checks of every moment are the world's."""
    transports, chances = MODES[mode]
    world = World(seed, templates, folder, transports, chances)
    try:
        for _ in range(ROUGH_STEPS):
            if world.random.random() < 0.4:
                world.sell(world.random.randint(1, 15))
            if world.random.random() < 0.05:
                put_items(world.hub.db, *range(1, 4), name=str(world.random.random()))
            world.step(chances)
        healed_at_ms = world.now_ms
        while not world.is_settled():
            world.step(CALM)
            assert world.now_ms - healed_at_ms < CALM_MS_MAX, "stalled"
        check_prefix(world)
        facts = journal.read_tail(world.box_db).seq
        return Run(facts, world.faults, world.now_ms - healed_at_ms)
    finally:
        world.close()


def check_prefix(world: World) -> None:
    """The hub holds every fact of the box once, in order, byte for byte."""
    tail = journal.read_tail(world.box_db)
    mine = [(fact.position.seq, body) for fact, body, _head in journal.iterate_facts(world.box_db)]
    assert world.hub.read_bodies() == mine
    assert len(mine) == tail.seq


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_lost_or_doubled_whatever_the_network_does(
    templates: Templates, tmp_path: pathlib.Path, mode: str
) -> None:
    faults: collections.Counter[str] = collections.Counter()
    for seed in range(SEEDS_A_MODE):
        folder = tmp_path / str(seed)
        folder.mkdir()

        run = play(seed, templates, folder, mode)

        assert run.facts > 0
        faults += run.faults
    expected = {
        "lose",
        "repeat",
        "alter",
        "forge",
        "cut",
        "box_crash",
        "hub_crash_before",
        "hub_crash_after",
        "hub_restore",
        "hub_busy",
    }
    assert expected <= {fault for fault, count in faults.items() if count}, faults


# Mutants: faults of ours that the simulation must find. One that survives means that it is blind.

MUTANT_SEEDS_MAX = 30


def trust_ack_number(
    db: Connection, *, epoch: int, durable_seq: int, durable_head: bytes, hub_generation: int
) -> bool:
    """The box moves its cursor without looking for the hub's head in its journal."""
    if journal.read_head(db, epoch, durable_seq) is None:
        return False
    head = journal.read_head(db, epoch, durable_seq) or durable_head
    return ACCEPT_ACK(
        db,
        epoch=epoch,
        durable_seq=durable_seq,
        durable_head=head,
        hub_generation=hub_generation,
    )


def adopt_life_without_cursor(
    db: Connection, *, epoch: int, durable_seq: int, durable_head: bytes, hub_generation: int
) -> bool:
    """The box takes on a restored hub's generation, but keeps believing in its old cursor."""
    known = journal.read_tail(db).durable_seq
    head = journal.read_head(db, epoch, max(known, durable_seq))
    if journal.read_head(db, epoch, durable_seq) != durable_head or head is None:
        return False
    return ACCEPT_ACK(
        db,
        epoch=epoch,
        durable_seq=max(known, durable_seq),
        durable_head=head,
        hub_generation=hub_generation,
    )


def acknowledge_before_commit(
    db: sa.Connection,
    signed: sync_pb2.SignedBatch,
    caller: Caller,
    now: datetime.datetime,
) -> sync_pb2.Ack:
    """The hub answers although its transaction never happened."""
    try:
        return ACCEPT_BATCH(db, signed, caller, now)
    except HubCrashError:
        db.invalidate()  # The hub is up again at once, without what it did not commit.
        db.rollback()
        batch = sync_pb2.SyncBatch.FromString(signed.content)
        return sync_pb2.Ack(
            store=batch.store,
            epoch=batch.epoch,
            durable_seq=batch.last_seq,
            durable_head=batch.head,
            hub_generation=batch.hub_generation,
            outcome=sync_pb2.OUTCOME_STORED,
        )


def take_repeats_as_new(cursor: Cursor, batch: SoundBatch, kept_head: bytes) -> Verdict:
    """The hub does not notice that it has a batch already."""
    verdict = batch_rules.decide(cursor, batch, kept_head)
    return Verdict.NEW if verdict is Verdict.EXISTS else verdict


def never_send_again(_core: Uplink, _transport: Transport) -> None:
    """What got lost on its way stays lost."""


ACCEPT_ACK = journal.accept_ack
ACCEPT_BATCH = batches.accept_batch
MUTANTS: dict[Callable[..., object], tuple[object, str, str]] = {
    trust_ack_number: (journal, "accept_ack", "acknowledged, but"),
    adopt_life_without_cursor: (journal, "accept_ack", "acknowledged, but not kept by this hub"),
    acknowledge_before_commit: (batches, "accept_batch", "acknowledged, but"),
    take_repeats_as_new: (batches, "decide", "index out of range"),
    never_send_again: (Uplink, "_lose", "stalled"),
}
"""Mutant -> what it replaces, and what the world says then."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_mutant_is_caught(
    templates: Templates,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    mutant: Callable[..., object],
) -> None:
    module, name, complaint = MUTANTS[mutant]
    monkeypatch.setattr(module, name, mutant)

    with pytest.raises((AssertionError, IndexError), match=complaint):
        for seed in range(MUTANT_SEEDS_MAX):
            folder = tmp_path / str(seed)
            folder.mkdir()
            play(seed, templates, folder, "both")
