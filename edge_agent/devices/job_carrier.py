"""Carries jobs from the box into the spool, and how far they are back to the box."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import grpc

from edge_agent.devices import job_codec
from edge_agent.devices.link_codec import LinkFormatError
from edge_agent.devices.link_health import AWAY, LinkHealth
from edge_agent.devices.link_messages import JOB_REPORTS_MAX, JOB_WAIT_MAX_S, JobSpool
from protos.liushui.v1 import device_link_pb2 as wire
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc

TAKE_TIMEOUT_S = JOB_WAIT_MAX_S + 2.0
"""The box answers after JOB_WAIT_MAX_S at the latest."""
NOTE_TIMEOUT_S = 2.0
"""The box only notes a state."""
PAUSE_S = 0.5
"""Between tries while the box is away, and after an answer that can't be read."""
NEWS_WAIT_S = 0.25
"""How long an idle reporter takes to see that it shall stop."""

log = logging.getLogger(__name__)


class JobCarrier:
    """Two threads: one waits for jobs, one for news of them."""

    def __init__(
        self,
        stub: wire_grpc.DeviceLinkServiceStub,
        health: LinkHealth,
        spool: JobSpool,
        device_ids: tuple[str, ...],
    ) -> None:
        """Prepare.

        Args:
            stub: of the box.
            health: told of each answer and error.
            spool: gets the jobs; a job is the box's until the spool has it.
            device_ids: output devices of this process.
        """
        self._stub = stub
        self._health = health
        self._spool = spool
        self._device_ids = device_ids
        self._telling = threading.Lock()
        self._stopping = threading.Event()
        self._call: grpc.Future[wire.TakePrintJobsResponse] | None = None

    def run_taking(self) -> None:
        """Fetch jobs until the stop."""
        while not self._stopping.is_set():
            try:
                jobs = job_codec.decode_jobs(self._take())
            except grpc.FutureCancelledError:
                return
            except grpc.RpcError as error:
                self._note_error("jobs were not handed over", error)
                continue
            except LinkFormatError as error:
                log.error("the box handed over what is no job: %s", error)
                self._stopping.wait(PAUSE_S)
                continue
            self._health.note_answer()
            for job in jobs:
                self._spool.put(job)
            if jobs:  # Told before more is taken: what was not reported comes again.
                self._tell_news()

    def run_telling(self) -> None:
        """Tell how far jobs are until the stop."""
        while not self._stopping.is_set():
            if self._spool.wait_for_news(NEWS_WAIT_S):
                self._tell_news()

    def stop(self) -> None:
        """Take no more. What is in the spool stays there."""
        self._stopping.set()
        if self._call is not None:
            self._call.cancel()

    def _take(self) -> wire.TakePrintJobsResponse:
        """Wait for jobs.

        Raises:
            grpc.RpcError: the box is away, or answered with an error.
            grpc.FutureCancelledError: the stop.
        """
        request = job_codec.encode_taking(self._device_ids, JOB_WAIT_MAX_S)
        self._call = self._stub.TakePrintJobs.future(request, timeout=TAKE_TIMEOUT_S)
        if self._stopping.is_set():
            self._call.cancel()  # stop() may have come before there was a call to cancel.
        return self._call.result()

    def _tell_news(self) -> None:
        """Tell what is new, a call's worth; what was not taken stays new."""
        with self._telling:  # Two threads tell, and an older state must not come last.
            reports = self._spool.read_news(JOB_REPORTS_MAX)
            if not reports:
                return
            request = job_codec.encode_job_reports(reports)
            try:
                self._stub.ReportPrintJobs(request, timeout=NOTE_TIMEOUT_S)
            except grpc.RpcError as error:
                self._note_error("states of jobs were not taken", error)
                return
            self._health.note_answer()
            self._spool.note_told(reports)

    def _note_error(self, what: str, error: grpc.RpcError) -> None:
        code = self._health.note_error(error)
        if code not in AWAY:
            log.error("%s: %s %s", what, code.name, error.details())
        self._stopping.wait(PAUSE_S)


def make_threads(carrier: JobCarrier) -> tuple[threading.Thread, ...]:
    """Threads that run a carrier, not started."""
    runs: dict[str, Callable[[], None]] = {
        "job-taker": carrier.run_taking,
        "job-teller": carrier.run_telling,
    }
    return tuple(threading.Thread(target=run, name=name, daemon=True) for name, run in runs.items())
