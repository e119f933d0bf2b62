"""Fills a template's contents with what an item or a ticket is. Pure text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from retail_domain.catalog.item import UnitOfMeasure
from retail_domain.labels.errors import LabelCodeMissingError
from retail_domain.labels.template import (
    LabelField,
    LabelTemplate,
    ReceiptField,
    TemplateCode,
    find_placeholders,
)

UNIT_WORDS = {UnitOfMeasure.PIECE: "件", UnitOfMeasure.KILOGRAM: "kg"}
assert set(UNIT_WORDS) == set(UnitOfMeasure)
AnyField = TypeVar("AnyField", LabelField, ReceiptField)


def fill_text(content: str, values: Mapping[AnyField, str]) -> str:
    """Put values in place of the names; a field without a value is empty.

    >>> fill_text("原价 ¥{old_price}", {LabelField.OLD_PRICE: "15.00"})
    '原价 ¥15.00'
    """
    by_name = {field.value: value for field, value in values.items()}
    return content.format(**{name: by_name.get(name, "") for name in find_placeholders(content)})


def fill_code(
    template: LabelTemplate, code: TemplateCode, values: Mapping[LabelField, str]
) -> str | None:
    """Data of a code; None when the item has none of the fields that it names.

    Raises:
        LabelCodeMissingError: and it is required.
    """
    names = find_placeholders(code.content)
    by_name = {field.value: value for field, value in values.items()}
    if all(by_name.get(name) for name in names):
        return code.content.format(**{name: by_name[name] for name in names})
    if code.is_required:
        raise LabelCodeMissingError(
            name=values.get(LabelField.NAME, "?"),
            element=code.element,
            template_id=template.template_id,
        )
    return None


def show_gtin(gtin_14: str) -> str:
    """A GTIN of 14 digits as it is printed on goods.

    >>> show_gtin("06901234567892"), show_gtin("00000096385074"), show_gtin("16901234567899")
    ('6901234567892', '96385074', '16901234567899')
    """
    if gtin_14.startswith("000000"):
        return gtin_14[6:]
    return gtin_14[1:] if gtin_14.startswith("0") else gtin_14


def show_yuan(amount_fen: int) -> str:
    """An amount in yuan with two decimals.

    >>> show_yuan(1280), show_yuan(-5)
    ('12.80', '-0.05')
    """
    sign, fen = ("-", -amount_fen) if amount_fen < 0 else ("", amount_fen)
    return f"{sign}{fen // 100}.{fen % 100:02}"


def show_quantity(quantity_milli: int) -> str:
    """A quantity without trailing zeros.

    >>> show_quantity(2000), show_quantity(1234), show_quantity(-500)
    ('2', '1.234', '-0.5')
    """
    sign, milli = ("-", -quantity_milli) if quantity_milli < 0 else ("", quantity_milli)
    decimals = f"{milli % 1000:03}".rstrip("0")
    return f"{sign}{milli // 1000}" + (f".{decimals}" if decimals else "")
