"""USB devices that this very kernel makes and plugs into itself: dummy_hcd and configfs.

Source: Documentation/usb/gadget_configfs.rst and Documentation/usb/gadget_hid.rst of Linux.
"""

from __future__ import annotations

import os
import pathlib
import time

GADGETS = pathlib.Path("/sys/kernel/config/usb_gadget")
KEYBOARD_REPORT = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810395057501"
    "050819012905910295017503910395067508150025650507190029658100c0"
)
"""HID report descriptor of a boot keyboard (HID 1.11, appendix B.1)."""
NODE_TIMEOUT_S = 10.0
SHIFT, CONTROL = 2, 1
"""Bits of the first byte of a report."""
USAGES = {character: 0x04 + place for place, character in enumerate("abcdefghijklmnopqrstuvwxyz")}
USAGES |= {character: 0x1E + place for place, character in enumerate("1234567890")}
RIGHT_BRACKET, ENTER = 0x30, 0x28


class Gadget:
    """One USB device, plugged in and pulled at will."""

    def __init__(
        self, name: str, *, serial_no: str, udc: str, functions: dict[str, dict[str, object]]
    ) -> None:
        """Describe it; it is not plugged in yet."""
        self._folder = GADGETS / name
        self._udc = udc
        self._folder.mkdir()
        self._write("idVendor", "0x0c2e")
        self._write("idProduct", "0x0b61")
        strings = self._folder / "strings" / "0x409"
        strings.mkdir(parents=True)
        for file, text in {
            "serialnumber": serial_no,
            "manufacturer": "Honeywell",
            "product": "HID Keyboard Scanner",
        }.items():
            (strings / file).write_text(text)
        config = self._folder / "configs" / "c.1"
        config.mkdir()
        for function, attributes in functions.items():
            folder = self._folder / "functions" / function
            folder.mkdir()
            for file, value in attributes.items():
                data = value if isinstance(value, bytes) else str(value).encode()
                (folder / file).write_bytes(data)
            (config / function).symlink_to(folder)

    def plug(self) -> None:
        """Put it into its socket."""
        self._write("UDC", self._udc)

    def unplug(self) -> None:
        """Pull it."""
        self._write("UDC", "\n")

    def _write(self, file: str, text: str) -> None:
        (self._folder / file).write_text(text)


def keyboard_function(place: int) -> dict[str, dict[str, object]]:
    """A keyboard scanner's HID function; its other end is /dev/hidg0, /dev/hidg1, ..."""
    report = {"protocol": 1, "subclass": 1, "report_length": 8, "report_desc": KEYBOARD_REPORT}
    return {f"hid.usb{place}": dict(report)}


def open_node(path: str) -> int:
    """Open the gadget's end of something, as soon as it is there."""
    give_up_at = time.monotonic() + NODE_TIMEOUT_S
    while True:
        try:
            return os.open(path, os.O_RDWR | os.O_NOCTTY)
        except OSError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.02)


def type_keys(hidg: int, text: str, *, has_enter: bool = True) -> None:
    """Type as a scanner does: digits, letters and `]`; `^` is GS, typed as Ctrl+]."""
    for character in text:
        if character == "^":
            _press(hidg, CONTROL, RIGHT_BRACKET)
        elif character == "]":
            _press(hidg, 0, RIGHT_BRACKET)
        else:
            modifier = SHIFT if character.isupper() else 0
            _press(hidg, modifier, USAGES[character.lower()])
    if has_enter:
        _press(hidg, 0, ENTER)


def _press(hidg: int, modifier: int, usage: int) -> None:
    os.write(hidg, bytes([modifier, 0, usage, 0, 0, 0, 0, 0]))
    os.write(hidg, bytes(8))
