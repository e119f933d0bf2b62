"""Draws pages for the printers of this process, when their turn comes."""

from __future__ import annotations

from collections.abc import Mapping

from edge_agent.services.print_pages import DrawerKick, PageFormatError, decode_page
from hardware.display.display_text import DisplayText
from hardware.printer import drivers
from hardware.printer.errors import PageError


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
            kick = drivers.encode_kick(kind, options)
            if not kick:
                raise PageError("page", f"a {kind} has no drawer")
            return kick
        if isinstance(page, DisplayText):
            raise PageError("page", f"a {kind} shows no text")
        return drivers.encode_page(kind, options, page)
