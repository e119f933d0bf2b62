"""Which transport a device hangs on, by its address and its driver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from hardware.driver import Driver, Port, Transport
from hardware.errors import DeviceUnavailableError
from hardware.host.capture import open_replay
from hardware.host.openers import open_event_node, open_serial, open_tcp, open_usb_printer
from hardware.host.registry import NAMED, find_address, find_devices


class OpenTransport(Transport, Protocol):
    """A transport that the host has to close."""

    def close(self) -> None:
        """Give the device back."""


OPENERS: dict[Port, Callable[[str, str], OpenTransport]] = {
    Port.EVENT_NODE: open_event_node,
    Port.SERIAL: open_serial,
    Port.USB_PRINTER: open_usb_printer,
    Port.TCP: open_tcp,
    Port.REPLAY: open_replay,
}
"""Each takes an address and a serial setting."""
assert set(OPENERS) == set(Port)

PORT_OF_PREFIX = (
    ("replay:", Port.REPLAY),
    ("tcp://", Port.TCP),
    ("/dev/input/", Port.EVENT_NODE),
    ("/dev/usb/lp", Port.USB_PRINTER),
)
"""Any other address is a serial line."""


def find_port(address: str) -> Port:
    """Tell how a device is connected by how its address is written."""
    for prefix, port in PORT_OF_PREFIX:
        if address.startswith(prefix):
            return port
    return Port.SERIAL


def open_transport(driver: Driver, address: str, line: str) -> OpenTransport:
    """Open a device for a driver.

    Args:
        driver: has to be able to hang on such a port.
        address: see Port; or a name of the registry, which is looked for now.
        line: serial settings, such as `9600 8N1`; other ports have none.

    Raises:
        DeviceAbsentError: nothing is there.
        DeviceUnavailableError: it can't be opened, or not with this driver.
    """
    if address.startswith(NAMED):
        port, address = find_address(address, driver.ports, find_devices())
    else:
        port = find_port(address)
    if port is not Port.REPLAY and port not in driver.ports:
        raise DeviceUnavailableError(
            f"{address} is a {port.value}; the driver {driver.kind} needs "
            + " or ".join(sorted(port.value for port in driver.ports))
        )
    return OPENERS[port](address, line)
