"""Pages that the tests of the printers share."""

from __future__ import annotations

from hardware.printer.page import (
    UM,
    Align,
    Box,
    Cell,
    Code,
    CodeRow,
    Divider,
    Label,
    Roll,
    Row,
    Space,
    Symbology,
    Text,
    TextStyle,
)

GTIN = "6901234567892"
RECEIPT_CODE = "019ad2f0-7c11-7aaa-8bbb-0123456789ab"
NAME = TextStyle(4 * UM, 2_500, 2)

SHELF_LABEL = Label(
    50 * UM,
    30 * UM,
    texts=(
        Text("name", Box(2 * UM, 1 * UM, 46 * UM, 10 * UM), NAME, "康师傅红烧牛肉面 500g"),
        Text(
            "price",
            Box(24 * UM, 8 * UM, 24 * UM, 10 * UM),
            TextStyle(7 * UM, 4 * UM, 1, Align.RIGHT, is_bold=True),
            "¥12.80",
        ),
    ),
    codes=(Code("gtin", Box(2 * UM, 17 * UM, 46 * UM, 12 * UM), Symbology.EAN_13, GTIN),),
    rules=(Box(0, 16 * UM, 50 * UM, 200),),
)

RECEIPT = Roll(
    72 * UM,
    (
        Row((Cell("流水超市 人民路店", 1, Align.CENTER),), 5 * UM, is_bold=True),
        Divider(),
        Row((Cell("康师傅红烧牛肉面 500g", 3), Cell("25.60", 1, Align.RIGHT)), 3 * UM),
        Row((Cell("合计", 1), Cell("¥25.60", 1, Align.RIGHT)), 5 * UM),
        CodeRow(Symbology.QR, RECEIPT_CODE, 20 * UM),
        Space(3 * UM),
    ),
)


def label_with(text: str, style: TextStyle, *, width_um: int = 46 * UM) -> Label:
    """A label of one text."""
    box = Box(0, 0, width_um, 20 * UM)
    return Label(50 * UM, 30 * UM, texts=(Text("name", box, style, text),))


def label_of(symbology: Symbology, data: str) -> Label:
    """A label of one code."""
    box = Box(0, 0, 100 * UM, 30 * UM)
    return Label(100 * UM, 30 * UM, codes=(Code("code", box, symbology, data),))


def roll_of(text: str, width_um: int = 48 * UM) -> Roll:
    """A roll of one row."""
    return Roll(width_um, (Row((Cell(text, 1),), 3 * UM),))
