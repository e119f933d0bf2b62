"""Draws pages for the printers of this process, when their turn comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edge_agent.services.print_pages import DrawerKick, PageFormatError, Shown, decode_page
from hardware.display.drivers import DISPLAY_DRIVERS
from hardware.display.pole import show_amount, show_cd5220, show_epson
from hardware.printer import drivers
from hardware.printer.errors import PageError
from hardware.scale.drivers import SCALE_DRIVERS
from hardware.scale.protocol import ScaleCommand

DISPLAYS: dict[str, Callable[[Shown, Mapping[str, str]], bytes]] = {
    "led_pole": lambda page, options: show_amount(page.amount_fen, page.lamp, options),
    "cd5220": lambda page, _options: show_cd5220(page.text),
    "epson_display": lambda page, _options: show_epson(page.text),
}
"""By kind of driver."""
SCALES = frozenset(driver.kind for driver in SCALE_DRIVERS)
assert set(DISPLAYS) == {driver.kind for driver in DISPLAY_DRIVERS}


class PageEncoder:
    """Knows the driver and the options of each output device."""

    def __init__(self, outputs: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
        self._outputs = outputs

    def encode(self, device_id: str, data: bytes) -> bytes:
        """A page in the device's language.

        Args:
            device_id: one of this process.
            data: a page, as the link carries it.

        Raises:
            PageError: it can't be drawn, or not by this device.
        """
        kind, options = self._outputs[device_id]
        try:
            page = decode_page(data)
        except PageFormatError as error:
            raise PageError("page", str(error)) from error
        if isinstance(page, DrawerKick):
            kick = drivers.encode_kick(kind, options) if kind in drivers.LANGUAGES else b""
            if not kick:
                raise PageError("page", f"a {kind} has no drawer")
            return kick
        if isinstance(page, ScaleCommand):
            if kind not in SCALES:
                raise PageError("page", f"a {kind} is no scale")
            return bytes(page.value)  # The scale's driver has the words of its protocol.
        if isinstance(page, Shown):
            if kind not in DISPLAYS:
                raise PageError("page", f"a {kind} shows the customer nothing")
            return DISPLAYS[kind](page, options)
        if kind not in drivers.LANGUAGES:
            raise PageError("page", f"a {kind} prints nothing")
        return drivers.encode_page(kind, options, page)
