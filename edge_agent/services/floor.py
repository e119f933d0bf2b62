"""What the shop floor's devices show the box, as its use cases know it. No bytes, no wire."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from hardware.driver import Role
from hardware.host.device import DeviceState
from hardware.reading import Weight
from protos.liushui.v1 import device_link_pb2 as wire
from protos.liushui.v1 import sync_pb2

TOLD_DEVICES_MAX = 32
"""In a hello, beside the close of a day: the hub takes 16 kB."""
ROLE_TO_WIRE = {
    Role.SCANNER: wire.DEVICE_ROLE_SCANNER,
    Role.SCALE: wire.DEVICE_ROLE_SCALE,
    Role.PRINTER: wire.DEVICE_ROLE_PRINTER,
    Role.LABEL_PRINTER: wire.DEVICE_ROLE_LABEL_PRINTER,
    Role.DISPLAY: wire.DEVICE_ROLE_DISPLAY,
    Role.LABEL_SCALE: wire.DEVICE_ROLE_LABEL_SCALE,
}
STATE_TO_WIRE = {
    DeviceState.ABSENT: wire.DEVICE_STATE_ABSENT,
    DeviceState.OPENING: wire.DEVICE_STATE_OPENING,
    DeviceState.READY: wire.DEVICE_STATE_READY,
    DeviceState.FAULT: wire.DEVICE_STATE_FAULT,
    DeviceState.DEGRADED: wire.DEVICE_STATE_DEGRADED,
}
assert set(ROLE_TO_WIRE) == set(Role)
assert set(STATE_TO_WIRE) == set(DeviceState)


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
    since_ms: int = 0
    """When the state began, by the box's wall clock."""
    capabilities: tuple[str, ...] = ()
    """What it can besides, such as `tare`."""


@dataclasses.dataclass(frozen=True, slots=True)
class PluggedDevice:
    """Something that hangs on a machine of the store, set up or not."""

    address: str
    """Its name for the settings."""
    name: str
    """What it calls itself."""
    likely: tuple[str, ...]
    """Kinds of drivers that may fit, the likeliest first."""
    device_id: str
    """The device that is set up at it; empty: none is."""


@dataclasses.dataclass(frozen=True, slots=True)
class WeightSeen:
    """What a scale shows."""

    device_id: str
    weight: Weight
    read_at_ms: int
    """By the box's monotonic clock."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlacedDevice:
    """A device and where it stands."""

    seen: DeviceSeen
    register_no: str
    """Empty when it is bound to none."""


class DeviceBoard:
    """What headquarters is told of the store's devices. Set and read as a whole, by any thread."""

    def __init__(self) -> None:
        self._told = sync_pb2.StoreDevices()

    def show(self, devices: Iterable[PlacedDevice]) -> None:
        """Put the devices as they are now."""
        is_well = {True: 1, False: 0}
        ordered = sorted(
            devices,
            key=lambda placed: (
                is_well[placed.seen.state == DeviceState.READY.value],
                placed.seen.device_id,
            ),
        )
        self._told = sync_pb2.StoreDevices(
            devices=[_write_device(placed) for placed in ordered[:TOLD_DEVICES_MAX]]
        )

    def read(self) -> sync_pb2.StoreDevices:
        """The devices as they were last shown."""
        return self._told


def _write_device(placed: PlacedDevice) -> sync_pb2.StoreDevice:
    seen = placed.seen
    return sync_pb2.StoreDevice(
        device_id=seen.device_id,
        driver=seen.driver,
        role=ROLE_TO_WIRE[seen.role],
        state=STATE_TO_WIRE[DeviceState(seen.state)],
        health_code=seen.health_code,
        register_no=placed.register_no,
        since_ms=seen.since_ms,
    )
