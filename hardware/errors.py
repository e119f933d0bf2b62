"""What can go wrong with a device. The box program decides what the cashier sees."""

from __future__ import annotations

import errno

GONE = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO})


class DeviceError(Exception):
    """Base of every device error. The text is for the log of IT."""


class DeviceUnavailableError(DeviceError):
    """The device is there but can't be used: no permission, taken by another process, broken."""


class DeviceAbsentError(DeviceUnavailableError):
    """The device is not there, or it went away."""


def explain_os_error(address: str, error: OSError) -> DeviceUnavailableError:
    """Tell a device that is not there from one that can't be used."""
    kind = DeviceAbsentError if error.errno in GONE else DeviceUnavailableError
    return kind(f"{address} can't be opened: {error}")
