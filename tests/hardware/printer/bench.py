"""A bench: one simulated printer, its driver and a spool, all on one clock that we turn."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping

from hardware.driver import FINAL_STATES, Job, JobKind, JobState, OpenDevice, Opening
from hardware.errors import DeviceAbsentError
from hardware.printer.drivers import PRINTER_DRIVERS
from hardware.sim.bench_line import BenchLine
from hardware.sim.escpos_printer import EscposPrinter
from hardware.sim.label_printers import TsplPrinter, ZplPrinter
from hardware.sim.printer_faults import PrinterFaults

DRIVERS = {driver.kind: driver for driver in PRINTER_DRIVERS}
OPTIONS = {
    kind: {name: choices[0] for name, choices in driver.options.items()}
    for kind, driver in DRIVERS.items()
}
PRINTERS = {"escpos": EscposPrinter, "zpl": ZplPrinter, "tspl": TsplPrinter}
WORK_S = 0.25
STEPS_MAX = 4_000


@dataclasses.dataclass(slots=True)
class Noted:
    """What the driver said of one job."""

    job: Job
    states: list[JobState]
    parts_done: int = 0
    reason: str = ""


class PlainSpool:
    """Jobs in order; what is final is not given again."""

    def __init__(self) -> None:
        self.noted: dict[uuid.UUID, Noted] = {}

    def put(self, kind: JobKind, *parts: bytes) -> uuid.UUID:
        job = Job(uuid.uuid4(), "printer", kind, parts)
        self.noted[job.job_id] = Noted(job, [JobState.QUEUED])
        return job.job_id

    def take(self, device_id: str) -> Job | None:
        assert device_id == "printer"
        for noted in self.noted.values():
            if noted.states[-1] not in FINAL_STATES:
                return dataclasses.replace(noted.job, parts_done=noted.parts_done)
        return None

    def note(
        self, job_id: uuid.UUID, state: JobState, *, parts_done: int = 0, reason: str = ""
    ) -> None:
        noted = self.noted[job_id]
        assert noted.states[-1] not in FINAL_STATES, "a job that is over is over"
        noted.states.append(state)
        noted.parts_done, noted.reason = parts_done, reason


class Bench:
    """The printer of one language at the end of a line."""

    def __init__(self, kind: str, *, port_status: int | None = None, **options: str) -> None:
        self.kind = kind
        self.faults = PrinterFaults()
        self.printer = PRINTERS[kind](self.faults)
        self.line = BenchLine(self.printer, port_status)
        self.spool = PlainSpool()
        self.options: Mapping[str, str] = OPTIONS[kind] | options
        self.device = self.open()

    def open(self) -> OpenDevice:
        """Open the driver as the host does."""
        self.line.is_plugged = True
        opening = Opening("printer", self.line, self.options, self.line.clock, self.spool)
        return DRIVERS[self.kind].open(opening)

    def work(self, seconds: float) -> None:
        """Let the driver work; a printer that went away is opened again."""
        end_ms = self.line.clock() + round(seconds * 1000)
        for _ in range(STEPS_MAX):
            if self.line.clock() >= end_ms:
                return
            try:
                self.device.work(WORK_S)
            except DeviceAbsentError:
                self.line.wait(1)
                self.device = self.open()
        raise AssertionError("the driver spins without waiting")

    def states(self, job_id: uuid.UUID) -> list[JobState]:
        """What became of a job, without CHECKING."""
        return [s for s in self.spool.noted[job_id].states if s is not JobState.CHECKING]

    def state(self, job_id: uuid.UUID) -> JobState:
        return self.spool.noted[job_id].states[-1]
