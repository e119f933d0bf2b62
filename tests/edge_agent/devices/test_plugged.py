"""What hangs on a machine, as IT reads it: what nobody set up comes first, under its own name."""

from __future__ import annotations

import pathlib

from edge_agent.devices.plugged import list_plugged
from tests.hardware.test_registry import Machine


def test_scanner_that_nobody_set_up_comes_first_with_the_drivers_that_may_fit(
    tmp_path: pathlib.Path,
) -> None:
    machine = Machine(tmp_path)
    known = machine.plug("1-1", serial_no="SCN-01")
    machine.add_keyboard(known, "event0")
    machine.add_keyboard(machine.plug("1-2", serial_no="SCN-02"), "event1")
    addresses = {"scanner-1": "usb:0c2e:0b61:SCN-01"}

    new, old = list_plugged(addresses, tmp_path)

    assert (new.address, new.device_id) == ("usb:0c2e:0b61:SCN-02", "")
    assert new.likely[0] == "keyboard_scanner"
    assert (old.address, old.device_id) == ("usb:0c2e:0b61:SCN-01", "scanner-1")


def test_twins_are_named_by_their_sockets(tmp_path: pathlib.Path) -> None:
    machine = Machine(tmp_path)
    for path, node in (("1-1", "event0"), ("1-2", "event1")):
        machine.add_keyboard(machine.plug(path, serial_no="SAME"), node)

    plugged = list_plugged({"scanner-1": "usb:0c2e:0b61@1-2"}, tmp_path)

    assert [(one.address, one.device_id) for one in plugged] == [
        ("usb:0c2e:0b61@1-1", ""),
        ("usb:0c2e:0b61@1-2", "scanner-1"),
    ]
