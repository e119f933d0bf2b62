"""The demo without people: plays trade through real programs, then compares every figure."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import time
from collections.abc import Callable, Iterator

from deploy.broker.broker_command import BrokerKind
from deploy.demo.chain import BOXES, STALL_S, Chain
from deploy.demo.complete_journey import read_complete_journey
from deploy.demo.configs import choose_ports, write_box_config, write_hub_config
from deploy.demo.hub_client import HubClient
from deploy.demo.hub_set_up import fill_hub, load_items, plan_supply
from deploy.demo.layout import HEADLESS, DemoFolder, name_trade
from deploy.demo.plan_builder import build_plan
from deploy.demo.reckoning import Expected, Reckoning, dump_reckoning, reckon
from deploy.demo.trade_file import read_trade
from deploy.demo.trade_plan import TradePlan, load_plan
from hq_hub.reports.sales_totals import SalesTotals
from hq_hub.store.engine import open_read_engine, read_transaction

TELL_INTERVAL_S = 2.0
DEFAULT_STORES, DEFAULT_BASKETS = 3, 300
"""Of the default trade when nothing is said: half a minute."""


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """What is to be played."""

    trade: pathlib.Path | None = None
    """A file of the user; None for the default trade."""
    stores_max: int | None = None
    baskets_max: int | None = None
    port_base: int | None = None
    """None takes free ports."""
    broker: BrokerKind | None = None
    """None takes the best one that is installed."""
    transports: tuple[str, ...] = ("mqtt", "grpc")


class HeadlessDemo:
    """One play: its programs and how far they are. Stages are called in the order they stand in."""

    def __init__(self, folder: DemoFolder, wish: Wish, tell: Callable[[str], None]) -> None:
        self.folder, self.wish = folder, wish
        self.chain = Chain(folder, choose_ports(wish.port_base), wish.broker, tell)
        self.seconds: dict[str, float] = {}
        self._tell = tell
        self._told_at_s = 0.0

    def prepare(self) -> None:
        """Read the trade, fill headquarters, write all settings. A repeat finds it done.

        Raises:
            RetailError: the trade can't be played, or the folder holds another one.
        """
        wish = self.wish
        if wish.trade is not None:
            next(read_trade(wish.trade), None)  # Says at once when it is no trade file.
        with self._stage("plan"):
            name = name_trade(wish.trade, stores_max=wish.stores_max, baskets_max=wish.baskets_max)
            self._settings = self.folder.claim(HEADLESS, name)
            self.plan = load_plan(self.folder.plan) or self._build_plan()
        with self._stage("set_up"):
            self.supply = plan_supply(self.folder, self.plan, load_items(self.folder))
            fill_hub(self.folder, self.plan, self.supply, self._settings.password, self._tell)
            write_hub_config(self.folder, self.chain.ports, wish.transports)
            for store in self.plan.stores:
                write_box_config(self.folder, store.store, self.chain.ports, wish.transports)
        self.client = HubClient(
            self.chain.ports.hub_http, self._settings.password, self.chain.troupe.look
        )

    def start_line(self) -> None:
        """Start broker and hub."""
        with self._stage("start"):
            self.chain.start_broker()
            self.chain.start_hub()

    def start_boxes(self) -> None:
        """Start the process of boxes and wait until all have documents and opening stock."""
        with self._stage("documents"):
            self._order_transfers(0, len(self.supply.transfers) // 2)
            self.chain.start_boxes()
            stores = len(self.plan.stores)
            self._wait("documents", lambda: self.chain.progress().ready == stores)

    def trade(self) -> None:
        """Let the boxes trade, with the other transfers ordered meanwhile, until all is done."""
        with self._stage("trade"):
            self.ring()
            self._wait("trade", lambda: self.chain.progress().baskets >= self.plan.baskets // 3)
            self.order_late_transfers()
            self.wait_traded()

    def ring(self) -> None:
        """Open the stores."""
        self.folder.opening_bell.touch()

    def order_late_transfers(self) -> None:
        """Order those transfers that come while the stores trade."""
        self._order_transfers(len(self.supply.transfers) // 2, len(self.supply.transfers))

    def wait_traded(self) -> None:
        """Wait until every box did all it has to do."""
        self._wait("trade", lambda: self.chain.progress().traded == len(self.plan.stores))

    def settle(self) -> None:
        """Wait until everything is confirmed, posted and in the report."""
        with self._stage("settle"):
            self._wait("delivery", lambda: self.chain.progress().done == len(self.plan.stores))
            self._wait("posting", lambda: self.chain.count_waiting() == 0)

    def reckon(self) -> Reckoning:
        """Stop the boxes, read everything and compare."""
        with self._stage("reckon"):
            totals = self.client.get("/sales")["totals"]
            received = self.client.get("/transfers?state=received&start=0&end=1")["total"]
            self.chain.troupe.stop(BOXES)
            engine = open_read_engine(self.chain.database_url)
            try:
                with read_transaction(engine) as db:
                    return reckon(
                        self.folder,
                        db,
                        Expected(self.plan, self.supply.orders, self.supply.transfers),
                        report=SalesTotals(totals["amount_fen"], totals["quantity_milli"]),
                        transfers_received=received,
                    )
            finally:
                engine.dispose()

    def dump(self, reckoning: Reckoning) -> str:
        """The one line of JSON."""
        peak_kb = self.chain.troupe.peak_rss_kb
        more = {
            "stores": len(self.plan.stores),
            "baskets": reckoning.baskets,
            "lines": self.plan.lines,
            "rejected_rows": [
                {
                    "row": row.row,
                    "column": row.column,
                    "value": row.value,
                    "reason": row.reason.value,
                }
                for row in self.plan.rejected
            ],
            "rejected_count": self.plan.rejected_count,
            "seconds": {stage: round(taken_s, 1) for stage, taken_s in self.seconds.items()},
            "peak_rss_mb": {kind: peak_kb.get(kind, 0) // 1024 for kind in ("box", "hub")},
            "restarts": self.chain.troupe.restarts,
        }
        return dump_reckoning(reckoning, more)

    def _build_plan(self) -> TradePlan:
        wish = self.wish
        if wish.trade is None:
            stores_max = wish.stores_max or DEFAULT_STORES
            baskets_max = wish.baskets_max or DEFAULT_BASKETS
            self._tell(f"reading {baskets_max:,} baskets of {stores_max} stores")
            trade = read_complete_journey(stores_max=stores_max, baskets_max=baskets_max)
            return build_plan(self.folder.plan, trade, source="the default trade")
        self._tell(f"reading {wish.trade}")
        return build_plan(
            self.folder.plan,
            read_trade(wish.trade),
            source=str(wish.trade),
            stores_max=wish.stores_max,
            baskets_max=wish.baskets_max,
        )

    def _order_transfers(self, first: int, end: int) -> None:
        """Draft and approve as a manager does; a repeat finds them done."""
        for number in range(first, end):
            transfer = self.supply.transfers[number]
            wish = {
                "source_store": transfer.source_store,
                "target_store": transfer.target_store,
                "lines": [dataclasses.asdict(line) for line in transfer.lines],
            }
            drafted = self.client.post("/transfers", wish, request=f"draft {number}")
            path = f"/transfers/{drafted['transfer_no']}/approve"
            self.client.post(path, {}, request=f"approve {number}")

    def _wait(self, stage: str, is_done: Callable[[], bool]) -> None:
        def look() -> bool:
            if time.monotonic() - self._told_at_s > TELL_INTERVAL_S:
                self._told_at_s = time.monotonic()
                self._tell(f"{stage}: {self._describe()}")
            return is_done()

        self.chain.troupe.wait_until(stage, STALL_S, look, self._describe)

    def _describe(self) -> str:
        done, stores = self.chain.progress(), len(self.plan.stores)
        waiting = self.chain.count_waiting()
        return (
            f"{done.ready}/{stores} stores ready, {done.baskets:,}/{self.plan.baskets:,} baskets, "
            f"{done.traded} traded, {done.done} delivered, {waiting:,} facts to post"
        )

    @contextlib.contextmanager
    def _stage(self, stage: str) -> Iterator[None]:
        began_s = time.monotonic()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.monotonic() - began_s


def play(folder: DemoFolder, wish: Wish, tell: Callable[[str], None]) -> tuple[Reckoning, str]:
    """Play a wish from beginning to end; what a former start did in this folder is not done again.

    Returns:
        The reckoning and its line of JSON.

    Raises:
        RetailError: it can't be played, or it stalled.
    """
    demo = HeadlessDemo(folder, wish, tell)
    try:
        demo.prepare()
        demo.start_line()
        demo.start_boxes()
        demo.trade()
        demo.settle()
        reckoning = demo.reckon()
    finally:
        demo.chain.troupe.stop_all()
    return reckoning, demo.dump(reckoning)
