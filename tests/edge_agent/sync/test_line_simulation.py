"""Whatever the network does: nothing lost, nothing doubled, and all there soon after it heals."""

from __future__ import annotations

import collections
import dataclasses
import pathlib

import pytest

from edge_agent.store import journal
from edge_agent.sync.signals import Transport
from tests.edge_agent.sync.line_world import (
    CALM,
    GRPC,
    MQTT,
    Chances,
    Templates,
    World,
    make_templates,
)
from tests.hq_hub.wire_hub import put_items

ROUGH_STEPS = 90
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
            if world.random.random() < 0.5:
                world.sell(world.random.randint(1, 30))
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
    }
    assert expected <= {fault for fault, count in faults.items() if count}, faults
