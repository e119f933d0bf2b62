"""The sheet of codes from which a scanner's settings are learned, as a page to print.

Two codes in bars for laser scanners, the same two as matrix codes for those that read nothing else
well. Who scans one pair, bars or matrix, has scanned enough.
"""

from __future__ import annotations

from hardware.printer.bitmap import Bitmap
from hardware.printer.page import UM, Box, Code, Label, Symbology, Text, TextStyle
from hardware.printer.render import render
from hardware.scanner.calibration import LAYOUT_TEXT, SEPARATOR_DATA

DOTS_PER_MM = 12
"""An office printer's 300 dpi."""
WIDTH_UM, HEIGHT_UM = 190 * UM, 130 * UM
"""Fits A4 and Letter with any printer's margins."""
LEFT_UM, MATRIX_LEFT_UM = 10 * UM, 140 * UM
BARS_WIDTH_UM, MATRIX_SIDE_UM = 110 * UM, 36 * UM
FIRST_UM, SECOND_UM = 32 * UM, 82 * UM

TITLE = TextStyle(6 * UM, 4 * UM)
BODY = TextStyle(4 * UM, 3 * UM, lines_max=2)


def make_sheet() -> Label:
    """Lay the sheet out."""
    bars = BARS_WIDTH_UM, 24 * UM
    matrix = MATRIX_SIDE_UM, MATRIX_SIDE_UM
    return Label(
        WIDTH_UM,
        HEIGHT_UM,
        texts=(
            Text("title", Box(LEFT_UM, 4 * UM, 170 * UM, 8 * UM), TITLE, TITLE_TEXT),
            Text("how", Box(LEFT_UM, 13 * UM, 170 * UM, 12 * UM), BODY, HOW_TEXT),
            Text("one", Box(2 * UM, FIRST_UM, 7 * UM, 8 * UM), TITLE, "1"),
            Text("two", Box(2 * UM, SECOND_UM, 7 * UM, 8 * UM), TITLE, "2"),
        ),
        codes=(
            Code(
                "one",
                Box(LEFT_UM, FIRST_UM, *bars),
                Symbology.CODE_128,
                LAYOUT_TEXT,
                has_text=False,
            ),
            Code("two", Box(LEFT_UM, SECOND_UM, *bars), Symbology.GS1_128, SEPARATOR_DATA),
            Code("one, matrix", Box(MATRIX_LEFT_UM, FIRST_UM, *matrix), Symbology.QR, LAYOUT_TEXT),
            Code(
                "two, matrix",
                Box(MATRIX_LEFT_UM, SECOND_UM, *matrix),
                Symbology.GS1_DATA_MATRIX,
                SEPARATOR_DATA,
            ),
        ),
    )


TITLE_TEXT = "扫描器校准页  Scanner calibration"
HOW_TEXT = (
    "请依次扫描 1 和 2，左边条码或右边二维码任选一组。 "
    "Scan 1, then 2: either both codes on the left or both on the right."
)


def draw_sheet() -> Bitmap:
    """Draw the sheet for an office printer."""
    return render(make_sheet(), DOTS_PER_MM)
