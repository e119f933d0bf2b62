"""Pages in the language of each device; what a device can't put out is refused, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.devices.page_encoder import PageEncoder
from edge_agent.services.print_pages import (
    DrawerKick,
    JobPage,
    PageFormatError,
    Shown,
    decode_page,
    encode_page,
)
from hardware.display.display_text import DisplayText
from hardware.display.pole import Lamp
from hardware.host.drivers import DRIVERS, fill_options
from hardware.printer.errors import PageError
from hardware.printer.page import UM, Divider, Roll, Space
from hardware.scale.protocol import ScaleCommand
from tests.hardware.printer.pages import RECEIPT, SHELF_LABEL

SHOWN = Shown(DisplayText("可乐", "3.00"), 300, Lamp.TOTAL)
ROLL = Roll(72 * UM, (Divider(), Space(UM)))
PAGES: list[JobPage] = [SHELF_LABEL, RECEIPT, ROLL, DrawerKick(), SHOWN, *ScaleCommand]
KINDS = ("escpos", "zpl", "tspl", "led_pole", "cd5220", "epson_display", "mtsics")
ENCODER = PageEncoder({kind: (kind, fill_options(DRIVERS[kind], {})) for kind in KINDS})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: type(page).__name__)
def test_page_survives_the_wire(page: JobPage) -> None:
    assert decode_page(encode_page(page)) == page


@given(st.binary(max_size=60))
def test_bytes_that_are_no_page_are_refused(data: bytes) -> None:
    try:
        page = decode_page(data)
    except PageFormatError:
        return
    assert decode_page(encode_page(page)) == page


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: type(page).__name__)
def test_device_puts_out_what_it_can_and_refuses_the_rest(kind: str, page: JobPage) -> None:
    printers, is_scale = {"escpos", "zpl", "tspl"}, kind == "mtsics"
    can = kind in printers
    if page is SHOWN:
        can = kind not in printers and not is_scale
    elif isinstance(page, ScaleCommand):
        can = is_scale
    elif isinstance(page, DrawerKick):
        can = kind == "escpos"

    if can:
        assert ENCODER.encode(kind, encode_page(page))
    else:
        with pytest.raises(PageError):
            ENCODER.encode(kind, encode_page(page))


def test_page_of_another_version_is_refused() -> None:
    with pytest.raises(PageError):
        ENCODER.encode("zpl", b"\xff")
