"""The register's page in a real browser, over the real box process."""

from __future__ import annotations

import contextlib
import datetime
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from edge_agent.services.enrolment import CA_FILE, CERTIFICATE_FILE, KEY_FILE
from edge_agent.services.rebuild import verify_projections
from edge_agent.store import journal
from edge_agent.store.database import open_database
from hardware.sim.serial_scanner import SimulatedSerialScanner
from hq_hub.services.certificates import init_pki
from retail_domain.trade.ticket import Ticket
from tests.edge_agent.shop_setup import COLA_CODE, SCANNER, TOKEN, open_box
from tests.edge_agent.staffed_store import CARDS, CASHIER, PINS, SUPERVISOR, staff_store

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
READY_TIMEOUT_S = 30.0


class BoxProcess:
    """`edge-agent serve` with nobody at the other end of its line; can be killed and started."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        open_box(self.database).close()
        init_pki(folder / "pki", "test-chain", ["localhost"], datetime.datetime.now(datetime.UTC))
        for made, wanted in {"hub.crt": CERTIFICATE_FILE, "hub.key": KEY_FILE}.items():
            (folder / "pki" / made).rename(folder / "pki" / wanted)
        assert (folder / "pki" / CA_FILE).exists()
        settings = f"""
            http_port = {self.port}
            hub_grpc = "localhost:1"
            transports = ["grpc"]
            [[devices]]
            device_id = "{SCANNER}"
            kind = "serial_scanner"
            address = "{folder}/scanner"
        """
        (folder / "box.toml").write_text(settings, encoding="utf-8")
        self.start()

    @property
    def database(self) -> str:
        return str(self.folder / "box.sqlite")

    def start(self) -> None:
        self._log = (self.folder / "box.log").open("ab")
        self._process = self.run("serve")
        wait_until(self._answers)

    def run(self, verb: str) -> subprocess.Popen[bytes]:
        settings = str(self.folder / "box.toml")
        command = [sys.executable, "-m", "edge_agent.main", verb, "--config", settings]
        return subprocess.Popen(command, stderr=self._log)

    def kill(self) -> None:
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._log.close()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(20)
        self._log.close()
        return status

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self.folder / "box.log").read_text(encoding="utf-8")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/api/status")
        except ConnectionRefusedError:
            return False
        else:
            return connection.getresponse().status == 200
        finally:
            connection.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)  # Polls another process.


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def box_process(tmp_path: pathlib.Path) -> Iterator[BoxProcess]:
    if not (pathlib.Path(journal.__file__).parents[1] / "api/static/index.html").exists():
        pytest.skip("the register's page is not built (LIUSHUI_SKIP_SCREENS)")
    box = BoxProcess(tmp_path)
    yield box
    with contextlib.suppress(ValueError):
        box.stop()


@pytest.fixture
def faults() -> list[str]:
    """What the browser complained of, and what it asked of others than the box."""
    return []


@pytest.fixture
def page(browser: Browser, box_process: BoxProcess, faults: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    origin = f"http://127.0.0.1:{box_process.port}/"
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security" in said.text else None,
    )
    page.on(
        "request",
        lambda request: (
            faults.append(request.url)
            if not request.url.startswith((origin, "data:", "ws://127.0.0.1:"))
            else None
        ),
    )
    page.goto(f"{origin}register/#register_no=1&token={TOKEN}")
    expect(page.get_by_text("人民路店").first).to_be_visible()
    yield page
    context.close()


def type_code(page: Page, code: str) -> None:
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_sale_by_keyboard_from_code_to_receipt(
    page: Page, box_process: BoxProcess, faults: list[str]
) -> None:
    type_code(page, COLA_CODE)
    type_code(page, COLA_CODE)
    expect(page.get_by_role("list", name="购物清单").get_by_text("可乐 330ml")).to_be_visible()
    expect(page.get_by_role("status", name="应收")).to_contain_text("6.00")
    page.keyboard.press("F12")
    page.keyboard.type("10")
    page.keyboard.press("Enter")

    expect(page.get_by_role("article", name="销售小票")).to_contain_text("可乐 330ml")
    expect(page.get_by_text("¥4.00").first).to_be_visible()  # Change of ten yuan.
    with contextlib.closing(open_database(box_process.database)) as db:
        facts = [fact for fact, _body, _head in journal.iterate_facts(db)]
        assert [c.table for c in verify_projections(db) if c.differing_rows] == []
    assert len(facts) == 1
    assert isinstance(facts[0].happening.payload, Ticket)
    assert facts[0].happening.payload.amount_fen == 600
    assert faults == []


def test_scan_of_a_scanner_becomes_a_line_on_the_screen(
    page: Page, box_process: BoxProcess
) -> None:
    scanner = SimulatedSerialScanner(box_process.folder / "scanner")
    scanner.plug()
    devices = box_process.run("devices")
    try:
        expect(page.get_by_text("设备 1/1")).to_be_visible(timeout=20_000)

        scanner.scan(COLA_CODE)
        expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
        scanner.scan("4711")
        expect(page.get_by_text("没有条码为 4711 的商品").first).to_be_visible()
    finally:
        devices.terminate()
        assert devices.wait(10) == 0
        scanner.close()


def test_box_killed_in_the_middle_of_a_ticket_loses_nothing_that_was_on_the_screen(
    page: Page, box_process: BoxProcess
) -> None:
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    page.evaluate("window.isTheSamePage = true")

    box_process.kill()
    expect(page.get_by_text("门店主机在线")).to_have_count(0)
    box_process.start()

    expect(page.get_by_text("门店主机在线").first).to_be_visible()
    expect(page.get_by_role("list", name="购物清单").get_by_text("可乐 330ml")).to_be_visible()
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("6.00")
    assert page.evaluate("window.isTheSamePage") is True


def test_unknown_code_is_a_sentence_and_english_is_one_tap_away(page: Page) -> None:
    type_code(page, "6901234567892")
    expect(page.get_by_text("没有条码为 6901234567892 的商品").first).to_be_visible()

    page.get_by_text("EN", exact=True).click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_text("People's Road").first).to_be_visible()


def test_cashier_signs_in_sells_and_hands_over_to_a_card(
    browser: Browser, box_process: BoxProcess
) -> None:
    with contextlib.closing(open_database(box_process.database)) as db:
        staff_store(db)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{box_process.port}/register/#register_no=1&token={TOKEN}")
    number, pin = page.get_by_label("工号"), page.get_by_label("PIN")

    number.press_sequentially(CASHIER)
    number.press("Enter")
    pin.press_sequentially("000000")
    pin.press("Enter")
    expect(page.get_by_text("工号或 PIN 错误").first).to_be_visible()
    number.press_sequentially(CASHIER)
    number.press("Enter")
    pin.press_sequentially(PINS[CASHIER])
    pin.press("Enter")
    expect(page.get_by_text(f"收银员 {CASHIER}").first).to_be_visible()
    type_code(page, COLA_CODE)
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    page.get_by_role("button", name="交班退出").click()
    expect(number).to_be_visible()
    number.press_sequentially(CARDS[SUPERVISOR])
    number.press("Enter")

    expect(page.get_by_text(f"收银员 {SUPERVISOR}").first).to_be_visible()
    expect(page.get_by_role("status", name="应收")).to_contain_text("3.00")
    context.close()


def test_page_without_a_token_gets_nothing(browser: Browser, box_process: BoxProcess) -> None:
    context = browser.new_context()
    page = context.new_page()

    page.goto(f"http://127.0.0.1:{box_process.port}/register/#register_no=1&token=guess")

    expect(page.get_by_text("没有登记到 1 号收银台").first).to_be_visible()
    context.close()


def test_box_stops_cleanly_on_sigterm(box_process: BoxProcess) -> None:
    assert box_process.stop() == 0
    box_process.start()
