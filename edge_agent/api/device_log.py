"""What devices read lately, and what came of it: for whoever asks why a scan did nothing."""

from __future__ import annotations

import collections
import dataclasses
import datetime

READINGS_KEPT = 200
"""Some minutes of a busy store; kept in memory alone, since codes can name customers."""


@dataclasses.dataclass(frozen=True, slots=True)
class ScanNote:
    """One scan."""

    read_at: datetime.datetime
    device_id: str
    register_no: str
    """Empty: the device is bound to none."""
    text: str
    symbology: str
    """AIM identifier; empty when the scanner sends none."""
    refusal_code: str
    """Empty: it did what it should."""


class DeviceLog:
    """The last readings of the store's devices. One thread."""

    def __init__(self) -> None:
        self._scans: collections.deque[ScanNote] = collections.deque(maxlen=READINGS_KEPT)

    def note(self, scan: ScanNote) -> None:
        """Keep one; the oldest goes."""
        self._scans.append(scan)

    def read(self) -> list[ScanNote]:
        """The newest first."""
        return list(reversed(self._scans))
