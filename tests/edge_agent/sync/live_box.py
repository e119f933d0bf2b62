"""A box whose line runs: real journal, real writer thread, real carriers."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import random
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence

from edge_agent.services.exchange import Speaker
from edge_agent.store import feeds, journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.feeds import ScopePosition
from edge_agent.store.identity import Identity, write_identity
from edge_agent.store.journal import Tail
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.writer import Writer
from edge_agent.sync.grpc_carrier import GrpcCarrier, GrpcSettings
from edge_agent.sync.mqtt_carrier import MqttCarrier, MqttSettings
from edge_agent.sync.runner import Carrier, LineClock, LineRunner
from edge_agent.sync.signals import LineState
from hq_hub.store import feed_pages
from tests.hq_hub.ingest.live_hub import WAIT_S, LiveHub, now
from tests.hq_hub.wire_hub import CHAIN, EnrolledBox, put_items
from tests.retail_domain.builders import make_happening, make_receipt


def make_box_file(path: pathlib.Path, box: EnrolledBox) -> Identity:
    """The database of a box that was just enrolled."""
    identity = Identity(CHAIN, box.store, box.box_id, "店", "Store", "Z1")
    if path.exists():
        return identity
    migrate(str(path))
    with contextlib.closing(open_database(str(path))) as db, write_transaction(db):
        write_identity(db, identity, epoch=box.epoch, epoch_start_head=box.epoch_start_head)
    return identity


def grpc_carrier(pki: pathlib.Path, port: int) -> GrpcCarrier:
    return GrpcCarrier(
        GrpcSettings(
            target=f"localhost:{port}",
            ca_pem=(pki / "ca.crt").read_bytes(),
            certificate_pem=(pki / "box.crt").read_bytes(),
            key_pem=(pki / "box.key").read_bytes(),
        )
    )


def mqtt_carrier(pki: pathlib.Path, port: int, box: EnrolledBox) -> MqttCarrier:
    settings = MqttSettings(
        host="localhost",
        port=port,
        store=box.store,
        box_id=box.box_id,
        ca_file=pki / "ca.crt",
        certificate_file=pki / "box.crt",
        key_file=pki / "box.key",
    )
    return MqttCarrier(settings, random.random)


class LiveBox:
    """One box; `async with run_box(...)` keeps its line running."""

    def __init__(
        self,
        path: pathlib.Path,
        box: EnrolledBox,
        carriers: Sequence[Carrier],
        first_fact_no: int = 1,
    ) -> None:
        identity = make_box_file(path, box)
        self.writer = Writer(str(path))
        self.states: list[LineState] = []
        self._identity = identity
        self._fact_no = first_fact_no - 1
        self.runner = LineRunner(
            Speaker(identity, box.key, uuid.UUID(int=7), "0.1.0"),
            self.writer,
            carriers,
            LineClock(now, lambda: time.monotonic_ns() // 1_000_000),
            self.states.append,
        )

    async def sell(self, facts: int) -> None:
        await self.writer.run(self._append, facts)
        self.runner.journal_grew()

    async def tail(self) -> Tail:
        return await self.writer.run(journal.read_tail)

    async def position(self, feed: str) -> ScopePosition:
        return await self.writer.run(feeds.read_position, feed)

    async def bodies(self) -> list[bytes]:
        return await self.writer.run(
            lambda db: [body for _fact, body, _head in journal.iterate_facts(db)]
        )

    async def wait_acknowledged(self) -> None:
        """Until the hub has all of it."""
        async with asyncio.timeout(WAIT_S):
            while True:
                tail = await self.tail()
                if tail.durable_seq == tail.seq:
                    return
                await asyncio.sleep(0.01)

    async def wait_for_version(self, feed: str, version: int) -> None:
        """Until documents of that version, or a later one, are in force."""
        async with asyncio.timeout(WAIT_S):
            while (await self.position(feed)).version < version:
                await asyncio.sleep(0.01)

    async def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Poll within a bound, letting the line run."""
        async with asyncio.timeout(WAIT_S):
            while not is_so():
                await asyncio.sleep(0.01)

    def _append(self, db: Connection, facts: int) -> None:
        with write_transaction(db):
            for _ in range(facts):
                self._fact_no += 1
                happening = make_happening(make_receipt((1, 1000)), self._fact_no)
                journal.append_fact(db, self._identity, happening)


@contextlib.asynccontextmanager
async def run_box(
    folder: pathlib.Path, box: EnrolledBox, *carriers: Carrier, first_fact_no: int = 1
) -> AsyncIterator[LiveBox]:
    """The box of a folder; it may be run again, and counts its facts on from a number."""
    path = folder / f"{box.store}-{box.box_id}.sqlite"
    live = LiveBox(path, box, carriers, first_fact_no)
    line = asyncio.create_task(live.runner.run())
    try:
        yield live
    finally:
        line.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await line
        live.writer.close()


def forget_changes(hub: LiveHub, version_before: int) -> int:
    """Change items until what changed behind a version is forgotten; returns the newest version."""
    for name in ("甲", "乙", "丙"):
        hub.call(put_items, *range(1, 2_001), name=name)
    state = hub.call(feed_pages.read_scope, "items", "*")
    assert state.pruned_version > version_before
    return state.version
