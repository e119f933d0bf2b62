"""Templates: data that headquarters edits and boxes fill. Lengths are micrometres, integers."""

from __future__ import annotations

import dataclasses
import enum
import string

from retail_domain.labels.errors import (
    TemplateElementsError,
    TemplateGeometryError,
    TemplatePlaceholderError,
)

UM = 1_000
"""Micrometres of a millimetre."""
SIDE_MAX_UM = 300 * UM
SIZE_MIN_UM = 1_500
"""Smaller Chinese can't be read on a head of 8 dots a millimetre."""
SIZE_MAX_UM = 60 * UM
ELEMENTS_MAX = 100
LINES_MAX = 20
"""Lines of one text, and of a receipt's head and foot."""


class LabelPurpose(enum.Enum):
    """What a label is for; a store prints each purpose by one template."""

    SHELF = "shelf"
    """At the shelf: name, price, code."""
    PRICE = "price"
    """On the goods: small."""
    MARKDOWN = "markdown"
    """On goods that became cheaper: both prices, until when."""


class LabelField(enum.Enum):
    """What a label can say, by the name in braces."""

    NAME = "name"
    NAME_EN = "name_en"
    SKU = "sku"
    GTIN = "gtin"
    """As printed on goods, without leading zeros beyond 13 or 8 digits; empty without one."""
    PRICE = "price"
    """In yuan with two decimals, of one unit."""
    OLD_PRICE = "old_price"
    UNIT = "unit"
    """件 or kg."""
    STORE_NAME = "store_name"
    PRINTED_ON = "printed_on"
    VALID_UNTIL = "valid_until"
    LOT_NO = "lot_no"


class ReceiptField(enum.Enum):
    """What the head and foot of a receipt can say."""

    STORE_NAME = "store_name"
    STORE_NAME_EN = "store_name_en"
    STORE = "store"
    REGISTER_NO = "register_no"
    RECEIPT_NO = "receipt_no"
    STAFF_NO = "staff_no"
    SOLD_AT = "sold_at"
    """Local date and time to the minute."""
    BUSINESS_DATE = "business_date"


class Align(enum.Enum):
    """Where a text stands in its box."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class CodeKind(enum.Enum):
    """Which code carries the data."""

    GOODS = "goods"
    """EAN-13, EAN-8 or ITF-14, as the GTIN needs; Code 128 for anything that is no GTIN."""
    CODE_128 = "code_128"
    GS1_128 = "gs1_128"
    DATABAR_EXPANDED = "databar_expanded"
    QR = "qr"
    GS1_QR = "gs1_qr"
    DATA_MATRIX = "data_matrix"
    GS1_DATA_MATRIX = "gs1_data_matrix"


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on a label, from its upper left corner."""

    x_um: int
    y_um: int
    width_um: int
    height_um: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TemplateText:
    """A text on a label."""

    element: str
    """Its name in the editor and in errors."""
    content: str
    """`¥{price}`: names of LabelField in braces."""
    place: Place
    size_um: int
    """Height of a Chinese character."""
    size_min_um: int
    """A text that does not fit shrinks down to this, then the label is refused with the element's
    name. Equal to size_um: it never shrinks."""
    lines_max: int = 1
    align: Align = Align.LEFT
    is_bold: bool = False
    is_struck: bool = False
    """With a line through it."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCode:
    """A code on a label, as large as its place allows."""

    element: str
    content: str
    place: Place
    code_kind: CodeKind
    has_text: bool = True
    """Whether bars carry their data in readable form below."""
    is_required: bool = False
    """Whether an item without these data gets no label; else its label has no code."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LabelTemplate:
    """A label of one size.

    Raises:
        TemplatePlaceholderError, TemplateGeometryError, TemplateElementsError: a person edits it.
    """

    template_id: str
    purpose: LabelPurpose
    name: str
    name_en: str
    width_um: int
    height_um: int
    texts: tuple[TemplateText, ...] = ()
    codes: tuple[TemplateCode, ...] = ()
    rules: tuple[Place, ...] = ()
    """Filled black: lines."""

    def __post_init__(self) -> None:
        if not (0 < self.width_um <= SIDE_MAX_UM and 0 < self.height_um <= SIDE_MAX_UM):
            _refuse(self.template_id, "label", f"1 to {SIDE_MAX_UM // UM} mm")
        self._require_elements()
        choices = {field.value for field in LabelField}
        for text in self.texts:
            _require_names(self.template_id, text.element, text.content, choices)
            _require_sizes(self.template_id, text.element, text.size_min_um, text.size_um)
            if not 1 <= text.lines_max <= LINES_MAX:
                _refuse(self.template_id, text.element, f"1 to {LINES_MAX} lines")
        for code in self.codes:
            _require_names(self.template_id, code.element, code.content, choices)

    def _require_elements(self) -> None:
        elements: tuple[TemplateText | TemplateCode, ...] = (*self.texts, *self.codes)
        names = [element.element for element in elements]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice or len(names) + len(self.rules) > ELEMENTS_MAX:
            raise TemplateElementsError(
                template_id=self.template_id, element=twice or "?", limit=ELEMENTS_MAX
            )
        places = [(element.element, element.place) for element in elements]
        for element, place in [*places, *(("rule", rule) for rule in self.rules)]:
            is_inside = (
                place.x_um >= 0
                and place.y_um >= 0
                and place.width_um > 0
                and place.height_um > 0
                and place.x_um + place.width_um <= self.width_um
                and place.y_um + place.height_um <= self.height_um
            )
            if not is_inside:
                _refuse(self.template_id, element, "it reaches beyond the label")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLineStyle:
    """One line of a receipt's head or foot."""

    content: str
    size_um: int
    align: Align = Align.CENTER
    is_bold: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptTemplate:
    """What stands around the lines of a receipt, whose layout is fixed. One a store.

    Raises:
        TemplatePlaceholderError, TemplateGeometryError: a person edits it.
    """

    template_id: str
    name: str
    name_en: str
    size_um: int
    """Of lines and totals."""
    head: tuple[ReceiptLineStyle, ...]
    foot: tuple[ReceiptLineStyle, ...]
    shows_sku: bool = False
    """Whether the scanned code stands below each name: no on narrow paper."""
    has_code: bool = True
    """Whether the receipt's own code stands at its end, for a return by scanning it."""

    def __post_init__(self) -> None:
        choices = {field.value for field in ReceiptField}
        _require_sizes(self.template_id, "lines", self.size_um, self.size_um)
        for part, lines in (("head", self.head), ("foot", self.foot)):
            if len(lines) > LINES_MAX:
                _refuse(self.template_id, part, f"{LINES_MAX} lines at most")
            for line in lines:
                _require_names(self.template_id, part, line.content, choices)
                _require_sizes(self.template_id, part, line.size_um, line.size_um)


Template = LabelTemplate | ReceiptTemplate


def _require_names(template_id: str, element: str, content: str, choices: set[str]) -> None:
    for name in find_placeholders(content):
        if name not in choices:
            raise TemplatePlaceholderError(
                template_id=template_id,
                element=element,
                placeholder=name,
                choices=", ".join(sorted(choices)),
            )


def find_placeholders(content: str) -> list[str]:
    """Names in braces, in order; `?` for braces that are not closed or hold more than a name."""
    try:
        parts = list(string.Formatter().parse(content))
    except ValueError:
        return ["?"]
    return [
        name if not spec and conversion is None else "?"
        for _, name, spec, conversion in parts
        if name is not None
    ]


def _require_sizes(template_id: str, element: str, smallest_um: int, size_um: int) -> None:
    if not SIZE_MIN_UM <= smallest_um <= size_um <= SIZE_MAX_UM:
        limits = f"{SIZE_MIN_UM / UM:g} to {SIZE_MAX_UM // UM} mm a character"
        _refuse(template_id, element, limits)


def _refuse(template_id: str, element: str, reason: str) -> None:
    raise TemplateGeometryError(template_id=template_id, element=element, reason=reason)
