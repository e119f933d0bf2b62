"""Templates are data that people edit: what can't be printed is refused by name."""

from __future__ import annotations

import dataclasses

import pytest

from retail_domain.labels.built_in_templates import BUILT_IN, PRICE_LABEL, RECEIPT_80, SHELF_LABEL
from retail_domain.labels.errors import (
    LabelCodeMissingError,
    TemplateElementsError,
    TemplateGeometryError,
    TemplatePlaceholderError,
)
from retail_domain.labels.fill import fill_code, fill_text
from retail_domain.labels.template import (
    UM,
    LabelField,
    Place,
    ReceiptLineStyle,
    TemplateCode,
    TemplateText,
)

NAME, CODE = SHELF_LABEL.texts[0], SHELF_LABEL.codes[0]


def with_text(text: TemplateText) -> None:
    dataclasses.replace(SHELF_LABEL, texts=(text,))


def test_built_in_templates_are_keyed_by_their_ids() -> None:
    assert set(BUILT_IN) == {"shelf", "price", "markdown", "receipt_80", "receipt_58"}
    assert all(BUILT_IN[key].template_id == key for key in BUILT_IN)


@pytest.mark.parametrize(
    "content", ["{cost}", "{name.__class__}", "{name!r}", "{name:>9}", "{", "}", "{0}", "{}"]
)
def test_name_that_is_not_filled_is_refused(content: str) -> None:
    with pytest.raises(TemplatePlaceholderError) as refused:
        with_text(dataclasses.replace(NAME, content=content))

    assert refused.value.values["element"] == "name"


@pytest.mark.parametrize("content", ["", "特价", "{name} {sku}", "100 {{%}}"])
def test_content_of_known_names_is_taken(content: str) -> None:
    with_text(dataclasses.replace(NAME, content=content))


@pytest.mark.parametrize(
    "place",
    [
        Place(-1, 0, 10, 10),
        Place(0, -1, 10, 10),
        Place(0, 0, 0, 10),
        Place(0, 0, 10, 0),
        Place(1, 0, 60 * UM, 10),
        Place(0, 1, 10, 40 * UM),
    ],
)
def test_element_that_reaches_beyond_its_label_is_refused(place: Place) -> None:
    with pytest.raises(TemplateGeometryError):
        with_text(dataclasses.replace(NAME, place=place))
    with pytest.raises(TemplateGeometryError):
        dataclasses.replace(SHELF_LABEL, rules=(place,))


@pytest.mark.parametrize(
    ("size_min_um", "size_um", "lines_max"),
    [
        (1_499, 3_000, 1),
        (3_001, 3_000, 1),
        (3_000, 60_001, 1),
        (3_000, 3_000, 0),
        (3_000, 3_000, 21),
    ],
)
def test_size_that_can_not_be_printed_is_refused(
    size_min_um: int, size_um: int, lines_max: int
) -> None:
    text = dataclasses.replace(NAME, size_min_um=size_min_um, size_um=size_um, lines_max=lines_max)

    with pytest.raises(TemplateGeometryError):
        with_text(text)


@pytest.mark.parametrize("side_um", [0, -1, 300_001])
def test_label_of_no_size_or_beyond_any_printer_is_refused(side_um: int) -> None:
    with pytest.raises(TemplateGeometryError):
        dataclasses.replace(SHELF_LABEL, texts=(), codes=(), rules=(), width_um=side_um)


def test_two_elements_of_one_name_are_refused() -> None:
    with pytest.raises(TemplateElementsError):
        dataclasses.replace(SHELF_LABEL, texts=(NAME, NAME))
    with pytest.raises(TemplateElementsError):
        dataclasses.replace(SHELF_LABEL, texts=(), codes=(), rules=(Place(0, 0, 1, 1),) * 101)


def test_receipt_refuses_what_it_can_not_say() -> None:
    line = ReceiptLineStyle(content="{gtin}", size_um=3 * UM)

    with pytest.raises(TemplatePlaceholderError):
        dataclasses.replace(RECEIPT_80, foot=(line,))
    with pytest.raises(TemplateGeometryError):
        dataclasses.replace(RECEIPT_80, head=(dataclasses.replace(line, content="x"),) * 21)
    with pytest.raises(TemplateGeometryError):
        dataclasses.replace(RECEIPT_80, size_um=1_000)


def test_values_with_braces_are_text() -> None:
    assert fill_text("{name}", {LabelField.NAME: "{sku} {"}) == "{sku} {"
    assert fill_text("100 {{%}} {sku}", {}) == "100 {%} "


def test_code_is_left_out_or_required_when_the_item_has_none() -> None:
    required = dataclasses.replace(CODE, is_required=True)

    assert fill_code(PRICE_LABEL, CODE, {LabelField.NAME: "茶"}) is None
    with pytest.raises(LabelCodeMissingError) as refused:
        fill_code(PRICE_LABEL, required, {LabelField.NAME: "茶"})
    assert refused.value.values["name"] == "茶"


def test_code_may_be_made_of_several_fields() -> None:
    code = TemplateCode(
        element="gs1",
        content="[01]{gtin}[10]{lot_no}",
        place=CODE.place,
        code_kind=CODE.code_kind,
    )

    made = fill_code(PRICE_LABEL, code, {LabelField.GTIN: "1", LabelField.LOT_NO: "A"})

    assert made == "[01]1[10]A"
