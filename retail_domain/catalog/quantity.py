"""Quantities as people type them and as the system keeps them."""

from __future__ import annotations

import re

from retail_domain.catalog.item import WHOLE_UNITS, UnitOfMeasure
from retail_domain.errors import (
    QuantityNegativeError,
    QuantityNotNumberError,
    QuantityNotWholeError,
    QuantityTooLargeError,
    QuantityTooPreciseError,
    QuantityZeroError,
)
from retail_domain.rounding import MILLI

QUANTITY_MILLI_MAX = 1_000_000_000
"""A million units: beyond any delivery, far below int64, and shorter than any barcode."""
DECIMAL = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d{1,15})(?:\.(?P<part>\d*))?", re.ASCII)


def parse_quantity_milli(text: str) -> int:
    """Read a decimal such as `1`, `0.762` or `-2`; at most 3 decimals that are not zero.

    Raises:
        QuantityNotNumberError: no decimal number, or longer than any quantity.
        QuantityTooPreciseError: parts below a thousandth.
    """
    match = DECIMAL.fullmatch(text.strip())
    if match is None:
        raise QuantityNotNumberError(quantity=text)
    part = (match["part"] or "").rstrip("0")
    if len(part) > 3:
        raise QuantityTooPreciseError(quantity=text)
    milli = int(match["whole"]) * MILLI + int(part.ljust(3, "0"))
    return -milli if match["sign"] == "-" else milli


def show_quantity(quantity_milli: int) -> str:
    """Write a quantity without needless zeros: 1000 is `1`, 762 is `0.762`."""
    sign = "-" if quantity_milli < 0 else ""
    whole, part = divmod(abs(quantity_milli), MILLI)
    return f"{sign}{whole}.{part:03d}".rstrip("0").rstrip(".") if part else f"{sign}{whole}"


def require_quantity(quantity_milli: int, unit: UnitOfMeasure, name: str) -> None:
    """Check a quantity that a person or a file asks for.

    Raises:
        QuantityZeroError: nothing.
        QuantityNegativeError: below zero.
        QuantityTooLargeError: above QUANTITY_MILLI_MAX.
        QuantityNotWholeError: part of a piece.
    """
    if quantity_milli == 0:
        raise QuantityZeroError
    if quantity_milli < 0:
        raise QuantityNegativeError(quantity=show_quantity(quantity_milli))
    if quantity_milli > QUANTITY_MILLI_MAX:
        raise QuantityTooLargeError(
            quantity=show_quantity(quantity_milli), limit=show_quantity(QUANTITY_MILLI_MAX)
        )
    if quantity_milli % MILLI and unit in WHOLE_UNITS:
        raise QuantityNotWholeError(name=name, quantity=show_quantity(quantity_milli))
