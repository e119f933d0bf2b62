"""GTINs: attributes of an item, never its key. One GTIN may name two items; then the till asks."""

from __future__ import annotations

from collections.abc import Sequence

import biip
import biip.gtin

from retail_domain.errors import BadGtinError

CHECK_WEIGHTS = (3, 1)
"""From the right, starting beside the check digit. GS1 General Specifications 7.9.1."""


def to_gtin_14(code: str) -> str:
    """Pad a GTIN-8, -12, -13 or -14 to 14 digits, the form that is stored and compared.

    Source: GS1 General Specifications 3.2 and 7.9.

    Raises:
        BadGtinError: wrong length or check digit.
    """
    if not code.isascii():  # Digits of other scripts are digits to Python, not to GS1.
        raise BadGtinError(scanned_code=code)
    try:
        return biip.gtin.Gtin.parse(code).as_gtin_14()
    except biip.ParseError as error:
        raise BadGtinError(scanned_code=code) from error


def check_digit(digits: str) -> int:
    """Check digit to put behind the digits of any GTIN, SSCC or GLN.

    Source: GS1 General Specifications 7.9.1.
    """
    assert digits.isascii()
    assert digits.isdigit()
    weighted = sum(
        int(digit) * CHECK_WEIGHTS[place % 2] for place, digit in enumerate(reversed(digits))
    )
    return -weighted % 10


def make_gtin_13(prefix: str, number: int) -> str:
    """Number an item inside a company prefix, with its check digit.

    Args:
        prefix: digits of the GS1 company prefix, such as the demonstration prefix 952.
        number: from 0, must fit the digits that are left.
    """
    body = f"{prefix}{number:0{12 - len(prefix)}d}"
    assert len(body) == 12, (prefix, number)
    return f"{body}{check_digit(body)}"


def lookup_forms(scanned_code: str) -> Sequence[str]:
    """Forms under which a scanned code may be listed, the likeliest first.

    A GTIN is listed by its 14 digits; anything else (an SKU, an in-store code) as it stands.
    """
    code = scanned_code.strip()
    try:
        return (to_gtin_14(code), code)
    except BadGtinError:
        return (code,)
