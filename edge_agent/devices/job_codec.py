"""Weights and jobs of the device link to protobuf and back; what breaks a limit is refused."""

from __future__ import annotations

import uuid

from edge_agent.devices.link_codec import require, require_device_id
from edge_agent.devices.link_messages import (
    JOB_BYTES_MAX,
    JOB_LIFE_MAX_MS,
    JOB_PARTS_MAX,
    JOB_REPORTS_MAX,
    JOB_WAIT_MAX_S,
    JOBS_TAKEN_MAX,
    SENTENCE_CHARACTERS_MAX,
    JobReport,
    PrintJob,
    WeightSubmitted,
)
from hardware.driver import JobKind, JobState
from hardware.host.supervisor import DEVICES_MAX
from hardware.reading import SURE_STATES, WEIGHED_STATES, Weight, WeightState
from protos.liushui.v1 import device_link_pb2 as wire

WEIGHT_STATE_TO_WIRE = {
    WeightState.STABLE: wire.WEIGHT_STATE_STABLE,
    WeightState.ZERO: wire.WEIGHT_STATE_ZERO,
    WeightState.MOTION: wire.WEIGHT_STATE_MOTION,
    WeightState.NEGATIVE: wire.WEIGHT_STATE_NEGATIVE,
    WeightState.OVERLOAD: wire.WEIGHT_STATE_OVERLOAD,
    WeightState.UNDERLOAD: wire.WEIGHT_STATE_UNDERLOAD,
    WeightState.ERROR_ZERO: wire.WEIGHT_STATE_ERROR_ZERO,
    WeightState.FAULT: wire.WEIGHT_STATE_FAULT,
    WeightState.STALE: wire.WEIGHT_STATE_STALE,
    WeightState.OFFLINE: wire.WEIGHT_STATE_OFFLINE,
}
JOB_KIND_TO_WIRE = {
    JobKind.RECEIPT: wire.PRINT_JOB_KIND_RECEIPT,
    JobKind.LABEL: wire.PRINT_JOB_KIND_LABEL,
    JobKind.DRAWER: wire.PRINT_JOB_KIND_DRAWER,
    JobKind.DISPLAY: wire.PRINT_JOB_KIND_DISPLAY,
    JobKind.SCALE: wire.PRINT_JOB_KIND_SCALE,
}
JOB_STATE_TO_WIRE = {
    JobState.QUEUED: wire.PRINT_JOB_STATE_QUEUED,
    JobState.CHECKING: wire.PRINT_JOB_STATE_CHECKING,
    JobState.SENDING: wire.PRINT_JOB_STATE_SENDING,
    JobState.SENT: wire.PRINT_JOB_STATE_SENT,
    JobState.CONFIRMED: wire.PRINT_JOB_STATE_CONFIRMED,
    JobState.UNKNOWN: wire.PRINT_JOB_STATE_UNKNOWN,
    JobState.FAILED: wire.PRINT_JOB_STATE_FAILED,
    JobState.EXPIRED: wire.PRINT_JOB_STATE_EXPIRED,
    JobState.CANCELLED: wire.PRINT_JOB_STATE_CANCELLED,
}
assert set(WEIGHT_STATE_TO_WIRE) == set(WeightState)
assert set(JOB_KIND_TO_WIRE) == set(JobKind)
assert set(JOB_STATE_TO_WIRE) == set(JobState)
WEIGHT_STATE_FROM_WIRE = {value: state for state, value in WEIGHT_STATE_TO_WIRE.items()}
JOB_KIND_FROM_WIRE = {value: kind for kind, value in JOB_KIND_TO_WIRE.items()}
JOB_STATE_FROM_WIRE = {value: state for state, value in JOB_STATE_TO_WIRE.items()}


def encode_weight(submitted: WeightSubmitted) -> wire.SubmitWeightRequest:
    """Make the message of a weight."""
    weight = submitted.weight
    return wire.SubmitWeightRequest(
        device_id=submitted.device_id,
        state=WEIGHT_STATE_TO_WIRE[weight.state],
        weight_mg=weight.weight_mg,
        division_mg=weight.division_mg,
        is_net=weight.is_net,
        age_ms=submitted.age_ms,
    )


def decode_weight(request: wire.SubmitWeightRequest) -> WeightSubmitted:
    """Read a weight.

    Raises:
        LinkFormatError: an unknown state, or a weight where there can be none.
    """
    require_device_id(request.device_id)
    require(request.state in WEIGHT_STATE_FROM_WIRE, "state is unknown")
    state = WEIGHT_STATE_FROM_WIRE[request.state]
    has_weight = request.HasField("weight_mg")
    possible = WEIGHED_STATES if has_weight else set(WeightState) - SURE_STATES
    require(state in possible, "weight_mg does not go with the state")
    weight = Weight(
        state, request.weight_mg if has_weight else None, request.division_mg, request.is_net
    )
    return WeightSubmitted(request.device_id, weight, request.age_ms)


def encode_taking(device_ids: tuple[str, ...], wait_s: float) -> wire.TakePrintJobsRequest:
    """Ask for jobs."""
    return wire.TakePrintJobsRequest(device_ids=device_ids, wait_ms=int(wait_s * 1000))


def decode_taking(request: wire.TakePrintJobsRequest) -> tuple[tuple[str, ...], float]:
    """Read for which devices jobs are asked for, and how long they are waited for, in seconds.

    Raises:
        LinkFormatError: too many devices, or too long a wait.
    """
    require(len(request.device_ids) <= DEVICES_MAX, "more devices than a process may drive")
    for device_id in request.device_ids:
        require_device_id(device_id)
    wait_s = request.wait_ms / 1000
    require(wait_s <= JOB_WAIT_MAX_S, "wait_ms is too long")
    return tuple(request.device_ids), wait_s


def encode_jobs(jobs: tuple[PrintJob, ...]) -> wire.TakePrintJobsResponse:
    """Hand jobs over."""
    return wire.TakePrintJobsResponse(
        jobs=[
            wire.PrintJob(
                job_id=job.job_id.bytes,
                device_id=job.device_id,
                kind=JOB_KIND_TO_WIRE[job.kind],
                parts=job.parts,
                expires_in_ms=job.expires_in_ms,
            )
            for job in jobs
        ]
    )


def decode_jobs(response: wire.TakePrintJobsResponse) -> tuple[PrintJob, ...]:
    """Read jobs, oldest first.

    Raises:
        LinkFormatError: what no box hands over.
    """
    require(len(response.jobs) <= JOBS_TAKEN_MAX, "too many jobs at once")
    return tuple(_decode_job(job) for job in response.jobs)


def _decode_job(job: wire.PrintJob) -> PrintJob:
    require(len(job.job_id) == 16, "job_id is not 16 bytes")
    require_device_id(job.device_id)
    require(job.kind in JOB_KIND_FROM_WIRE, "kind is unknown")
    require(1 <= len(job.parts) <= JOB_PARTS_MAX, "no parts, or too many")
    require(sum(map(len, job.parts)) <= JOB_BYTES_MAX, "parts are too long")
    require(job.expires_in_ms <= JOB_LIFE_MAX_MS, "expires_in_ms is too long")
    return PrintJob(
        job_id=uuid.UUID(bytes=job.job_id),
        device_id=job.device_id,
        kind=JOB_KIND_FROM_WIRE[job.kind],
        parts=tuple(job.parts),
        expires_in_ms=job.expires_in_ms,
    )


def encode_job_reports(reports: tuple[JobReport, ...]) -> wire.ReportPrintJobsRequest:
    """Tell how far jobs are."""
    return wire.ReportPrintJobsRequest(
        jobs=[
            wire.PrintJobReport(
                job_id=report.job_id.bytes,
                state=JOB_STATE_TO_WIRE[report.state],
                parts_done=report.parts_done,
                reason=report.reason[:SENTENCE_CHARACTERS_MAX],
            )
            for report in reports
        ]
    )


def decode_job_reports(request: wire.ReportPrintJobsRequest) -> tuple[JobReport, ...]:
    """Read how far jobs are.

    Raises:
        LinkFormatError: too many, or an unknown state.
    """
    require(len(request.jobs) <= JOB_REPORTS_MAX, "too many reports at once")
    for job in request.jobs:
        require(len(job.job_id) == 16, "job_id is not 16 bytes")
        require(job.state in JOB_STATE_FROM_WIRE, "state is unknown")
        require(job.parts_done <= JOB_PARTS_MAX, "parts_done is too many")
        require(len(job.reason) <= SENTENCE_CHARACTERS_MAX, "reason is too long")
    return tuple(
        JobReport(
            uuid.UUID(bytes=job.job_id),
            JOB_STATE_FROM_WIRE[job.state],
            job.parts_done,
            job.reason,
        )
        for job in request.jobs
    )
