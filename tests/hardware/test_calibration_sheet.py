"""The printed sheet holds the codes that the calibration looks for."""

from __future__ import annotations

import zxingcpp

from hardware.scanner.calibration import LAYOUT_TEXT, SEPARATOR_TEXT, learn_serial
from hardware.tools.calibration_sheet import draw_sheet


def test_codes_of_the_sheet_read_back_and_teach_a_scanner() -> None:
    found = zxingcpp.read_barcodes(draw_sheet().to_image().convert("L"))

    codes = {(code.symbology_identifier, code.bytes.decode()) for code in found}
    assert codes == {
        ("]C0", LAYOUT_TEXT),
        ("]Q1", LAYOUT_TEXT),
        ("]C1", SEPARATOR_TEXT),
        ("]d2", SEPARATOR_TEXT),
    }
    for pair in (("]C0", "]C1"), ("]Q1", "]d2")):
        chunks = [f"{code}{dict(codes)[code]}\r".encode() for code in pair]
        learned = learn_serial(chunks)
        assert learned is not None
        assert (learned.options, learned.problems) == ({"suffix": "cr"}, ())
