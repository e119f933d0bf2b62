"""Boxes and hubs that come back from the past, or twice: no silent loss, and selling goes on."""

from __future__ import annotations

import pathlib
import uuid
from collections.abc import Callable, Iterator

import pytest

from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.store import journal
from edge_agent.sync.signals import Transport
from hq_hub.services import enrolment
from hq_hub.store.alarms import AlarmKind
from tests.edge_agent.sync.line_world import CALM, GRPC, MQTT, Templates, World, make_templates

BOTH = frozenset({MQTT, GRPC})
WAYS: dict[str, frozenset[Transport]] = {
    "mqtt-only": frozenset({MQTT}),
    "grpc-only": frozenset({GRPC}),
    "both": BOTH,
}
STEPS_MAX = 2_000
"""Some minutes of the world's time."""


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return make_templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(params=WAYS)
def world(
    request: pytest.FixtureRequest, templates: Templates, tmp_path: pathlib.Path
) -> Iterator[World]:
    world = World(7, templates, tmp_path, WAYS[request.param], CALM)
    yield world
    world.close()


def run_until(world: World, is_so: Callable[[], bool]) -> None:
    for _ in range(STEPS_MAX):
        if is_so():
            return
        world.step(CALM)
    raise AssertionError("it did not come to that")


def is_stopped(world: World) -> bool:
    return world.core.state.stopped_reason == "history_forked"


def test_box_restored_from_an_old_image_stops_uploading_and_sells_on(world: World) -> None:
    world.sell(10)
    run_until(world, world.is_settled)
    image = world.save_box()
    world.sell(10)
    run_until(world, world.is_settled)
    kept = world.hub.read_bodies()

    world.restore_box(image)
    world.sell(15)
    run_until(world, lambda: is_stopped(world))
    world.sell(5)
    for _ in range(100):
        world.step(CALM)

    assert is_stopped(world)
    assert world.hub.read_bodies() == kept
    tail = journal.read_tail(world.box_db)
    assert (tail.durable_seq, tail.seq) == (10, 30)


def test_box_restored_to_before_what_the_hub_holds_stops_without_selling(world: World) -> None:
    world.sell(10)
    run_until(world, world.is_settled)
    image = world.save_box()
    world.sell(10)
    run_until(world, world.is_settled)

    world.restore_box(image)
    run_until(world, lambda: is_stopped(world))

    assert journal.read_tail(world.box_db).durable_seq == 10


def test_clone_is_stopped_while_the_first_box_goes_on(world: World) -> None:
    world.sell(10)
    run_until(world, world.is_settled)
    image = world.save_box()
    world.sell(5)
    run_until(world, world.is_settled)
    first = world.save_box()

    world.restore_box(image)
    world.fact_no += 100
    world.sell(7)
    run_until(world, lambda: is_stopped(world))
    world.restore_box(first)
    world.sell(3)
    run_until(world, world.is_settled)

    assert len(world.hub.read_bodies()) == 18


def test_restored_hub_gets_again_what_it_lost(world: World) -> None:
    world.sell(10)
    run_until(world, world.is_settled)
    world.hub.back_up()
    world.sell(20)
    run_until(world, world.is_settled)

    assert world.hub.restore()
    run_until(world, world.is_settled)

    assert len(world.hub.read_bodies()) == 30
    assert journal.read_tail(world.box_db).hub_generation == 2


def test_hub_that_lost_facts_without_knowing_it_gets_them_again(world: World) -> None:
    """Somebody copied an old file back and started the hub: no new generation tells the boxes."""
    world.sell(10)
    run_until(world, world.is_settled)
    world.hub.back_up()
    world.sell(20)
    run_until(world, world.is_settled)

    world.hub.copy_backup()
    world.check_cursor = False
    run_until(world, lambda: world.hub.read_durable_seq() == 30)

    assert len(world.hub.read_bodies()) == 30


def test_revoked_box_goes_on_when_it_is_let_in_again(world: World) -> None:
    world.sell(10)
    run_until(world, world.is_settled)
    enrolment.revoke_box(world.hub.db, "S001", "B1")
    world.sell(5)
    run_until(world, lambda: world.core.state.stopped_reason == "box_revoked")
    assert world.hub.read_durable_seq() == 10

    world.reinstate_box()
    run_until(world, world.is_settled)

    assert world.hub.read_durable_seq() == 15


def test_forged_ack_does_not_stop_the_line_for_long(world: World) -> None:
    world.sell(10)
    run_until(world, world.is_settled)
    world.sell(5)

    world.forge_ack()
    run_until(world, world.is_settled)

    assert world.hub.read_durable_seq() == 15


def test_box_started_from_a_copy_of_its_file_goes_on(world: World) -> None:
    """A copy of the newest state is no other history."""
    world.sell(10)
    run_until(world, world.is_settled)

    world.restore_box(world.save_box())
    world.sell(5)
    run_until(world, world.is_settled)

    assert world.hub.read_durable_seq() == 15


# The way out: a person approves, and the box goes on with all that either side knew.


def require_all_of_it(world: World, facts: int) -> None:
    """Box and hub hold the same facts, each once, and the projections follow from them."""
    mine, kept = world.read_fact_ids(), world.hub.read_fact_ids()
    assert len(kept) == len(set(kept)) == facts
    assert set(mine) == set(kept)
    assert check_chain(world.box_db) == facts
    assert [c.differing_rows for c in verify_projections(world.box_db) if c.differing_rows] == []


def fork(world: World) -> None:
    """Facts 1-10 on both sides, 11-20 at the hub alone, 21-35 in the restored box alone."""
    world.sell(10)
    run_until(world, world.is_settled)
    image = world.save_box()
    world.sell(10)
    run_until(world, world.is_settled)
    world.restore_box(image)
    world.sell(15)
    run_until(world, lambda: AlarmKind.HISTORY_FORKED in world.hub.read_alarms())


def test_restored_box_goes_on_in_a_new_epoch_with_all_facts_once(world: World) -> None:
    fork(world)

    world.hub.approve_epoch()
    world.sell(2)
    run_until(world, world.is_settled)
    world.sell(3)
    run_until(world, world.is_settled)

    require_all_of_it(world, 40)
    assert journal.read_tail(world.box_db).epoch == 2
    assert world.hub.read_alarms() == set()
    assert world.lives == 1


def test_box_restored_twice_gets_two_epochs(world: World) -> None:
    fork(world)
    world.hub.approve_epoch()
    run_until(world, world.is_settled)
    image = world.save_box()
    world.sell(4)
    run_until(world, world.is_settled)

    world.restore_box(image)
    world.sell(5)
    run_until(world, lambda: AlarmKind.HISTORY_FORKED in world.hub.read_alarms())
    world.hub.approve_epoch()
    run_until(world, world.is_settled)

    require_all_of_it(world, 44)
    assert journal.read_tail(world.box_db).epoch == 3


def test_replaced_box_gets_the_store_s_facts_before_it_sells(world: World) -> None:
    world.sell(30)
    run_until(world, world.is_settled)

    world.replace_box()
    run_until(world, world.is_settled)
    world.sell(5)
    run_until(world, world.is_settled)

    require_all_of_it(world, 35)
    assert journal.read_tail(world.box_db).epoch == 2
    assert journal.read_tail(world.box_db).seq == 5


def test_replaced_box_that_sold_at_once_keeps_those_facts_where_they_are(world: World) -> None:
    world.sell(30)
    run_until(world, world.is_settled)

    world.replace_box()
    world.sell(5)
    run_until(world, world.is_settled)

    require_all_of_it(world, 35)
    assert world.lives == 1


def test_named_clone_goes_on_and_the_other_stays_fenced(world: World) -> None:
    world.sell(10)
    run_until(world, world.is_settled)
    image = world.save_box()
    world.sell(5)
    run_until(world, world.is_settled)
    first, first_boot = world.save_box(), world.boot_id

    world.restore_box(image, boot_id=uuid.UUID(int=8))
    world.sell(7)
    run_until(world, lambda: AlarmKind.HISTORY_FORKED in world.hub.read_alarms())
    second = world.save_box()
    world.pass_time(60_000)
    world.restore_box(first, boot_id=first_boot)
    run_until(world, lambda: AlarmKind.BOX_CLONED in world.hub.read_alarms())
    world.hub.approve_epoch(uuid.UUID(int=8).hex)
    run_until(world, lambda: world.core.state.stopped_reason == "epoch_wrong")
    assert world.lives == 0
    world.restore_box(second, boot_id=uuid.UUID(int=8))
    run_until(world, world.is_settled)
    require_all_of_it(world, 22)
    world.restore_box(first, boot_id=first_boot)
    world.sell(1)
    run_until(world, lambda: world.core.state.stopped_reason == "epoch_wrong")

    assert world.hub.read_durable_seq() == 7
    assert world.lives == 1


def test_box_whose_epoch_the_restored_hub_lost_hands_over_everything_again(world: World) -> None:
    world.sell(10)
    run_until(world, world.is_settled)
    world.hub.back_up()
    fork(world)
    world.hub.approve_epoch()
    run_until(world, world.is_settled)
    facts = len(world.read_fact_ids())

    assert world.hub.restore()
    run_until(world, lambda: AlarmKind.EPOCH_AHEAD in world.hub.read_alarms())
    assert world.hub.approve_epoch() == 3
    run_until(world, world.is_settled)

    require_all_of_it(world, facts)
