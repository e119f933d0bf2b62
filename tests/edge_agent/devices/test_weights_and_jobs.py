"""Weights to the box, jobs from it and their states back: real gRPC, a box that comes and goes."""

from __future__ import annotations

import pathlib
import uuid
from collections.abc import Iterator

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.devices import job_codec
from edge_agent.devices.durable_spool import DurableSpool
from edge_agent.devices.link_client import LinkClient, Outputs
from edge_agent.devices.link_codec import LinkFormatError
from edge_agent.devices.link_messages import (
    JOB_LIFE_MAX_MS,
    JobReport,
    PrintJob,
    WeightSubmitted,
)
from edge_agent.devices.link_place import LocalBox
from hardware.clock import monotonic_ms
from hardware.driver import JobKind, JobState
from hardware.host.device import Reading
from hardware.reading import WEIGHED_STATES, Weight, WeightState
from protos.liushui.v1 import device_link_pb2 as wire
from protos.liushui.v1 import device_link_pb2_grpc as wire_grpc
from tests.edge_agent.devices.recording_box import RecordingBox

DEVICE_IDS = st.text(min_size=1, max_size=64)
WEIGHTS = st.builds(
    Weight,
    st.sampled_from(sorted(WEIGHED_STATES, key=lambda state: state.value)),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 2**63),
    st.booleans(),
) | st.builds(
    Weight,
    st.sampled_from([state for state in WeightState if state not in WEIGHED_STATES]),
    st.none(),
)
JOBS = st.builds(
    PrintJob,
    job_id=st.uuids(),
    device_id=DEVICE_IDS,
    kind=st.sampled_from(JobKind),
    parts=st.lists(st.binary(max_size=100), min_size=1, max_size=5).map(tuple),
    expires_in_ms=st.integers(0, JOB_LIFE_MAX_MS),
)
REPORTS = st.builds(
    JobReport,
    job_id=st.uuids(),
    state=st.sampled_from(JobState),
    parts_done=st.integers(0, 500),
    reason=st.text(max_size=500),
)


@pytest.mark.parametrize("state", [WeightState.MOTION, WeightState.NEGATIVE])
def test_pan_that_moves_or_is_below_zero_may_have_no_weight(state: WeightState) -> None:
    submitted = WeightSubmitted("scale-1", Weight(state, None), 0)

    data = job_codec.encode_weight(submitted).SerializeToString()

    assert job_codec.decode_weight(wire.SubmitWeightRequest.FromString(data)) == submitted


@given(st.builds(WeightSubmitted, DEVICE_IDS, WEIGHTS, st.integers(0, 2**32 - 1)))
def test_weight_survives_the_wire(submitted: WeightSubmitted) -> None:
    data = job_codec.encode_weight(submitted).SerializeToString()

    assert job_codec.decode_weight(wire.SubmitWeightRequest.FromString(data)) == submitted


@given(st.lists(JOBS, max_size=5).map(tuple))
def test_jobs_survive_the_wire(jobs: tuple[PrintJob, ...]) -> None:
    data = job_codec.encode_jobs(jobs).SerializeToString()

    assert job_codec.decode_jobs(wire.TakePrintJobsResponse.FromString(data)) == jobs


@given(st.lists(REPORTS, max_size=5).map(tuple))
def test_job_reports_survive_the_wire(reports: tuple[JobReport, ...]) -> None:
    data = job_codec.encode_job_reports(reports).SerializeToString()

    assert job_codec.decode_job_reports(wire.ReportPrintJobsRequest.FromString(data)) == reports


@pytest.mark.parametrize(
    "request_",
    [
        wire.SubmitWeightRequest(device_id="s", state=wire.WEIGHT_STATE_STABLE),
        wire.SubmitWeightRequest(device_id="s", state=wire.WEIGHT_STATE_OVERLOAD, weight_mg=0),
        wire.SubmitWeightRequest(device_id="s"),
        wire.SubmitWeightRequest(state=wire.WEIGHT_STATE_OFFLINE),
    ],
)
def test_weight_that_is_none_is_refused(request_: wire.SubmitWeightRequest) -> None:
    with pytest.raises(LinkFormatError):
        job_codec.decode_weight(request_)


@pytest.mark.parametrize(
    "job",
    [
        wire.PrintJob(job_id=b"7", device_id="p", kind=wire.PRINT_JOB_KIND_LABEL, parts=[b"x"]),
        wire.PrintJob(job_id=b"7" * 16, kind=wire.PRINT_JOB_KIND_LABEL, parts=[b"x"]),
        wire.PrintJob(job_id=b"7" * 16, device_id="p", parts=[b"x"]),
        wire.PrintJob(job_id=b"7" * 16, device_id="p", kind=wire.PRINT_JOB_KIND_LABEL),
        wire.PrintJob(
            job_id=b"7" * 16, device_id="p", kind=wire.PRINT_JOB_KIND_LABEL, parts=[b"x"] * 501
        ),
    ],
)
def test_job_that_breaks_a_limit_is_refused(job: wire.PrintJob) -> None:
    with pytest.raises(LinkFormatError):
        job_codec.decode_jobs(wire.TakePrintJobsResponse(jobs=[job]))


@pytest.fixture
def spool(tmp_path: pathlib.Path) -> Iterator[DurableSpool]:
    """Give a spool whose pages are drawn already."""
    spool = DurableSpool(
        tmp_path / "spool.sqlite",
        clock=monotonic_ms,
        boot_id=uuid.UUID(int=1),
        encode=lambda _device_id, page: page,
    )
    yield spool
    spool.close()


@pytest.fixture
def client(socket_path: pathlib.Path, spool: DurableSpool) -> Iterator[LinkClient]:
    """Give a running client of a process with one printer."""
    client = LinkClient(
        LocalBox(socket_path), clock=monotonic_ms, outputs=Outputs(spool, ("printer-1",))
    )
    client.start(tuple)
    yield client
    client.stop()


def show(client: LinkClient, weight: Weight) -> None:
    client.offer(Reading("scale-1", weight, monotonic_ms(), 1))


STABLE = Weight(WeightState.STABLE, 1_234_000, 5_000)
ZERO = Weight(WeightState.ZERO, 0, 5_000)


def wait_for_weight(box: RecordingBox, client: LinkClient, weight: Weight) -> bool:
    """Show a weight again and again, as a scale does, until the box has it."""

    def is_shown() -> bool:
        show(client, weight)
        return bool(box.weights) and box.weights[-1].weight == weight

    return box.wait_for(is_shown)


def test_latest_weight_reaches_the_box(box: RecordingBox, client: LinkClient) -> None:
    box.start()

    assert wait_for_weight(box, client, STABLE)

    assert box.weights[-1].device_id == "scale-1"
    assert box.weights[-1].age_ms < 10_000


def test_weight_that_says_nothing_new_is_told_once(box: RecordingBox, client: LinkClient) -> None:
    box.start()
    assert wait_for_weight(box, client, ZERO)
    read_at_ms = monotonic_ms()

    for _ in range(50):
        client.offer(Reading("scale-1", STABLE, read_at_ms, 1))
    assert wait_for_weight(box, client, ZERO)

    assert [submitted.weight for submitted in box.weights].count(STABLE) <= 1


def job_for(device_id: str = "printer-1", *, expires_in_ms: int = 60_000) -> PrintJob:
    return PrintJob(uuid.uuid4(), device_id, JobKind.RECEIPT, (b"paper",), expires_in_ms)


def test_job_is_taken_put_out_and_its_states_come_back(
    box: RecordingBox, client: LinkClient, spool: DurableSpool
) -> None:
    assert not client.has_crashed
    box.start()
    job = job_for()

    box.put_out(job)

    assert box.wait_for_job(job.job_id, JobState.QUEUED)
    taken = spool.take("printer-1")
    assert taken is not None
    assert (taken.job_id, list(taken.parts), taken.parts_done) == (job.job_id, [b"paper"], 0)
    spool.note(job.job_id, JobState.SENDING)
    assert box.wait_for_job(job.job_id, JobState.SENDING)
    spool.note(job.job_id, JobState.CONFIRMED, parts_done=1)
    assert box.wait_for_job(job.job_id, JobState.CONFIRMED)
    assert spool.take("printer-1") is None


def test_job_of_another_process_is_left_alone(box: RecordingBox, client: LinkClient) -> None:
    assert not client.has_crashed
    box.start()
    other, ours = job_for("printer-2"), job_for()

    box.put_out(other)
    box.put_out(ours)

    assert box.wait_for_job(ours.job_id, JobState.QUEUED)
    assert box.states_of(other.job_id) == []


def test_state_of_the_meantime_is_told_when_the_box_is_back(
    box: RecordingBox, client: LinkClient, spool: DurableSpool
) -> None:
    assert not client.has_crashed
    box.start()
    job = job_for()
    box.put_out(job)
    assert box.wait_for_job(job.job_id, JobState.QUEUED)

    box.stop()
    spool.take("printer-1")
    spool.note(job.job_id, JobState.SENDING)
    spool.note(job.job_id, JobState.UNKNOWN, reason="cover opened")
    box.start()

    assert box.wait_for_job(job.job_id, JobState.UNKNOWN)
    assert box.job_reports[-1].reason == "cover opened"


def test_job_that_came_too_late_is_expired_and_not_put_out(spool: DurableSpool) -> None:
    job = job_for(expires_in_ms=0)
    spool.put(job)

    assert spool.take("printer-1") is None
    (report,) = spool.read_news(9)
    assert (report.job_id, report.state) == (job.job_id, JobState.EXPIRED)


def test_repeated_job_is_put_out_once_and_its_state_told_again(spool: DurableSpool) -> None:
    job = job_for()
    spool.put(job)
    spool.take("printer-1")
    spool.note(job.job_id, JobState.SENDING)
    spool.note(job.job_id, JobState.SENT, parts_done=1)
    spool.note_told(spool.read_news(9))
    assert spool.read_news(9) == ()

    spool.put(job)

    assert spool.take("printer-1") is None
    assert spool.read_news(9) == (JobReport(job.job_id, JobState.SENT, 1),)


def test_waiting_for_jobs_longer_than_the_limit_is_refused(
    box: RecordingBox, socket_path: pathlib.Path
) -> None:
    box.start()
    with grpc.insecure_channel(f"unix:{socket_path}") as channel:
        stub = wire_grpc.DeviceLinkServiceStub(channel)
        with pytest.raises(grpc.RpcError) as error:
            stub.TakePrintJobs(wire.TakePrintJobsRequest(wait_ms=5_001), timeout=10)

    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
