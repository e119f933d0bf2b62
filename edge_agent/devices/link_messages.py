"""What crosses the device link, as values: a scan, its outcome, the state of devices."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable

from hardware.host.device import DeviceKind, DeviceState

SCAN_AGE_MAX_S = 3
"""An older scan is dropped: nobody waits longer for a line, and the basket may be another one."""
REPORT_PERIOD_S = 3
"""How often device states are told when nothing changes."""
REPORT_AGE_MAX_S = 10
"""Three reports missed: the device process is gone, whatever it said last."""

DEVICE_ID_CHARACTERS_MAX = 64
"""A name that IT gives; it has to fit a list on a screen."""
LAST_ERROR_CHARACTERS_MAX = 500
"""The sentence of an operating system error, with a path in it."""


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
    kind: DeviceKind
    state: DeviceState
    state_age_ms: int
    """Since the state began, at the time of sending."""
    readings: int
    """This and the two below count from the start of the device process."""
    lost_scans: int
    """Thrown away by the driver: the person has to scan again."""
    dropped_readings: int
    """Read, but not answered by the box in time, and given up."""
    last_error: str
    """Why the device went away last, for IT; empty if it never did."""


Submit = Callable[[ScanSubmitted], SubmitOutcome]
"""Runs the use case. Called by several threads; a repeated reading_id changes nothing."""
Report = Callable[[tuple[DeviceReport, ...]], None]
"""Notes the states of all devices of one process."""
