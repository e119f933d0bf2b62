"""GTINs, codes and quantities as they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.catalog.gtin import check_digit, lookup_forms, make_gtin_13, to_gtin_14
from retail_domain.catalog.item import UnitOfMeasure
from retail_domain.catalog.quantity import parse_quantity_milli, require_quantity, show_quantity
from retail_domain.errors import (
    BadGtinError,
    QuantityNegativeError,
    QuantityNotNumberError,
    QuantityNotWholeError,
    QuantityTooLargeError,
    QuantityTooPreciseError,
    QuantityZeroError,
    RetailError,
)


@pytest.mark.parametrize(
    ("digits", "expected"), [("690123456789", 2), ("9638507", 4), ("0061414100041", 8)]
)
def test_check_digit_is_that_of_gs1(digits: str, expected: int) -> None:
    assert check_digit(digits) == expected


def test_gtin_of_the_demonstration_prefix_is_one() -> None:
    assert to_gtin_14(make_gtin_13("952", 51)) == f"0{make_gtin_13('952', 51)}"


@pytest.mark.parametrize("code", ["6901234567893", "123", "", "69012345678９2", "a" * 13])
def test_wrong_gtin_is_refused_with_the_code(code: str) -> None:
    with pytest.raises(BadGtinError) as refused:
        to_gtin_14(code)

    assert refused.value.values == {"scanned_code": code}


def test_code_is_looked_up_as_gtin_first_then_as_it_stands() -> None:
    assert lookup_forms(" 6901234567892 ") == ("06901234567892", "6901234567892")
    assert lookup_forms("A-17") == ("A-17",)


@pytest.mark.parametrize(
    ("text", "milli"),
    [("1", 1000), ("0.762", 762), ("-2.5", -2500), ("3.1000", 3100), ("+7.", 7000), ("0", 0)],
)
def test_quantity_is_read_without_a_float(text: str, milli: int) -> None:
    assert parse_quantity_milli(text) == milli


@pytest.mark.parametrize("text", ["", "-", ".", "1e3", "1,5", "nan", "9" * 16, "１０", "1.2.3"])
def test_what_is_no_decimal_is_refused(text: str) -> None:
    with pytest.raises(QuantityNotNumberError):
        parse_quantity_milli(text)


def test_parts_below_a_thousandth_are_refused() -> None:
    with pytest.raises(QuantityTooPreciseError):
        parse_quantity_milli("0.7625")


@given(st.integers(-(10**12), 10**12))
def test_shown_quantity_reads_back(quantity_milli: int) -> None:
    assert parse_quantity_milli(show_quantity(quantity_milli)) == quantity_milli


@pytest.mark.parametrize(
    ("quantity_milli", "unit", "error"),
    [
        (0, UnitOfMeasure.PIECE, QuantityZeroError),
        (-1000, UnitOfMeasure.PIECE, QuantityNegativeError),
        (6_901_234_567_892_000, UnitOfMeasure.PIECE, QuantityTooLargeError),
        (1500, UnitOfMeasure.PIECE, QuantityNotWholeError),
    ],
)
def test_bad_quantity_has_its_own_error(
    quantity_milli: int, unit: UnitOfMeasure, error: type[RetailError]
) -> None:
    with pytest.raises(error):
        require_quantity(quantity_milli, unit, "可乐")


def test_weighed_goods_come_in_parts() -> None:
    require_quantity(762, UnitOfMeasure.KILOGRAM, "苹果")
