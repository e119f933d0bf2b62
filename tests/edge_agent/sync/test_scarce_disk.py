"""A box whose disk is scarce asks for no documents: what is left is for sales."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import uuid
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.services.exchange import Speaker
from edge_agent.store.writer import Writer
from edge_agent.sync.runner import LineClock, LineRunner
from edge_agent.sync.signals import AckCame, Connected, Signal, Transport
from protos.documents import ITEMS_FEED
from protos.liushui.v1 import sync_pb2
from tests.edge_agent.shop_setup import IDENTITY, open_box
from tests.edge_agent.sync.test_uplink import GREETED
from tests.retail_domain.builders import NOON

GRPC = Transport.GRPC


class GreetedCarrier:
    """A line whose hub has newer items than the box; it says so once and keeps what it is asked."""

    def __init__(self) -> None:
        self.pages: list[sync_pb2.FeedRequest] = []
        self.hellos = asyncio.Event()
        self.transport = GRPC

    async def run(self, put: Callable[[Signal], None]) -> None:
        put(Connected(GRPC))
        await self.hellos.wait()
        newer = sync_pb2.FeedPosition(feed=ITEMS_FEED, scope="*", generation=9, version=9)
        greeting = sync_pb2.Ack(feeds=[newer])
        greeting.MergeFrom(GREETED)
        put(AckCame(GRPC, greeting))
        await asyncio.Event().wait()

    def send_hello(self, _hello: sync_pb2.SignedHello) -> None:
        self.hellos.set()

    def send_batch(self, _batch: sync_pb2.SignedBatch) -> None:
        """The box has nothing to send."""

    def request_page(self, request: sync_pb2.FeedRequest) -> None:
        self.pages.append(request)

    def request_facts(self, _request: sync_pb2.JournalRequest) -> None:
        """Its journal is whole."""


async def run_line(path: pathlib.Path, *, has_room: bool) -> tuple[int, bool]:
    """How many pages were asked for, and whether the disk was looked at."""
    looked = asyncio.Event()

    def takes_documents() -> bool:
        looked.set()
        return has_room

    key, carrier = ec.generate_private_key(ec.SECP256R1()), GreetedCarrier()
    with contextlib.closing(Writer(str(path))) as writer:
        speaker = Speaker(IDENTITY, key, uuid.UUID(int=7), "0.1.0")
        clock = LineClock(lambda: NOON, lambda: 0)
        runner = LineRunner(speaker, writer, [carrier], clock, lambda _state: None)
        runner.takes_documents = takes_documents
        line = asyncio.create_task(runner.run())
        async with asyncio.timeout(20):
            await looked.wait()
            await asyncio.sleep(0)
        line.cancel()
        await asyncio.gather(line, return_exceptions=True)
    return len(carrier.pages), looked.is_set()


@pytest.mark.parametrize(("has_room", "pages"), [(True, 1), (False, 0)])
def test_documents_wait_while_the_disk_is_scarce(
    tmp_path: pathlib.Path, has_room: bool, pages: int
) -> None:
    path = tmp_path / "box.sqlite"
    open_box(str(path)).close()

    assert asyncio.run(run_line(path, has_room=has_room)) == (pages, True)
