"""The page for IT, and the scale's buttons at the till: a real device process beside the box."""

from __future__ import annotations

import contextlib
import pathlib
import signal
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from hardware.sim.scale import SimulatedScale
from hardware.sim.serial_scanner import SimulatedSerialScanner
from tests.accessibility import find_faults, needs_axe, require_no_faults
from tests.edge_agent.pages.box_process import BoxProcess, wait_until
from tests.edge_agent.shop_setup import COLA_CODE, SCALE, TOKEN

pytestmark = pytest.mark.browser

SCALE_SETTINGS = """
[[devices]]
device_id = "{scale}"
kind = "toledo8217"
address = "{path}"
line = "9600 8N1"
"""
TABS = ("设备", "已插入", "最近扫码", "打印记录", "标签模板")


class Counter:
    """A box with a scanner, a scale, and the device process that reads them."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.scale = SimulatedScale(folder / "scale", "toledo8217")
        self.scanner = SimulatedSerialScanner(folder / "scanner")
        devices = SCALE_SETTINGS.format(scale=SCALE, path=self.scale.path)
        self.box = BoxProcess(folder, devices=devices)

    def are_devices_ready(self) -> bool:
        status = httpx2.get(f"http://127.0.0.1:{self.box.port}/api/status").json()
        return [device["state"] for device in status["devices"]] == ["ready", "ready"]


@pytest.fixture
def counter(tmp_path: pathlib.Path) -> Iterator[Counter]:
    counter = Counter(tmp_path)
    with contextlib.ExitStack() as stack:
        for device in (counter.scale, counter.scanner):
            device.plug()
            stack.callback(device.close)
        counter.box.start()
        process = counter.box.run("devices")
        wait_until(counter.are_devices_ready)
        yield counter
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        counter.box.stop()


@pytest.fixture
def page(browser: Browser, counter: Counter) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    open_page(page, counter)
    yield page
    context.close()


def open_page(page: Page, counter: Counter, name: str = "till") -> None:
    page.goto("about:blank")
    address = f"http://127.0.0.1:{counter.box.port}/register/"
    page.goto(f"{address}#register_no=1&token={TOKEN}&page={name}")
    expect(page.get_by_text("人民路店").first).to_be_visible()


def test_bowl_is_tared_and_the_tare_cleared_at_the_till(page: Page, counter: Counter) -> None:
    scale, shown = counter.scale, page.get_by_role("status", name="秤", exact=True)
    scale.voice.put(235_000)
    expect(shown).to_contain_text("0.235")
    page.get_by_role("button", name="去皮").click()
    expect(shown).to_contain_text("净重")
    scale.voice.put(1_235_000)
    expect(shown).to_contain_text("1.000")

    page.get_by_role("button", name="清皮").click()

    expect(shown).to_contain_text("1.235")


def test_scan_that_did_nothing_is_found_with_its_reason(page: Page, counter: Counter) -> None:
    counter.scanner.scan("4711")
    expect(page.get_by_role("alert")).to_be_visible()
    open_page(page, counter, "devices")
    page.get_by_role("tab", name="最近扫码").click()

    row = page.get_by_role("row").filter(has_text="4711")
    expect(row).to_contain_text("unknown_barcode")
    counter.scanner.scan(COLA_CODE)
    expect(page.get_by_role("row").filter(has_text=COLA_CODE)).to_contain_text("已处理")


def test_pulled_scale_is_told_on_the_page(page: Page, counter: Counter) -> None:
    open_page(page, counter, "devices")
    row = page.get_by_role("row").filter(has_text=SCALE)
    expect(row).to_contain_text("正常")

    counter.scale.unplug()
    expect(row).to_contain_text("未连接")
    counter.scale.plug()
    expect(row).to_contain_text("正常")


def test_templates_are_shown_as_they_print(page: Page, counter: Counter) -> None:
    open_page(page, counter, "devices")
    page.get_by_role("tab", name="标签模板").click()

    pictures = page.get_by_role("list", name="标签模板").get_by_role("img")
    wait_until(lambda: pictures.count() == 3)
    expect(pictures.first).to_have_js_property("complete", True)
    widths = pictures.evaluate_all("images => images.map((image) => image.naturalWidth)")
    assert min(widths) > 200


@needs_axe
def test_page_of_devices_keeps_the_rules_of_accessibility(page: Page, counter: Counter) -> None:
    counter.scanner.scan("4711")
    faults = {}
    open_page(page, counter, "devices")
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        faults[tab] = find_faults(page)

    require_no_faults(faults)
