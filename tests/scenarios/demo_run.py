"""A headless demo in a process of its own, watched and disturbed from outside."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil

from deploy.demo.layout import DemoFolder
from deploy.demo.progress import Progress, read_progress

WAIT_S = 240.0
LOOK_S = 0.02
PROGRAMS = {
    "boxes": ("deploy.demo.boxes",),
    "hub": ("hq_hub.main",),
    "broker": ("mosquitto", "deploy.broker.embedded_broker"),
}
"""What tells a program's command line."""


class DemoRun:
    """`scripts/demo --headless --json` on a folder."""

    def __init__(self, folder: pathlib.Path, *options: str) -> None:
        self.folder = DemoFolder(folder / "data")
        self._stdout = folder / "stdout"
        self._stderr = folder / "stderr"
        command = [sys.executable, "-m", "deploy.demo", "--headless", "--json"]
        with self._stdout.open("wb") as out, self._stderr.open("ab") as err:
            self.process = subprocess.Popen(
                [*command, "--data", str(self.folder.root), *options], stdout=out, stderr=err
            )

    def progress(self) -> Progress:
        """What the boxes last said."""
        return read_progress(self.folder)

    def wait_until(self, is_so: Callable[[], bool]) -> bool:
        """Look until something is so; False when the demo ended before."""
        deadline = time.monotonic() + WAIT_S
        while not is_so():
            assert time.monotonic() < deadline, self.said()
            if self.process.poll() is not None:
                return False
            time.sleep(LOOK_S)
        return True

    def kill(self, name: str) -> bool:
        """Kill one program as a power cut would; False when it is not running now."""
        try:
            for child in psutil.Process(self.process.pid).children():
                words = read_command(child)
                is_meant = any(word in words for word in PROGRAMS[name])
                if is_meant and "deploy.demo.child" not in words:
                    child.kill()
                    child.wait(WAIT_S)  # Else the next kill might meet the same process again.
                    return True
        except psutil.NoSuchProcess:
            return False
        return False

    def finish(self) -> dict[str, Any]:
        """Wait for the end and read the one line of JSON."""
        self.process.wait(WAIT_S)
        lines = self._stdout.read_text("utf-8").splitlines()
        assert len(lines) == 1, self.said()
        report: dict[str, Any] = json.loads(lines[0])
        return report

    def said(self) -> str:
        """What it said on the way."""
        return self._stderr.read_text("utf-8")

    def close(self) -> None:
        """End it if it still runs; its children end with it."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(WAIT_S)


def assert_zeros(report: dict[str, Any], *, baskets: int | None = None) -> None:
    """Check that the demo says that everything agrees, and that its figures say so too."""
    assert report["ok"] is True, report
    assert set(report["differences"].values()) == {0}, report["differences"]
    facts = report["facts"]
    assert facts["sent"] == facts["applied"] > 0
    lost = ("lost", "duplicated", "altered", "parked", "quarantined")
    assert [facts[fault] for fault in lost] == [0] * 5, facts
    for figure in ("sales_fen", "quantity_milli"):
        assert len(set(report[figure].values())) == 1, report[figure]
        assert {"boxes", "journal", "ledger", "report"} <= report[figure].keys()
    transfers = report["transfers"]
    assert transfers["open"] == 0
    assert transfers["made"] == transfers["received"]
    if baskets is not None:
        assert report["baskets"] == baskets


def read_command(process: psutil.Process) -> str:
    """Command line of a process; empty when it has ended meanwhile."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # Also a zombie: it ended, and its parent has not looked yet.
        return ""


def programs_on(folder: DemoFolder) -> list[str]:
    """Command lines of all processes of this machine that work on a demo's folder."""
    commands = (read_command(process) for process in psutil.process_iter())
    return [command for command in commands if str(folder.root) in command]
