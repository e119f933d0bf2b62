"""What is plugged into this machine, set up or not, as IT reads it on the page of devices."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Mapping

from edge_agent.devices.link_messages import LIKELY_MAX, PLUGGED_MAX, WORD_CHARACTERS_MAX, clip
from edge_agent.services.floor import PluggedDevice
from hardware.host.drivers import DRIVERS
from hardware.host.registry import SYS, Sighting, find_devices, score


def list_plugged(
    addresses: Mapping[str, str], sys: pathlib.Path = SYS
) -> tuple[PluggedDevice, ...]:
    """List it, at most PLUGGED_MAX, in the order of names; what nobody set up yet comes first.

    Args:
        addresses: of the devices that are set up, by their names.
        sys: of the kernel.
    """
    names = {_place(address): device_id for device_id, address in addresses.items()}
    plugged = [_describe(sighting, names) for sighting in find_devices(sys)]
    return tuple(sorted(plugged, key=lambda one: bool(one.device_id))[:PLUGGED_MAX])


def _describe(sighting: Sighting, names: Mapping[str, str]) -> PluggedDevice:
    device = sighting.device
    places = (device.identity, sighting.path_identity, device.address)
    likely = [driver.kind for _points, driver in score(tuple(DRIVERS.values()), device)]
    return PluggedDevice(
        address=clip(sighting.path_identity if sighting.twins else device.identity),
        name=clip(device.name),
        likely=tuple(kind for kind in likely if len(kind) <= WORD_CHARACTERS_MAX)[:LIKELY_MAX],
        device_id=next((names[place] for place in places if place in names), ""),
    )


def _place(address: str) -> str:
    """The node that a path leads to; names of the registry stay as they are."""
    return os.path.realpath(address) if address.startswith("/") else address
