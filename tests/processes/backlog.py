"""Weeks without a line: a store's box sells by its own use cases, and nobody hears of it yet."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import TYPE_CHECKING

from deploy.demo.play_box import BoxPlay
from deploy.demo.trade_plan import read_baskets
from edge_agent.config import load_config
from edge_agent.main import make_box
from edge_agent.store.writer import Writer

if TYPE_CHECKING:
    from tests.processes.chain_run import ChainRun


def sell_offline(run: ChainRun, store: str) -> None:
    """Sell the store's first baskets into its box's file; the box is stopped.

    The file is not synced for every one of them: that the box does so is for other tests.
    """
    config = load_config(run.folder.box_config(store))
    baskets = itertools.islice(read_baskets(run.folder.plan, store), run.wish.backlog)
    with contextlib.closing(Writer(str(run.box_database(store)))) as writer:
        writer.submit(lambda db: db.execute("PRAGMA synchronous = OFF")).result()
        play = BoxPlay(writer, make_box(config, writer), lambda: None)

        async def sell() -> None:
            for basket in baskets:
                await play.sell(basket)

        asyncio.run(sell())
