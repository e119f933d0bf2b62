"""What the supervisor knows of a device: how to open it, its state, its readings."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Mapping

from hardware.driver import WELL, Driver, Health
from hardware.host.transport import OpenTransport
from hardware.reading import Scan, Weight


class DeviceState(enum.Enum):
    """Whether a device can be used."""

    ABSENT = "absent"
    """Not plugged in."""
    OPENING = "opening"
    """Not tried to the end yet, since the process began. A device that is back goes to READY."""
    READY = "ready"
    DEGRADED = "degraded"
    """Open, but it needs a person: `health` says what for."""
    FAULT = "fault"
    """There, but it can't be used; `last_error` says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Device:
    """A device to be kept running."""

    device_id: str
    """Given by IT; the box binds it to a register."""
    driver: Driver
    open_transport: Callable[[], OpenTransport]
    """Raises DeviceUnavailableError."""
    options: Mapping[str, str]
    """All of the driver's, checked."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One scan or weight, with its device and its time."""

    device_id: str
    value: Scan | Weight
    read_at_monotonic_ms: int
    """By the supervisor's clock, when its end was seen."""
    reading_no: int
    """From 1, per device and process."""


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceStatus:
    """A device as it was at one moment."""

    device_id: str
    driver: Driver
    state: DeviceState
    since_monotonic_ms: int
    """When the state began, by the supervisor's clock."""
    health: Health = WELL
    """Of an open device."""
    readings: int = 0
    """Scans and weights delivered since the process began."""
    lost_scans: int = 0
    """Scans thrown away by the driver since the process began: the person had to scan again."""
    last_error: str = ""
    """Why it went away last, for the log of IT; empty if it never did."""
