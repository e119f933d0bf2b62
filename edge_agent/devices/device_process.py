"""The process `edge-agent devices`: supervised devices on one side, the link on the other."""

from __future__ import annotations

import threading

from edge_agent.devices.device_setup import DeviceProcessConfig
from edge_agent.devices.durable_spool import DurableSpool
from edge_agent.devices.link_client import LinkClient, Outputs
from edge_agent.devices.page_encoder import PageEncoder
from edge_agent.devices.plugged import list_plugged
from hardware.clock import Clock, monotonic_ms
from hardware.driver import Role
from hardware.host.hotplug import HotplugListener
from hardware.host.supervisor import Supervisor

CRASH_POLL_S = 0.2
"""How soon the process sees its stop or a dead thread."""
OUTPUT_ROLES = frozenset(
    {Role.PRINTER, Role.LABEL_PRINTER, Role.DISPLAY, Role.LABEL_SCALE, Role.SCALE}
)
"""Their devices get jobs."""


def run_device_process(
    config: DeviceProcessConfig, stop: threading.Event, clock: Clock = monotonic_ms
) -> None:
    """Drive the devices until the stop.

    Raises:
        RuntimeError: a bug ended a thread; its trace is on stderr. The process has to exit, so
            that it is started anew.
    """
    devices = [device.make_device() for device in config.devices]
    outputs = {
        d.device_id: (d.driver.kind, d.options) for d in devices if d.driver.role in OUTPUT_ROLES
    }
    spool = DurableSpool(
        config.spool_path, clock=clock, boot_id=config.boot_id, encode=PageEncoder(outputs).encode
    )
    link = LinkClient(config.place, clock=clock, outputs=Outputs(spool, tuple(outputs)))
    supervisor = Supervisor(
        devices,
        link.offer,
        spool,
        clock=clock,
        on_change=link.note_change,
    )
    hotplug = HotplugListener(supervisor.note_plugged)
    addresses = {device.device_id: device.address for device in config.devices}
    link.start(supervisor.read_statuses, lambda: list_plugged(addresses))
    supervisor.start()
    hotplug.start()
    try:
        while not stop.wait(CRASH_POLL_S):
            if supervisor.has_crashed or link.has_crashed:
                raise RuntimeError("a thread of the device process ended by a bug")
    finally:
        hotplug.stop()
        supervisor.stop()
        link.stop()
        spool.close()
