"""Pages to protobuf and back: what a print job carries over the link and in the spool."""

from __future__ import annotations

import dataclasses

from google.protobuf.message import DecodeError

from hardware.display.display_text import DisplayText
from hardware.display.pole import Lamp
from hardware.printer.page import Block, CodeRow, Divider, Label, Roll, Row, Space
from hardware.scale.protocol import ScaleCommand
from protos.liushui.v1 import print_page_pb2 as wire
from protos.mapping import read_fields, write_fields


@dataclasses.dataclass(frozen=True, slots=True)
class DrawerKick:
    """Opens the drawer at the printer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """What the customer is shown: two lines, or on a display of digits an amount and its lamp."""

    text: DisplayText
    amount_fen: int
    lamp: Lamp


JobPage = Label | Roll | DrawerKick | Shown | ScaleCommand

BLOCK_FIELDS: dict[type[Block], str] = {
    Row: "row",
    CodeRow: "code",
    Divider: "divider",
    Space: "space",
}
BLOCK_TYPES = {field: kind for kind, field in BLOCK_FIELDS.items()}


LAMPS = {
    Lamp.NONE: wire.DISPLAY_LAMP_UNSPECIFIED,
    Lamp.UNIT_PRICE: wire.DISPLAY_LAMP_UNIT_PRICE,
    Lamp.TOTAL: wire.DISPLAY_LAMP_TOTAL,
    Lamp.RECEIVED: wire.DISPLAY_LAMP_RECEIVED,
    Lamp.CHANGE: wire.DISPLAY_LAMP_CHANGE,
}
assert set(LAMPS) == set(Lamp)
SCALE_COMMANDS = {
    ScaleCommand.ZERO: wire.SCALE_COMMAND_ZERO,
    ScaleCommand.TARE: wire.SCALE_COMMAND_TARE,
    ScaleCommand.CLEAR_TARE: wire.SCALE_COMMAND_CLEAR_TARE,
}
assert set(SCALE_COMMANDS) == set(ScaleCommand)
SCALE_COMMAND_OF_WIRE = {number: command for command, number in SCALE_COMMANDS.items()}
LAMP_OF_WIRE = {number: lamp for lamp, number in LAMPS.items()}


class PageFormatError(ValueError):
    """The bytes are no page of this version."""


def encode_page(page: JobPage) -> bytes:
    """Write a page."""
    message = wire.PrintPage()
    match page:
        case Label():
            write_fields(page, message.label)
        case Roll():
            message.roll.width_um = page.width_um
            for block in page.blocks:
                field = BLOCK_FIELDS[type(block)]
                inner = getattr(message.roll.blocks.add(), field)
                inner.SetInParent()
                write_fields(block, inner)
        case ScaleCommand():
            message.scale_order.command = SCALE_COMMANDS[page]
        case DrawerKick():
            message.drawer_kick.SetInParent()
        case Shown():
            message.display_text.upper, message.display_text.lower = (
                page.text.upper,
                page.text.lower,
            )
            message.display_text.amount_fen = page.amount_fen
            message.display_text.lamp = LAMPS[page.lamp]
    return message.SerializeToString(deterministic=True)


def decode_page(data: bytes) -> JobPage:
    """Read what `encode_page` wrote.

    Raises:
        PageFormatError: it is no page, or one that breaks the limits of a page.
    """
    try:
        message = wire.PrintPage.FromString(data)
        return _read_page(message)
    except (DecodeError, KeyError, AssertionError) as error:
        raise PageFormatError(f"no page: {error!r}") from error


def _read_page(message: wire.PrintPage) -> JobPage:
    match message.WhichOneof("page"):
        case "label":
            label: Label = read_fields(Label, message.label)
            return label
        case "roll":
            blocks = tuple(_read_block(block) for block in message.roll.blocks)
            return Roll(message.roll.width_um, blocks)
        case "scale_order":
            return SCALE_COMMAND_OF_WIRE[message.scale_order.command]
        case "drawer_kick":
            return DrawerKick()
        case "display_text":
            shown = message.display_text
            text = DisplayText(shown.upper, shown.lower)
            return Shown(text, shown.amount_fen, LAMP_OF_WIRE[shown.lamp])
    raise KeyError("page")


def _read_block(message: wire.RollBlock) -> Block:
    field = message.WhichOneof("block")
    assert field is not None, "empty block"
    block: Block = read_fields(BLOCK_TYPES[field], getattr(message, field))
    return block
