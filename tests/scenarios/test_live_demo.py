"""The demo with screens: stores trade by scanner and screen, die, come back, and end cleanly."""

from __future__ import annotations

import pathlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from deploy.demo.hub_client import HubClient
from deploy.demo.programs import find_taken_ports
from tests.scenarios.demo_run import read_command

WAIT_S = 120.0
PORT_BASE = 23_400


class LiveRun:
    """`scripts/demo` in a process of its own."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._said = folder / "said"
        command = [sys.executable, "-m", "deploy.demo", "--port-base", str(PORT_BASE)]
        with self._said.open("ab") as said:
            self.process = subprocess.Popen(
                [*command, "--data", str(folder / "data")],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def said(self) -> str:
        return self._said.read_text("utf-8")

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WAIT_S
        while not is_so():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def kill(self, words: str) -> None:
        """Kill the first program whose command line holds these words."""
        for child in psutil.Process(self.process.pid).children():
            line = read_command(child)
            if words in line and "deploy.demo.child" not in line:
                child.kill()
                return
        raise AssertionError(f"nothing runs {words}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(WAIT_S)


@pytest.fixture
def live(tmp_path: pathlib.Path) -> Iterator[LiveRun]:
    run = LiveRun(tmp_path)
    yield run
    if run.process.poll() is None:
        run.process.terminate()
        run.process.wait(WAIT_S)


@pytest.mark.slow  # A minute: people's pace.
def test_stores_trade_by_scanner_and_come_back_after_a_kill(live: LiveRun) -> None:
    live.wait_until(lambda: "Liushui is running" in live.said())
    password = re.search(r"password 密码 (\S+)", live.said())
    assert password is not None
    hub = HubClient(PORT_BASE, password[1], look=lambda: None)
    links = re.findall(r"http://127.0.0.1:(\d+)/register/#register_no=1&token=\S+", live.said())
    assert [int(port) for port in links] == [PORT_BASE + 100 + 10 * place for place in range(3)]

    def tickets() -> int:
        return int(hub.get("/sales")["totals"]["tickets"])

    history = tickets()
    live.wait_until(lambda: tickets() >= history + 3)
    for words in ("edge_agent.main serve", "edge_agent.main devices", "hq_hub.main"):
        live.kill(words)
    after_kill = tickets()
    live.wait_until(lambda: tickets() >= after_kill + 6)
    live.wait_until(lambda: hub.get("/transfers?state=received")["total"] >= 1)
    assert history > 500
    checks = hub.get("/trial-balance")["checks"]
    assert set(checks.values()) == {0}
    assert live.stop() == 130
    ports = [PORT_BASE, PORT_BASE + 1, PORT_BASE + 83, *(int(port) for port in links)]
    assert find_taken_ports(ports) == []
