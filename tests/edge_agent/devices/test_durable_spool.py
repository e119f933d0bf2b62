"""The durable spool: whatever dies, a job stands somewhere, and no receipt comes twice."""

from __future__ import annotations

import dataclasses
import pathlib
import tempfile
import uuid

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from edge_agent.devices import durable_spool
from edge_agent.devices.durable_spool import ATTEMPTS_MAX, JOBS_WAITING_MAX, DurableSpool
from edge_agent.devices.link_messages import PrintJob
from edge_agent.store import spool as rows
from edge_agent.store.database import open_database
from edge_agent.store.errors import DiskFullError, NewerDatabaseError
from hardware.driver import FINAL_STATES, Job, JobKind, JobState
from hardware.errors import DeviceUnavailableError

BOOT, NEXT_BOOT = uuid.UUID(int=1), uuid.UUID(int=2)
LIFE_MS = 60_000
P = "printer-1"


class Clock:
    """Milliseconds that a test turns."""

    def __init__(self) -> None:
        self.now_ms = 1_000_000

    def __call__(self) -> int:
        return self.now_ms


@dataclasses.dataclass
class Files:
    """A spool's file and its clock, which outlive its process."""

    path: pathlib.Path
    clock: Clock
    boot_id: uuid.UUID = BOOT

    def open(self) -> DurableSpool:
        return DurableSpool(
            self.path,
            clock=self.clock,
            boot_id=self.boot_id,
            encode=lambda device_id, page: device_id.encode() + b":" + page,
        )


@pytest.fixture
def files(tmp_path: pathlib.Path) -> Files:
    return Files(tmp_path / "spool.sqlite", Clock())


def make_job(kind: JobKind = JobKind.RECEIPT, parts: int = 1, device_id: str = P) -> PrintJob:
    pages = tuple(b"page %d" % number for number in range(parts))
    return PrintJob(uuid.uuid4(), device_id, kind, pages, LIFE_MS)


def states(spool: DurableSpool) -> dict[uuid.UUID, JobState]:
    """The states of all jobs that were never told."""
    return {report.job_id: report.state for report in spool.read_news(10_000)}


def take(spool: DurableSpool, device_id: str = P) -> Job:
    job = spool.take(device_id)
    assert job is not None
    return job


def test_jobs_of_one_printer_come_in_order_and_those_of_another_do_not_wait(files: Files) -> None:
    spool = files.open()
    first, second, other = make_job(), make_job(), make_job(device_id="printer-2")
    for job in (first, second, other):
        spool.put(job)

    assert take(spool).job_id == first.job_id
    assert take(spool).job_id == first.job_id
    assert take(spool, "printer-2").job_id == other.job_id
    spool.note(first.job_id, JobState.SENDING)
    spool.note(first.job_id, JobState.CONFIRMED, parts_done=1)
    assert take(spool).job_id == second.job_id


def test_drawer_goes_before_receipts_that_wait(files: Files) -> None:
    spool = files.open()
    receipt, drawer = make_job(), make_job(JobKind.DRAWER)
    spool.put(receipt)
    spool.put(drawer)

    assert take(spool).job_id == drawer.job_id


def test_part_is_drawn_for_its_device_when_it_is_asked_for(files: Files) -> None:
    spool = files.open()
    spool.put(make_job(JobKind.LABEL, parts=2))

    parts = take(spool).parts

    assert list(parts) == [b"printer-1:page 0", b"printer-1:page 1"]
    assert len(parts) == 2


@pytest.mark.parametrize(
    ("kind", "noted", "state", "next_state"),
    [
        (JobKind.RECEIPT, [], JobState.QUEUED, JobState.CHECKING),
        (JobKind.RECEIPT, [JobState.SENDING], JobState.UNKNOWN, None),
        (JobKind.DRAWER, [JobState.SENDING], JobState.UNKNOWN, None),
        (JobKind.LABEL, [JobState.SENDING], JobState.CHECKING, JobState.CHECKING),
        (JobKind.DISPLAY, [JobState.SENDING], JobState.CHECKING, JobState.CHECKING),
        (JobKind.RECEIPT, [JobState.SENDING, JobState.SENT], JobState.SENT, None),
        (JobKind.RECEIPT, [JobState.SENDING, JobState.CONFIRMED], JobState.CONFIRMED, None),
        (JobKind.RECEIPT, [JobState.FAILED], JobState.FAILED, None),
    ],
)
def test_process_that_dies_leaves_each_job_where_a_person_can_see_it(
    files: Files,
    kind: JobKind,
    noted: list[JobState],
    state: JobState,
    next_state: JobState | None,
) -> None:
    spool, job = files.open(), make_job(kind)
    spool.put(job)
    if noted:
        take(spool)
    for note in noted:
        spool.note(job.job_id, note, parts_done=int(note in {JobState.SENT, JobState.CONFIRMED}))
    spool.close()

    spool = files.open()

    assert states(spool) == {job.job_id: state}
    assert (spool.take(P) is not None) is (next_state is not None)


def test_batch_of_labels_goes_on_at_the_label_that_was_being_sent(files: Files) -> None:
    spool, job = files.open(), make_job(JobKind.LABEL, parts=5)
    spool.put(job)
    take(spool)
    for done in range(3):
        spool.note(job.job_id, JobState.SENDING, parts_done=done)
    spool.close()

    again = take(files.open())

    assert again.parts_done == 2
    assert again.parts[again.parts_done] == b"printer-1:page 2"


@pytest.mark.parametrize("kind", JobKind)
@pytest.mark.parametrize("is_sending", [False, True])
def test_nothing_is_printed_after_the_machine_was_switched_off(
    files: Files, kind: JobKind, is_sending: bool
) -> None:
    spool, job = files.open(), make_job(kind)
    spool.put(job)
    take(spool)
    if is_sending:
        spool.note(job.job_id, JobState.SENDING)
    spool.close()

    spool = dataclasses.replace(files, boot_id=NEXT_BOOT).open()

    is_unknown = is_sending and kind not in {JobKind.LABEL, JobKind.DISPLAY}
    assert states(spool) == {job.job_id: JobState.UNKNOWN if is_unknown else JobState.EXPIRED}
    assert spool.take(P) is None


@pytest.mark.parametrize("is_taken", [False, True])
def test_job_expires_even_when_its_printer_is_away(files: Files, is_taken: bool) -> None:
    spool, job = files.open(), make_job()
    spool.put(job)
    if is_taken:
        take(spool)

    files.clock.now_ms += LIFE_MS
    spool.wait_for_news(0)

    assert states(spool) == {job.job_id: JobState.EXPIRED}
    assert spool.take(P) is None


def test_job_that_is_being_sent_does_not_expire(files: Files) -> None:
    spool, job = files.open(), make_job()
    spool.put(job)
    take(spool)
    spool.note(job.job_id, JobState.SENDING)

    files.clock.now_ms += LIFE_MS
    spool.wait_for_news(0)

    assert states(spool) == {job.job_id: JobState.SENDING}


def test_receipt_whose_printer_was_lost_before_it_was_noted_is_unknown(files: Files) -> None:
    spool, job = files.open(), make_job()
    spool.put(job)
    take(spool)
    spool.note(job.job_id, JobState.SENDING)

    assert spool.take(P) is None

    assert states(spool) == {job.job_id: JobState.UNKNOWN}


def test_label_that_breaks_again_and_again_is_given_up(files: Files) -> None:
    spool, job = files.open(), make_job(JobKind.LABEL, parts=2)
    spool.put(job)
    take(spool)
    spool.note(job.job_id, JobState.SENDING)
    for _ in range(ATTEMPTS_MAX):
        spool.note(job.job_id, JobState.SENDING, parts_done=1)
        spool.note(job.job_id, JobState.CHECKING, parts_done=1, reason="jam")

    assert spool.take(P) is None

    (report,) = spool.read_news(9)
    assert (report.state, report.parts_done) == (JobState.FAILED, 1)
    assert report.reason == "part 2 broke 5 times, last: jam"


def test_job_beyond_the_limit_is_refused_where_it_can_be_seen(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable_spool, "WAITING_BYTES_MAX", 10 * JOBS_WAITING_MAX)
    spool = files.open()
    for _ in range(JOBS_WAITING_MAX):
        spool.put(make_job())
    late, large = make_job(), make_job(JobKind.LABEL, parts=200, device_id="printer-2")

    spool.put(late)
    spool.put(large)

    found = states(spool)
    assert (found[late.job_id], found[large.job_id]) == (JobState.FAILED, JobState.FAILED)
    assert len(found) == JOBS_WAITING_MAX + 2


def test_old_jobs_are_forgotten_when_the_box_knows_their_end(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable_spool, "JOBS_KEPT_MAX", 3)
    spool = files.open()
    for _ in range(6):
        job = make_job()
        spool.put(job)
        take(spool)
        spool.note(job.job_id, JobState.SENDING)
        spool.note(job.job_id, JobState.SENT, parts_done=1)
        spool.note_told(spool.read_news(99))
    untold = make_job()

    spool.put(untold)

    db = open_database(str(files.path))
    count = db.execute("SELECT count(*), (SELECT count(*) FROM part) FROM job").fetchone()
    db.close()
    assert count == (3, 1)


def test_state_that_changed_while_it_was_told_is_news_again(files: Files) -> None:
    spool, job = files.open(), make_job()
    spool.put(job)
    before = spool.read_news(9)
    take(spool)

    spool.note_told(before)

    assert states(spool) == {job.job_id: JobState.CHECKING}
    assert spool.wait_for_news(0)


def test_full_disk_keeps_a_printer_from_printing_and_no_scanner_from_scanning(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, job = files.open(), make_job()
    spool.put(job)
    take(spool)

    def fail(*_args: object, **_named: object) -> None:
        raise DiskFullError

    with monkeypatch.context() as patch:
        patch.setattr(rows, "update_job", fail)
        patch.setattr(rows, "insert_job", fail)
        spool.put(make_job())
        with pytest.raises(DeviceUnavailableError):
            spool.note(job.job_id, JobState.SENDING)

    assert states(spool) == {job.job_id: JobState.CHECKING}


def test_damaged_file_is_put_aside_and_printing_goes_on(files: Files) -> None:
    files.path.write_bytes(b"no database at all" * 1000)

    spool, job = files.open(), make_job()
    spool.put(job)

    assert take(spool).job_id == job.job_id
    assert files.path.with_name("spool.sqlite.damaged").read_bytes().startswith(b"no database")


def test_file_of_a_newer_program_is_left_alone(files: Files) -> None:
    db = open_database(str(files.path))
    db.execute("PRAGMA user_version = 2")
    db.close()

    with pytest.raises(NewerDatabaseError):
        files.open()


class SpoolMachine(RuleBasedStateMachine):
    """Jobs come, are taken, sent, broken; the process dies at any moment."""

    @initialize()
    def begin(self) -> None:
        self.folder = pathlib.Path(durable_folder())
        self.files = Files(self.folder / f"{uuid.uuid4()}.sqlite", Clock())
        self.spool = self.files.open()
        self.kinds: dict[uuid.UUID, JobKind] = {}
        self.sent: dict[uuid.UUID, int] = {}
        self.taken: Job | None = None

    @rule(kind=st.sampled_from(JobKind))
    def put(self, kind: JobKind) -> None:
        job = make_job(kind)
        self.kinds[job.job_id] = kind
        self.spool.put(job)

    @rule()
    def take(self) -> None:
        self.taken = self.spool.take(P)

    @rule(state=st.sampled_from([JobState.SENT, JobState.CONFIRMED, JobState.CHECKING, None]))
    def send(self, state: JobState | None) -> None:
        if self.taken is None:
            return
        job_id, self.taken = self.taken.job_id, None
        self.spool.note(job_id, JobState.SENDING)
        self.sent[job_id] = self.sent.get(job_id, 0) + 1
        if state is JobState.CHECKING and self.kinds[job_id] is JobKind.RECEIPT:
            state = JobState.UNKNOWN
        if state is not None:
            done = int(state in {JobState.SENT, JobState.CONFIRMED})
            self.spool.note(job_id, state, parts_done=done)

    @rule(milliseconds=st.sampled_from([100, LIFE_MS]))
    def wait(self, milliseconds: int) -> None:
        self.files.clock.now_ms += milliseconds
        self.spool.wait_for_news(0)
        self.taken = None

    @rule(is_boot=st.booleans())
    def die(self, is_boot: bool) -> None:
        self.spool.close()
        if is_boot:
            self.files.boot_id = uuid.uuid4()
        self.spool = self.files.open()
        self.taken = None

    @invariant()
    def nothing_is_lost_and_no_receipt_is_sent_twice(self) -> None:
        assert states(self.spool).keys() == self.kinds.keys()
        once = [job_id for job_id, kind in self.kinds.items() if kind is JobKind.RECEIPT]
        assert all(self.sent.get(job_id, 0) <= 1 for job_id in once)

    def teardown(self) -> None:
        self.spool.close()
        reopened = dataclasses.replace(self.files, boot_id=uuid.uuid4()).open()
        assert all(state in FINAL_STATES for state in states(reopened).values())
        reopened.close()
        self.files.path.unlink()


def durable_folder() -> str:
    """A folder for the machine's files; each is removed at its end."""
    return FOLDER.name


FOLDER = tempfile.TemporaryDirectory(prefix="liushui-spool-")
SpoolMachine.TestCase.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
test_spool_machine = SpoolMachine.TestCase
