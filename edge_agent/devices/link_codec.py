"""Messages of the device link to protobuf and back. Whatever breaks a limit is refused."""

from __future__ import annotations

import uuid

from edge_agent.devices.link_messages import (
    CAPABILITIES_MAX,
    DEVICE_ID_CHARACTERS_MAX,
    LIKELY_MAX,
    PLUGGED_CHARACTERS_MAX,
    PLUGGED_MAX,
    SENTENCE_CHARACTERS_MAX,
    WORD_CHARACTERS_MAX,
    DeviceReport,
    HostReport,
    Refusal,
    ScanSubmitted,
    SubmitOutcome,
)
from edge_agent.services.floor import ROLE_TO_WIRE, STATE_TO_WIRE, PluggedDevice
from hardware.host.supervisor import DEVICES_MAX
from hardware.scanner.scan import AIM_IDENTIFIER, SCAN_CHARACTERS_MAX
from protos.liushui.v1 import device_link_pb2 as wire

ROLE_FROM_WIRE = {value: role for role, value in ROLE_TO_WIRE.items()}
STATE_FROM_WIRE = {value: state for state, value in STATE_TO_WIRE.items()}


class LinkFormatError(ValueError):
    """A message breaks the limits of device_link.proto: the other side is of another version."""


def encode_scan(scan: ScanSubmitted) -> wire.SubmitReadingRequest:
    """Make the message of a scan."""
    return wire.SubmitReadingRequest(
        reading_id=scan.reading_id.bytes,
        device_id=scan.device_id,
        text=scan.text,
        symbology=scan.symbology,
        age_ms=scan.age_ms,
    )


def decode_scan(request: wire.SubmitReadingRequest) -> ScanSubmitted:
    """Read a scan.

    Raises:
        LinkFormatError: an id, text or symbology that no device process makes.
    """
    require(len(request.reading_id) == 16, "reading_id is not 16 bytes")
    require_device_id(request.device_id)
    require(1 <= len(request.text) <= SCAN_CHARACTERS_MAX, "text is empty or too long")
    require(
        not request.symbology or AIM_IDENTIFIER.fullmatch(request.symbology) is not None,
        "symbology is no AIM identifier",
    )
    return ScanSubmitted(
        reading_id=uuid.UUID(bytes=request.reading_id),
        device_id=request.device_id,
        text=request.text,
        symbology=request.symbology,
        age_ms=request.age_ms,
    )


def encode_outcome(outcome: SubmitOutcome) -> wire.SubmitReadingResponse:
    """Make the answer to a scan."""
    if outcome.refusal is None:
        return wire.SubmitReadingResponse(outcome=wire.READING_OUTCOME_ACCEPTED)
    refusal = wire.Refusal(
        code=outcome.refusal.code,
        detail=outcome.refusal.detail,
        detail_zh=outcome.refusal.detail_zh,
    )
    return wire.SubmitReadingResponse(outcome=wire.READING_OUTCOME_REFUSED, refusal=refusal)


def decode_outcome(response: wire.SubmitReadingResponse) -> SubmitOutcome:
    """Read the answer to a scan.

    Raises:
        LinkFormatError: neither accepted nor refused.
    """
    if response.outcome == wire.READING_OUTCOME_ACCEPTED:
        return SubmitOutcome()
    require(response.outcome == wire.READING_OUTCOME_REFUSED, "outcome is unknown")
    refusal = response.refusal
    return SubmitOutcome(Refusal(refusal.code, refusal.detail, refusal.detail_zh))


def encode_reports(host_report: HostReport) -> wire.ReportDevicesRequest:
    """Make the message of all devices, in their order."""
    return wire.ReportDevicesRequest(
        host=host_report.host,
        devices=[
            wire.DeviceReport(
                device_id=report.device_id,
                driver=report.driver,
                role=ROLE_TO_WIRE[report.role],
                state=STATE_TO_WIRE[report.state],
                state_age_ms=report.state_age_ms,
                readings=report.readings,
                lost_scans=report.lost_scans,
                dropped_readings=report.dropped_readings,
                last_error=report.last_error[:SENTENCE_CHARACTERS_MAX],
                health_code=report.health_code,
                health_text=report.health_text[:SENTENCE_CHARACTERS_MAX],
                capabilities=report.capabilities,
            )
            for report in host_report.devices
        ],
        plugged=[
            wire.PluggedDevice(
                address=one.address,
                name=one.name,
                likely_drivers=one.likely,
                device_id=one.device_id,
            )
            for one in host_report.plugged
        ],
    )


def decode_host(request: wire.AttendBoxRequest) -> str:
    """Which machine's process attends.

    Raises:
        LinkFormatError: a name of the wrong length.
    """
    return require_host(request.host)


def decode_reports(request: wire.ReportDevicesRequest) -> HostReport:
    """Read the states of all devices, in their order.

    Raises:
        LinkFormatError: too many devices, two of one name, or an unknown kind or state.
    """
    require(len(request.devices) <= DEVICES_MAX, "more devices than a process may drive")
    reports = tuple(_decode_report(device) for device in request.devices)
    names = {report.device_id for report in reports}
    require(len(names) == len(reports), "two devices have one device_id")
    require(len(request.plugged) <= PLUGGED_MAX, "more is plugged in than is listed")
    plugged = tuple(_decode_plugged(one) for one in request.plugged)
    return HostReport(require_host(request.host), reports, plugged)


def _decode_plugged(one: wire.PluggedDevice) -> PluggedDevice:
    texts = (one.address, one.name, one.device_id)
    require(max(map(len, texts)) <= PLUGGED_CHARACTERS_MAX, "a plugged device's name is too long")
    require(len(one.likely_drivers) <= LIKELY_MAX, "too many drivers may fit")
    require(
        all(len(kind) <= WORD_CHARACTERS_MAX for kind in one.likely_drivers), "a word is too long"
    )
    return PluggedDevice(one.address, one.name, tuple(one.likely_drivers), one.device_id)


def require_host(host: str) -> str:
    """The machine's name, as it is.

    Raises:
        LinkFormatError: empty, or too long.
    """
    require(1 <= len(host) <= DEVICE_ID_CHARACTERS_MAX, "host is empty or too long")
    return host


def _decode_report(device: wire.DeviceReport) -> DeviceReport:
    require_device_id(device.device_id)
    words = (device.driver, device.health_code, *device.capabilities)
    require(bool(device.driver), "driver is empty")
    require(all(len(word) <= WORD_CHARACTERS_MAX for word in words), "a word is too long")
    require(len(device.capabilities) <= CAPABILITIES_MAX, "too many capabilities")
    require(device.role in ROLE_FROM_WIRE, "role is unknown")
    require(device.state in STATE_FROM_WIRE, "state is unknown")
    sentences = (device.last_error, device.health_text)
    require(
        all(len(sentence) <= SENTENCE_CHARACTERS_MAX for sentence in sentences),
        "last_error or health_text is too long",
    )
    return DeviceReport(
        device_id=device.device_id,
        driver=device.driver,
        role=ROLE_FROM_WIRE[device.role],
        state=STATE_FROM_WIRE[device.state],
        state_age_ms=device.state_age_ms,
        readings=device.readings,
        lost_scans=device.lost_scans,
        dropped_readings=device.dropped_readings,
        last_error=device.last_error,
        health_code=device.health_code,
        health_text=device.health_text,
        capabilities=tuple(device.capabilities),
    )


def require_device_id(device_id: str) -> None:
    """Refuse a name that no device has."""
    require(1 <= len(device_id) <= DEVICE_ID_CHARACTERS_MAX, "device_id is empty or too long")


def require(holds: bool, otherwise: str) -> None:
    """Refuse a message.

    Raises:
        LinkFormatError: it does not hold.
    """
    if not holds:
        raise LinkFormatError(otherwise)
