"""Pages as dots: what is printed can be read back, and what can't be printed is refused by name."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.printer import errors
from hardware.printer.bitmap import Bitmap
from hardware.printer.font import MISSING, make_printable, measure, open_face
from hardware.printer.page import UM, Label, Symbology, TextStyle
from hardware.printer.render import DOTS_PER_MM, ROLL_DOTS_MAX, render
from hardware.printer.wrap import wrap
from tests.hardware.printer.pages import (
    GTIN,
    NAME,
    RECEIPT,
    RECEIPT_CODE,
    SHELF_LABEL,
    label_of,
    label_with,
    roll_of,
)

GS1 = "[01]06901234567892[10]LOT-A[37]12"
GS1_BYTES = "010690123456789210LOT-A\x1d3712"
"""As a scanner hands it on: FNC1 behind what has no fixed length is GS."""

CODES = [
    (Symbology.EAN_13, GTIN, "]E0", GTIN),
    (Symbology.EAN_8, "96385074", "]E4", "96385074"),
    (Symbology.UPC_A, "042100005264", "]E0", "0042100005264"),
    (Symbology.ITF_14, "06901234567892", "]I1", "06901234567892"),
    (Symbology.CODE_128, "S001-1-000123", "]C0", "S001-1-000123"),
    (Symbology.GS1_128, GS1, "]C1", GS1_BYTES),
    (Symbology.DATABAR_EXPANDED, "[01]06901234567892[10]A1", "]e0", "010690123456789210A1"),
    (Symbology.QR, "https://id.example.org/01/06901234567892", "]Q1", None),
    (Symbology.QR, "小票 流水", "]Q1", None),
    (Symbology.GS1_QR, GS1, "]Q3", GS1_BYTES),
    (Symbology.DATA_MATRIX, "S001", "]d1", None),
    (Symbology.DATA_MATRIX, "流水", "]d1", None),
    (Symbology.GS1_DATA_MATRIX, GS1, "]d2", GS1_BYTES),
]


def read_codes(bitmap: Bitmap) -> list[zxingcpp.Barcode]:
    """Read the codes of the PNG, as a scanner would; white around it, as on a shelf."""
    picture = Image.open(io.BytesIO(bitmap.to_png())).convert("L")
    sheet = Image.new("L", (picture.width + 40, picture.height + 40), 255)
    sheet.paste(picture, (20, 20))
    return zxingcpp.read_barcodes(sheet)


def test_every_symbology_is_in_the_table() -> None:
    assert {symbology for symbology, *_ in CODES} == set(Symbology)


@pytest.mark.parametrize("dots_per_mm", DOTS_PER_MM)
@pytest.mark.parametrize(("symbology", "data", "identifier", "wanted"), CODES)
def test_a_printed_code_reads_back_as_what_was_to_be_printed(
    symbology: Symbology, data: str, identifier: str, wanted: str | None, dots_per_mm: int
) -> None:
    bitmap = render(label_of(symbology, data), dots_per_mm)

    (found,) = read_codes(bitmap)

    assert found.symbology_identifier == identifier
    assert found.bytes.decode() == (data if wanted is None else wanted)


@pytest.mark.parametrize("page", [SHELF_LABEL, RECEIPT])
def test_a_code_among_texts_reads_back(page: Label) -> None:
    wanted = GTIN if page is SHELF_LABEL else RECEIPT_CODE

    (found,) = read_codes(render(page, 8))

    assert found.text == wanted


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**12 - 1))
def test_any_gtin_reads_back_from_its_shelf_label(number: int) -> None:
    digits = f"{number:012}"
    weighted = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(digits))
    gtin = digits + str(-weighted % 10)

    (found,) = read_codes(render(label_of(Symbology.EAN_13, gtin), 8))

    assert found.text == gtin


def test_a_label_is_as_many_dots_as_its_millimetres() -> None:
    bitmap = render(SHELF_LABEL, 8)

    assert (bitmap.width_dots, bitmap.height_dots) == (400, 240)


def test_the_preview_has_the_dots_of_the_print() -> None:
    bitmap = render(SHELF_LABEL, 8)

    picture = Image.open(io.BytesIO(bitmap.to_png()))

    assert picture.size == (400, 240)
    assert picture.tobytes() == bitmap.inverted()


@pytest.mark.parametrize(
    ("symbology", "data"),
    [
        (Symbology.EAN_13, "69012345678921"),
        (Symbology.EAN_13, "6901234567890"),
        (Symbology.EAN_13, "123"),
        (Symbology.EAN_13, "690123456789X"),
        (Symbology.EAN_13, "６９０１２３４５６７８９２"),
        (Symbology.EAN_8, "96385075"),
        (Symbology.ITF_14, "06901234567893"),
        (Symbology.CODE_128, ""),
        (Symbology.CODE_128, "流水"),
        (Symbology.CODE_128, "a\x00b"),
        (Symbology.GS1_128, "no brackets"),
        (Symbology.GS1_128, "[01]06901234567890"),
        (Symbology.QR, "x" * 1_001),
    ],
)
def test_data_that_the_symbology_can_not_hold_is_refused_with_the_name(
    symbology: Symbology, data: str
) -> None:
    with pytest.raises(errors.CodeDataError) as refused:
        render(label_of(symbology, data), 8)

    assert refused.value.name == "code"


def test_a_code_that_needs_dots_thinner_than_two_is_refused() -> None:
    with pytest.raises(errors.CodeTooLargeError, match="its box has 800"):
        render(label_of(Symbology.CODE_128, "x" * 60), 8)


def test_a_text_shrinks_as_far_as_its_style_allows() -> None:
    fitting = TextStyle(6 * UM, 2 * UM)

    small = render(label_with("十二个字的名称会缩小一点", fitting), 8)

    big = render(label_with("四个字的", fitting), 8)
    assert ink_rows(small) < ink_rows(big)


def ink_rows(bitmap: Bitmap) -> int:
    """How many rows have ink."""
    return sum(any(bitmap.rows(row, 1).data) for row in range(bitmap.height_dots))


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("十二个字的名称不会再缩小", TextStyle(6 * UM, 6 * UM)),
        ("长" * 24, TextStyle(6 * UM, 2 * UM)),
        ("长" * 60, TextStyle(6 * UM, 2 * UM, lines_max=2)),
        ("长" * 501, TextStyle(2 * UM, 2 * UM, lines_max=9)),
    ],
)
def test_a_text_that_does_not_fit_is_refused_with_its_name(text: str, style: TextStyle) -> None:
    with pytest.raises(errors.TextTooLongError) as refused:
        render(label_with(text, style), 8)

    assert refused.value.name == "name"


@pytest.mark.parametrize("text", ["价\x07格", "牛肉面\U0001f600", "\ud800", "a\nb", "\ue000"])
def test_a_label_refuses_a_character_that_no_font_has(text: str) -> None:
    with pytest.raises(errors.UnprintableCharacterError) as refused:
        render(label_with(text, NAME), 8)

    assert f"U+{ord(next(c for c in text if not c.isalnum() or ord(c) > 0xFFFF)):04X}" in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("牛肉面\U0001f600\U0001f600 特价", f"牛肉面{MISSING} 特价"),
        ("👨\u200d👩\u200d👧 家庭装", f"{MISSING} 家庭装"),
        ("茶\ufe0f叶", "茶叶"),
        ("a\tb\nc", "a b c"),
        ("a\x00b", f"a{MISSING}b"),
        ("龘 ¥ é € ㎏ Ω", "龘 ¥ é € ㎏ Ω"),
    ],
)
def test_a_receipt_marks_what_it_can_not_print(text: str, printed: str) -> None:
    assert make_printable(text) == printed
    assert render(roll_of(text), 8) == render(roll_of(printed), 8)


def test_a_receipt_takes_any_text_and_stays_on_its_paper() -> None:
    bitmap = render(roll_of("无尽" * 5_000), 8)

    assert bitmap.width_dots == 384
    assert bitmap.height_dots < 300


def test_an_endless_receipt_is_refused() -> None:
    page = roll_of("长" * 400, width_um=4 * UM)
    blocks = page.blocks * 300

    with pytest.raises(errors.PageTooLargeError, match=str(ROLL_DOTS_MAX)):
        render(type(page)(page.width_um, blocks), 8)


@given(st.text(st.sampled_from("流水超市ABC abc，。（)123 "), max_size=60), st.integers(30, 400))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width_dots: int) -> None:
    lines = wrap(text, 24, width_dots)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(measure(24, line) <= width_dots or len(line) == 1 for line in lines)
    assert all(line == line.strip() or not text.strip() for line in lines[1:])


@given(st.text(st.sampled_from("流水超市ABCfiflAVTo.，（1 龘"), max_size=40), st.integers(12, 40))
def test_a_text_is_as_wide_as_its_characters(text: str, size_dots: int) -> None:
    assert measure(size_dots, text) == open_face(size_dots).getlength(text)


@given(st.text(max_size=80))
@settings(deadline=None)
def test_no_text_at_all_breaks_a_receipt(text: str) -> None:
    assert render(roll_of(text), 8).width_dots == 384
