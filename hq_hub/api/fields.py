"""Shapes of values in request bodies: bounded before a use case sees them."""

from __future__ import annotations

from typing import Annotated

import pydantic

NO_CONTROL = r"^[^\x00-\x1f\x7f]*$"
"""One line of text: no database takes NUL, and no voucher has a line break."""

StoreNo = Annotated[str, pydantic.Field(max_length=16, pattern=NO_CONTROL)]
Number = Annotated[int, pydantic.Field(ge=-(2**53), le=2**53, strict=True)]
"""What every JSON reader keeps exactly."""
DocumentNo = Annotated[str, pydantic.Field(min_length=1, max_length=40, pattern=NO_CONTROL)]
"""Of a supplier, an invoice, an order: as printed on paper."""
Summary = Annotated[str, pydantic.Field(min_length=1, max_length=60, pattern=NO_CONTROL)]
"""摘要: 60 is what the finance programs of the trade take. Source: domain rule 13."""
Reason = Annotated[str, pydantic.Field(max_length=60, pattern=NO_CONTROL)]
