"""scan: from the bytes of a scanner at the driver to the scan at the box, while both cores burn.

The device process is the product's own, in a process of its own, over a pty and the device link.
The raw arm is a bare reader of a second pty that sends each line on over a Unix socket: what is
left out is framing, the supervisor and gRPC. Both have the priority that deploy/systemd gives the
box and its device process, where this user may; the processes that burn the cores have none.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pathlib
import queue
import resource
import select
import socket
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.measure import Figures, latency_ms, peak_rss_mb, percentile
from edge_agent.devices.device_process import run_device_process
from edge_agent.devices.device_setup import DeviceConfig, DeviceProcessConfig
from edge_agent.devices.link_messages import (
    HostReport,
    JobReport,
    LinkHandlers,
    PrintJob,
    ScanSubmitted,
    SubmitOutcome,
    WeightSubmitted,
)
from edge_agent.devices.link_place import LocalBox
from edge_agent.devices.link_server import LinkServer
from hardware.host.device import DeviceState
from hardware.sim.serial_scanner import SimulatedSerialScanner

ROUNDS = 20
SCANS_A_ROUND = 50
PAUSE_S = 0.02
"""Between two scans: a lane in a hurry has a hundred times as long."""
WAIT_S = 30.0
"""Until the device process is up, or a scan is given up."""
TARGET_MS = 5.0
"""What the product claims for p99."""
NICE = -20
"""As in deploy/systemd."""
SPAWN = multiprocessing.get_context("spawn")
LINE_BYTES_MAX = 64


class Box:
    """The box's end of the link: notes when a scan came."""

    def __init__(self, socket_path: pathlib.Path) -> None:
        self.arrived: queue.Queue[tuple[str, int]] = queue.Queue()
        self.ready = threading.Event()
        handlers = LinkHandlers(
            self._submit,
            self._report,
            self._weigh,
            self._take_jobs,
            self._note_jobs,
            lambda _device_id: None,
            lambda _host: None,
            lambda _host: None,
        )
        self.server = LinkServer(socket_path, handlers)

    def _submit(self, scan: ScanSubmitted) -> SubmitOutcome:
        self.arrived.put((scan.text, time.monotonic_ns()))
        return SubmitOutcome()

    def _report(self, report: HostReport) -> None:
        if all(device.state is DeviceState.READY for device in report.devices):
            self.ready.set()

    def _weigh(self, _submitted: WeightSubmitted) -> None:
        """Nothing is weighed."""

    def _take_jobs(self, _device_ids: tuple[str, ...], _wait_s: float) -> tuple[PrintJob, ...]:
        return ()

    def _note_jobs(self, _reports: tuple[JobReport, ...]) -> None:
        """Nothing is printed."""


def run(folder: pathlib.Path) -> Figures:
    """Scan through both arms in turn."""
    is_nice = take_priority()
    scanner, bare = (SimulatedSerialScanner(folder / name) for name in ("scanner", "bare"))
    scanner.plug()
    bare.plug()
    box = Box(folder / "link.sock")
    box.server.start()
    with contextlib.closing(scanner), contextlib.closing(bare), open_socket(folder) as arrivals:
        ours, raw = measure(folder, scanner, bare, box, arrivals)
    box.server.stop()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    p99_ms = percentile(ours, 0.99) * 1e3
    return Figures(
        bench="scan",
        value=p99_ms,
        unit="ms p99",
        limit=percentile(raw, 0.99) * 1e3,
        cpu_us_per_line=0.0,  # The cores burn: what a scan took can't be told apart.
        peak_rss_mb=peak_rss_mb(),
        detail={
            "scan": latency_ms(ours),
            "bare_reader": latency_ms(raw),
            "max_ms": round(max(ours) * 1e3, 3),
            "target_p99_ms": TARGET_MS,
            "is_met": p99_ms <= TARGET_MS,
            "p99_ms_by_round": spread_of_rounds(ours),
            "nice": NICE if is_nice else 0,
            "burning_processes": os.cpu_count(),
            "device_process_mb": round(children.ru_maxrss / 1024, 1),
        },
    )


def measure(
    folder: pathlib.Path,
    scanner: SimulatedSerialScanner,
    bare: SimulatedSerialScanner,
    box: Box,
    arrivals: socket.socket,
) -> tuple[list[float], list[float]]:
    """Seconds from byte to box, scan by scan, of the product and of the bare reader."""
    device = DeviceConfig("scanner-1", "serial_scanner", str(scanner.path))
    config = DeviceProcessConfig(
        (device,), LocalBox(folder / "link.sock"), folder / "spool.sqlite", uuid.uuid4()
    )
    programs: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
        (drive, (config,)),
        (read_bare, (str(bare.path), str(folder / "bare.sock"))),
        *[(burn, ())] * (os.cpu_count() or 1),
    ]
    ours: list[float] = []
    raw: list[float] = []
    with running(programs):
        if not box.ready.wait(WAIT_S):
            raise TimeoutError("the device process did not start")
        time.sleep(1.0)  # The bare reader, too.
        for number in range(ROUNDS * SCANS_A_ROUND):
            code = f"{number:013}"
            ours.append(scan_ours(scanner, box, code))
            raw.append(scan_bare(bare, arrivals, code))
    return ours, raw


def scan_ours(scanner: SimulatedSerialScanner, box: Box, code: str) -> float:
    """One scan through the product."""
    time.sleep(PAUSE_S)
    began_ns = time.monotonic_ns()
    scanner.scan(code)
    text, arrived_ns = box.arrived.get(timeout=WAIT_S)
    assert text == code
    return (arrived_ns - began_ns) / 1e9


def scan_bare(bare: SimulatedSerialScanner, arrivals: socket.socket, code: str) -> float:
    """One scan through the bare reader."""
    time.sleep(PAUSE_S)
    began_ns = time.monotonic_ns()
    bare.scan(code)
    line = arrivals.recv(LINE_BYTES_MAX)
    arrived_ns = time.monotonic_ns()
    assert line == code.encode() + b"\r"
    return (arrived_ns - began_ns) / 1e9


def spread_of_rounds(seconds: Sequence[float]) -> dict[str, float]:
    """The rounds' own p99: one bad round among many is another thing than many."""
    rounds = [
        percentile(seconds[start : start + SCANS_A_ROUND], 0.99) * 1e3
        for start in range(0, len(seconds), SCANS_A_ROUND)
    ]
    return {
        "median": round(statistics.median(rounds), 3),
        "min": round(min(rounds), 3),
        "max": round(max(rounds), 3),
    }


@contextlib.contextmanager
def open_socket(folder: pathlib.Path) -> Iterator[socket.socket]:
    """Where the bare reader sends its lines."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as arrivals:
        arrivals.bind(str(folder / "bare.sock"))
        arrivals.settimeout(WAIT_S)
        yield arrivals


@contextlib.contextmanager
def running(programs: Sequence[tuple[Callable[..., None], tuple[Any, ...]]]) -> Iterator[None]:
    """Run each in a process of its own, and kill them in the end."""
    processes = [SPAWN.Process(target=run_, args=arguments) for run_, arguments in programs]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.join()


def take_priority() -> bool:
    """Do as systemd does; False when this user may not."""
    try:
        os.nice(NICE)
    except PermissionError:
        return False
    return True


def drive(config: DeviceProcessConfig) -> None:
    """The product's device process."""
    run_device_process(config, threading.Event())


def read_bare(path: str, socket_path: str) -> None:
    """Read lines and send them on."""
    line = os.open(path, os.O_RDWR | os.O_NOCTTY)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        kept = b""
        while True:
            select.select([line], [], [])
            kept += os.read(line, LINE_BYTES_MAX)
            while b"\r" in kept:
                code, _, kept = kept.partition(b"\r")
                out.sendto(code + b"\r", socket_path)


def burn() -> None:
    """Take a core, as a screen that draws without end does."""
    with contextlib.suppress(PermissionError):
        os.nice(-NICE)  # Children inherit the priority.
    while True:
        pass
