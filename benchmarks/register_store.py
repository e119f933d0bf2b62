"""The store of the register benchmark: a hub, a box and its device process, with 50,000 items."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from typing import Any

from benchmarks.sync_chain import HOST, BenchChain, find_ports, run_chain
from edge_agent.services.registers import enrol_register
from edge_agent.store.database import open_database
from hardware.driver import Role
from hardware.sim.escpos_printer import EscposPrinter
from hardware.sim.printer_faults import PrinterFaults
from hardware.sim.printer_line import TcpPrinterLine
from hardware.sim.serial_scanner import SimulatedSerialScanner
from hq_hub.services.documents import put_items, put_prices
from hq_hub.store.engine import open_engine
from retail_domain.catalog.gtin import make_gtin_13, to_gtin_14
from retail_domain.catalog.item import Item, Price, TaxRate, UnitOfMeasure

STORE = "S001"
CODES_AN_ITEM = 4
TOKENS = {number: f"token-of-register-{number}" for number in ("1", "2", "3")}
"""A cashier with a browser; an empty page; somebody who sells, prints and counts."""
START_S = 120.0
"""Bound of every wait for a program."""
POLL_S = 0.05
VAT13 = TaxRate("VAT13", 1_300)
NAMES = (
    "可口可乐",
    "农夫山泉",
    "康师傅牛肉面",
    "蒙牛纯牛奶",
    "洁柔抽纸",
    "金龙鱼大豆油",
    "乐事薯片",
    "海天生抽",
)
MEMORY = re.compile(r"^(Rss|Pss):\s+(\d+) kB$", re.MULTILINE)
BOX_PROGRAM = """
import sys
sys.modules["pandas"] = None
from edge_agent.main import main
sys.exit(main(sys.argv[1:]))
"""
"""As on a store's box: sqlite-utils takes pandas along where it is, and only the demo has it."""


@dataclasses.dataclass(slots=True)
class BenchStore:
    """A store with its programs; `client` speaks for a register."""

    folder: pathlib.Path
    port: int
    scanner: SimulatedSerialScanner
    items: int
    processes: dict[str, subprocess.Popen[bytes]] = dataclasses.field(default_factory=dict)
    clients: list[Client] = dataclasses.field(default_factory=list)

    def start(self) -> None:
        """Start the box and its device process, and wait until the box answers."""
        for verb in ("serve", "devices"):
            command = [sys.executable, "-c", BOX_PROGRAM, verb]
            command += ["--config", str(self.folder / "box.toml")]
            with (self.folder / f"{verb}.log").open("ab") as log:
                self.processes[verb] = subprocess.Popen(command, stderr=log)
        self.wait("the box", self._answers)

    def stop(self) -> None:
        """Stop both."""
        for client in self.clients:
            client.close()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(START_S)
        self.processes.clear()

    def client(self, register_no: str) -> Client:
        """Somebody at a register."""
        self.clients.append(Client(self.port, register_no))
        return self.clients[-1]

    def memory_mb(self) -> dict[str, dict[str, float]]:
        """Of each program: Rss, and Pss, which counts what both share by halves."""
        memory = {}
        for verb, process in self.processes.items():
            rollup = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="utf-8")
            found = MEMORY.findall(rollup)
            memory[verb] = {name.lower(): round(int(kb) / 1024, 1) for name, kb in found}
        return memory

    def wait(self, what: str, is_so: Any) -> None:  # noqa: ANN401 (anything that answers a bool)
        """Poll until it is so.

        Raises:
            TimeoutError
        """
        deadline_s = time.monotonic() + START_S
        while not is_so():
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"{what} took more than {START_S} s")
            time.sleep(POLL_S)

    def count_documents(self) -> int:
        """Items and prices that the box has."""
        with contextlib.closing(open_database(str(self.folder / "box.sqlite"))) as db:
            row = db.execute("SELECT count(*) FROM feed_document").fetchone()
        assert row is not None
        return int(str(row[0]))

    def _answers(self) -> bool:
        try:
            return self.client("1").get("/api/status") is not None
        except OSError:
            return False


class Client:
    """A register's REST twin over one connection that stays open."""

    def __init__(self, port: int, register_no: str) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=START_S)
        self._register_no = register_no
        self._headers = {
            "Authorization": f"Bearer {TOKENS[register_no]}",
            "Content-Type": "application/json",
        }

    def close(self) -> None:
        """End the connection; the next request opens another one."""
        self._connection.close()

    def get(self, path: str) -> Any:  # noqa: ANN401 (JSON)
        """Ask."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: object) -> Any:  # noqa: ANN401 (JSON)
        """Write, under a key of its own."""
        return self._ask("POST", path, body)

    def command(self, name: str, **arguments: object) -> Any:  # noqa: ANN401 (JSON)
        """What the page would send; refusals end the run."""
        wish = make_command(name, **arguments)
        answer = self.post(f"/api/registers/{self._register_no}/commands", wish)
        assert answer["outcome"] == "done", answer
        return answer

    def search(self, query: str) -> Any:  # noqa: ANN401 (JSON)
        """Find goods by what a cashier types."""
        return self.get(f"/api/items?limit=7&query={urllib.parse.quote(query)}")

    def _ask(self, method: str, path: str, body: object) -> Any:  # noqa: ANN401 (JSON)
        headers = self._headers | {"Idempotency-Key": str(uuid.uuid4())}
        text = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, text, headers)
            response = self._connection.getresponse()
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            self._connection.close()  # The box closes what says nothing for five seconds.
            self._connection.request(method, path, text, headers)
            response = self._connection.getresponse()
        content = response.read()
        assert response.status < http.client.BAD_REQUEST, (response.status, content)
        return json.loads(content) if content else None


def make_command(name: str, **arguments: object) -> dict[str, object]:
    """A command of its own."""
    return {
        "kind": "command",
        "command_id": str(uuid.uuid4()),
        "name": name,
        "arguments": arguments,
    }


def code_of(item_id: int, place: int = 0) -> str:
    """One of the item's bar codes."""
    return make_gtin_13("952", item_id * CODES_AN_ITEM + place)


@contextlib.contextmanager
def run_store(folder: pathlib.Path, items: int) -> Iterator[BenchStore]:
    """A store that trades, with headquarters on the line and a receipt printer at register 3."""
    printer = EscposPrinter(PrinterFaults())
    line = TcpPrinterLine(printer)
    scanner = SimulatedSerialScanner(folder / "scanner-1")
    (port,) = find_ports(1)
    with contextlib.ExitStack() as parts:
        parts.callback(line.close)
        parts.callback(scanner.close)
        chain = parts.enter_context(run_chain(folder, [STORE]))
        fill(chain, items)
        store = BenchStore(chain.boxes[STORE].database.parent, port, scanner, items)
        write_settings(store, chain, line.address)
        scanner.plug()
        parts.callback(store.stop)
        store.start()
        store.wait("the documents", lambda: store.count_documents() >= 2 * items)
        yield store


def fill(chain: BenchChain, count: int) -> None:
    """Let headquarters list the items, several bar codes each."""
    items = [
        Item(
            item_id,
            f"SKU{item_id:05}",
            f"{NAMES[item_id % len(NAMES)]} {item_id}",
            f"Item {item_id}",
            UnitOfMeasure.PIECE,
            VAT13,
            tuple(sorted(to_gtin_14(code_of(item_id, place)) for place in range(CODES_AN_ITEM))),
        )
        for item_id in range(1, count + 1)
    ]
    engine = open_engine(chain.place.database)
    with contextlib.closing(engine.connect()) as db:
        put_items(db, items)
        put_prices(db, "Z1", [Price(item.item_id, 100 + item.item_id % 900) for item in items])
    engine.dispose()


def write_settings(store: BenchStore, chain: BenchChain, printer_address: str) -> None:
    """Write box.toml, and enrol the registers: a scanner at one, a printer at another."""
    settings = f"""
        pki = "."
        http_port = {store.port}
        hub_grpc = "localhost:{chain.place.config.grpc_port}"
        transports = ["grpc"]
        [[devices]]
        device_id = "scanner-1"
        kind = "serial_scanner"
        address = "{store.scanner.path}"
        suffix = "cr"
        [[devices]]
        device_id = "printer-3"
        kind = "escpos"
        address = "{printer_address}"
    """
    (store.folder / "box.toml").write_text(settings, encoding="utf-8")
    with contextlib.closing(open_database(str(store.folder / "box.sqlite"))) as db:
        enrol_register(db, "1", TOKENS["1"], {"scanner-1": Role.SCANNER})
        enrol_register(db, "2", TOKENS["2"], {})
        enrol_register(db, "3", TOKENS["3"], {"printer-3": Role.PRINTER})
