"""Real programs behind proxies: a broker, `hq-hub serve`, an `edge-agent serve` a store."""

from __future__ import annotations

import contextlib
import dataclasses
import http
import itertools
import pathlib
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator

from deploy.broker.mosquitto import find_mosquitto, write_config
from deploy.broker.topic_rules import TlsFiles
from deploy.demo.chain import BROKER, HUB, STALL_S, Chain
from deploy.demo.configs import (
    HOST,
    choose_ports,
    make_box_command,
    make_hub_command,
    write_box_config,
    write_hub_config,
)
from deploy.demo.hub_client import HubClient
from deploy.demo.hub_set_up import PKI, fill_hub, load_items, plan_supply, read_set_up
from deploy.demo.layout import HEADLESS, DemoFolder, Ports
from deploy.demo.programs import find_free_ports
from deploy.demo.trade_plan import TradePlan, read_baskets
from edge_agent.services.registers import enrol_register
from edge_agent.store.database import open_database
from tests.processes.backlog import sell_offline
from tests.processes.chaos_proxy import ChaosProxy
from tests.processes.nats_cluster import write_cluster
from tests.processes.till import Counter, Till, ask
from tests.processes.trade import make_plan

BROKER_QUEUE_MAX = 10
"""Messages that the broker keeps for a client; what is beyond it throws away, acknowledged."""
REGISTERS = ("1", "2")
ENROL_TIMEOUT_S = 60.0


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """What is to be played."""

    stores: int = 3
    baskets: int = 40
    """Of each store."""
    seed: int = 1
    transports: tuple[str, ...] = ("mqtt", "grpc")
    pause_s: float = 0.0
    """Between two customers of a store."""
    backlog: int = 0
    """Baskets beside those, that each store sells before it has a line for the first time again."""
    nodes: int = 0
    """Of a NATS cluster in Mosquitto's place."""
    is_calm: bool = False
    """Nothing is killed and no line is broken."""
    flood: int = 0
    """Connections that say nothing, to the hub's HTTP and as many to its gRPC."""


class ChainRun:
    """The programs, the lines and the people of one run."""

    def __init__(self, root: pathlib.Path, wish: Wish, tell: Callable[[str], None]) -> None:
        """Prepare everything on disk; nothing is started."""
        self.folder, self.wish = DemoFolder(root), wish
        self.chain = Chain(self.folder, choose_ports(None, wish.stores), None, tell)
        settings = self.folder.claim(HEADLESS, f"{wish}")
        self.plan: TradePlan = make_plan(
            self.folder.plan,
            stores=wish.stores,
            baskets=wish.backlog + wish.baskets,
            seed=wish.seed,
        )
        self.supply = plan_supply(self.folder, self.plan, load_items(self.folder))
        fill_hub(self.folder, self.plan, self.supply, settings.password, tell)
        ports = self.chain.ports
        self.node_ports = find_free_ports(3 * wish.nodes)
        """Of each node in turn: MQTT, its own protocol, the cluster's."""
        brokers = self.node_ports[::3] or [ports.mqtt]
        self.lines = {"mqtt": ChaosProxy(*brokers), "grpc": ChaosProxy(ports.hub_grpc)}
        self.client = HubClient(ports.hub_http, settings.password, self.chain.troupe.look)
        self.tills: list[Till] = []
        self.tokens: dict[str, dict[str, str]] = {}

    @property
    def stores(self) -> dict[str, int]:
        """Port of each store's box."""
        names = sorted(planned.store for planned in self.plan.stores)
        return dict(zip(names, self.chain.ports.boxes, strict=True))

    def start(self) -> None:
        """Start everything, enrol the boxes, order the transfers."""
        self.start_headquarters()
        for store in self.stores:
            self.enrol(store)
            self.start_box(store)
            if self.wish.backlog:
                self.wait_for_documents(store)
                self.chain.troupe.stop(box_name(store))
                sell_offline(self, store)
                self.start_box(store)
        self.order_transfers()

    def start_headquarters(self) -> None:
        """Start lines, broker and hub. The hub hears the broker through the same bad line."""
        for line in self.lines.values():
            line.start()
        ports = self.chain.ports
        write_hub_config(
            self.folder,
            dataclasses.replace(ports, mqtt=self.lines["mqtt"].port),
            self.wish.transports,
        )
        if self.wish.nodes:
            self.start_cluster()
        elif "mqtt" in self.wish.transports:
            self.start_broker()
        self.chain.start(HUB, HUB, make_hub_command(self.folder))
        self.chain.wait_for_port(HUB, ports.hub_http)

    def start_broker(self) -> None:
        """Start a Mosquitto that keeps little and writes nothing down by itself."""
        program, port = find_mosquitto(), self.chain.ports.mqtt
        assert program is not None, "needs the marker broker"
        pki = self.folder.hub / PKI
        tls = TlsFiles(*(str(pki / name) for name in ("ca.crt", "hub.crt", "hub.key")))
        config = write_config(self.folder.broker, tls, host=HOST, port=port)
        text = config.read_text("utf-8")
        everything = "max_queued_messages 0"
        assert everything in text
        little = f"max_queued_messages {BROKER_QUEUE_MAX}\nautosave_interval 0"
        config.write_text(text.replace(everything, little), "utf-8")
        self.chain.start(BROKER, BROKER, [program, "-c", str(config)])
        self.chain.wait_for_port(BROKER, port)

    def start_cluster(self) -> None:
        """Start a NATS server a node."""
        for place, command in enumerate(write_cluster(self.folder, self.node_ports)):
            self.chain.start(f"{BROKER}-{place + 1}", BROKER, command)
        for port in self.node_ports[::3]:
            self.chain.wait_for_port(BROKER, port)

    def enrol(self, store: str) -> None:
        """Make the store's box, with two registers, by the verbs that IT uses."""
        write_box_config(
            self.folder,
            store,
            Ports(self.chain.ports.hub_http, self.lines["grpc"].port, self.lines["mqtt"].port),
            self.wish.transports,
            screens={"http_port": self.stores[store]},
        )
        duties = read_set_up(self.folder)[store]
        subprocess.run(
            [
                *(sys.executable, "-m", "edge_agent.main", "enrol"),
                *("--config", str(self.folder.box_config(store))),
                *("--hub", f"http://{HOST}:{self.chain.ports.hub_http}"),
                *("--claim-code", duties.claim_code),
            ],
            check=True,
            capture_output=True,
            timeout=ENROL_TIMEOUT_S,
        )
        self.tokens[store] = {number: secrets.token_urlsafe(16) for number in REGISTERS}
        with contextlib.closing(open_database(str(self.box_database(store)))) as db:
            for number, token in self.tokens[store].items():
                enrol_register(db, number, token, {})

    def wait_for_documents(self, store: str) -> None:
        """Wait until the store's box has its purchase orders, the last documents to come."""
        wanted = read_set_up(self.folder)[store].purchases
        headers = {"Authorization": f"Bearer {self.tokens[store][REGISTERS[0]]}"}

        def has_all() -> bool:
            status, answer = ask(self.stores[store], "GET", "/api/orders", headers)
            return status == http.HTTPStatus.OK and len(answer["purchase_orders"]) == wanted

        self.chain.troupe.wait_until("documents", STALL_S, has_all)

    def box_database(self, store: str) -> pathlib.Path:
        """File of a store's box."""
        return self.folder.box(store) / "box.sqlite"

    def start_box(self, store: str) -> None:
        """Start `edge-agent serve` and keep it running."""
        self.chain.start(box_name(store), "box", make_box_command(self.folder, store, "serve"))
        self.chain.wait_for_port(box_name(store), self.stores[store])

    def order_transfers(self) -> None:
        """Draft and approve every transfer."""
        for number, transfer in enumerate(self.supply.transfers):
            wish = {
                "source_store": transfer.source_store,
                "target_store": transfer.target_store,
                "lines": [dataclasses.asdict(line) for line in transfer.lines],
            }
            drafted = self.client.post("/transfers", wish, request=f"draft {number}")
            path = f"/transfers/{drafted['transfer_no']}/approve"
            self.client.post(path, {}, request=f"approve {number}")

    def open_stores(self) -> None:
        """Let the people in."""
        duties, shipped = read_set_up(self.folder), set[str]()
        for store, port in self.stores.items():
            counter = Counter(store, port, self.tokens[store])
            planned = read_baskets(self.folder.plan, store)
            baskets = list(itertools.islice(planned, self.wish.backlog, None))
            till = Till(counter, duties[store], baskets, shipped, self.wish.pause_s)
            self.tills.append(till)
            till.start()

    def count_unsent(self, store: str) -> int | None:
        """Facts that a box has not had confirmed; None while it does not answer."""
        try:
            status, answer = ask(self.stores[store], "GET", "/api/status", {})
        except OSError:
            return None
        return int(answer["unacknowledged_facts"]) if status == http.HTTPStatus.OK else None

    def settle(self, limit_s: float = STALL_S) -> None:
        """Wait until everything is confirmed and posted; nobody helps."""
        for line in self.lines.values():
            line.set_fault(None)

        def is_settled() -> bool:
            unsent = [self.count_unsent(store) for store in self.stores]
            return not any(count != 0 for count in unsent) and self.chain.count_waiting() == 0

        self.chain.troupe.wait_until("delivery", limit_s, is_settled)

    def close(self) -> None:
        """Stop everything. A repeat does nothing."""
        for till in self.tills:
            till.close()
        self.chain.troupe.stop_all()
        for line in self.lines.values():
            if line.port:
                line.close()


def box_name(store: str) -> str:
    """Name of a box's program."""
    return f"box-{store}"


@contextlib.contextmanager
def run_chain(root: pathlib.Path, wish: Wish, tell: Callable[[str], None]) -> Iterator[ChainRun]:
    """A chain that has started; it ends with the block."""
    run = ChainRun(root, wish, tell)
    try:
        run.start()
        yield run
    finally:
        run.close()
