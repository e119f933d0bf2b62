"""The box's end of the link: translation, limits, and whose socket it is."""

from __future__ import annotations

import pathlib
import queue
import socket
import stat
import uuid
from collections.abc import Iterator

import grpc
import pytest

from edge_agent.devices import link_codec
from edge_agent.devices.errors import LinkSocketInUseError, LinkSocketPathTooLongError
from edge_agent.devices.link_messages import DeviceReport, HostReport, ScanSubmitted, SubmitOutcome
from edge_agent.devices.link_server import LINK_CALLS_MAX, LINK_WORKERS, MESSAGE_BYTES_MAX
from hardware.driver import Role
from hardware.host.device import DeviceState
from protos.liushui.v1 import device_link_pb2 as wire
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc
from tests.edge_agent.devices.recording_box import UNKNOWN_BARCODE, WAIT_S, RecordingBox


def scan_no(number: int, text: str = "6901234567892") -> ScanSubmitted:
    return ScanSubmitted(uuid.UUID(int=number), "scan-1", text, "]E0", age_ms=5)


class Caller:
    """Speaks to a box without the client of the product."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._stub = wire_grpc.DeviceLinkServiceStub(channel)

    def submit(
        self, request: wire.SubmitReadingRequest, timeout_s: float = WAIT_S
    ) -> SubmitOutcome:
        response = self._stub.SubmitReading(request, timeout=timeout_s)
        return link_codec.decode_outcome(response)

    def begin(self, scan: ScanSubmitted) -> grpc.Future[wire.SubmitReadingResponse]:
        future: grpc.Future[wire.SubmitReadingResponse] = self._stub.SubmitReading.future(
            link_codec.encode_scan(scan), timeout=WAIT_S
        )
        return future

    def report(self, request: wire.ReportDevicesRequest) -> None:
        self._stub.ReportDevices(request, timeout=WAIT_S)


@pytest.fixture
def caller(box: RecordingBox, socket_path: pathlib.Path) -> Iterator[Caller]:
    box.start()
    with grpc.insecure_channel(f"unix:{socket_path}") as channel:
        yield Caller(channel)


def test_scan_is_handed_over_and_accepted(box: RecordingBox, caller: Caller) -> None:
    outcome = caller.submit(link_codec.encode_scan(scan_no(1)))

    assert outcome == SubmitOutcome()
    assert box.scans == [scan_no(1)]


def test_refused_scan_brings_the_sentences_back(box: RecordingBox, caller: Caller) -> None:
    box.refused_texts.add("404")

    outcome = caller.submit(link_codec.encode_scan(scan_no(1, "404")))

    assert outcome.refusal == UNKNOWN_BARCODE


def test_reports_are_handed_over_in_order(box: RecordingBox, caller: Caller) -> None:
    reports = (
        DeviceReport(
            "b", "keyboard_scanner", Role.SCANNER, DeviceState.FAULT, 9, 1, 2, 3, "no access"
        ),
        DeviceReport("a", "serial_scanner", Role.SCANNER, DeviceState.READY, 0, 0, 0, 0),
    )

    caller.report(link_codec.encode_reports(HostReport("till", reports)))

    assert box.reports == [reports]


def test_broken_messages_reach_nobody(box: RecordingBox, caller: Caller) -> None:
    with pytest.raises(grpc.RpcError) as scan_error:
        caller.submit(wire.SubmitReadingRequest(device_id="d", text="1"))
    with pytest.raises(grpc.RpcError) as report_error:
        caller.report(wire.ReportDevicesRequest(devices=[wire.DeviceReport()]))

    assert scan_error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert report_error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert box.arrivals == []
    assert box.reports == []


def test_huge_message_is_refused_before_it_is_read(box: RecordingBox, caller: Caller) -> None:
    huge = wire.SubmitReadingRequest(reading_id=b"7" * (MESSAGE_BYTES_MAX + 1))

    with pytest.raises(grpc.RpcError) as error:
        caller.submit(huge)

    assert error.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert box.arrivals == []


def test_scan_given_up_while_it_waited_does_nothing(box: RecordingBox, caller: Caller) -> None:
    box.gate.clear()
    busy = [caller.begin(scan_no(number)) for number in range(LINK_WORKERS)]
    assert box.wait_for(lambda: len(box.arrivals) == LINK_WORKERS)

    with pytest.raises(grpc.RpcError) as error:
        caller.submit(link_codec.encode_scan(scan_no(100, "given up")), timeout_s=0.1)
    later = caller.begin(scan_no(101, "later"))
    box.gate.set()

    assert error.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert all(future.result(WAIT_S) for future in [*busy, later])
    assert "later" in box.texts
    assert "given up" not in box.texts


def test_more_calls_than_the_limit_are_told_to_come_later(
    box: RecordingBox, caller: Caller
) -> None:
    box.gate.clear()
    ended: queue.Queue[grpc.Future[wire.SubmitReadingResponse]] = queue.Queue()

    for number in range(LINK_CALLS_MAX + 1):
        caller.begin(scan_no(number)).add_done_callback(ended.put)

    error = ended.get(timeout=WAIT_S).exception()
    assert isinstance(error, grpc.RpcError)
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_socket_is_for_the_group_and_goes_with_the_box(
    box: RecordingBox, socket_path: pathlib.Path
) -> None:
    box.start()
    mode = stat.S_IMODE(socket_path.stat().st_mode)
    box.stop()

    assert mode == 0o660
    assert not socket_path.exists()


def test_socket_of_a_killed_box_is_replaced(box: RecordingBox, socket_path: pathlib.Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(socket_path))
        left.listen()
    assert socket_path.is_socket()

    box.start()

    with grpc.insecure_channel(f"unix:{socket_path}") as channel:
        assert Caller(channel).submit(link_codec.encode_scan(scan_no(1))) == SubmitOutcome()


def test_second_box_does_not_take_the_socket_of_a_running_one(
    caller: Caller, socket_path: pathlib.Path
) -> None:
    second = RecordingBox(socket_path)

    with pytest.raises(LinkSocketInUseError):
        second.start()
    second.stop()

    assert caller.submit(link_codec.encode_scan(scan_no(1))) == SubmitOutcome()


def test_file_that_is_no_socket_is_left_alone(box: RecordingBox, socket_path: pathlib.Path) -> None:
    socket_path.write_text("precious", encoding="utf-8")

    with pytest.raises(LinkSocketInUseError):
        box.start()
    box.stop()

    assert socket_path.read_text(encoding="utf-8") == "precious"


def test_path_too_long_for_the_system_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(LinkSocketPathTooLongError) as error:
        RecordingBox(tmp_path / ("x" * 108)).start()

    assert error.value.values["limit"] == 107
