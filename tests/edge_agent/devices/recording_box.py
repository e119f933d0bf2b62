"""A box for tests: the real link server in front of a use case that writes down what it gets."""

from __future__ import annotations

import pathlib
import threading
import time
import uuid
from collections.abc import Callable

from edge_agent.devices.link_messages import (
    DeviceReport,
    Refusal,
    ScanSubmitted,
    SubmitOutcome,
)
from edge_agent.devices.link_server import LinkServer
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
        self.refused_texts: set[str] = set()
        self.gate = threading.Event()
        """Cleared, scans wait before they are written down."""
        self.gate.set()
        self.arrivals: list[uuid.UUID] = []
        """Ids in the order of the calls, repeats too, before the gate."""
        self._socket_path = socket_path
        self._changed = threading.Condition()
        self._server: LinkServer | None = None

    def start(self) -> None:
        assert self._server is None
        self._server = LinkServer(self._socket_path, self._submit, self._report)
        self._server.start()

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

    def _report(self, reports: tuple[DeviceReport, ...]) -> None:
        with self._changed:
            self.reports.append(reports)
            self._changed.notify_all()
