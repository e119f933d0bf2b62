"""The demo with people: three stores with screens, devices and trade until Ctrl-C."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import json
import logging
import pathlib
import secrets
import select
import sys
import time
from collections.abc import Callable

from deploy.broker.broker_command import BrokerKind
from deploy.demo.back_room import BackRooms
from deploy.demo.box_client import BoxClient
from deploy.demo.chain import BOXES, STALL_S, Chain
from deploy.demo.complete_journey import read_complete_journey
from deploy.demo.configs import (
    Values,
    choose_ports,
    make_box_command,
    write_box_config,
    write_hub_config,
)
from deploy.demo.counter import Counter
from deploy.demo.errors import FolderTooDeepError
from deploy.demo.hub_client import HubClient
from deploy.demo.hub_set_up import Supply, fill_hub, load_items, plan_supply
from deploy.demo.lane import Lane
from deploy.demo.layout import HUB_USER, LIVE, DemoFolder, Settings, name_trade, write_whole
from deploy.demo.live_trade import bring_to_today, is_presentable
from deploy.demo.plan_builder import build_plan
from deploy.demo.programs import LOOK_INTERVAL_S
from deploy.demo.supply import add_up_sales
from deploy.demo.trade_line import STORE_TIME_ZONE
from deploy.demo.trade_plan import TradePlan, load_plan, read_baskets
from edge_agent.services.registers import enrol_register
from edge_agent.store.database import open_database
from edge_agent.wallets.gateway_sim import TOKEN as GATEWAY_KEY
from edge_agent.wallets.gateway_sim import GatewaySim
from hardware.driver import Role
from hardware.sim.serial_scanner import SimulatedSerialScanner

DEFAULT_PORT_BASE = 8800
STORES, BASKETS = 3, 2_700
"""A fortnight of some forty tickets a day and store, and hours of customers still to come."""
TRANSPORTS = ("mqtt", "grpc")
CASHIER, LANE = "1", "2"
"""Registers: one for people, one that trades by itself."""
TOKEN_BYTES = 16
GATEWAY_KEY_FILE = "payment.key"
"""Where a box looks for it unless its settings say otherwise."""
ROOT_CHARS_MAX = 80
"""The path of a Unix socket holds 107 bytes; below the root come `boxes/12345/device.sock`."""
LOG_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(message)s"
MG_A_KILOGRAM = 1_000_000
TRANSFER_ITEMS = 60
"""Items of a store that its back room may send on."""


class LiveDemo:
    """Three stores to look at. Stages are called in the order they stand in."""

    def __init__(
        self,
        folder: DemoFolder,
        port_base: int | None,
        broker: BrokerKind | None,
        tell: Callable[[str], None],
    ) -> None:
        """Prepare; see Chain."""
        self.folder = folder
        self.chain = Chain(folder, choose_ports(port_base, STORES), broker, tell)
        self.counters: dict[str, Counter] = {}
        """Where people are the cashiers, by store."""
        self._workers: list[Lane | BackRooms] = []
        self._lane_scanners: dict[str, SimulatedSerialScanner] = {}
        self._provider = GatewaySim()
        self._tell = tell

    def prepare(self) -> None:
        """Bring the trade to today, fill headquarters, write all settings. A repeat goes on.

        Raises:
            RetailError: the folder holds another demo, or lies too deep.
        """
        name = name_trade(None, stores_max=STORES, baskets_max=BASKETS)
        if len(str(self.folder.root)) > ROOT_CHARS_MAX:
            raise FolderTooDeepError(path=str(self.folder.root), limit=ROOT_CHARS_MAX)
        self.folder.log("demo").parent.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(filename=self.folder.log("demo"), level=logging.INFO, format=LOG_FORMAT)
        self.settings = self.folder.claim(LIVE, name)
        self.plan = load_plan(self.folder.plan) or self._build_plan(self.settings)
        self.tokens = self._load_tokens()
        supply = plan_supply(self.folder, self.plan, load_items(self.folder))
        # The back rooms order transfers as they go.
        orders_only = Supply(supply.orders, ())
        fill_hub(self.folder, self.plan, orders_only, self.settings.password, self._tell)
        write_hub_config(self.folder, self.chain.ports, TRANSPORTS)
        for planned, port in zip(self.plan.stores, self.chain.ports.boxes, strict=True):
            counter = Counter(self.folder.box(planned.store), CASHIER)
            self.counters[planned.store] = counter
            lane_scanner: Values = {
                "device_id": f"scanner-{LANE}",
                "kind": "serial_scanner",
                "address": str(self._lane_scanner_path(planned.store)),
                "suffix": "cr",
            }
            write_box_config(
                self.folder,
                planned.store,
                self.chain.ports,
                TRANSPORTS,
                screens={"http_port": port, "payment_gateway": self._provider.url},
                devices=[*counter.settings(), lane_scanner],
            )
            key = self.folder.box(planned.store) / GATEWAY_KEY_FILE
            key.parent.mkdir(parents=True, exist_ok=True)
            key.write_text(GATEWAY_KEY, encoding="ascii")

    def start(self) -> None:
        """Start everything: first the past is played, then the stores open for people."""
        self._provider.start()
        self.chain.start_broker()
        self.chain.start_hub()
        self._play_history()
        for planned, port in zip(self.plan.stores, self.chain.ports.boxes, strict=True):
            self._open_store(planned.store, port)

    def trade(self) -> None:
        """Open the lanes and send the clerks to work."""
        for planned in self.plan.stores:
            store = planned.store
            to_come = (
                basket
                for basket in read_baskets(self.folder.plan, store)
                if basket.sold_at_ms >= self.settings.made_at_ms and is_presentable(basket)
            )
            position = self.folder.progress / f"lane-{store}"
            lane = Lane(self.client(store, LANE), self._lane_scanners[store], to_come, position)
            self._workers.append(lane)
        items = {
            planned.store: sorted(add_up_sales(self.folder.plan, planned.store))[:TRANSFER_ITEMS]
            for planned in self.plan.stores
        }
        hub = HubClient(self.chain.ports.hub_http, self.settings.password, look=_wait_quietly)
        boxes = {planned.store: self.client(planned.store, LANE) for planned in self.plan.stores}
        self._workers.append(BackRooms(boxes, hub, items, self.settings.made_at_ms))
        for worker in self._workers:
            worker.start()

    def client(self, store: str, register_no: str) -> BoxClient:
        """A register's REST twin."""
        stores = [planned.store for planned in self.plan.stores]
        port = self.chain.ports.boxes[stores.index(store)]
        return BoxClient(port, register_no, self.tokens[store][register_no])

    def register_link(self, store: str, register_no: str) -> str:
        """Address of a register's screen; the token is in the fragment, so in no log."""
        client = self.client(store, register_no)
        token = self.tokens[store][register_no]
        address = f"http://127.0.0.1:{client.port}/register/"
        return f"{address}#register_no={register_no}&token={token}"

    def stop_trade(self) -> None:
        """Send lanes and clerks home. A repeat does nothing."""
        for worker in self._workers:
            worker.close()

    def close(self) -> None:
        """Stop everything. A repeat does nothing."""
        self.stop_trade()
        self.chain.troupe.stop_all()
        for scanner in self._lane_scanners.values():
            scanner.close()
        for counter in self.counters.values():
            counter.close()
        self._provider.stop()

    def _build_plan(self, settings: Settings) -> TradePlan:
        self._tell("reading a real chain's baskets and bringing them to today")
        made_at = datetime.datetime.fromtimestamp(settings.made_at_ms / 1000, STORE_TIME_ZONE)
        trade = read_complete_journey(stores_max=STORES, baskets_max=BASKETS)
        moved = bring_to_today(trade, made_at.date())
        return build_plan(self.folder.plan, moved, source="the default trade")

    def _play_history(self) -> None:
        """Let the boxes trade what lies before the demo was made. A repeat finds it done."""
        done = self.folder.progress / "history-done"
        if done.exists():
            return
        self.folder.opening_bell.touch()
        self.chain.start_boxes(self.settings.made_at_ms)
        self._tell("playing the last fortnight, as the boxes would have traded it")
        stores = len(self.plan.stores)
        progress = self.chain.progress
        self.chain.troupe.wait_until(
            "history", STALL_S, lambda: progress().done == stores, lambda: str(progress())
        )
        self.chain.troupe.stop(BOXES)
        done.touch()

    def _open_store(self, store: str, port: int) -> None:
        with contextlib.closing(open_database(str(self.folder.box(store) / "box.sqlite"))) as db:
            tokens, wall_ms = self.tokens[store], time.time_ns() // 1_000_000
            counter = self.counters[store]
            enrol_register(db, CASHIER, tokens[CASHIER], counter.places(), wall_ms=wall_ms)
            lane_devices = {f"scanner-{LANE}": Role.SCANNER}
            enrol_register(db, LANE, tokens[LANE], lane_devices, wall_ms=wall_ms)
        counter.plug()
        self._lane_scanners[store] = SimulatedSerialScanner(self._lane_scanner_path(store))
        self._lane_scanners[store].plug()
        self.chain.start(f"box-{store}", "box", make_box_command(self.folder, store, "serve"))
        devices = make_box_command(self.folder, store, "devices")
        self.chain.start(f"devices-{store}", "devices", devices)
        self.chain.wait_for_port(f"box of store {store}", port)

    def _lane_scanner_path(self, store: str) -> pathlib.Path:
        return self.folder.box(store) / f"scanner-{LANE}"

    def _load_tokens(self) -> dict[str, dict[str, str]]:
        """Tokens of all registers, by store and register; the same at every start."""
        path = self.folder.root / "registers.json"
        if not path.exists():
            tokens = {
                planned.store: {
                    register_no: secrets.token_urlsafe(TOKEN_BYTES)
                    for register_no in (CASHIER, LANE)
                }
                for planned in self.plan.stores
            }
            write_whole(path, json.dumps(tokens))
            path.chmod(0o600)
        kept: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8"))
        return kept


def run_live(
    folder: DemoFolder,
    port_base: int | None,
    broker: BrokerKind | None,
    tell: Callable[[str], None],
) -> None:
    """Run until Ctrl-C.

    Raises:
        RetailError: it can't be started.
        KeyboardInterrupt: Ctrl-C or SIGTERM; everything is stopped.
    """
    demo = LiveDemo(folder, DEFAULT_PORT_BASE if port_base is None else port_base, broker, tell)
    try:
        demo.prepare()
        demo.start()
        demo.trade()
        print(describe(demo), flush=True)
        while True:
            demo.chain.troupe.look()
            for counter in demo.counters.values():
                counter.keep_receipts()
            do_typed(demo, LOOK_INTERVAL_S)
    finally:
        tell("stopping")
        demo.close()


def describe(demo: LiveDemo) -> str:
    """Say in both languages where to look."""
    lines = [
        "",
        "Liushui is running 流水已启动 (Ctrl-C stops it; Ctrl-C 停止)",
        "",
        f"  Headquarters 总部   http://127.0.0.1:{demo.chain.ports.hub_http}/",
        f"                      user 用户 {HUB_USER}   password 密码 {demo.settings.password}",
        "",
        "  Registers 收银台 (register 2 of each store trades by itself; 2 号台自动收银)",
    ]
    for number, planned in enumerate(demo.plan.stores, start=1):
        store = planned.store
        lines += [
            f"  [{number}] store 门店 {store}",
            f"      1: {demo.register_link(store, CASHIER)}",
            f"      2: {demo.register_link(store, LANE)}",
        ]
    basket = next(iter(read_baskets(demo.folder.plan, demo.plan.stores[0].store)))
    code = basket.lines[0].gtin.removeprefix("0")
    lines += [
        "",
        "  Type a barcode here to scan it at register 1 of store [1]; `2 CODE` takes store [2].",
        f"  在此输入条码即在 [1] 店 1 号台扫码，例如 Try: {code}",
        "  `kg 1.25` lays 1.25 kg on its scale, `kg 0` takes it off.",
        "  输入 kg 1.25 放上秤，kg 0 取下。 Receipts 小票图片: boxes/*/receipts",
        f"  Data and logs 数据与日志: {demo.folder.root}",
    ]
    return "\n".join(lines)


def do_typed(demo: LiveDemo, wait_s: float) -> None:
    """Scan or weigh what was typed, if anything; else wait for so long."""
    if not sys.stdin.isatty() or not select.select([sys.stdin], [], [], wait_s)[0]:
        time.sleep(0 if sys.stdin.isatty() else wait_s)
        return
    words = sys.stdin.readline().split()
    if not words:
        return
    counters = [demo.counters[planned.store] for planned in demo.plan.stores]
    place = 0
    if len(words) > 1 and words[0].isdecimal() and 1 <= int(words[0]) <= len(counters):
        place = int(words.pop(0)) - 1
    if len(words) == 2 and words[0] == "kg":
        lay_on_scale(counters[place], words[1])
        return
    try:
        counters[place].scanner.scan(words[-1])
    except TimeoutError as error:  # The device process is being started again.
        print(f"not scanned: {error}", flush=True)


def lay_on_scale(counter: Counter, kilograms: str) -> None:
    """Lay goods on a counter's scale, as `1.25` says."""
    try:
        weight_mg = int(decimal.Decimal(kilograms) * MG_A_KILOGRAM)
    except decimal.InvalidOperation:
        print(f"{kilograms} is no weight in kg", flush=True)
        return
    counter.scale.voice.put(weight_mg)


def _wait_quietly() -> None:
    """The main thread looks after the programs."""
