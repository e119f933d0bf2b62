"""What crosses the device link, as values: scans, weights, jobs, and the state of devices."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from typing import Protocol

from edge_agent.services.floor import PluggedDevice
from hardware.driver import JobKind, JobState, Role
from hardware.host.device import DeviceState
from hardware.reading import Weight

SCAN_AGE_MAX_S = 3
"""An older scan is dropped: nobody waits longer for a line, and the basket may be another one."""
REPORT_PERIOD_S = 3
"""How often device states are told when nothing changes."""
REPORT_AGE_MAX_S = 10
"""Three reports missed: the device process is gone, whatever it said last."""

DEVICE_ID_CHARACTERS_MAX = 64
"""A name that IT gives; it has to fit a list on a screen."""
SENTENCE_CHARACTERS_MAX = 500
"""The sentence of an operating system error, with a path in it."""
WORD_CHARACTERS_MAX = 32
"""Names that are kept in code: of drivers, health codes, capabilities."""
CAPABILITIES_MAX = 16
PLUGGED_MAX = 32
"""Of one machine; a store's has ten."""
PLUGGED_CHARACTERS_MAX = 200
"""Of a name that the device gives itself."""
LIKELY_MAX = 4
"""Drivers that may fit one device."""

WEIGHT_PERIOD_MS = 500
"""How often a weight is told that does not change, so that the box knows it is still true."""
WEIGHT_AGE_MAX_MS = 1_000
"""An older weight is STALE: two of them were missed, and goods may have been put on or off."""

JOBS_TAKEN_MAX = 16
"""A device process puts them into its spool at once; more come with the next call."""
JOB_PARTS_MAX = 500
"""A roll has about so many labels."""
JOB_BYTES_MAX = 8_000_000
"""Of pages, not of bitmaps: 500 labels are half a megabyte."""
JOB_WAIT_MAX_S = 5.0
"""How long a call for jobs is kept: a device process that died holds a thread no longer."""
JOB_REPORTS_MAX = 64
"""In one call; the rest comes with the next."""
JOB_LIFE_MAX_MS = 24 * 3_600_000
"""No paper of yesterday comes out in the morning."""


def clip(text: str) -> str:
    """As much of a device's own words as the link carries."""
    return text[:PLUGGED_CHARACTERS_MAX]


@dataclasses.dataclass(frozen=True, slots=True)
class ScanSubmitted:
    """One scan, asking to become a line."""

    reading_id: uuid.UUID
    """Names the scan: a repeat of it changes nothing and gets the first answer."""
    device_id: str
    text: str
    """As read, without suffix and symbology; FNC1 inside it is U+001D."""
    symbology: str
    """AIM identifier (`]E0`), empty when the scanner does not send one."""
    age_ms: int
    """From the end of the scan to the sending; of the last sending if there were several."""


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """A broken rule, as the register shows it."""

    code: str
    detail: str
    detail_zh: str


@dataclasses.dataclass(frozen=True, slots=True)
class SubmitOutcome:
    """What the use case made of a scan."""

    refusal: Refusal | None = None
    """None: the scan was accepted."""


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceReport:
    """One device, as its process sees it."""

    device_id: str
    driver: str
    """Its kind, such as `toledo8217`."""
    role: Role
    state: DeviceState
    state_age_ms: int
    """Since the state began, at the time of sending."""
    readings: int
    """This and the two below count from the start of the device process."""
    lost_scans: int
    """Thrown away by the driver: the person has to scan again."""
    dropped_readings: int
    """Read, but not answered by the box in time, and given up."""
    last_error: str = ""
    """Why the device went away last, for IT; empty if it never did."""
    health_code: str = ""
    """What it needs of a person, such as `paper_out`; empty while all is well."""
    health_text: str = ""
    capabilities: tuple[str, ...] = ()
    """Sorted."""


@dataclasses.dataclass(frozen=True, slots=True)
class HostReport:
    """All devices of one process."""

    host: str
    """The machine it runs on."""
    devices: tuple[DeviceReport, ...]
    plugged: tuple[PluggedDevice, ...] = ()
    """What hangs on the machine."""


@dataclasses.dataclass(frozen=True, slots=True)
class WeightSubmitted:
    """What a scale shows."""

    device_id: str
    weight: Weight
    age_ms: int
    """From the reading to the sending."""


@dataclasses.dataclass(frozen=True, slots=True)
class PrintJob:
    """Pages that the box wants put out."""

    job_id: uuid.UUID
    """Made by the box; a repeat is the same job and is put out once."""
    device_id: str
    kind: JobKind
    parts: tuple[bytes, ...]
    """Each a page as print_pages.py writes it; the device process draws it for its printer."""
    expires_in_ms: int
    """From now; a job that was not begun by then is EXPIRED."""


@dataclasses.dataclass(frozen=True, slots=True)
class JobReport:
    """How far a job is."""

    job_id: uuid.UUID
    state: JobState
    parts_done: int = 0
    reason: str = ""


class JobSpool(Protocol):
    """The device process's spool, as the link sees it. For any thread; durable."""

    def put(self, job: PrintJob) -> None:
        """Keep a job, QUEUED. A repeated job_id changes nothing."""

    def read_news(self, count_max: int) -> tuple[JobReport, ...]:
        """States that the box was not told yet, oldest first; those kept by an earlier process too.

        A job that was told FINAL and came again is news once more.
        """

    def note_told(self, reports: tuple[JobReport, ...]) -> None:
        """The box has these: they are news no more, unless the state changed meanwhile."""

    def wait_for_news(self, timeout_s: float) -> bool:
        """Wait until there may be news, at most timeout_s."""


Submit = Callable[[ScanSubmitted], SubmitOutcome]
"""Runs the use case. Called by several threads; a repeated reading_id changes nothing."""
Report = Callable[[HostReport], None]
"""Notes the states of all devices of one process."""
Weigh = Callable[[WeightSubmitted], None]
"""Notes what a scale shows."""
TakeJobs = Callable[[tuple[str, ...], float], tuple[PrintJob, ...]]
"""Jobs for these devices whose state was not reported yet, oldest first, at most JOBS_TAKEN_MAX;
waits for the first one, at most the seconds given."""
NoteJobs = Callable[[tuple[JobReport, ...]], None]
"""Notes how far jobs are. A repeat changes nothing."""


FindRegister = Callable[[str], str | None]
"""The register that a device is bound to."""


Attend = Callable[[str], None]


@dataclasses.dataclass(frozen=True, slots=True)
class LinkHandlers:
    """What the box does with what comes over the link. Called by several threads."""

    submit: Submit
    report: Report
    weigh: Weigh
    take_jobs: TakeJobs
    note_jobs: NoteJobs
    find_register: FindRegister
    attend: Attend
    """A device process is there, by its machine; again when it comes anew."""
    leave: Attend
    """It is gone, once for each time that it came."""
    is_revoked: Callable[[bytes], bool] = lambda _fingerprint: False
    """Whether a till's certificate, by SHA-256 of its DER, counts no more."""
