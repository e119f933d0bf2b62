"""Tells the box what scales show: the latest of each, when it changed, and as a sign of life."""

from __future__ import annotations

import logging
import threading

import grpc

from edge_agent.devices import job_codec
from edge_agent.devices.link_health import AWAY, LinkHealth
from edge_agent.devices.link_messages import WEIGHT_PERIOD_MS, WeightSubmitted
from hardware.clock import Clock
from hardware.reading import Weight
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc

WEIGHT_TIMEOUT_S = 0.5
"""A weight that took longer is old; the next one is told instead."""
PAUSE_S = 0.1
"""After a weight that was not taken: a box that restarts is not hammered."""
IDLE_WAIT_S = 0.2
"""How long an idle sender takes to see that it shall stop."""

log = logging.getLogger(__name__)


class WeightSender:
    """One thread. A slow box costs the weights between, never the latest."""

    def __init__(
        self, stub: wire_grpc.DeviceLinkServiceStub, health: LinkHealth, *, clock: Clock
    ) -> None:
        self._stub = stub
        self._health = health
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: dict[str, tuple[Weight, int]] = {}
        """Scales whose latest weight has to be told, with the time of the reading."""
        self._offered: dict[str, tuple[Weight, int]] = {}
        """What was last put into `_waiting`, with the time of the reading."""
        self._stopping = threading.Event()

    def offer(self, device_id: str, weight: Weight, read_at_ms: int) -> None:
        """Take a weight without waiting. One that says nothing new within WEIGHT_PERIOD_MS goes."""
        with self._changed:
            offered = self._offered.get(device_id)
            if (
                offered is not None
                and offered[0] == weight
                and read_at_ms - offered[1] < WEIGHT_PERIOD_MS
            ):
                return
            self._offered[device_id] = self._waiting[device_id] = (weight, read_at_ms)
            self._changed.notify_all()

    def run(self) -> None:
        """Send until the stop."""
        while not self._stopping.is_set():
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting), IDLE_WAIT_S)
                waiting, self._waiting = self._waiting, {}
            for device_id, (weight, read_at_ms) in waiting.items():
                self._send(WeightSubmitted(device_id, weight, self._clock() - read_at_ms))

    def stop(self) -> None:
        """Send no more. A call under way ends by itself within WEIGHT_TIMEOUT_S."""
        self._stopping.set()

    def _send(self, submitted: WeightSubmitted) -> None:
        request = job_codec.encode_weight(submitted)
        try:
            self._stub.SubmitWeight(request, timeout=WEIGHT_TIMEOUT_S)
        except grpc.RpcError as error:
            code = self._health.note_error(error)
            if code not in AWAY:
                log.error("a weight was not taken: %s %s", code.name, error.details())
            with self._changed:  # The next reading is news again, even if it is the same.
                self._offered.pop(submitted.device_id, None)
            self._stopping.wait(PAUSE_S)
        else:
            self._health.note_answer()
