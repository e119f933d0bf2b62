"""Printers under the host: bytes go through the kernel, by TCP or a serial line, dots arrive."""

from __future__ import annotations

import contextlib
import pathlib
import time
import uuid
from collections.abc import Callable, Iterator

import pytest

from hardware.clock import monotonic_ms
from hardware.driver import Job, JobKind, JobState
from hardware.host.bench_spool import BenchSpool
from hardware.host.device import Device, DeviceState, DeviceStatus
from hardware.host.drivers import DRIVERS, fill_options
from hardware.host.supervisor import Supervisor
from hardware.host.transport import open_transport
from hardware.printer.drivers import encode_page
from hardware.printer.page import Page
from hardware.printer.render import render
from hardware.sim.escpos_printer import EscposPrinter
from hardware.sim.label_printers import TsplPrinter, ZplPrinter
from hardware.sim.printer_faults import PrinterFaults
from hardware.sim.printer_line import PtyPrinterLine, TcpPrinterLine
from tests.hardware.printer.pages import RECEIPT, SHELF_LABEL
from tests.hardware.printer.test_languages import printed_part

WAIT_S = 20.0
PRINTERS = {"escpos": EscposPrinter, "zpl": ZplPrinter, "tspl": TsplPrinter}
PAGES: dict[str, Page] = {"escpos": RECEIPT, "zpl": SHELF_LABEL, "tspl": SHELF_LABEL}


class Host:
    """The supervisor with one printer."""

    def __init__(self, kind: str, address: str) -> None:
        driver = DRIVERS[kind]
        self.options = fill_options(driver, {})
        self.kind, self.spool = kind, BenchSpool()
        self.supervisor = Supervisor(
            [
                Device(
                    "p", driver, lambda: open_transport(driver, address, "9600 8N1"), self.options
                )
            ],
            lambda _reading: None,
            self.spool,
            clock=monotonic_ms,
            on_change=lambda: None,
        )

    def print(self, page: Page) -> uuid.UUID:
        kind = JobKind.RECEIPT if self.kind == "escpos" else JobKind.LABEL
        job = Job(uuid.uuid4(), "p", kind, (encode_page(self.kind, self.options, page),))
        self.spool.put(job)
        return job.job_id

    def wait_for(self, condition: Callable[[DeviceStatus], bool]) -> bool:
        give_up_at = time.monotonic() + WAIT_S
        while not condition(self.supervisor.read_statuses()[0]):
            if time.monotonic() > give_up_at:
                return False
            time.sleep(0.02)
        return True


@contextlib.contextmanager
def hosting(kind: str, address: str) -> Iterator[Host]:
    host = Host(kind, address)
    host.supervisor.start()
    try:
        yield host
    finally:
        host.supervisor.stop()


@contextlib.contextmanager
def line_of(
    way: str, printer: EscposPrinter | ZplPrinter | TsplPrinter, folder: pathlib.Path
) -> Iterator[TcpPrinterLine | PtyPrinterLine]:
    make = TcpPrinterLine if way == "tcp" else lambda p: PtyPrinterLine(p, folder / "printer")
    with contextlib.closing(make(printer)) as line:
        yield line


@pytest.mark.parametrize("way", ["tcp", "pty"])
@pytest.mark.parametrize("kind", PRINTERS)
def test_paper_has_the_dots_that_were_drawn(kind: str, way: str, tmp_path: pathlib.Path) -> None:
    printer = PRINTERS[kind](PrinterFaults())
    page = PAGES[kind]

    with line_of(way, printer, tmp_path) as line, hosting(kind, line.address) as host:
        noted = host.spool.wait(host.print(page), WAIT_S)

    assert noted.state in {JobState.CONFIRMED, JobState.SENT}
    (sheet,) = printer.paper.sheets
    wanted = render(page, 8)
    assert printed_part(sheet, wanted) == wanted
    assert printer.junk == 0


@pytest.mark.parametrize("way", ["tcp", "pty"])
def test_printer_that_is_unplugged_in_a_receipt_leaves_it_unknown(
    way: str, tmp_path: pathlib.Path
) -> None:
    printer = EscposPrinter(PrinterFaults(bytes_per_s=100_000, leaves_after_bytes=9_000))

    with line_of(way, printer, tmp_path) as line, hosting("escpos", line.address) as host:
        noted = host.spool.wait(host.print(RECEIPT), WAIT_S)

    assert noted.state is JobState.UNKNOWN
    assert printer.paper.sheets == []


def test_printer_that_accepts_and_never_reads_is_shown_and_gets_nothing() -> None:
    printer = EscposPrinter(PrinterFaults())
    printer.faults.reads.clear()

    with line_of("tcp", printer, pathlib.Path()) as line, hosting("escpos", line.address) as host:
        job_id = host.print(RECEIPT)
        assert host.wait_for(lambda status: status.health.code == "offline")
        assert host.supervisor.read_statuses()[0].state is DeviceState.DEGRADED
        printer.faults.reads.set()
        noted = host.spool.wait(job_id, WAIT_S)

    assert noted.state is JobState.CONFIRMED
    assert len(printer.paper.sheets) == 1
