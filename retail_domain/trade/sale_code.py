"""The code on a receipt that names its sale, so that a return is one scan."""

from __future__ import annotations

import uuid

PREFIX = "LSR"
"""No GTIN, SKU of digits or GS1 element string begins so."""


def make_sale_code(fact_id: uuid.UUID) -> str:
    """Write the code: 35 characters of QR's alphanumeric mode (ISO/IEC 18004, 7.4.4)."""
    return PREFIX + fact_id.hex.upper()


def parse_sale_code(text: str) -> uuid.UUID | None:
    """The sale's fact id; None when the text is no sale code."""
    code = text.strip().upper()
    if len(code) != len(PREFIX) + 32 or not code.startswith(PREFIX):
        return None
    try:
        return uuid.UUID(hex=code.removeprefix(PREFIX))
    except ValueError:
        return None
