"""Keeps one call open while this process lives, so that the box knows at once when it does not."""

from __future__ import annotations

import threading
from typing import Any

import grpc

from protos.liushui.v1 import device_link_pb2 as wire
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc

RETRY_PAUSE_S = 0.5
"""While the box is away."""


class BoxAttendance:
    """One thread that waits. Other threads say whether the box answers."""

    def __init__(self, stub: wire_grpc.DeviceLinkServiceStub, host: str) -> None:
        self._stub = stub
        self._request = wire.AttendBoxRequest(host=host)
        self._stopping = threading.Event()
        self._call: Any = None
        """A call and an iterator in one; gRPC has no name for it. None before the first."""

    def run(self) -> None:
        """Attend until the stop; a box that comes back is attended anew."""
        while not self._stopping.is_set():
            self._call = self._stub.AttendBox(self._request)
            if self._stopping.is_set():
                self._call.cancel()  # stop() may have come before there was a call to cancel.
            try:
                for _response in self._call:
                    continue
            except grpc.RpcError:
                self._stopping.wait(RETRY_PAUSE_S)

    def stop(self) -> None:
        """Attend no more."""
        self._stopping.set()
        if self._call is not None:
            self._call.cancel()
