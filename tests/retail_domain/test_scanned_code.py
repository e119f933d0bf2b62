"""What a scanned text means: element strings, links, plain GTINs, and texts that could be both."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.catalog.code_reading import CodeReading
from retail_domain.catalog.scale_label import ScaleLabel
from retail_domain.catalog.scanned_code import read_code
from retail_domain.errors import (
    BadGs1CodeError,
    CodeWithoutItemError,
    CodeWithoutMeasureError,
    LabelCheckDigitError,
    RetailError,
)

TODAY = datetime.date(2026, 11, 22)
NEXT_YEAR = datetime.date(2027, 1, 31)
MILK = "06901234567892"
MEAT = "96901234567895"
LABELS = (ScaleLabel("FFPPPPPAAAAAC", ("22",)), ScaleLabel("FFPPPPPAAAAAKKKKKC", ("26",)))


def read(code: str, symbology: str = "") -> CodeReading:
    return read_code(code, symbology, today=TODAY, scale_labels=LABELS)[0]


@pytest.mark.parametrize(
    ("symbology", "code"),
    [
        ("]C1", "01069012345678921727013110LOT-A"),
        ("]d2", "010690123456789210LOT-A\x1d17270131"),
        ("]e0", "\x1d01069012345678921727013110LOT-A\x1d"),
        ("", "010690123456789210LOT-A\x1d17270131"),
        ("", "01069012345678921727013110LOT-A"),
        ("]C0", "01069012345678921727013110LOT-A"),
        ("", "(01)06901234567892(17)270131(10)LOT-A"),
        ("]Q3", "https://id.gs1.org/01/06901234567892/10/LOT-A?17=270131"),
        ("", "HTTPS://example.cn/01/06901234567892/10/LOT-A?17=270131"),
    ],
)
def test_gs1_code_names_item_and_lot_whatever_carries_it(symbology: str, code: str) -> None:
    reading = read(code, symbology)

    assert reading.forms == (MILK,)
    assert reading.lot == "LOT-A|2027-01-31"
    assert reading.sell_until == NEXT_YEAR
    assert sorted(reading.shown[1:].split("(")) == ["01)" + MILK, "10)LOT-A", "17)270131"]


@pytest.mark.parametrize(
    ("element", "weight_mg", "piece_count", "amount_fen"),
    [
        ("3103001234", 1_234_000, None, None),
        ("3105000001", 10, None, None),
        ("3100000002", 2_000_000, None, None),
        ("3012", None, 12, None),
        ("39221290", None, None, 1_290),
        ("392015", None, None, 1_500),
        ("3931156155", None, None, 1_550),
        ("31030012343922129", 1_234_000, None, 129),
    ],
)
def test_measures_are_integers_in_our_units(
    element: str, weight_mg: int | None, piece_count: int | None, amount_fen: int | None
) -> None:
    reading = read(f"01{MEAT}{element}", "]C1")

    assert (reading.weight_mg, reading.piece_count, reading.amount_fen) == (
        weight_mg,
        piece_count,
        amount_fen,
    )


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("01069012345678931727013110LOT-A", BadGs1CodeError),  # Its check digit.
        ("010690123456789217271331", BadGs1CodeError),  # A thirteenth month.
        ("010690123456789217", BadGs1CodeError),  # It ends too soon.
        ("010690123456789210A\x1d10B", BadGs1CodeError),  # Two lots.
        (f"01{MEAT}393184015", BadGs1CodeError),  # US dollars.
        (f"01{MEAT}39231", BadGs1CodeError),  # No digits behind the decimals.
        (f"01{MEAT}39331561234", None),
        (f"01{MEAT}39331561235", BadGs1CodeError),  # Half a fen.
        ("00106141412345678908", CodeWithoutItemError),  # A pallet.
        ("02069012345678923712", CodeWithoutItemError),  # What is in a box.
        ("10LOT-A", CodeWithoutItemError),
        (f"01{MEAT}", CodeWithoutMeasureError),
        (f"01{MEAT}3201000123", CodeWithoutMeasureError),  # Pounds.
    ],
)
def test_gs1_code_that_cannot_be_sold_by_is_refused(
    code: str, error: type[RetailError] | None
) -> None:
    if error is None:
        code = code[:-1] + "0"
        assert read(code, "]C1").amount_fen == 123
        return
    with pytest.raises(error):
        read(code, "]C1")


@pytest.mark.parametrize(
    ("yymmdd", "expected"),
    [
        ("270200", datetime.date(2027, 2, 28)),
        ("280200", datetime.date(2028, 2, 29)),
        ("760101", datetime.date(2076, 1, 1)),
        ("770101", datetime.date(1977, 1, 1)),
        ("990101", datetime.date(1999, 1, 1)),
    ],
)
def test_dates_follow_the_rules_of_gs1(yymmdd: str, expected: datetime.date) -> None:
    assert read(f"01{MILK}17{yymmdd}", "]C1").sell_until == expected


def test_first_of_several_dates_ends_the_sale_and_expiry_names_the_lot() -> None:
    reading = read(f"01{MILK}152612311626121517270131", "]C1")

    assert reading.sell_until == datetime.date(2026, 12, 15)
    assert reading.lot == "|2027-01-31"


@pytest.mark.parametrize(
    ("code", "forms"),
    [
        ("6901234567892", ("06901234567892", "6901234567892")),
        ("96385074", ("00000096385074", "96385074")),  # Could be AI 96 too.
        ("10614141000415", ("10614141000415", "10614141000415")),
        ("04252614", ("04252614", "00042100005264")),  # UPC-E.
        ("A-17", ("A-17",)),
        ("01-CABLE-OF-TEN-METRES", ("01-CABLE-OF-TEN-METRES",)),
        ("https://u.wechat.example/01x", ("https://u.wechat.example/01x",)),
        ("2012345678903", ("02012345678903", "2012345678903")),  # No label of ours.
    ],
)
def test_plain_codes_are_looked_up_as_they_stand(code: str, forms: tuple[str, ...]) -> None:
    assert read(code).forms == forms


def test_scale_label_goes_before_an_element_string_and_is_also_looked_up_whole() -> None:
    label, plain = read_code("2200012012345", "]E0", today=TODAY, scale_labels=LABELS)

    assert (label.amount_fen, label.weight_mg) == (1_234, None)
    assert label.forms == ("02200012000007", "2200012", "00012", "12")
    assert plain.forms == ("02200012012345", "2200012012345")


def test_misread_scale_label_is_refused() -> None:
    with pytest.raises(LabelCheckDigitError):
        read("2200012012346")


@given(st.text(max_size=60), st.sampled_from(["", "]C1", "]Q3", "]E0", "]d2"]))
def test_any_text_is_read_or_refused_with_a_sentence(text: str, symbology: str) -> None:
    try:
        readings = read_code(text, symbology, today=TODAY, scale_labels=LABELS)
    except RetailError:
        return

    assert all(reading.shown.isprintable() for reading in readings)


@given(st.data())
def test_half_of_a_gs1_code_never_names_another_item_or_weight(data: st.DataObject) -> None:
    whole = f"01{MEAT}31030012341727013110LOT-A"
    cut = data.draw(st.integers(1, len(whole) - 1))

    try:
        reading = read(whole[:cut], "]C1")
    except RetailError:
        return

    assert reading.forms == (MEAT,)
    assert reading.weight_mg == 1_234_000
