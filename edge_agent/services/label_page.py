"""Lays labels out by a template: an item, its price and a code become a page in millimetres."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Mapping

from edge_agent.services.catalog import ListedItem
from hardware.printer import page
from hardware.printer.page import Box, Code, Label, Symbology, Text, TextStyle
from retail_domain.catalog.gtin import to_gtin_14
from retail_domain.errors import BadGtinError, PriceMissingError
from retail_domain.labels.fill import UNIT_WORDS, fill_code, fill_text, show_gtin, show_yuan
from retail_domain.labels.template import (
    Align,
    CodeKind,
    LabelField,
    LabelTemplate,
    Place,
    TemplateText,
)

ALIGNS = {align: page.Align[align.name] for align in Align}
SYMBOLOGIES: dict[CodeKind, Symbology] = {
    kind: Symbology[kind.name] for kind in CodeKind if kind is not CodeKind.GOODS
}
GOODS_SYMBOLOGIES = {8: Symbology.EAN_8, 13: Symbology.EAN_13, 14: Symbology.ITF_14}
"""By the number of digits of a GTIN as it is printed."""


@dataclasses.dataclass(frozen=True, slots=True)
class LabelWish:
    """What a label is wanted for."""

    item_id: int
    copies: int = 1
    price_fen: int | None = None
    """Of a markdown; None: the list price."""
    valid_until: datetime.date | None = None
    lot_no: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class LabelPlace:
    """Where and when labels are printed."""

    store_name: str
    today: datetime.date


def lay_out_label(
    template: LabelTemplate, listed: ListedItem, wish: LabelWish, place: LabelPlace
) -> Label:
    """A label as a page.

    Raises:
        PriceMissingError: the item has no price.
        LabelCodeMissingError: the template requires a code that the item does not have.
    """
    values = _field_values(listed, wish, place)
    return Label(
        template.width_um,
        template.height_um,
        texts=tuple(_text(text, values) for text in template.texts),
        codes=tuple(_codes(template, values)),
        rules=tuple(_box(rule) for rule in template.rules),
    )


def _field_values(listed: ListedItem, wish: LabelWish, place: LabelPlace) -> dict[LabelField, str]:
    item, list_price_fen = listed.item, listed.unit_price_fen
    if list_price_fen is None:
        raise PriceMissingError(name=item.name, item_id=item.item_id)
    price_fen = list_price_fen if wish.price_fen is None else wish.price_fen
    values = {
        LabelField.NAME: item.name,
        LabelField.NAME_EN: item.name_en,
        LabelField.SKU: item.sku,
        LabelField.GTIN: show_gtin(item.gtins[0]) if item.gtins else "",
        LabelField.PRICE: show_yuan(price_fen),
        LabelField.OLD_PRICE: show_yuan(list_price_fen),
        LabelField.UNIT: UNIT_WORDS[item.unit_of_measure],
        LabelField.STORE_NAME: place.store_name,
        LabelField.PRINTED_ON: place.today.isoformat(),
        LabelField.VALID_UNTIL: "" if wish.valid_until is None else wish.valid_until.isoformat(),
        LabelField.LOT_NO: wish.lot_no,
    }
    assert set(values) == set(LabelField)
    return values


def _text(text: TemplateText, values: Mapping[LabelField, str]) -> Text:
    style = TextStyle(
        text.size_um, text.size_min_um, text.lines_max, ALIGNS[text.align], text.is_bold
    )
    shown = fill_text(text.content, values)
    return Text(text.element, _box(text.place), style, shown, text.is_struck)


def _codes(template: LabelTemplate, values: Mapping[LabelField, str]) -> Iterator[Code]:
    for code in template.codes:
        data = fill_code(template, code, values)
        if data is not None:
            symbology = SYMBOLOGIES.get(code.code_kind) or _goods_symbology(data)
            yield Code(code.element, _box(code.place), symbology, data, code.has_text)


def _goods_symbology(data: str) -> Symbology:
    """What carries the data: a GTIN in the code that goods carry, anything else in Code 128."""
    try:
        to_gtin_14(data)
    except BadGtinError:
        return Symbology.CODE_128
    return GOODS_SYMBOLOGIES.get(len(data), Symbology.CODE_128)


def _box(place: Place) -> Box:
    return Box(place.x_um, place.y_um, place.width_um, place.height_um)
