"""Tells the box the state of all devices: on change, and regularly as a sign of life."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import grpc

from edge_agent.devices import link_codec
from edge_agent.devices.link_health import AWAY, LinkHealth
from edge_agent.devices.link_messages import REPORT_PERIOD_S, HostReport
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc

REPORT_TIMEOUT_S = 2.0
"""The box only notes a report."""
REPORT_RETRY_S = 0.5
"""While the box is away, so that it knows the devices soon after its start."""
REPORT_GAP_S = 0.1
"""A device that changes all the time does not flood the box."""

log = logging.getLogger(__name__)


class DeviceReporter:
    """One thread that reports."""

    def __init__(self, stub: wire_grpc.DeviceLinkServiceStub, health: LinkHealth) -> None:
        self._stub = stub
        self._health = health
        self._changed = threading.Event()
        self._stopping = threading.Event()

    def note_change(self) -> None:
        """Report soon."""
        self._changed.set()

    def run(self, read_report: Callable[[], HostReport]) -> None:
        """Report until the stop."""
        while not self._stopping.is_set():
            self._changed.clear()  # Before reading: a change from here on is reported once more.
            is_told = self._report(read_report())
            self._stopping.wait(REPORT_GAP_S)
            self._changed.wait(REPORT_PERIOD_S if is_told else REPORT_RETRY_S)

    def stop(self) -> None:
        """Send no more. A call under way ends by itself within REPORT_TIMEOUT_S."""
        self._stopping.set()
        self._changed.set()

    def _report(self, report: HostReport) -> bool:
        """Send one report.

        Returns:
            Whether the box answered.
        """
        try:
            self._stub.ReportDevices(link_codec.encode_reports(report), timeout=REPORT_TIMEOUT_S)
        except grpc.RpcError as error:
            code = self._health.note_error(error)
            if code not in AWAY:
                log.error("a device report was not taken: %s %s", code.name, error.details())
            return code not in AWAY
        self._health.note_answer()
        return True
