"""A box for tests: the real link server in front of a use case that writes down what it gets."""

from __future__ import annotations

import pathlib
import threading
import time
import uuid
from collections.abc import Callable

from edge_agent.devices.link_messages import (
    JOBS_TAKEN_MAX,
    DeviceReport,
    HostReport,
    JobReport,
    LinkHandlers,
    PrintJob,
    Refusal,
    ScanSubmitted,
    SubmitOutcome,
    WeightSubmitted,
)
from edge_agent.devices.link_place import TillDoor
from edge_agent.devices.link_server import LinkServer
from hardware.driver import JobState
from hardware.host.device import DeviceState

WAIT_S = 10.0
LOOK_UP_S = 0.02
BUG = "bug"
"""A text that the use case breaks at."""
UNKNOWN_BARCODE = Refusal("unknown_barcode", "No item has the barcode.", "没有该条码的商品。")


class RecordingBox:
    """Answers a repeated reading_id as the first time, as a box has to. May stop and start."""

    def __init__(self, socket_path: pathlib.Path) -> None:
        self.scans: list[ScanSubmitted] = []
        self.reports: list[tuple[DeviceReport, ...]] = []
        self.weights: list[WeightSubmitted] = []
        self.jobs: list[PrintJob] = []
        """What is to be put out; a job is given until a report of it came."""
        self.job_reports: list[JobReport] = []
        self.refused_texts: set[str] = set()
        self.gate = threading.Event()
        """Cleared, scans wait before they are written down."""
        self.gate.set()
        self.arrivals: list[uuid.UUID] = []
        """Ids in the order of the calls, repeats too, before the gate."""
        self.attending: list[str] = []
        """Machines whose device process is there, each as often as it came."""
        self.registers: dict[str, str] = {}
        """Of bound devices."""
        self.revoked: set[bytes] = set()
        """Fingerprints of certificates that count no more."""
        self.door: TillDoor | None = None
        self._socket_path = socket_path
        self._changed = threading.Condition()
        self._server: LinkServer | None = None

    def start(self) -> None:
        assert self._server is None
        handlers = LinkHandlers(
            self._submit,
            self._report,
            self._weigh,
            self._take_jobs,
            self._note_jobs,
            self.registers.get,
            self.attending.append,
            self.attending.remove,
            self.revoked.__contains__,
        )
        self._server = LinkServer(self._socket_path, handlers, self.door)
        self._server.start()

    @property
    def till_port(self) -> int:
        assert self._server is not None
        return self._server.till_port

    def stop(self) -> None:
        self.gate.set()
        if self._server is not None:
            self._server.stop()
        self._server = None

    def stop_hard(self) -> None:
        """Stop while scans still wait at the gate: their calls are cut off."""
        assert self._server is not None
        self._server.stop()
        self._server = None

    def wait_for(self, condition: Callable[[], bool]) -> bool:
        """Wait, with a bound, for what the box notes (told at once) or anybody else (looked up)."""
        give_up_at = time.monotonic() + WAIT_S
        with self._changed:
            while not condition():
                if time.monotonic() > give_up_at:
                    return False
                self._changed.wait(LOOK_UP_S)
        return True

    def wait_for_texts(self, *texts: str) -> bool:
        return self.wait_for(lambda: self.texts == list(texts))

    def wait_for_state(self, device_id: str, state: DeviceState) -> bool:
        return self.wait_for(
            lambda: (
                bool(self.reports)
                and {report.device_id: report.state for report in self.reports[-1]}.get(device_id)
                is state
            )
        )

    def wait_for_job(self, job_id: uuid.UUID, state: JobState) -> bool:
        return self.wait_for(lambda: state in self.states_of(job_id))

    def states_of(self, job_id: uuid.UUID) -> list[JobState]:
        return [report.state for report in self.job_reports if report.job_id == job_id]

    def put_out(self, job: PrintJob) -> None:
        with self._changed:
            self.jobs.append(job)
            self._changed.notify_all()

    @property
    def texts(self) -> list[str]:
        return [scan.text for scan in self.scans]

    def _submit(self, scan: ScanSubmitted) -> SubmitOutcome:
        with self._changed:
            self.arrivals.append(scan.reading_id)
            self._changed.notify_all()
        assert scan.text != BUG
        assert self.gate.wait(WAIT_S)
        with self._changed:
            if scan.reading_id not in {known.reading_id for known in self.scans}:
                self.scans.append(scan)
            self._changed.notify_all()
        return SubmitOutcome(UNKNOWN_BARCODE if scan.text in self.refused_texts else None)

    def _report(self, host_report: HostReport) -> None:
        with self._changed:
            self.reports.append(host_report.devices)
            self._changed.notify_all()

    def _weigh(self, submitted: WeightSubmitted) -> None:
        with self._changed:
            self.weights.append(submitted)
            self._changed.notify_all()

    def _take_jobs(self, device_ids: tuple[str, ...], wait_s: float) -> tuple[PrintJob, ...]:
        def find() -> tuple[PrintJob, ...]:
            known = {report.job_id for report in self.job_reports}
            jobs = [j for j in self.jobs if j.device_id in device_ids and j.job_id not in known]
            return tuple(jobs[:JOBS_TAKEN_MAX])

        with self._changed:
            self._changed.wait_for(lambda: bool(find()), wait_s)
            return find()

    def _note_jobs(self, reports: tuple[JobReport, ...]) -> None:
        with self._changed:
            self.job_reports += reports
            self._changed.notify_all()
