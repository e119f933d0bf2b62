"""What the shop floor's devices show the box, as its use cases know it. No bytes, no wire."""

from __future__ import annotations

import dataclasses

from hardware.driver import Role
from hardware.reading import Weight


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceSeen:
    """What a device process last said of a device."""

    device_id: str
    driver: str
    """Its kind, such as `toledo8217`."""
    role: Role
    state: str
    lost: int = 0
    """Scans that did not become a line since the device process started: scan them again."""
    health_code: str = ""
    """What it needs of a person, such as `paper_out`; empty while all is well."""
    text: str = ""
    """Why it is not well, English, for IT."""


@dataclasses.dataclass(frozen=True, slots=True)
class WeightSeen:
    """What a scale shows."""

    device_id: str
    weight: Weight
    read_at_ms: int
    """By the box's monotonic clock."""
