"""Restored and replaced boxes over real transports: the runner, the carriers, the hub's ingest."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
from collections.abc import Callable, Iterator

import pytest

from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.store import backup
from edge_agent.store.sqlite_library import Connection
from edge_agent.sync.runner import Carrier
from hq_hub.services import recovery
from hq_hub.store import alarms
from tests.edge_agent.sync.live_box import LiveBox, grpc_carrier, mqtt_carrier, run_box
from tests.hq_hub.ingest.live_hub import (
    WAIT_S,
    LiveHub,
    now,
    run_broker,
    run_hub,
    run_ingest,
    write_box_papers,
)
from tests.hq_hub.wire_hub import EnrolledBox, enrol_box

pytestmark = pytest.mark.broker
FACTS = 1_300
"""Three pages."""
MakeCarriers = Callable[[EnrolledBox], list[Carrier]]


@pytest.fixture
def hub(tmp_path: pathlib.Path) -> Iterator[LiveHub]:
    with run_hub(tmp_path, "S001") as running:
        yield running


@pytest.fixture(params=["mqtt", "grpc", "mqtt+grpc"])
def carriers(
    request: pytest.FixtureRequest, hub: LiveHub, tmp_path: pathlib.Path
) -> Iterator[MakeCarriers]:
    with contextlib.ExitStack() as parts:
        broker = parts.enter_context(run_broker(tmp_path, hub.pki))
        parts.enter_context(run_ingest(hub, broker))

        def make(box: EnrolledBox) -> list[Carrier]:
            pki = tmp_path / f"pki-{box.store}-{box.box_id}"
            if not pki.exists():
                write_box_papers(tmp_path, box)
            made: dict[str, Callable[[], Carrier]] = {
                "mqtt": lambda: mqtt_carrier(pki, broker.port, box),
                "grpc": lambda: grpc_carrier(pki, hub.grpc_port),
            }
            return [made[name]() for name in request.param.split("+")]

        yield make


async def wait_until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S):
        while not is_so():
            await asyncio.sleep(0.02)


async def wait_for_epoch(live: LiveBox, epoch: int, seq: int) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            tail = await live.tail()
            if (tail.epoch, tail.seq, tail.durable_seq) == (epoch, seq, seq):
                return
            await asyncio.sleep(0.02)


def require_sound(db: Connection) -> int:
    assert [c.differing_rows for c in verify_projections(db) if c.differing_rows] == []
    return check_chain(db)


def test_replaced_box_gets_the_store_s_facts_and_sells_on(
    hub: LiveHub, carriers: MakeCarriers, tmp_path: pathlib.Path
) -> None:
    dead = hub.enrol("S001")

    async def trade() -> int:
        async with run_box(tmp_path, dead, *carriers(dead)) as live:
            await live.sell(FACTS)
            await live.wait_acknowledged()
        new = hub.call(enrol_box, "S001", is_replacement=True, now=now())
        async with run_box(tmp_path, new, *carriers(new), first_fact_no=5_001) as live:
            async with asyncio.timeout(WAIT_S):
                while len(await live.bodies()) < FACTS:
                    await asyncio.sleep(0.02)
            await live.sell(10)
            await wait_for_epoch(live, 2, 10)
            assert hub.bodies("S001") == await live.bodies()
            return await live.writer.run(require_sound)

    assert asyncio.run(trade()) == FACTS + 10


def test_restored_box_sells_on_and_hands_over_what_it_sold(
    hub: LiveHub, carriers: MakeCarriers, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    path = tmp_path / "S001-B1.sqlite"

    async def trade() -> int:
        async with run_box(tmp_path, box, *carriers(box)) as live:
            await live.sell(FACTS)
            await live.wait_acknowledged()
            await live.writer.run(backup.back_up, tmp_path / "saved")
            await live.sell(20)
            await live.wait_acknowledged()
        path.unlink()
        (tmp_path / "saved").rename(path)
        async with run_box(tmp_path, box, *carriers(box), first_fact_no=5_001) as live:
            await live.sell(15)
            await wait_until(lambda: bool(hub.call(alarms.read_open_alarms, "S001")))
            hub.call(recovery.approve_epoch, "S001", "", now())
            await live.sell(1)
            await wait_for_epoch(live, 2, 16)
            assert sorted(hub.bodies("S001")) == sorted(await live.bodies())
            return await live.writer.run(require_sound)

    assert asyncio.run(trade()) == FACTS + 36
    assert list(tmp_path.glob("S001-B1.sqlite.epoch-1-before-2"))
