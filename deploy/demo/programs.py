"""Child processes of a demo: started, watched, started again when they die, stopped in order."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from deploy.demo.errors import DemoStalledError, ProgramKeepsDyingError

QUICK_DEATH_S = 5.0
"""A program that lived shorter did not really start."""
QUICK_DEATHS_MAX = 8
"""In a row; then something is wrong that another start will not cure."""
PAUSE_FIRST_S, PAUSE_MAX_S = 0.2, 5.0
"""Before a restart; doubles with each quick death."""
STOP_S = 15.0
"""A program has this long to commit what it holds; then it is killed."""
LOOK_INTERVAL_S = 0.1
MEMORY_INTERVAL_S = 1.0
PEAK_MEMORY = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


@dataclasses.dataclass(frozen=True, slots=True)
class Program:
    """One program of the demo."""

    name: str
    """Of its log file too."""
    kind: str
    """hub, box, devices or broker: what peak memory is told by."""
    command: tuple[str, ...]
    log: pathlib.Path


@dataclasses.dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at_s: float = 0.0
    quick_deaths: int = 0
    start_at_s: float = 0.0
    """When it may be started again."""


class Troupe:
    """The programs of a demo. One thread uses it, and calls `look` in every wait."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.peak_rss_kb: dict[str, int] = {}
        """By kind: the largest that one process of the kind ever was."""
        self.restarts = 0
        """How often a program was started again."""
        self._tell = tell
        self._children: dict[str, _Child] = {}
        self._measured_at_s = 0.0

    def start(self, program: Program) -> None:
        """Start a program and keep it running."""
        assert program.name not in self._children
        child = _Child(program)
        self._children[program.name] = child
        self._spawn(child)

    def pid(self, name: str) -> int | None:
        """Process id, None before the start and between death and restart."""
        child = self._children.get(name)
        return None if child is None or child.process is None else child.process.pid

    def look(self) -> None:
        """Start again what died, after a pause that grows; measure memory.

        Raises:
            ProgramKeepsDyingError: a program died QUICK_DEATHS_MAX times right after its start.
        """
        now_s = time.monotonic()
        for child in self._children.values():
            if child.process is None:
                if now_s >= child.start_at_s:
                    self._spawn(child)
            elif child.process.poll() is not None:
                self._bury(child, child.process.returncode, now_s)
        if now_s - self._measured_at_s >= MEMORY_INTERVAL_S:
            self.measure()

    def wait_until(
        self,
        stage: str,
        limit_s: float,
        is_done: Callable[[], bool],
        state: Callable[[], str] = str,
    ) -> None:
        """Look after the programs until something is so.

        Args:
            stage: what is waited for, for the message.
            limit_s: how long, counted anew whenever `state` changes.
            is_done: asked again and again.
            state: how far it is; told when it does not come to pass.

        Raises:
            DemoStalledError: it was not so in time.
            ProgramKeepsDyingError: as `look`.
        """
        seen, deadline_s = state(), time.monotonic() + limit_s
        while not is_done():
            now, now_s = state(), time.monotonic()
            if now != seen:
                seen, deadline_s = now, now_s + limit_s
            elif now_s > deadline_s:
                raise DemoStalledError(stage=stage, limit_s=int(limit_s), state=now)
            self.look()
            time.sleep(LOOK_INTERVAL_S)

    def measure(self) -> None:
        """Read the peak memory of every program from /proc."""
        self._measured_at_s = time.monotonic()
        for child in self._children.values():
            if child.process is not None:
                self._measure(child.process.pid, child.program.kind)

    def stop(self, name: str) -> None:
        """Stop one program and forget it. A repeat does nothing."""
        child = self._children.pop(name, None)
        if child is None or child.process is None:
            return
        self._measure(child.process.pid, child.program.kind)
        child.process.terminate()
        try:
            child.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._tell(f"{name} did not stop in {STOP_S:.0f} s and is killed")
            child.process.kill()
            child.process.wait()

    def stop_all(self) -> None:
        """Stop everything, the last started first."""
        for name in reversed(list(self._children)):
            self.stop(name)

    def _measure(self, pid: int, kind: str) -> None:
        self.peak_rss_kb[kind] = max(read_peak_rss_kb(pid), self.peak_rss_kb.get(kind, 0))

    def _spawn(self, child: _Child) -> None:
        program = child.program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with program.log.open("ab") as log:
            child.process = subprocess.Popen(
                (sys.executable, "-m", "deploy.demo.child", str(os.getpid()), *program.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; they are stopped in order.
            )
        child.started_at_s = time.monotonic()

    def _bury(self, child: _Child, status: int, now_s: float) -> None:
        child.process = None
        self.restarts += 1
        lived_s = now_s - child.started_at_s
        child.quick_deaths = child.quick_deaths + 1 if lived_s < QUICK_DEATH_S else 0
        if child.quick_deaths >= QUICK_DEATHS_MAX:
            raise ProgramKeepsDyingError(
                program=child.program.name,
                count=child.quick_deaths,
                status=str(status),
                log=str(child.program.log),
            )
        pause_s = min(PAUSE_FIRST_S * 2**child.quick_deaths, PAUSE_MAX_S)
        child.start_at_s = now_s + pause_s
        self._tell(f"{child.program.name} stopped (status {status}); again in {pause_s:.1f} s")


def read_peak_rss_kb(pid: int) -> int:
    """Largest resident memory of a process so far; 0 when it is gone or the system has no /proc."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text("ascii", errors="replace")
    except OSError:
        return 0
    found = PEAK_MEMORY.search(status)
    return int(found[1]) if found else 0


def find_free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody has now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def is_listening(port: int) -> bool:
    """Whether somebody answers on a port of 127.0.0.1."""
    with socket.socket() as one:
        one.settimeout(1.0)
        return one.connect_ex(("127.0.0.1", port)) == 0


def find_taken_ports(ports: Sequence[int]) -> list[int]:
    """Ports that somebody else has."""
    return [port for port in ports if is_listening(port)]
