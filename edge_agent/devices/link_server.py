"""The box's end of the device link: gRPC on a Unix socket, translated to callables."""

from __future__ import annotations

import errno
import os
import pathlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from typing import Any, TypeVar

import grpc

from edge_agent.devices import job_codec, link_codec
from edge_agent.devices.errors import LinkSocketInUseError, LinkSocketPathTooLongError
from edge_agent.devices.link_messages import LinkHandlers
from edge_agent.devices.link_place import TillDoor
from edge_agent.services.errors import PortInUseError
from protos.liushui.v1 import device_link_pb2 as wire
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc

LINK_WORKERS = 64
"""Each of a store's device processes (one, or one a till) attends in one of them and may wait for
jobs in another; made when they are needed. Use cases queue for one writer anyway."""
REVOKED = "headquarters took this till's certificate back"
REVOKED_POLL_S = 1.0
"""How soon a till that is shut out counts as gone; its other calls fail at once."""
LINK_CALLS_MAX = 128
"""Each device process has at most six calls under way; more is a loop gone wild."""
MESSAGE_BYTES_MAX = 128 * 1024
"""64 devices with long errors, or one scan of 4,096 characters, with room to grow."""
STOP_GRACE_S = 1.0
"""A use case takes milliseconds; what is under way may end."""
SOCKET_MODE = 0o660
"""The device process has a user of its own, in the box's group."""
SOCKET_PATH_BYTES_MAX = 107
"""sockaddr_un.sun_path of Linux, without its final NUL."""
PROBE_TIMEOUT_S = 1.0
"""Connecting to a local socket takes no time if anybody listens."""

Request = TypeVar("Request")
Value = TypeVar("Value")


class LinkServer:
    """Serves the device link at one path."""

    def __init__(
        self, socket_path: pathlib.Path, handlers: LinkHandlers, door: TillDoor | None = None
    ) -> None:
        """Prepare the server.

        Args:
            socket_path: in a folder that exists and that others can't write to.
            handlers: what the box does with each call.
            door: for tills, by certificate; None: only this machine.
        """
        self._door = door
        self.till_port = 0
        """Where tills are let in, once it is started; 0 without a door."""
        self._path = socket_path.absolute()
        self._workers = futures.ThreadPoolExecutor(LINK_WORKERS, thread_name_prefix="device-link")
        self._server = grpc.server(
            self._workers,
            maximum_concurrent_rpcs=LINK_CALLS_MAX,
            options=[("grpc.max_receive_message_length", MESSAGE_BYTES_MAX)],
        )
        self._is_bound = False
        self._servicer = _LinkServicer(handlers, door)
        wire_grpc.add_DeviceLinkServiceServicer_to_server(self._servicer, self._server)

    def start(self) -> None:
        """Listen. A socket left by a killed box is replaced.

        Raises:
            LinkSocketInUseError: somebody listens there, or it is not a socket.
            LinkSocketPathTooLongError: the operating system takes no such path.
            PortInUseError: another program has the port for tills.
        """
        length = len(os.fsencode(self._path))
        if length > SOCKET_PATH_BYTES_MAX:
            raise LinkSocketPathTooLongError(
                path=str(self._path), bytes_count=length, limit=SOCKET_PATH_BYTES_MAX
            )
        remove_stale_socket(self._path)
        self._server.add_insecure_port(f"unix:{self._path}")
        if self._door is not None:
            self.till_port = self._add_door(self._door)
        self._is_bound = True
        self._server.start()
        self._path.chmod(SOCKET_MODE)

    def _add_door(self, door: TillDoor) -> int:
        try:
            return int(self._server.add_secure_port(door.address, door.credentials()))
        except RuntimeError as error:
            host, _, port = door.address.rpartition(":")
            raise PortInUseError(host=host, port=port) from error

    def stop(self) -> None:
        """Stop listening; what is under way gets STOP_GRACE_S. A repeat changes nothing."""
        stopping = self._server.stop(STOP_GRACE_S)
        self._servicer.end_attendance()
        stopping.wait()
        self._workers.shutdown(wait=False, cancel_futures=True)
        if self._is_bound:  # Else the socket there is another box's.
            self._path.unlink(missing_ok=True)
        self._is_bound = False


def remove_stale_socket(path: pathlib.Path) -> None:
    """Remove a socket file that nobody listens on. Nothing happens if there is none.

    Raises:
        LinkSocketInUseError: somebody listens, or it is not a socket.
    """
    if not path.exists():
        return
    if not path.is_socket() or _is_listened_on(path):
        raise LinkSocketInUseError(path=str(path))
    path.unlink()


def _is_listened_on(path: pathlib.Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(PROBE_TIMEOUT_S)
        try:
            probe.connect(str(path))
        except OSError as error:
            return error.errno != errno.ECONNREFUSED  # Busy or forbidden is somebody, too.
    return True


class _LinkServicer(wire_grpc.DeviceLinkServiceServicer):
    """Translates; the callables know the rest."""

    def __init__(self, handlers: LinkHandlers, door: TillDoor | None) -> None:
        self._handlers = handlers
        self._door = door
        self._attending: set[threading.Event] = set()

    def _admit(self, context: grpc.ServicerContext, device_ids: Iterable[str]) -> None:
        """Let a till speak for the devices of its own register only; who is local, for all."""
        if context.peer().startswith("unix:"):
            return
        # Lists in fact, whatever gRPC's stubs say.
        papers: Any = context.auth_context()
        found = tuple(papers.get("x509_subject_alternative_name", ()))
        register_no = None if self._door is None else self._door.find_register(found)
        if register_no is None:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "no till of this store")
        if self._is_revoked(context):
            context.abort(grpc.StatusCode.PERMISSION_DENIED, REVOKED)
        for device_id in device_ids:
            bound_to = self._handlers.find_register(device_id)
            if bound_to not in (None, register_no):
                detail = f"{device_id} belongs to register {bound_to}"
                context.abort(grpc.StatusCode.PERMISSION_DENIED, detail)

    def _is_revoked(self, context: grpc.ServicerContext) -> bool:
        """Whether headquarters took a till's certificate back; one of this machine has none."""
        papers: Any = context.auth_context()
        return any(
            self._handlers.is_revoked(TillDoor.read_fingerprint(pem))
            for pem in papers.get("x509_pem_cert", ())
        )

    def SubmitReading(  # noqa: N802 - gRPC's name.
        self, request: wire.SubmitReadingRequest, context: grpc.ServicerContext
    ) -> wire.SubmitReadingResponse:
        scan = _decode(link_codec.decode_scan, request, context)
        self._admit(context, [scan.device_id])
        # gRPC begins no call that was given up while it waited for a worker.
        return link_codec.encode_outcome(self._handlers.submit(scan))

    def ReportDevices(  # noqa: N802 - gRPC's name.
        self, request: wire.ReportDevicesRequest, context: grpc.ServicerContext
    ) -> wire.ReportDevicesResponse:
        report = _decode(link_codec.decode_reports, request, context)
        self._admit(context, [device.device_id for device in report.devices])
        self._handlers.report(report)
        return wire.ReportDevicesResponse()

    def AttendBox(  # noqa: N802 - gRPC's name.
        self, request: wire.AttendBoxRequest, context: grpc.ServicerContext
    ) -> Iterator[wire.AttendBoxResponse]:
        host = _decode(link_codec.decode_host, request, context)
        self._admit(context, ())
        is_over = threading.Event()
        if not context.add_callback(is_over.set):
            return
        self._attending.add(is_over)
        self._handlers.attend(host)
        try:
            while not (is_over.wait(REVOKED_POLL_S) or self._is_revoked(context)):
                pass
        finally:
            self._attending.discard(is_over)
            self._handlers.leave(host)
        yield from ()

    def end_attendance(self) -> None:
        """Let those go who attend: the box stops, and need not wait for them."""
        for is_over in tuple(self._attending):
            is_over.set()

    def SubmitWeight(  # noqa: N802 - gRPC's name.
        self, request: wire.SubmitWeightRequest, context: grpc.ServicerContext
    ) -> wire.SubmitWeightResponse:
        submitted = _decode(job_codec.decode_weight, request, context)
        self._admit(context, [submitted.device_id])
        self._handlers.weigh(submitted)
        return wire.SubmitWeightResponse()

    def TakePrintJobs(  # noqa: N802 - gRPC's name.
        self, request: wire.TakePrintJobsRequest, context: grpc.ServicerContext
    ) -> wire.TakePrintJobsResponse:
        device_ids, wait_s = _decode(job_codec.decode_taking, request, context)
        self._admit(context, device_ids)
        return job_codec.encode_jobs(self._handlers.take_jobs(device_ids, wait_s))

    def ReportPrintJobs(  # noqa: N802 - gRPC's name.
        self, request: wire.ReportPrintJobsRequest, context: grpc.ServicerContext
    ) -> wire.ReportPrintJobsResponse:
        reports = _decode(job_codec.decode_job_reports, request, context)
        self._admit(context, ())
        self._handlers.note_jobs(reports)
        return wire.ReportPrintJobsResponse()


def _decode(
    decode: Callable[[Request], Value], request: Request, context: grpc.ServicerContext
) -> Value:
    try:
        return decode(request)
    except link_codec.LinkFormatError as error:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
