"""Makes the journals of the chain-year benchmark, in processes of its own: a whole chain trades.

By the plans and use cases of the demo; only the disk is not waited for.
`python -m benchmarks.year_trading FOLDER STORES BASKETS`; 0 is all.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import datetime
import multiprocessing
import os
import pathlib
import shutil
import sys
import uuid
from collections.abc import Iterator

import sqlalchemy as sa

from benchmarks import trade
from benchmarks.sync_chain import BOX_DATABASE, use_claim
from benchmarks.year_journals import open_box, write_made
from benchmarks.year_line import BoxLine, run_lines
from deploy.demo.complete_journey import read_complete_journey
from deploy.demo.hub_set_up import (
    DATABASE,
    PKI,
    Supply,
    fill_hub,
    load_items,
    plan_supply,
    read_set_up,
)
from deploy.demo.layout import HEADLESS, DemoFolder, name_trade
from deploy.demo.plan_builder import build_plan
from deploy.demo.play_box import LATE_AFTER_MS, OPENING_BEFORE_MS, BoxPlay
from deploy.demo.trade_plan import PlannedStore, TradePlan, load_plan, read_baskets
from edge_agent.services import goods
from edge_agent.services.box import Box, Clock
from edge_agent.store import journal
from edge_agent.store.database import write_transaction
from edge_agent.store.identity import read_identity
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.writer import Writer
from hq_hub.services.actors import TERMINAL
from hq_hub.services.certificates import load_authority
from hq_hub.services.requests import Asked
from hq_hub.services.transfers import NewTransfer, approve_transfer, draft_transfer
from hq_hub.store.engine import open_engine, sqlite_url
from protos.documents import item_key
from retail_domain.stock.goods import ReceiptPurpose

PASSWORD = "nobody signs in here"  # noqa: S105 - the hub of a benchmark
CHINA = datetime.timezone(datetime.timedelta(hours=8))
DAY_STARTS_AT = datetime.time(4)

TEMPLATE = "documents.sqlite"
"""A box with the chain's items and prices."""
TAKE_POSITIONS = """
UPDATE feed_scope AS own SET (generation, version, content_hash) = (
    SELECT generation, version, content_hash FROM template.feed_scope
    WHERE feed = own.feed AND scope = own.scope
)
WHERE feed IN ('items', 'prices')
"""
TAKE_DOCUMENTS = """
INSERT OR IGNORE INTO feed_document
SELECT * FROM template.feed_document WHERE feed IN ('items', 'prices') AND key = ?
"""


def make_year(root: pathlib.Path, stores_max: int | None, baskets_max: int | None) -> None:
    """Plan and trade a year; what a start that died half-way left is made again."""
    folder = DemoFolder(root)
    folder.claim(HEADLESS, name_trade(None, stores_max=stores_max, baskets_max=baskets_max))
    plan = load_plan(folder.plan)
    if plan is None:
        _tell("reading the default trade")
        lines = read_complete_journey(stores_max=stores_max, baskets_max=baskets_max)
        plan = build_plan(folder.plan, lines, source="the default trade")
    supply = plan_supply(folder, plan, load_items(folder))
    shutil.rmtree(folder.root / "boxes", ignore_errors=True)
    folder.set_up.unlink(missing_ok=True)
    fill_hub(folder, plan, supply, PASSWORD, _tell)
    with _open_hub(folder) as db:
        _order_transfers(db, supply)
        _enrol_boxes(db, folder)
    write_made(root, _trade(folder, plan))


def _order_transfers(db: sa.Connection, supply: Supply) -> None:
    for number, planned in enumerate(supply.transfers):
        transfer = NewTransfer(planned.source_store, planned.target_store, planned.lines)
        asked = [Asked(TERMINAL, uuid.UUID(int=2 * number + step), trade.START) for step in (0, 1)]
        approve_transfer(db, draft_transfer(db, transfer, asked[0]), asked[1])


def _enrol_boxes(db: sa.Connection, folder: DemoFolder) -> None:
    authority = load_authority(folder.hub / PKI)
    for store, duties in read_set_up(folder).items():
        use_claim(db, authority, folder.box(store), duties.claim_code)


def _trade(folder: DemoFolder, plan: TradePlan) -> int:
    """Let all stores trade, as many at once as there are cores. Returns the number of facts."""
    facts, template = 0, _make_template(folder, plan.stores[0].store)
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), context) as pool:
        trading = [pool.submit(live_year, folder.root, store, template) for store in plan.stores]
        for number, done in enumerate(concurrent.futures.as_completed(trading), start=1):
            facts += done.result()
            _tell(f"{number} of {len(trading)} stores traded, {facts:,} facts")
    return facts


def _make_template(folder: DemoFolder, store: str) -> pathlib.Path:
    """Let the first box be sent its documents, and keep a copy of it."""
    with contextlib.closing(open_box(folder, store)) as db, _open_hub(folder) as hub:
        run_lines([BoxLine(db, folder.box(store), hub)])
    return pathlib.Path(shutil.copy(folder.box(store) / BOX_DATABASE, folder.root / TEMPLATE))


def live_year(root: pathlib.Path, planned: PlannedStore, template: pathlib.Path) -> int:
    """Let one store get its documents and live its year. Returns the number of its facts."""
    folder = DemoFolder(root)
    with contextlib.closing(open_box(folder, planned.store)) as db, _open_hub(folder) as hub:
        db.execute("ATTACH ? AS template", (str(template),))
        db.execute(TAKE_POSITIONS)
        run_lines([BoxLine(db, folder.box(planned.store), hub)])  # Orders.
        _copy_documents(db)
        db.execute("DETACH template")
    return asyncio.run(_live(folder, planned))


def _copy_documents(db: Connection) -> None:
    """Take over the items that the store's orders name: it sells no others.

    The chain's whole list takes 20 MB a box, which is 9 GB that say nothing about headquarters.
    """
    purchases, transfers = goods.list_orders(db)
    ordered = [line for order in purchases for line in order.lines]
    ordered += [line for order in transfers for line in order.lines]
    item_ids = {line.item_id for line in ordered}
    with write_transaction(db):
        db.executemany(TAKE_DOCUMENTS, [(item_key(item_id),) for item_id in sorted(item_ids)])


async def _live(folder: DemoFolder, planned: PlannedStore) -> int:
    path = str(folder.box(planned.store) / BOX_DATABASE)
    writer = Writer(path)
    try:
        await writer.run(lambda db: db.execute("PRAGMA synchronous = OFF"))
        identity = await writer.run(read_identity, path)
        clock = Clock(lambda: trade.START, lambda: 0, lambda _bits: 0, trade.BOOT_ID)
        play = BoxPlay(writer, Box(identity, clock, CHINA, DAY_STARTS_AT), lambda: None)
        await _play(folder, planned, play)
        return (await writer.run(journal.read_tail)).seq
    finally:
        writer.close()


async def _play(folder: DemoFolder, planned: PlannedStore, play: BoxPlay) -> None:
    orders, first_ms = await play.orders(), planned.first_sold_at_ms
    await play.receive(orders.of(ReceiptPurpose.OPENING), first_ms - OPENING_BEFORE_MS)
    at_ms = first_ms
    for number, basket in enumerate(read_baskets(folder.plan, planned.store)):
        await play.sell(basket)
        at_ms = basket.sold_at_ms
        if number == planned.baskets // 2:
            for order in orders.transfers:
                if order.source_store == planned.store:
                    await play.ship(order, at_ms, first_ms)
    await play.receive(orders.of(ReceiptPurpose.PURCHASE), at_ms + LATE_AFTER_MS)
    for order in orders.transfers:
        if order.target_store == planned.store:
            await play.receive_transfer(order, at_ms, first_ms)


@contextlib.contextmanager
def _open_hub(folder: DemoFolder) -> Iterator[sa.Connection]:
    engine = open_engine(sqlite_url(str(folder.hub / DATABASE)))
    with contextlib.closing(engine.connect()) as db:
        yield db
    engine.dispose()


def _tell(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    make_year(pathlib.Path(sys.argv[1]), int(sys.argv[2]) or None, int(sys.argv[3]) or None)
