"""Sends scans to the box in order, each until it is answered or too old."""

from __future__ import annotations

import collections
import logging
import queue
import threading
import uuid
from collections.abc import Callable

import grpc

from edge_agent.devices import link_codec
from edge_agent.devices.link_health import AWAY, LinkHealth
from edge_agent.devices.link_messages import SCAN_AGE_MAX_S, ScanSubmitted
from hardware.clock import Clock
from hardware.host.device import Reading
from hardware.reading import Scan
from protos.liushui.v1 import device_link_pb2 as wire
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc

READINGS_WAITING_MAX = 64
"""More than all scanners of a store read in SCAN_AGE_MAX_S; what is beyond would be too old."""
RETRY_PAUSE_S = 0.1
"""Between tries of one scan: a box that restarts is not hammered."""
STOP_POLL_S = 0.2
"""How long an idle sender takes to see that it shall stop."""

RETRIED = AWAY | {grpc.StatusCode.RESOURCE_EXHAUSTED}
"""Codes after which the same scan is sent again. Anything else would only come again."""

log = logging.getLogger(__name__)


class ReadingSender:
    """One queue, one thread, one call at a time: so the order stays."""

    def __init__(
        self,
        stub: wire_grpc.DeviceLinkServiceStub,
        health: LinkHealth,
        *,
        clock: Clock,
        new_reading_id: Callable[[], uuid.UUID],
        on_drop: Callable[[], None],
    ) -> None:
        """Prepare the queue.

        Args:
            stub: of the box.
            health: told of each answer and error.
            clock: the one that stamped the readings.
            new_reading_id: names a reading; called once a reading.
            on_drop: called by any thread after a reading was given up.
        """
        self._stub = stub
        self._health = health
        self._clock = clock
        self._new_reading_id = new_reading_id
        self._on_drop = on_drop
        self._waiting: queue.Queue[Reading] = queue.Queue(READINGS_WAITING_MAX)
        self._dropped: collections.Counter[str] = collections.Counter()
        self._dropped_lock = threading.Lock()
        self._stopping = threading.Event()
        self._call: grpc.Future[wire.SubmitReadingResponse] | None = None

    def offer(self, reading: Reading) -> None:
        """Take a reading without waiting. It is dropped if too many wait already."""
        try:
            self._waiting.put_nowait(reading)
        except queue.Full:
            self._drop(reading)

    def count_dropped(self, device_id: str) -> int:
        """Count the readings of a device that were given up."""
        with self._dropped_lock:
            return self._dropped[device_id]

    def run(self) -> None:
        """Send until the stop."""
        while not self._stopping.is_set():
            try:
                reading = self._waiting.get(timeout=STOP_POLL_S)
            except queue.Empty:
                continue
            self._send(reading)

    def stop(self) -> None:
        """Give up the call under way and all that waits."""
        self._stopping.set()
        if self._call is not None:
            self._call.cancel()

    def _send(self, reading: Reading) -> None:
        """Send one reading, under one id however often, until it is answered or too old."""
        reading_id = self._new_reading_id()
        while not self._stopping.is_set():
            age_ms = self._clock() - reading.read_at_monotonic_ms
            time_left_s = SCAN_AGE_MAX_S - age_ms / 1000
            if time_left_s <= 0:
                self._drop(reading)
                return
            value = reading.value
            assert isinstance(value, Scan), "weights have a sender of their own"
            scan = ScanSubmitted(reading_id, reading.device_id, value.text, value.symbology, age_ms)
            try:
                self._submit(scan, time_left_s)
            except grpc.RpcError as error:
                code = self._health.note_error(error)
                if code not in RETRIED:
                    log.error("a scan was not taken: %s %s", code.name, error.details())
                    self._drop(reading)
                    return
                self._stopping.wait(RETRY_PAUSE_S)
            else:
                return

    def _submit(self, scan: ScanSubmitted, timeout_s: float) -> None:
        """Send one scan once and wait for its outcome.

        Raises:
            grpc.RpcError: not answered within timeout_s, or with an error.
        """
        self._call = self._stub.SubmitReading.future(
            link_codec.encode_scan(scan), timeout=timeout_s
        )
        if self._stopping.is_set():
            self._call.cancel()  # stop() may have come before there was a call to cancel.
        try:
            response = self._call.result()
        except grpc.FutureCancelledError:
            return
        self._health.note_answer()
        refusal = link_codec.decode_outcome(response).refusal
        if refusal is not None:
            log.debug("%s: a scan was refused: %s", scan.device_id, refusal.code)

    def _drop(self, reading: Reading) -> None:
        """Give a reading up, and count it: the register shows the count."""
        with self._dropped_lock:
            self._dropped[reading.device_id] += 1
        self._on_drop()
