"""What is plugged in, out of the kernel's files: names that stay, twins that are told apart."""

from __future__ import annotations

import pathlib

import pytest

from hardware.driver import FoundDevice, Port
from hardware.errors import DeviceAbsentError, DeviceUnavailableError
from hardware.host.drivers import DRIVERS
from hardware.host.registry import Sighting, find_address, find_devices, score

KEYBOARD_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
"""capabilities/key of a USB keyboard, as Linux prints it."""
POWER_BUTTON_KEYS = "10000000000000 0"
EVENT_NODE, SERIAL, USB_PRINTER = Port.EVENT_NODE, Port.SERIAL, Port.USB_PRINTER


class Machine:
    """A /sys with devices plugged into it."""

    def __init__(self, root: pathlib.Path) -> None:
        self.sys = root
        for folder in ("input", "tty", "usbmisc"):
            (root / "class" / folder).mkdir(parents=True)

    def plug(
        self,
        usb_path: str,
        *,
        ids: str = "0c2e:0b61",
        serial_no: str = "",
        product: str = "Scanner",
    ) -> pathlib.Path:
        usb = self.sys / "devices" / "usb1" / usb_path
        usb.mkdir(parents=True)
        vendor, _, product_id = ids.partition(":")
        files = {"idVendor": vendor, "idProduct": product_id, "product": product}
        if serial_no:
            files["serial"] = serial_no
        for name, text in files.items():
            (usb / name).write_text(text + "\n")
        return usb

    def add_node(
        self, usb: pathlib.Path, subsystem: str, node: str, *, interface_no: int = 0
    ) -> pathlib.Path:
        interface = usb / f"{usb.name}:1.{interface_no}"
        interface.mkdir(exist_ok=True)
        (interface / "bInterfaceNumber").write_text(f"{interface_no:02x}\n")
        folder = interface / subsystem / node
        folder.mkdir(parents=True)
        (self.sys / "class" / subsystem / node).symlink_to(folder)
        return folder

    def add_keyboard(
        self, usb: pathlib.Path, node: str, *, keys: str = KEYBOARD_KEYS, interface_no: int = 0
    ) -> None:
        folder = self.add_node(usb, "input", node, interface_no=interface_no)
        (folder / "device" / "capabilities").mkdir(parents=True)
        (folder / "device" / "capabilities" / "key").write_text(keys + "\n")
        (folder / "device" / "name").write_text("Honeywell HID Keyboard Scanner\n")

    def add_line(self, usb: pathlib.Path, node: str, *, interface_no: int = 0) -> None:
        (self.add_node(usb, "tty", node, interface_no=interface_no) / "device").mkdir()

    def add_printer(self, usb: pathlib.Path, node: str, ieee1284: str) -> None:
        folder = self.add_node(usb, "usbmisc", node)
        (folder.parents[1] / "ieee1284_id").write_text(ieee1284 + "\n")

    def names(self) -> list[str]:
        return [sighting.device.identity for sighting in find_devices(self.sys)]


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)


def test_serial_number_names_a_device_wherever_it_is_plugged(machine: Machine) -> None:
    usb = machine.plug("1-2.3", serial_no="SCN-01")
    machine.add_keyboard(usb, "event7")

    (sighting,) = find_devices(machine.sys)

    assert sighting.device == FoundDevice(
        identity="usb:0c2e:0b61:SCN-01",
        port=EVENT_NODE,
        address="/dev/input/event7",
        name="Honeywell HID Keyboard Scanner",
        vendor_id=0x0C2E,
        product_id=0x0B61,
        serial_no="SCN-01",
        usb_path="1-2.3",
    )
    assert sighting.twins == ()


def test_device_without_a_serial_number_is_named_by_its_socket(machine: Machine) -> None:
    machine.add_line(machine.plug("1-4"), "ttyACM0")

    assert machine.names() == ["usb:0c2e:0b61@1-4"]


def test_two_devices_with_one_serial_number_are_told_apart_and_reported(machine: Machine) -> None:
    for path, node in (("1-1", "event1"), ("1-2", "event2")):
        machine.add_keyboard(machine.plug(path, serial_no="000000"), node)

    sightings = find_devices(machine.sys)

    assert [s.device.identity for s in sightings] == ["usb:0c2e:0b61@1-1", "usb:0c2e:0b61@1-2"]
    assert [s.twins for s in sightings] == [("1-2",), ("1-1",)]
    with pytest.raises(DeviceUnavailableError, match=r"@1-1.*@1-2") as raised:
        find_address("usb:0c2e:0b61:000000", frozenset({EVENT_NODE}), sightings)
    assert not isinstance(raised.value, DeviceAbsentError)


def test_every_device_can_be_named_by_its_socket_too(machine: Machine) -> None:
    machine.add_keyboard(machine.plug("1-1", serial_no="SCN-01"), "event3")
    sightings = find_devices(machine.sys)

    by_path = find_address("usb:0c2e:0b61@1-1", frozenset({EVENT_NODE}), sightings)
    by_serial = find_address("usb:0c2e:0b61:SCN-01", frozenset({EVENT_NODE}), sightings)

    assert by_path == by_serial == (EVENT_NODE, "/dev/input/event3")


def test_node_number_does_not_matter(machine: Machine, tmp_path: pathlib.Path) -> None:
    other = Machine(tmp_path / "after-the-replug")
    machine.add_keyboard(machine.plug("1-1", serial_no="SCN-01"), "event0")
    other.add_keyboard(other.plug("1-3", serial_no="SCN-01"), "event9")

    assert machine.names() == other.names()


def test_interfaces_of_one_device_have_names_of_their_own(machine: Machine) -> None:
    usb = machine.plug("1-1", serial_no="SCN-01")
    machine.add_keyboard(usb, "event4", interface_no=1)
    machine.add_keyboard(usb, "event3", interface_no=0)
    machine.add_line(usb, "ttyACM0")

    assert [(s.device.identity, s.device.address) for s in find_devices(machine.sys)] == [
        ("usb:0c2e:0b61:SCN-01", "/dev/input/event3"),
        ("usb:0c2e:0b61:SCN-01", "/dev/ttyACM0"),
        ("usb:0c2e:0b61:SCN-01#1", "/dev/input/event4"),
    ]


def test_what_does_not_type_is_no_scanner(machine: Machine) -> None:
    machine.add_keyboard(machine.plug("1-1"), "event0", keys=POWER_BUTTON_KEYS)

    assert machine.names() == []


def test_lines_without_hardware_are_left_out(machine: Machine) -> None:
    for node in ("tty1", "ttyS0"):
        folder = machine.sys / "devices" / "virtual" / node
        folder.mkdir(parents=True)
        (machine.sys / "class" / "tty" / node).symlink_to(folder)
    (machine.sys / "devices" / "virtual" / "ttyS0" / "device").mkdir()
    (machine.sys / "devices" / "virtual" / "ttyS0" / "type").write_text("0\n")

    assert machine.names() == []


def test_printer_says_which_languages_it_speaks(machine: Machine) -> None:
    usb = machine.plug("1-1", ids="0483:5740", product="XP-420B")
    machine.add_printer(usb, "lp0", "MFG:Xprinter;MDL:XP-420B;CMD:TSPL,ESC/POS;CLS:PRINTER;")

    (sighting,) = find_devices(machine.sys)
    kinds = [driver.kind for _score, driver in score(tuple(DRIVERS.values()), sighting.device)]

    assert sighting.device.command_set == "TSPL,ESC/POS"
    assert {"tspl", "escpos"} <= set(kinds)
    assert "zpl" not in kinds


def test_scanner_is_known_by_what_it_calls_itself(machine: Machine) -> None:
    machine.add_keyboard(machine.plug("1-1"), "event0")
    device = find_devices(machine.sys)[0].device

    best_score, best = score(tuple(DRIVERS.values()), device)[0]

    assert (best.kind, best_score > 0) == ("keyboard_scanner", True)


def test_missing_device_is_absent(machine: Machine) -> None:
    sightings: tuple[Sighting, ...] = find_devices(machine.sys)

    with pytest.raises(DeviceAbsentError):
        find_address("usb:0c2e:0b61:SCN-01", frozenset({EVENT_NODE}), sightings)


def test_device_on_a_port_that_the_driver_can_not_use_is_absent(machine: Machine) -> None:
    machine.add_line(machine.plug("1-1", serial_no="SCN-01"), "ttyACM0")

    with pytest.raises(DeviceAbsentError):
        find_address("usb:0c2e:0b61:SCN-01", frozenset({EVENT_NODE}), find_devices(machine.sys))


def test_printer_driver_waits_for_the_printers_own_node(machine: Machine) -> None:
    usb = machine.plug("1-1", serial_no="SCN-01")
    machine.add_line(usb, "ttyACM0", interface_no=1)
    interface = usb / "1-1:1.0"
    interface.mkdir()
    (interface / "bInterfaceClass").write_text("07\n")
    ports = DRIVERS["tspl"].ports
    assert SERIAL in ports

    with pytest.raises(DeviceAbsentError):
        find_address("usb:0c2e:0b61:SCN-01", ports, find_devices(machine.sys))

    machine.add_printer(usb, "lp0", "CMD:TSPL;")
    found = find_address("usb:0c2e:0b61:SCN-01", ports, find_devices(machine.sys))
    assert found == (USB_PRINTER, "/dev/usb/lp0")
    scale = find_address("usb:0c2e:0b61:SCN-01", frozenset({SERIAL}), find_devices(machine.sys))
    assert scale == (SERIAL, "/dev/ttyACM0")


def test_printer_with_a_serial_line_only_is_found_there(machine: Machine) -> None:
    machine.add_line(machine.plug("1-1", serial_no="SCN-01"), "ttyACM0")

    found = find_address("usb:0c2e:0b61:SCN-01", DRIVERS["tspl"].ports, find_devices(machine.sys))

    assert found == (SERIAL, "/dev/ttyACM0")


def test_machine_without_the_files_has_nothing(tmp_path: pathlib.Path) -> None:
    assert find_devices(tmp_path / "nowhere") == ()
