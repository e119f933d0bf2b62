"""A box that was away while headquarters forgot changes: real core, box and hub, on every path."""

from __future__ import annotations

import collections
import pathlib

import pytest

from edge_agent.store import feeds
from hq_hub.services import feeds as hub_feeds
from hq_hub.store import documents as document_store
from hq_hub.store import feed_pages
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

PATHS = {
    "mqtt-only": frozenset({MQTT}),
    "grpc-only": frozenset({GRPC}),
    "both": frozenset({MQTT, GRPC}),
}
LOG_MAX, PAGE_MAX = 4, 2
CALM_MS_MAX = 120_000
"""The longest pause (30 s) twice, and some answers that do not come (6 s each)."""
ROUGH_STEPS = 90
ROUGH = Chances(
    lose=0.05, cut=0.01, box_crash=0.01, hub_restore=0.01, hub_backup=0.08, delay_max_ms=300
)
"""Good enough that a box is often just a little behind."""
SEEDS_A_PATH = 8
DECISIONS_A_STEP = 0.15


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return make_templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_store, "CHANGES_KEPT_MAX", LOG_MAX)
    monkeypatch.setattr(hub_feeds, "PAGE_CHANGES_MAX", PAGE_MAX)


def settle(world: World) -> None:
    """The line is well: within its bound both ends have the same documents."""
    begun_at_ms = world.now_ms
    while not world.is_settled():
        world.step(CALM)
        assert world.now_ms - begun_at_ms < CALM_MS_MAX, "stalled"


def decide(world: World) -> None:
    """One more version of the items' scope; now and then the hub dies before its commit."""
    item_id = world.random.randint(1, 9)
    world.hub.crash_at_commit = world.random.random() < 0.2
    try:
        put_items(world.hub.db, item_id, name=str(world.random.random()))
    except HubCrashError:
        world.hub.crash()
        world.faults["decision_lost"] += 1
    world.hub.crash_at_commit = False


def read_pruned_version(world: World) -> int:
    with world.hub.db.begin():
        return feed_pages.read_scope(world.hub.db, "items", "*").pruned_version


def known_version(world: World) -> int:
    return feeds.read_position(world.box_db, "items").version


def pages_of_items(world: World) -> list[sync_pb2.FeedPage]:
    return [page for page in world.pages if page.target.feed == "items"]


@pytest.mark.parametrize("path", PATHS)
def test_box_behind_the_log_catches_up_by_the_whole_scope(
    templates: Templates, tmp_path: pathlib.Path, path: str
) -> None:
    world = World(1, templates, tmp_path, PATHS[path], CALM)
    settle(world)
    known = known_version(world)
    for name in ("甲", "乙", "丙"):
        put_items(world.hub.db, 1, 2, 3, name=name)
    assert read_pruned_version(world) > known
    world.pages.clear()

    settle(world)

    assert {page.base.version for page in pages_of_items(world)} == {0}
    assert [len(page.changes) for page in pages_of_items(world)] == [2, 1]
    assert known_version(world) > known
    world.close()


@pytest.mark.parametrize("path", PATHS)
def test_pull_whose_changes_are_forgotten_half_way_begins_again(
    templates: Templates, tmp_path: pathlib.Path, path: str
) -> None:
    world = World(2, templates, tmp_path, PATHS[path], CALM)
    settle(world)
    known = known_version(world)
    put_items(world.hub.db, 1, 2, 3, name="新")
    world.pages.clear()
    while not pages_of_items(world):
        world.step(CALM)
    (first,) = pages_of_items(world)
    assert (first.base.version, first.is_last) == (known, False)
    put_items(world.hub.db, 1, 2, 3, name="更新")

    settle(world)

    assert {page.base.version for page in pages_of_items(world)} == {known, 0}
    assert known_version(world) == known + 2
    world.close()


@pytest.mark.parametrize("path", PATHS)
def test_documents_arrive_whatever_is_decided_forgotten_lost_and_restored(
    templates: Templates, tmp_path: pathlib.Path, path: str
) -> None:
    faults: collections.Counter[str] = collections.Counter()
    bases = set()
    for seed in range(SEEDS_A_PATH):
        folder = tmp_path / str(seed)
        folder.mkdir()
        world = World(seed, templates, folder, PATHS[path], ROUGH)
        for _ in range(ROUGH_STEPS):
            if world.random.random() < DECISIONS_A_STEP:
                decide(world)
            world.step(ROUGH)

        settle(world)

        faults += world.faults
        bases |= {page.base.version > 0 for page in pages_of_items(world)}
        world.close()
    assert bases == {True, False}
    happened = {fault for fault, count in faults.items() if count}
    assert happened >= {"lose", "repeat", "cut", "hub_restore", "decision_lost"}, faults
