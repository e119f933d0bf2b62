"""Child processes of a demo: what dies is started again, and nothing outlives its parent."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from deploy.demo import programs
from deploy.demo.errors import DemoStalledError, ProgramKeepsDyingError
from deploy.demo.programs import Program, Troupe, find_free_ports, find_taken_ports

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
WAIT_S = 30.0


def make_program(folder: pathlib.Path, command: tuple[str, ...], name: str = "one") -> Program:
    return Program(name, "box", command, folder / "logs" / f"{name}.log")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def troupe(said: list[str]) -> Iterator[Troupe]:
    troupe = Troupe(said.append)
    yield troupe
    troupe.stop_all()


def wait_for_new_pid(troupe: Troupe, old_pid: int) -> int:
    def is_new() -> bool:
        return troupe.pid("one") not in {None, old_pid}

    troupe.wait_until("restart", WAIT_S, is_new)
    pid = troupe.pid("one")
    assert pid is not None
    return pid


def test_killed_program_is_started_again(
    tmp_path: pathlib.Path, troupe: Troupe, said: list[str]
) -> None:
    troupe.start(make_program(tmp_path, SLEEP))
    first_pid = troupe.pid("one")
    assert first_pid is not None

    os.kill(first_pid, signal.SIGKILL)

    second_pid = wait_for_new_pid(troupe, first_pid)
    assert psutil.pid_exists(second_pid)
    assert troupe.restarts == 1
    assert "one stopped (status -9)" in said[0]


def test_program_that_never_really_starts_is_given_up(
    tmp_path: pathlib.Path, troupe: Troupe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "PAUSE_FIRST_S", 0.0)
    troupe.start(make_program(tmp_path, (sys.executable, "-c", "raise SystemExit('no way')")))

    with pytest.raises(ProgramKeepsDyingError, match=r"one stopped 8 times.*status 1"):
        troupe.wait_until("start", WAIT_S, lambda: False)

    assert "no way" in (tmp_path / "logs" / "one.log").read_text()


def test_wait_that_does_not_end_says_what_it_saw(troupe: Troupe) -> None:
    with pytest.raises(
        DemoStalledError, match=r"play stalled: nothing moved for 0 s. It stands at: 3 of 5"
    ):
        troupe.wait_until("play", 0.0, lambda: False, lambda: "3 of 5")


def test_peak_memory_is_kept_by_kind(tmp_path: pathlib.Path, troupe: Troupe) -> None:
    troupe.start(make_program(tmp_path, SLEEP))

    def is_measured() -> bool:
        troupe.measure()
        return troupe.peak_rss_kb["box"] > 1_000

    troupe.wait_until("memory", WAIT_S, is_measured)
    peak_kb = troupe.peak_rss_kb["box"]
    troupe.stop("one")

    assert troupe.peak_rss_kb["box"] >= peak_kb


def test_stubborn_program_is_killed(
    tmp_path: pathlib.Path, troupe: Troupe, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "STOP_S", 0.5)
    ready = tmp_path / "ready"
    deaf = (
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(60)"
    )
    troupe.start(make_program(tmp_path, (sys.executable, "-c", deaf)))
    pid = troupe.pid("one")
    assert pid is not None
    troupe.wait_until("start", WAIT_S, ready.exists)

    troupe.stop("one")

    assert not psutil.pid_exists(pid)
    assert "did not stop" in said[0]


def test_programs_end_when_the_demo_is_killed(tmp_path: pathlib.Path) -> None:
    pid_file = tmp_path / "pid"
    demo = f"""
import pathlib, time
from deploy.demo.programs import Program, Troupe
troupe = Troupe(print)
troupe.start(Program("one", "box", {SLEEP!r}, pathlib.Path({str(tmp_path / "log")!r})))
pathlib.Path({str(pid_file)!r}).write_text(str(troupe.pid("one")))
time.sleep(60)
"""
    process = subprocess.Popen((sys.executable, "-c", demo))
    deadline = time.monotonic() + WAIT_S
    while not (pid_file.exists() and pid_file.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child = psutil.Process(int(pid_file.read_text()))
    while "time.sleep" not in " ".join(child.cmdline()[:3]):  # It became the program.
        assert time.monotonic() < deadline
        time.sleep(0.02)

    process.kill()
    process.wait(WAIT_S)

    assert psutil.wait_procs([child], WAIT_S)[0] == [child]


def test_taken_port_is_seen() -> None:
    import socket  # noqa: PLC0415 - only here

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        port = one.getsockname()[1]

        assert find_taken_ports([port]) == [port]


def test_free_ports_are_all_different() -> None:
    ports = find_free_ports(20)

    assert len(set(ports)) == 20
    assert find_taken_ports(ports) == []
