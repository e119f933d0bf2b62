"""The process `edge-agent devices`: supervised devices on one side, the link on the other."""

from __future__ import annotations

import dataclasses
import pathlib
import threading
from collections.abc import Callable, Collection

from edge_agent.devices.errors import DeviceIdError, DeviceSuffixError, TooManyDevicesError
from edge_agent.devices.link_client import LinkClient
from edge_agent.devices.link_messages import DEVICE_ID_CHARACTERS_MAX
from hardware.clock import Clock, monotonic_ms
from hardware.host.device import Device, DeviceKind, OpenDevice
from hardware.host.serial_reader import open_serial_scanner
from hardware.host.supervisor import DEVICES_MAX, Supervisor
from hardware.scanner.evdev_reader import open_keyboard_scanner
from hardware.scanner.keyboard_wedge import SUFFIX_USAGES
from hardware.scanner.scan import Suffix
from hardware.scanner.serial_line import SUFFIX_BYTES

CRASH_POLL_S = 0.2
"""How soon the process sees its stop or a dead thread."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Driver:
    """How to run one kind of device."""

    suffixes: Collection[Suffix]
    open: Callable[[str, Suffix, Clock], OpenDevice]


DRIVERS = {
    DeviceKind.SERIAL_SCANNER: _Driver(SUFFIX_BYTES, open_serial_scanner),
    DeviceKind.KEYBOARD_SCANNER: _Driver(SUFFIX_USAGES, open_keyboard_scanner),
}
assert set(DRIVERS) == set(DeviceKind)


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device, as IT set it up.

    Raises:
        DeviceSuffixError: a suffix that the kind can't have.
        DeviceIdError: a name that is empty or too long.
    """

    device_id: str
    """The box binds it to a register."""
    kind: DeviceKind
    address: str
    """A path that survives a new plug: /dev/serial/by-id/..., /dev/input/by-id/...-event-kbd."""
    suffix: Suffix
    """How the scanner ends a scan: cr, lf, crlf, tab (serial), enter, tab (keyboard), none."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.device_id) <= DEVICE_ID_CHARACTERS_MAX:
            raise DeviceIdError(device_id=self.device_id, limit=DEVICE_ID_CHARACTERS_MAX)
        suffixes = DRIVERS[self.kind].suffixes
        if self.suffix not in suffixes:
            raise DeviceSuffixError(
                device_id=self.device_id,
                kind=self.kind.value,
                choices=", ".join(suffix.value for suffix in suffixes),
                suffix=self.suffix.value,
            )


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceProcessConfig:
    """What a device process drives, and where its box listens.

    Raises:
        DeviceIdError: two devices have one name.
        TooManyDevicesError: more than DEVICES_MAX.
    """

    devices: tuple[DeviceConfig, ...]
    socket_path: pathlib.Path
    """Of the box's LinkServer. It need not be there when the process starts."""

    def __post_init__(self) -> None:
        if len(self.devices) > DEVICES_MAX:
            raise TooManyDevicesError(count=len(self.devices), limit=DEVICES_MAX)
        seen: set[str] = set()
        for device in self.devices:
            if device.device_id in seen:
                raise DeviceIdError(device_id=device.device_id, limit=DEVICE_ID_CHARACTERS_MAX)
            seen.add(device.device_id)


def run_device_process(
    config: DeviceProcessConfig, stop: threading.Event, clock: Clock = monotonic_ms
) -> None:
    """Drive the devices until the stop.

    Raises:
        RuntimeError: a bug ended a thread; its trace is on stderr. The process has to exit, so
            that it is started anew.
    """
    link = LinkClient(config.socket_path, clock=clock)
    supervisor = Supervisor(
        [_make_device(device, clock) for device in config.devices],
        link.offer,
        clock=clock,
        on_change=link.note_change,
    )
    link.start(supervisor.read_statuses)
    supervisor.start()
    try:
        while not stop.wait(CRASH_POLL_S):
            if supervisor.has_crashed or link.has_crashed:
                raise RuntimeError("a thread of the device process ended by a bug")
    finally:
        supervisor.stop()
        link.stop()


def _make_device(device: DeviceConfig, clock: Clock) -> Device:
    driver = DRIVERS[device.kind]
    return Device(
        device.device_id,
        device.kind,
        lambda: driver.open(device.address, device.suffix, clock),
    )
