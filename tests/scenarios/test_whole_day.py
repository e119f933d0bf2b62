"""From opening to close without headquarters, in a browser; then both agree to gram and fen."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import subprocess
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect, sync_playwright

from deploy.demo.chain import HUB, STALL_S
from deploy.demo.configs import (
    make_box_command,
    make_hub_command,
    write_box_config,
    write_hub_config,
)
from deploy.demo.hub_set_up import load_items
from deploy.demo.layout import Ports
from edge_agent.services.registers import enrol_register
from edge_agent.store import journal, print_jobs, staff
from edge_agent.store.database import open_database
from edge_agent.store.projections import read_projection
from edge_agent.wallets.gateway_sim import TOKEN as GATEWAY_KEY
from edge_agent.wallets.gateway_sim import GatewaySim
from hardware.driver import Role
from hardware.sim.label_printers import TsplPrinter
from hardware.sim.printer_faults import PrinterFaults
from hardware.sim.printer_line import TcpPrinterLine
from hardware.sim.serial_scanner import SimulatedSerialScanner
from hq_hub.reports import checks
from hq_hub.store import schema_books
from hq_hub.store.engine import open_read_engine, read_transaction
from retail_domain.trade.sale_code import make_sale_code
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.trading_day import DayClosed
from tests.edge_agent.pages.conftest import CHROMIUM, FLAGS
from tests.processes.chain_run import ChainRun, Wish
from tests.scenarios.whole_day import Cashier, Goods, Hands, Manager

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STORE, CASHIER, MANAGER = "S001", "1001", "3001"
PINS = {CASHIER: "736251", MANAGER: "951473"}
ROLES = {CASHIER: "cashier", MANAGER: "store_manager"}
STEPS_MAX = {
    "open": 3,
    "ten items by wallet": 11,
    "unknown code": 4,
    "line off": 2,
    "hold": 2,
    "recall": 2,
    "return": 4,
    "receive": 3,
    "transfer": 6,
}
"""Budgets of the journeys: presses, taps and scans."""


class Store:
    """The programs of a chain whose first store has devices, people and a payment provider."""

    def __init__(self, root: pathlib.Path, provider: GatewaySim) -> None:
        wish = Wish(stores=2, baskets=2, transports=("grpc",), is_calm=True)
        self.run = ChainRun(root, wish, lambda _said: None)
        self.provider = provider
        self.scanner = SimulatedSerialScanner(self.run.folder.box(STORE) / "scanner-1")
        self.label_printer = TsplPrinter(PrinterFaults())
        self._label_line = TcpPrinterLine(self.label_printer)
        self.cards: dict[str, str] = {}

    def open(self) -> None:
        """Start headquarters and the box, and wait until it has its documents."""
        write_hub_config(self.run.folder, self.run.chain.ports, ("grpc",))
        for staff_no, role in ROLES.items():
            person = ("--staff-no", staff_no, "--name", f"人员{staff_no}", "--role", role)
            self.tell_hub("add-person", *person, "--reach", "all", said=PINS[staff_no])
            self.cards[staff_no] = self.tell_hub("give-card", "--staff-no", staff_no).strip()
        self.run.start_headquarters()
        self.run.enrol(STORE)
        self._give_devices()
        self.run.start_box(STORE)
        self.run.chain.start("devices", "devices", self.command("devices"))
        self.run.wait_for_documents(STORE)
        self.run.order_transfers()
        self.run.chain.troupe.wait_until("transfers", STALL_S, self._has_transfers)
        self.run.chain.troupe.wait_until("people", STALL_S, self._has_people)
        self.run.chain.troupe.wait_until("lease", STALL_S, self._has_lease)

    def tell_hub(self, verb: str, *options: str, said: str = "") -> str:
        """A verb of headquarters' own program."""
        command = [*make_hub_command(self.run.folder), *options]
        command[command.index("serve")] = verb
        done = subprocess.run(
            command, input=f"{said}\n", text=True, capture_output=True, check=True
        )
        return done.stdout

    def command(self, verb: str) -> list[str]:
        """How a program of the box is started."""
        return make_box_command(self.run.folder, STORE, verb)

    def cut(self) -> None:
        """Headquarters is gone for the day."""
        self.run.chain.troupe.stop(HUB)

    def reconnect(self) -> None:
        """It is back, and hears of everything."""
        self.run.chain.start(HUB, HUB, make_hub_command(self.run.folder))
        self.run.chain.wait_for_port(HUB, self.run.chain.ports.hub_http)

        def is_settled() -> bool:
            return self.run.count_unsent(STORE) == 0 and self.run.chain.count_waiting() == 0

        self.run.chain.troupe.wait_until("delivery", STALL_S, is_settled)

    def address(self, register_no: str, more: str = "") -> str:
        """A register's link."""
        port, token = self.run.stores[STORE], self.run.tokens[STORE][register_no]
        return f"http://127.0.0.1:{port}/register/#register_no={register_no}&token={token}{more}"

    def tickets(self) -> list[Ticket]:
        """Of the box's journal."""
        return [one for one in self.payloads() if isinstance(one, Ticket)]

    def payloads(self) -> list[object]:
        """What the box's journal holds, in order."""
        with contextlib.closing(open_database(str(self.run.box_database(STORE)))) as db:
            return [fact.happening.payload for fact, _, _ in journal.iterate_facts(db)]

    def has_put_out_labels(self) -> bool:
        """Whether the label printer is through with what it was given."""
        with contextlib.closing(open_database(str(self.run.box_database(STORE)))) as db:
            jobs = print_jobs.read_newest_of(db, "2", 1)
        return bool(jobs) and jobs[0].state in print_jobs.FINAL_WORDS

    def last_sale_code(self) -> str:
        """What stands on the register's newest receipt."""
        with contextlib.closing(open_database(str(self.run.box_database(STORE)))) as db:
            fact = journal.read_last_ticket(db, "1")
        assert fact is not None
        return make_sale_code(fact.happening.fact_id)

    def close(self) -> None:
        """Stop everything."""
        self.run.close()
        self.scanner.close()
        self._label_line.close()

    def _give_devices(self) -> None:
        folder, ports = self.run.folder, self.run.chain.ports
        scanner = {
            "device_id": "scanner-1",
            "kind": "serial_scanner",
            "address": str(self.scanner.path),
            "suffix": "cr",
        }
        address = self._label_line.address
        printer = {"device_id": "labels-1", "kind": "tspl", "address": address}
        screens: dict[str, str | int] = {
            "http_port": self.run.stores[STORE],
            "payment_gateway": self.provider.url,
        }
        line = Ports(ports.hub_http, self.run.lines["grpc"].port, self.run.lines["mqtt"].port)
        write_box_config(
            folder, STORE, line, ("grpc",), screens=screens, devices=[scanner, printer]
        )
        (folder.box(STORE) / "payment.key").write_text(GATEWAY_KEY, encoding="ascii")
        with contextlib.closing(open_database(str(self.run.box_database(STORE)))) as db:
            tokens = self.run.tokens[STORE]
            enrol_register(db, "1", tokens["1"], {"scanner-1": Role.SCANNER})
            enrol_register(db, "2", tokens["2"], {"labels-1": Role.LABEL_PRINTER})
        self.scanner.plug()

    def _has_people(self) -> bool:
        with contextlib.closing(open_database(str(self.run.box_database(STORE)))) as db:
            return staff.has_people(db)

    def _has_transfers(self) -> bool:
        with contextlib.closing(open_database(str(self.run.box_database(STORE)))) as db:
            return len(db.execute(TRANSFER_NOS).fetchall()) == len(self.run.supply.transfers)

    def _has_lease(self) -> bool:
        """Headquarters said that the list of people is the one it has."""
        with contextlib.closing(open_database(str(self.run.box_database(STORE)))) as db:
            return db.execute("SELECT confirmed_at_ms FROM people_lease").fetchone() != (0,)


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    """What a day left behind."""

    store: Store
    steps: dict[str, int]
    requests: list[str]
    """What the pages asked of anybody but the box."""
    labels: int
    """Asked for, of prices that changed."""
    held_up: list[str]
    """Pill of the line while headquarters was gone."""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    provider = GatewaySim()
    provider.start()
    store = Store(tmp_path_factory.mktemp("day"), provider)
    try:
        store.open()
        store.cut()
        played = play(store)
        store.reconnect()
        yield played
    finally:
        store.close()
        provider.stop()


def play(store: Store) -> Day:
    """The day, with headquarters gone."""
    goods = [
        Goods(one.item.gtins[0].removeprefix("0"), one.item.name, one.unit_price_fen)
        for one in load_items(store.run.folder).values()
        if one.item.gtins
    ]
    foreign: list[str] = []  # And those of the box.
    own = f"127.0.0.1:{store.run.stores[STORE]}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        till = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        phone = browser.new_context(viewport={"width": 412, "height": 915}, locale="zh-CN")
        pages = {"1": till.new_page(), "2": phone.new_page()}
        for register_no, page in pages.items():
            page.on("request", lambda asked: foreign.append(asked.url))
            page.goto(store.address(register_no, "&page=back_room" if register_no == "2" else ""))
        cashier = Cashier(Hands(pages["1"], store.scanner), goods)
        manager = Manager(Hands(pages["2"]), goods)
        pills = trade(store, cashier, manager)
        browser.close()
    labels = manager.labels
    steps = dict(cashier.hands.steps) | dict(manager.hands.steps)
    outside = [url for url in foreign if own not in url and not url.startswith("data:")]
    return Day(store, steps, outside, labels, pills)


def trade(store: Store, cashier: Cashier, manager: Manager) -> list[str]:
    """Open, sell, work in the back room, close."""
    cashier.sign_in_and_open_shift(store.cards[CASHIER], CASHIER)
    sign_in(manager.page, store.cards[MANAGER])
    with contextlib.closing(open_database(str(store.run.box_database(STORE)))) as db:
        orders = [str(row[0]) for row in db.execute(ORDER_NOS).fetchall()]
        transfers = [str(row[0]) for row in db.execute(TRANSFER_NOS).fetchall()]
    assert len(transfers) == 2, "one leaves, one comes"
    manager.receive_delivery(orders[0])
    for transfer_no in transfers:
        manager.handle_transfer(transfer_no)
    manager.hang_labels()
    cashier.sell_ten_by_wallet()
    cashier.sell_for_cash(cashier.goods[0])
    receipt = store.last_sale_code()
    cashier.sell_unknown_code()
    manager.begin_count(manager.goods[0], 7)
    cashier.sell_for_cash(cashier.goods[0])  # While it is counted.
    manager.close_count()
    cashier.take_a_line_off()
    cashier.serve_another_first()
    cashier.take_goods_back(receipt, cashier.goods[0])
    manager.write_off_damage(manager.goods[1])
    manager.ask_for_goods(manager.goods[2])
    pill = cashier.page.get_by_role("status").filter(has_text="总部离线")
    expect(pill).to_be_visible()
    pills = [pill.inner_text()]
    cashier.close_shift(1)
    close_day(store, cashier.page)
    return pills


NOS = "SELECT CAST(key AS TEXT) AS no FROM feed_document WHERE feed = 'orders'"
ORDER_NOS, TRANSFER_NOS = (f"{NOS} AND no LIKE '{kind}-%' ORDER BY no" for kind in ("PO", "T"))


def sign_in(page: Page, card: str) -> None:
    expect(page.get_by_label("工号")).to_be_focused()
    page.keyboard.type(card)
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="今日")).to_be_visible()


def close_day(store: Store, page: Page) -> None:
    """The manager comes to the register; only who may closes the day."""
    page.keyboard.press("Escape")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("工号")).to_be_focused()
    page.keyboard.type(store.cards[MANAGER])
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"收银员 {MANAGER}").first).to_be_visible()
    page.keyboard.press("F8")
    page.get_by_role("button", name="日结").click()
    expect(page.get_by_text("已日结").first).to_be_visible()


@pytest.mark.parametrize("journey", STEPS_MAX)
def test_journey_takes_no_more_steps_than_its_budget(day: Day, journey: str) -> None:
    assert 0 < day.steps[journey] <= STEPS_MAX[journey]


def test_nothing_leaves_the_box_while_the_line_is_down(day: Day) -> None:
    assert day.requests == []
    assert "待传" in day.held_up[0], day.held_up


def test_day_is_closed_with_its_certificate(day: Day) -> None:
    closed = [one for one in day.store.payloads() if isinstance(one, DayClosed)]

    assert len(closed) == 1
    assert closed[0].certificate.tickets == len(day.store.tickets())


def test_a_label_of_every_new_price_was_printed(day: Day) -> None:
    store = day.store
    # A printer that never says "printing" is given a second a label.
    store.run.chain.troupe.wait_until("labels", STALL_S, store.has_put_out_labels)

    assert len(day.store.label_printer.paper.sheets) == day.labels > 0


def test_provider_kept_what_the_tickets_say(day: Day) -> None:
    by_wallet_fen = sum(
        tender.amount_fen
        for ticket in day.store.tickets()
        for tender in ticket.tenders
        if tender.kind is TenderKind.WECHAT
    )

    assert day.store.provider.kept_fen() == by_wallet_fen > 0


def test_headquarters_holds_the_same_stock_to_the_gram_and_the_same_money_to_the_fen(
    day: Day,
) -> None:
    with contextlib.closing(open_database(str(day.store.run.box_database(STORE)))) as db:
        at_box = {row[:4]: row[4] for row in read_projection(db, "on_hand") if row[4]}
    engine = open_read_engine(day.store.run.chain.database_url)
    with contextlib.closing(engine.connect()) as _open, read_transaction(engine) as hub:
        table = schema_books.on_hand.c
        rows = hub.execute(
            sa.select(table.store, table.state, table.item_id, table.lot, table.quantity_milli)
        )
        at_hub = {tuple(row[:4]): int(row[4]) for row in rows if row[0] == STORE and row[4]}
        counts = checks.read_fact_counts(hub)
        ledger = checks.read_ledger_checks(hub)
        unbalanced_fen = checks.read_trial_balance_difference_fen(hub)
    engine.dispose()
    sold_fen = day.store.run.client.get("/sales")["totals"]["amount_fen"]

    assert at_hub == at_box
    assert sold_fen == sum(ticket.amount_fen for ticket in day.store.tickets())
    assert (counts.parked, counts.waiting, counts.quarantined) == (0, 0, 0)
    assert (unbalanced_fen, ledger.unbalanced_entries, ledger.stock_vs_gl_fen) == (0, 0, 0)
