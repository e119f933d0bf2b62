"""What is plugged in, by the kernel's own files: each device under a name that stays the same.

A name is `usb:VENDOR:PRODUCT:SERIAL`; without a serial number, or when two devices share one,
`usb:VENDOR:PRODUCT@PATH`, where PATH is the socket it is plugged into (`1-2.3`: bus, ports). Every
device can be named by its path, too. A second event node or line of one device has `#INTERFACE`.
Source: Documentation/ABI/testing/sysfs-bus-usb of Linux.
"""

from __future__ import annotations

import collections
import dataclasses
import pathlib
from collections.abc import Iterator, Sequence

from hardware.driver import Driver, FoundDevice, Port
from hardware.errors import DeviceAbsentError, DeviceUnavailableError

SYS = pathlib.Path("/sys")
FOUND_MAX = 256
"""Ports and keys of one machine; a store's has ten."""
NAMED = ("usb:", "input:", "tty:")
"""Addresses that begin so are names of this registry."""
KEY_ENTER, KEY_1 = 28, 2
"""linux/input-event-codes.h: what types, and is no power button, has both."""
KEYS_A_WORD = 64
PRINTER_CLASS = "07"
"""bInterfaceClass of a printer (USB.org, defined class codes)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sighting:
    """A found device, and what is odd about it."""

    device: FoundDevice
    path_identity: str
    """Its name by the socket it is plugged into."""
    twins: tuple[str, ...] = ()
    """USB paths of other devices with its serial number: IT has to tell them apart by path."""
    has_printer: bool = False
    """The USB device has a printer's interface, whether or not its node is there yet."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Node:
    """One node of the kernel, before it has a name."""

    port: Port
    address: str
    name: str
    folder: pathlib.Path
    usb: pathlib.Path | None
    interface_no: int = 0
    command_set: str = ""

    def read_usb(self, file: str) -> str:
        return "" if self.usb is None else _read(self.usb / file)


def find_devices(sys: pathlib.Path = SYS) -> tuple[Sighting, ...]:
    """List what is plugged in, at most FOUND_MAX, in the order of their names."""
    nodes = list(_iterate_nodes(sys))[:FOUND_MAX]
    paths_of_serial = collections.defaultdict(set)
    for node in nodes:
        if node.usb is not None:
            paths_of_serial[_serial_identity(node)].add(node.usb.name)
    by_path = collections.defaultdict(list)
    for node in sorted(nodes, key=lambda node: (node.interface_no, node.address)):
        by_path[_path_identity(node), node.port].append(node)
    sightings = []
    for (path_identity, _port), same in by_path.items():
        for place, node in enumerate(same):
            suffix = f"#{node.interface_no}" if place else ""
            twins = sorted(paths_of_serial.get(_serial_identity(node), ()))
            is_alone = len(twins) <= 1
            identity = _serial_identity(node) if is_alone else path_identity
            device = _make_device(node, (identity or path_identity) + suffix)
            others = () if is_alone else tuple(p for p in twins if p != device.usb_path)
            path_name = path_identity + suffix
            sightings.append(Sighting(device, path_name, others, _has_printer(node)))
    return tuple(sorted(sightings, key=lambda s: (s.device.identity, s.device.port.value)))


def find_address(
    identity: str, ports: frozenset[Port], sightings: Sequence[Sighting]
) -> tuple[Port, str]:
    """Tell where a named device is now.

    Args:
        identity: as `find_devices` names it, or by its path.
        ports: what the driver can hang on.
        sightings: what is plugged in.

    Raises:
        DeviceAbsentError: it is not plugged in. A printer driver waits for the printer's own node:
            the line of the same USB device, which may be there sooner, is something else's.
        DeviceUnavailableError: two devices have this name.
    """
    is_for_printers = Port.USB_PRINTER in ports
    fitting = [
        s
        for s in sightings
        if s.device.port in ports
        and not (is_for_printers and s.has_printer and s.device.port is Port.SERIAL)
    ]
    for sighting in fitting:
        if identity in (sighting.device.identity, sighting.path_identity):
            return sighting.device.port, sighting.device.address
    twins = [s for s in fitting if s.twins and _serial_name(s.device) == identity]
    if twins:
        names = ", ".join(twin.path_identity for twin in twins)
        raise DeviceUnavailableError(
            f"several devices are {identity}; name it by its path: {names}"
        )
    raise DeviceAbsentError(f"{identity} is not plugged in")


def score(drivers: Sequence[Driver], device: FoundDevice) -> list[tuple[int, Driver]]:
    """Drivers that may fit a device, the likeliest first; those that surely don't are left out."""
    scored = [(driver.match(device), driver) for driver in drivers if device.port in driver.ports]
    fitting = [(points, driver) for points, driver in scored if points > 0]
    return sorted(fitting, key=lambda pair: -pair[0])


def _iterate_nodes(sys: pathlib.Path) -> Iterator[_Node]:
    for entry in sorted((sys / "class" / "input").glob("event*")):
        folder = entry.resolve()
        if _types(folder / "device" / "capabilities" / "key"):
            name = _read(folder / "device" / "name")
            yield _make_node(Port.EVENT_NODE, f"/dev/input/{entry.name}", name, folder)
    for entry in sorted((sys / "class" / "tty").glob("tty*")):
        folder = entry.resolve()
        # A line without hardware has no `device`, and a UART that is not there has the type 0.
        if (folder / "device").exists() and _read(folder / "type") != "0":
            yield _make_node(Port.SERIAL, f"/dev/{entry.name}", "", folder)
    for entry in sorted((sys / "class" / "usbmisc").glob("lp*")):
        yield _make_node(Port.USB_PRINTER, f"/dev/usb/{entry.name}", "", entry.resolve())


def _make_node(port: Port, address: str, name: str, folder: pathlib.Path) -> _Node:
    parents = (folder, *folder.parents)
    usb = next((parent for parent in parents if (parent / "idVendor").exists()), None)
    interface = next((p for p in parents if (p / "bInterfaceNumber").exists()), None)
    number = "" if interface is None else _read(interface / "bInterfaceNumber")
    ids = "" if interface is None else _read(interface / "ieee1284_id")
    fields = dict(field.partition(":")[::2] for field in ids.split(";"))
    if not name and usb is not None:
        name = f"{_read(usb / 'manufacturer')} {_read(usb / 'product')}".strip()
    command_set = fields.get("CMD") or fields.get("COMMAND SET", "")
    return _Node(port, address, name, folder, usb, int(number or "0", 16), command_set)


def _make_device(node: _Node, identity: str) -> FoundDevice:
    return FoundDevice(
        identity=identity,
        port=node.port,
        address=node.address,
        name=node.name,
        vendor_id=int(node.read_usb("idVendor") or "0", 16),
        product_id=int(node.read_usb("idProduct") or "0", 16),
        serial_no=node.read_usb("serial"),
        usb_path="" if node.usb is None else node.usb.name,
        command_set=node.command_set,
    )


def _has_printer(node: _Node) -> bool:
    if node.usb is None:
        return False
    return any(_read(file) == PRINTER_CLASS for file in node.usb.glob("*:*/bInterfaceClass"))


def _path_identity(node: _Node) -> str:
    if node.usb is None:
        kind = "input" if node.port is Port.EVENT_NODE else "tty"
        return f"{kind}:{node.name or pathlib.PurePath(node.address).name}"
    return f"usb:{node.read_usb('idVendor')}:{node.read_usb('idProduct')}@{node.usb.name}"


def _serial_identity(node: _Node) -> str:
    """Empty without a serial number."""
    serial_no = node.read_usb("serial")
    if not serial_no:
        return ""
    return f"usb:{node.read_usb('idVendor')}:{node.read_usb('idProduct')}:{serial_no}"


def _serial_name(device: FoundDevice) -> str:
    return f"usb:{device.vendor_id:04x}:{device.product_id:04x}:{device.serial_no}"


def _types(key_file: pathlib.Path) -> bool:
    """Whether a node's keys are a keyboard's. The file has hexadecimal words, the highest first."""
    words = [int(word, 16) for word in _read(key_file).split()][::-1]
    return all(
        len(words) > key // KEYS_A_WORD and words[key // KEYS_A_WORD] >> key % KEYS_A_WORD & 1
        for key in (KEY_ENTER, KEY_1)
    )


def _read(path: pathlib.Path) -> str:
    """A file of the kernel, without its line end; empty when it is not there (any more)."""
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""
