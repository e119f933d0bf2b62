"""register: from the scanner's bytes at the driver to the line in the browser's DOM.

The box is the product's own: two processes, 50,000 items with four bar codes each, a hub on the
line. The raw arm is an empty page of the same origin: it gives the box one command over a socket,
which the box commits, and writes the answer into its DOM. What is left out is scanner, device
process and the register's page. Both arms take turns. Browser, box and hub share this machine.

The busy rounds have somebody who counts and a second register that sells and prints receipts, and
all of it goes to headquarters meanwhile. Beside: search by pinyin, a large count, the start.
"""

from __future__ import annotations

import dataclasses
import pathlib
import shutil
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.measure import Figures, latency_ms, percentile
from benchmarks.register_store import (
    TOKENS,
    BenchStore,
    code_of,
    make_command,
    run_store,
)
from benchmarks.sync_chain import HOST

ITEMS = 50_000
BLOCKS = 8
SCANS_A_BLOCK = 25
PAUSE_S = 0.12
"""Between two scans: faster than any hand."""
SEARCHES = 200
COUNT_LINES = 5_000
DAY_TICKETS = 2_000
LINES_A_TICKET = 5
BUSY_PAUSE_S = 0.15
"""Between two things that each of the others in the store does: seven a second."""
WAIT_S = 30.0
QUERIES = ("kkkl", "nongfu", "牛肉面", "mncnn", "SKU049", "shengchou", "薯片", "jrcz")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OBSERVE = """() => {
  window.__seen = {}
  new MutationObserver(() => {
    const now = performance.timeOrigin + performance.now()
    const codes = document.querySelectorAll('.ticket-code')
    for (const {textContent} of codes) window.__seen[textContent] ??= now
  }).observe(document.body, {subtree: true, childList: true, characterData: true})
}"""
"""Dates the first appearance of a code in the ticket."""
EMPTY_PAGE = """async ([address, hello]) => {
  document.body.innerHTML = '<div id="answer"></div>'
  const socket = new WebSocket(address)
  await new Promise((resolve) => (socket.onopen = resolve))
  socket.send(JSON.stringify(hello))
  await new Promise((resolve) => (socket.onmessage = resolve))
  window.__ask = ([message, wanted]) => new Promise((resolve) => {
    const began = performance.now()
    socket.onmessage = ({data}) => {
      if (JSON.parse(data).kind !== wanted) return
      document.getElementById('answer').textContent = data
      resolve(performance.now() - began)
    }
    socket.send(JSON.stringify(message))
  })
}"""


def run(folder: pathlib.Path) -> Figures:
    """Measure idle and busy, then what else a store waits for."""
    chromium = shutil.which("chromium")
    assert chromium is not None, "apt-get install chromium"
    with run_store(folder, ITEMS) as store, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=FLAGS)
        page, empty = open_pages(store, browser.new_page(), browser.new_page())
        idle = scan_blocks(store, page, empty)
        busy = while_busy(store, lambda: scan_blocks(store, page, empty))
        searches = search_goods(store)
        counting = count_stock(store)
        browser.close()
        before_mb = store.memory_mb()
        sell_a_day(store)
        after_mb = store.memory_mb()
        store.client("1").get("/training/api/items?limit=7&query=kkkl")
        practising_mb = store.memory_mb()
        start_s = start_anew(store)
    value = percentile(idle.scans, 0.5) * 1e3
    return Figures(
        bench="register",
        value=value,
        unit="ms p50",
        limit=statistics.median(idle.commands) * 1e3,
        cpu_us_per_line=0.0,  # Browser, hub and box share the cores: no line's share can be told.
        peak_rss_mb=sum(program["pss"] for program in after_mb.values()),
        detail={
            "items": ITEMS,
            "idle": idle.summary(),
            "busy": busy.summary(),
            "search": latency_ms(searches),
            **counting,
            "box_before_the_day_mb": before_mb,
            "box_after_the_day_mb": after_mb,
            "box_while_somebody_practises_mb": practising_mb,
            "day_tickets": DAY_TICKETS,
            "cold_start_to_first_sale_s": round(start_s, 2),
        },
    )


def open_pages(store: BenchStore, page: Page, empty: Page) -> tuple[Page, Page]:
    """The register's page with the observer, and the empty one with its socket."""
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"http://{HOST}:{store.port}/register/#register_no=1&token={TOKENS['1']}")
    page.get_by_role("status", name="应收").or_(page.get_by_label("Due")).first.wait_for()
    page.evaluate(OBSERVE)
    empty.goto(f"http://{HOST}:{store.port}/api/status")
    hello = {
        "kind": "hello",
        "register_no": "2",
        "token": TOKENS["2"],
        "generation": None,
        "sequence": None,
    }
    empty.evaluate(EMPTY_PAGE, [f"ws://{HOST}:{store.port}/register/ws", hello])
    return page, empty


@dataclasses.dataclass(frozen=True, slots=True)
class Blocks:
    """Seconds of each kind of trip, taken in turn."""

    scans: list[float]
    """Scanner to DOM."""
    commands: list[float]
    """Empty page: a committed command, there and back."""
    pings: list[float]
    """Empty page: there and back, and nothing done."""

    def summary(self) -> dict[str, Any]:
        """Waits, and how many of the empty page's trips a scan takes."""
        scan = statistics.median(self.scans)
        return {
            "scan_to_line": latency_ms(self.scans),
            "empty_page_command": latency_ms(self.commands),
            "empty_page_ping": latency_ms(self.pings),
            "ratio": round(scan / statistics.median(self.commands), 2),
            "ratio_to_ping": round(scan / statistics.median(self.pings), 2),
        }


def scan_blocks(store: BenchStore, page: Page, empty: Page) -> Blocks:
    """Blocks of scans and of the empty page's trips in turn."""
    blocks = Blocks([], [], [])
    client = store.client("1")
    for _block in range(BLOCKS):
        blocks.scans.extend(scan_block(store, page))
        client.command("clear_ticket", reason="other")
        for number in range(SCANS_A_BLOCK):
            command = make_command("scan", code=code_of(1 + number))
            blocks.commands.append(ask(empty, command, "result"))
            blocks.pings.append(ask(empty, {"kind": "ping"}, "pong"))
            time.sleep(PAUSE_S)
        store.client("2").command("clear_ticket", reason="other")
    return blocks


def ask(empty: Page, message: dict[str, object], wanted: str) -> float:
    """Seconds of one round trip, by the page's own clock."""
    return float(empty.evaluate("asked => window.__ask(asked)", [message, wanted])) / 1e3


def scan_block(store: BenchStore, page: Page) -> list[float]:
    """Scan items that are not on the ticket; seconds from the bytes to the DOM of each."""
    page.evaluate("window.__seen = {}")
    sent: dict[str, float] = {}
    for number in range(SCANS_A_BLOCK):
        item_id = 1 + (uuid.uuid4().int + number) % store.items
        code = code_of(item_id, number % 4)
        sent[code] = time.time()
        store.scanner.scan(code)
        time.sleep(PAUSE_S)
    deadline_s = time.monotonic() + WAIT_S
    seen: dict[str, float] = {}
    while len(seen) < len(sent) and time.monotonic() < deadline_s:
        seen = page.evaluate("window.__seen")
        time.sleep(PAUSE_S)
    assert seen.keys() >= sent.keys(), "scans did not reach the page"
    return [seen[code] / 1e3 - at_s for code, at_s in sent.items()]


def while_busy(store: BenchStore, work: Callable[[], Blocks]) -> Blocks:
    """Measure while others in the store work."""
    is_over = threading.Event()
    others = [
        threading.Thread(target=others_work, args=(is_over, sell_one(store)), daemon=True),
        threading.Thread(target=others_work, args=(is_over, count_one(store)), daemon=True),
    ]
    for other in others:
        other.start()
    try:
        return work()
    finally:
        is_over.set()
        for other in others:
            other.join(WAIT_S)


def others_work(is_over: threading.Event, steps: Iterator[None]) -> None:
    """One of the others, step by step."""
    while not is_over.wait(BUSY_PAUSE_S):
        next(steps)


def sell_one(store: BenchStore) -> Iterator[None]:
    """Tickets at register 3: each is committed, printed, and sent to headquarters."""
    client, item_id = store.client("3"), 0
    while True:
        for _line in range(LINES_A_TICKET):
            item_id = item_id % store.items + 1
            client.command("scan", code=code_of(item_id))
            yield
        client.command("pay", tenders=[{"kind": "cash", "amount_fen": 100_000}])
        yield


def count_one(store: BenchStore) -> Iterator[None]:
    """Somebody who counts shelf after shelf."""
    client = store.client("3")
    count = client.post("/api/counts", {"reason": "cycle"})
    item_id = 0
    while True:
        item_id = item_id % store.items + 1
        line = {"item_id": item_id, "quantity_milli": 7_000}
        client.post(f"/api/counts/{count['count_id']}/lines", line)
        yield


def count_stock(store: BenchStore) -> dict[str, Any]:
    """A count of 5,000 lines: every line, and the close."""
    client = store.client("1")
    count = client.post("/api/counts", {"reason": "full"})
    path = f"/api/counts/{count['count_id']}"
    lines = [
        took(client.post, f"{path}/lines", {"item_id": item_id, "quantity_milli": 3_000})
        for item_id in range(1, COUNT_LINES + 1)
    ]
    return {
        "count_lines": COUNT_LINES,
        "count_line": latency_ms(lines),
        "count_posted_s": round(took(client.post, f"{path}/close", {}), 2),
    }


def sell_a_day(store: BenchStore) -> None:
    """2,000 tickets over REST."""
    steps = sell_one(store)
    for _step in range(DAY_TICKETS * (LINES_A_TICKET + 1)):
        next(steps)


def start_anew(store: BenchStore) -> float:
    """Seconds from the start of both programs to the first ticket."""
    store.stop()
    began_s = time.monotonic()
    store.start()
    client = store.client("1")
    client.command("scan", code=code_of(1))
    client.command("pay", tenders=[{"kind": "cash", "amount_fen": 100_000}])
    return time.monotonic() - began_s


def search_goods(store: BenchStore) -> list[float]:
    """What a cashier types, one query after the other."""
    client = store.client("1")
    return [took(client.search, QUERIES[number % len(QUERIES)]) for number in range(SEARCHES)]


def took(work: Callable[..., object], *arguments: object) -> float:
    """Seconds of one piece of work."""
    began_s = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - began_s
