"""What the supervisor knows of a device: how to open it, its state, its readings."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from typing import Protocol

from hardware.scanner.scan import ScanEvent


class DeviceKind(enum.Enum):
    """What a device is and how it is connected."""

    SERIAL_SCANNER = "serial_scanner"
    """A serial line or USB CDC: recommended, because it is free of keyboard layouts."""
    KEYBOARD_SCANNER = "keyboard_scanner"


class DeviceState(enum.Enum):
    """Whether a device can be used."""

    ABSENT = "absent"
    """Not plugged in."""
    OPENING = "opening"
    """Not tried to the end yet, since the process began. A device that is back goes to READY."""
    READY = "ready"
    FAULT = "fault"
    """There, but it can't be used; `last_error` says why."""


class OpenDevice(Protocol):
    """An opened device. One thread uses it."""

    @property
    def is_half(self) -> bool:
        """Whether a scan is under way."""

    def read(self, timeout_s: float) -> list[ScanEvent]:
        """Wait for scans, at most timeout_s.

        Raises:
            DeviceUnavailableError: the device went away or broke.
        """

    def close(self) -> None:
        """Give the device back."""


@dataclasses.dataclass(frozen=True, slots=True)
class Device:
    """A device to be kept running."""

    device_id: str
    """Given by IT; the box binds it to a register."""
    kind: DeviceKind
    open: Callable[[], OpenDevice]
    """Raises DeviceUnavailableError."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One scan, with its device and its time."""

    device_id: str
    text: str
    symbology: str
    """AIM identifier (`]E0`), empty when the scanner does not send one."""
    read_at_monotonic_ms: int
    """By the supervisor's clock, when the end of the scan was seen."""
    reading_no: int
    """From 1, per device and process."""


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceStatus:
    """A device as it was at one moment."""

    device_id: str
    kind: DeviceKind
    state: DeviceState
    since_monotonic_ms: int
    """When the state began, by the supervisor's clock."""
    readings: int = 0
    """Scans delivered since the process began."""
    lost_scans: int = 0
    """Scans thrown away by the driver since the process began: the person had to scan again."""
    last_error: str = ""
    """Why it went away last, for the log of IT; empty if it never did."""
