"""Messages of the device link survive the wire, and broken ones are refused."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.devices import link_codec
from edge_agent.devices.link_messages import (
    DeviceReport,
    HostReport,
    Refusal,
    ScanSubmitted,
    SubmitOutcome,
)
from edge_agent.services.floor import PluggedDevice
from hardware.driver import Role
from hardware.host.device import DeviceState
from protos.liushui.v1 import device_link_pb2 as wire

DEVICE_IDS = st.text(min_size=1, max_size=64)
COUNTS = st.integers(0, 2**64 - 1)
SCANS = st.builds(
    ScanSubmitted,
    reading_id=st.uuids(),
    device_id=DEVICE_IDS,
    text=st.text(min_size=1, max_size=4096),
    symbology=st.sampled_from(["", "]E0", "]C1", "]d2", "]Q3"]),
    age_ms=st.integers(0, 2**32 - 1),
)
REPORTS = st.builds(
    DeviceReport,
    device_id=DEVICE_IDS,
    driver=st.text(min_size=1, max_size=32),
    role=st.sampled_from(Role),
    state=st.sampled_from(DeviceState),
    state_age_ms=COUNTS,
    readings=COUNTS,
    lost_scans=COUNTS,
    dropped_readings=COUNTS,
    last_error=st.text(max_size=500),
    health_code=st.text(max_size=32),
    health_text=st.text(max_size=500),
    capabilities=st.lists(st.text(max_size=32), max_size=16).map(tuple),
)
OUTCOMES = st.builds(
    SubmitOutcome,
    st.none() | st.builds(Refusal, st.text(), st.text(), st.text()),
)


@given(SCANS)
def test_scan_survives_the_wire(scan: ScanSubmitted) -> None:
    data = link_codec.encode_scan(scan).SerializeToString()

    assert link_codec.decode_scan(wire.SubmitReadingRequest.FromString(data)) == scan


@given(OUTCOMES)
def test_outcome_survives_the_wire(outcome: SubmitOutcome) -> None:
    data = link_codec.encode_outcome(outcome).SerializeToString()

    assert link_codec.decode_outcome(wire.SubmitReadingResponse.FromString(data)) == outcome


@given(st.lists(REPORTS, max_size=5, unique_by=lambda report: report.device_id).map(tuple))
def test_reports_survive_the_wire(reports: tuple[DeviceReport, ...]) -> None:
    plugged = PluggedDevice("usb:0c2e:0b61@1-2", "Scanner", ("keyboard_scanner",), "scanner-1")
    host_report = HostReport("till", reports, (plugged,))
    data = link_codec.encode_reports(host_report).SerializeToString()

    assert link_codec.decode_reports(wire.ReportDevicesRequest.FromString(data)) == host_report


def test_long_error_is_cut_before_it_is_sent() -> None:
    report = DeviceReport(
        "d", "serial_scanner", Role.SCANNER, DeviceState.FAULT, 0, 0, 0, 0, "x" * 501
    )

    decoded = link_codec.decode_reports(link_codec.encode_reports(HostReport("till", (report,))))

    assert decoded.devices[0].last_error == "x" * 500


ID = uuid.UUID(int=7).bytes


@pytest.mark.parametrize(
    "request_",
    [
        wire.SubmitReadingRequest(reading_id=b"short", device_id="d", text="1"),
        wire.SubmitReadingRequest(device_id="d", text="1"),
        wire.SubmitReadingRequest(reading_id=ID, text="1"),
        wire.SubmitReadingRequest(reading_id=ID, device_id="d" * 65, text="1"),
        wire.SubmitReadingRequest(reading_id=ID, device_id="d"),
        wire.SubmitReadingRequest(reading_id=ID, device_id="d", text="1" * 4097),
        wire.SubmitReadingRequest(reading_id=ID, device_id="d", text="1", symbology="E0"),
    ],
)
def test_scan_that_breaks_a_limit_is_refused(request_: wire.SubmitReadingRequest) -> None:
    with pytest.raises(link_codec.LinkFormatError):
        link_codec.decode_scan(request_)


def wire_report(
    device_id: str = "d",
    role: wire.DeviceRole = wire.DEVICE_ROLE_SCANNER,
    state: wire.DeviceState = wire.DEVICE_STATE_READY,
    last_error: str = "",
    driver: str = "serial_scanner",
    capabilities: tuple[str, ...] = (),
) -> wire.DeviceReport:
    return wire.DeviceReport(
        device_id=device_id,
        driver=driver,
        role=role,
        state=state,
        last_error=last_error,
        capabilities=capabilities,
    )


@pytest.mark.parametrize(
    "devices",
    [
        [wire_report(device_id="")],
        [wire_report(device_id="d" * 65)],
        [wire_report(role=wire.DEVICE_ROLE_UNSPECIFIED)],
        [wire_report(driver="")],
        [wire_report(driver="d" * 33)],
        [wire_report(capabilities=("c" * 33,))],
        [wire_report(capabilities=("c",) * 17)],
        [wire_report(state=wire.DEVICE_STATE_UNSPECIFIED)],
        [wire_report(last_error="x" * 501)],
        [wire_report(), wire_report()],
        [wire_report(device_id=str(number)) for number in range(65)],
    ],
)
def test_report_that_breaks_a_limit_is_refused(devices: list[wire.DeviceReport]) -> None:
    with pytest.raises(link_codec.LinkFormatError):
        link_codec.decode_reports(wire.ReportDevicesRequest(devices=devices, host="till"))


@pytest.mark.parametrize("host", ["", "h" * 65])
def test_report_of_no_machine_is_refused(host: str) -> None:
    with pytest.raises(link_codec.LinkFormatError):
        link_codec.decode_reports(wire.ReportDevicesRequest(host=host))


def test_outcome_of_a_newer_version_is_refused() -> None:
    with pytest.raises(link_codec.LinkFormatError):
        link_codec.decode_outcome(wire.SubmitReadingResponse())


@pytest.mark.parametrize(
    "plugged",
    [
        [wire.PluggedDevice(address="a")] * 33,
        [wire.PluggedDevice(address="a" * 201)],
        [wire.PluggedDevice(name="n" * 201)],
        [wire.PluggedDevice(likely_drivers=["d"] * 5)],
        [wire.PluggedDevice(likely_drivers=["d" * 33])],
    ],
)
def test_list_of_plugs_that_breaks_a_limit_is_refused(plugged: list[wire.PluggedDevice]) -> None:
    with pytest.raises(link_codec.LinkFormatError):
        link_codec.decode_reports(wire.ReportDevicesRequest(host="till", plugged=plugged))
