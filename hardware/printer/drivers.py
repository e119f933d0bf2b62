"""The table of printer drivers, and what turns a page into bytes for one of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from hardware.drawer.kick import DRAWER_PINS
from hardware.driver import Driver, FoundDevice, OpenDevice, Opening, Port, Role
from hardware.printer.escpos import CUT, ESCPOS
from hardware.printer.language import Language
from hardware.printer.output import OutputDevice
from hardware.printer.page import UM, Page, Roll
from hardware.printer.render import DOTS_PER_MM, render
from hardware.printer.tspl import TSPL
from hardware.printer.zpl import ZPL

PORTS = frozenset({Port.SERIAL, Port.USB_PRINTER, Port.TCP})
STATUS_OPTION = ("yes", "no")
"""no: a printer that answers nothing; its jobs end as SENT, never as CONFIRMED."""
PAPER_WIDTH_UM = {"80": 72 * UM, "58": 48 * UM}
"""Width of the paper in mm, and the part of it that the head reaches."""
LABEL_OPTIONS = {
    "dots_per_mm": tuple(map(str, DOTS_PER_MM)),
    "status": STATUS_OPTION,
}

LANGUAGES: Mapping[str, Language] = {"escpos": ESCPOS, "zpl": ZPL, "tspl": TSPL}
"""By kind of driver."""


def _driver(kind: str, role: Role, options: Mapping[str, tuple[str, ...]], marks: str) -> Driver:
    def match(found: FoundDevice) -> int:
        if found.port is not Port.USB_PRINTER:
            return 0  # A port that nobody asked tells nothing.
        command_set = found.command_set.upper()
        return 90 if any(mark in command_set for mark in marks.split(",")) else 0

    def open_device(opening: Opening) -> OpenDevice:
        return OutputDevice(opening, LANGUAGES[kind])

    is_receipt = role is Role.PRINTER
    capabilities = {"raster", "status"} | ({"cut", "drawer"} if is_receipt else set())
    return Driver(
        kind=kind,
        role=role,
        ports=PORTS,
        match=match,
        open=open_device,
        options=options,
        capabilities=frozenset(capabilities),
    )


PRINTER_DRIVERS: tuple[Driver, ...] = (
    _driver(
        "escpos",
        Role.PRINTER,
        {
            "paper_mm": tuple(PAPER_WIDTH_UM),
            "cut": tuple(CUT),
            "drawer_pin": DRAWER_PINS,
            "status": STATUS_OPTION,
        },
        "ESC/POS,ESCPOS",
    ),
    _driver("zpl", Role.LABEL_PRINTER, LABEL_OPTIONS, "ZPL"),
    _driver("tspl", Role.LABEL_PRINTER, LABEL_OPTIONS | {"gap_mm": ("2", "3", "0")}, "TSPL"),
)
assert {driver.kind for driver in PRINTER_DRIVERS} == set(LANGUAGES)


def encode_page(kind: str, options: Mapping[str, str], page: Page) -> bytes:
    """The bytes of a page for a printer.

    Args:
        kind: of its driver.
        options: of its driver, all of them.
        page: a roll is laid out anew for the width of the printer's paper.

    Raises:
        PageError: the page can't be drawn.
    """
    paper_um = PAPER_WIDTH_UM.get(options.get("paper_mm", ""))
    if isinstance(page, Roll) and paper_um is not None:
        page = dataclasses.replace(page, width_um=paper_um)
    bitmap = render(page, int(options.get("dots_per_mm", "8")))
    return LANGUAGES[kind].encode(bitmap, options)


def encode_kick(kind: str, options: Mapping[str, str]) -> bytes:
    """The bytes that open the drawer at a printer; empty when it has no drawer."""
    kick = LANGUAGES[kind].kick
    return b"" if kick is None else kick(options)
