"""A process that runs many boxes of a headless demo, each with its own database, key and line."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import logging
import os
import pathlib
import resource
import signal
from collections.abc import Sequence

from deploy.demo.hub_set_up import StoreDuties, read_set_up
from deploy.demo.layout import DemoFolder
from deploy.demo.play_box import LATE_AFTER_MS, OPENING_BEFORE_MS, BoxPlay, Orders
from deploy.demo.progress import Progress, write_progress
from deploy.demo.trade_plan import PlannedStore, load_plan, read_baskets
from edge_agent.config import load_config
from edge_agent.main import make_box, make_runner
from edge_agent.services.enrolment import enrol
from edge_agent.store.database import open_database
from edge_agent.store.errors import NotEnrolledError
from edge_agent.store.identity import read_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.writer import Writer
from retail_domain.stock.goods import ReceiptPurpose

STARTING_MAX, WORKING_MAX = 8, 4
"""Boxes that fetch their first documents, and boxes that work, at one instant; the others wait.
More threads would only starve the loop that carries their lines."""
POLL_S = 0.2
"""How often a box looks whether documents or acknowledgements came."""
PROGRESS_S = 0.3
OPEN_FILES_A_BOX = 16

log = logging.getLogger(__name__)


@dataclasses.dataclass(slots=True)
class Street:
    """What the boxes of one process share."""

    folder: DemoFolder
    hub_url: str
    progress: Progress
    starting: asyncio.Semaphore
    working: asyncio.Semaphore
    until_ms: int | None
    """Only baskets before it are sold, and late deliveries are left to others; None plays all."""
    shipped: set[str] = dataclasses.field(default_factory=set)
    """Transfers whose goods are on the road: nobody can receive what was not sent."""


class PlayedStore:
    """One store from enrolment to its last confirmed fact."""

    def __init__(self, street: Street, planned: PlannedStore, duties: StoreDuties) -> None:
        self._street, self._planned, self._duties = street, planned, duties

    async def run(self) -> None:
        """Live a store's year. Every step may be repeated by a later start."""
        config = load_config(self._street.folder.box_config(self._planned.store))
        database = str(config.path(config.database))
        migrate(database)
        await asyncio.to_thread(self._enrol, database, config.path(config.pki))
        writer = Writer(database)
        try:
            box = make_box(config, writer)
            runner = make_runner(config, box, writer)
            async with asyncio.TaskGroup() as tasks:
                play = BoxPlay(writer, box, runner.journal_grew)
                async with self._street.starting:
                    # After the store's work the line stays up: the hub goes on hearing it.
                    tasks.create_task(runner.run())
                    orders = await self._wait_for_orders(play)
                await self._trade(play, orders)
        finally:
            writer.close()

    def _enrol(self, database: str, pki: pathlib.Path) -> None:
        """Become the store's box; nothing happens when it is one."""
        with contextlib.closing(open_database(database)) as db:
            try:
                read_identity(db, database)
            except NotEnrolledError:
                enrol(db, pki, self._street.hub_url, self._duties.claim_code)

    async def _trade(self, play: BoxPlay, orders: Orders) -> None:
        street, first_ms = self._street, self._planned.first_sold_at_ms
        async with street.working:
            await play.receive(orders.of(ReceiptPurpose.OPENING), first_ms - OPENING_BEFORE_MS)
        street.progress.ready += 1
        while not street.folder.opening_bell.exists():
            await asyncio.sleep(POLL_S)
        last_ms = await self._sell(play)
        if street.until_ms is None:
            async with street.working:
                await play.receive(orders.of(ReceiptPurpose.PURCHASE), last_ms + LATE_AFTER_MS)
        while not await self._move_transfers(play, last_ms):
            await asyncio.sleep(POLL_S)
        street.progress.traded += 1
        while await play.unsent():
            await asyncio.sleep(POLL_S)
        street.progress.done += 1

    async def _wait_for_orders(self, play: BoxPlay) -> Orders:
        while True:
            orders = await play.orders()
            if len(orders.purchases) == self._duties.purchases:
                return orders
            await asyncio.sleep(POLL_S)

    async def _sell(self, play: BoxPlay) -> int:
        """Sell all baskets; send what is to be sent in the middle. Returns the last instant."""
        street, middle = self._street, self._planned.baskets // 2
        at_ms = self._planned.first_sold_at_ms
        baskets = read_baskets(street.folder.plan, self._planned.store)
        for number, basket in enumerate(baskets):
            if street.until_ms is not None and basket.sold_at_ms >= street.until_ms:
                break
            async with street.working:
                await play.sell(basket)
            at_ms = basket.sold_at_ms
            street.progress.baskets += 1
            if number == middle:
                await self._move_transfers(play, at_ms)
        return at_ms

    async def _move_transfers(self, play: BoxPlay, at_ms: int) -> bool:
        """Send and receive what can be now; whether nothing is left to do.

        A fact's identity follows from the first sale, not from the instant at which it happens to
        be done: after a restart that may be another one.
        """
        street, store, id_ms = self._street, self._planned.store, self._planned.first_sold_at_ms
        sent = received = 0
        for order in (await play.orders()).transfers:
            if order.source_store == store:
                await play.ship(order, at_ms, id_ms)
                street.shipped.add(order.transfer_no)
                sent += 1
            elif order.transfer_no in street.shipped:
                await play.receive_transfer(order, at_ms, id_ms)
                received += 1
        return (sent, received) == (self._duties.sends, self._duties.receives)


async def run_stores(folder: DemoFolder, hub_url: str, until_ms: int | None) -> None:
    """Run all boxes of the plan until SIGTERM."""
    plan = load_plan(folder.plan)
    assert plan is not None, "the orchestrator makes the plan first"
    duties = read_set_up(folder)
    starting, working = asyncio.Semaphore(STARTING_MAX), asyncio.Semaphore(WORKING_MAX)
    street = Street(folder, hub_url, Progress(os.getpid()), starting, working, until_ms)
    loop, own = asyncio.get_running_loop(), asyncio.current_task()
    assert own is not None
    loop.add_signal_handler(signal.SIGTERM, own.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_tell_progress(street))
            for planned in plan.stores:
                played = PlayedStore(street, planned, duties[planned.store])
                tasks.create_task(played.run(), name=f"store {planned.store}")


async def _tell_progress(street: Street) -> None:
    while True:
        write_progress(street.folder, street.progress)
        await asyncio.sleep(PROGRESS_S)


def allow_open_files(boxes: int) -> None:
    """Ask for as many open files as so many boxes need, within what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, boxes * OPEN_FILES_A_BOX + soft)
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run as a program of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder of the demo")
    parser.add_argument("--hub", required=True, help="headquarters, http://host:port")
    parser.add_argument("--until", type=int, metavar="MS", help="of Unix time: play what is before")
    parsed = parser.parse_args(arguments)
    folder = DemoFolder(parsed.data)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    plan = load_plan(folder.plan)
    assert plan is not None
    allow_open_files(len(plan.stores))
    asyncio.run(run_stores(folder, parsed.hub, parsed.until))


if __name__ == "__main__":
    main()
