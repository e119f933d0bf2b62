"""GS1 element strings and Digital Links: which item, which lot, how much. biip knows the AIs.

Source: GS1 General Specifications 3 (application identifiers), 7.8 (FNC1), 7.12 (centuries).
"""

from __future__ import annotations

import calendar
import datetime
import re

import biip
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message

from retail_domain.catalog.code_reading import CodeReading
from retail_domain.errors import BadGs1CodeError, CodeWithoutItemError, CodeWithoutMeasureError

GROUP_SEPARATOR = "\x1d"
GS1_SYMBOLOGIES = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
"""AIM identifiers of carriers that hold element strings (GS1 General Specifications 5.1.3)."""
PLAIN_LENGTH_MAX = 14
"""A longer text may be an element string although its carrier does not say so."""

GTIN, LOT, VARIABLE_COUNT = "01", "10", "30"
BEST_BEFORE, SELL_BY, EXPIRY = "15", "16", "17"
NET_WEIGHT_KG = re.compile(r"310([0-5])")
AMOUNT = re.compile(r"39[23]([0-9])")
AMOUNT_WITH_CURRENCY = "393"
YUAN = "156"
"""ISO 4217."""
VARIABLE_MEASURE = "9"
"""First digit of a GTIN-14 whose items differ in weight (GS1 General Specifications 2.1.11)."""

MG_DECIMALS = 6
FEN_A_YUAN = 100


def is_gs1(code: str, symbology: str) -> bool:
    """Whether a text is an element string or a Digital Link for sure.

    Args:
        code: as scanned, without symbology.
        symbology: AIM identifier, empty when the scanner sends none.
    """
    return (
        symbology in GS1_SYMBOLOGIES
        or GROUP_SEPARATOR in code
        or code.startswith(f"({GTIN})")
        or (is_link(code) and f"/{GTIN}/" in code)
    )


def is_link(code: str) -> bool:
    """Whether a text is a web address."""
    return code[:8].lower().startswith(("http://", "https://"))


def looks_like_gs1(code: str) -> bool:
    """Whether a plain text may be an element string: it is long and begins with an item."""
    return len(code) > PLAIN_LENGTH_MAX and code.startswith(GTIN)


def read_gs1(code: str, today: datetime.date) -> CodeReading:
    """Take an element string, its readable form with brackets, or a Digital Link apart.

    Args:
        code: FNC1 inside it is GROUP_SEPARATOR.
        today: decides the century of years with two digits.

    Raises:
        BadGs1CodeError: data that breaks the rules of their identifiers; two values for one.
        CodeWithoutItemError: it names no item (a pallet, a box of several).
        CodeWithoutMeasureError: it is weighed goods, and no net weight in kilograms is on it.
    """
    elements = _split(code)
    gtin = elements.get(GTIN)
    shown = "".join(element.as_hri() for element in elements.values())
    if gtin is None:
        raise CodeWithoutItemError(scanned_code=shown)
    if gtin.gtin_error is not None:
        raise BadGs1CodeError(scanned_code=shown)
    dates = {ai: _read_date(elements[ai], today, shown) for ai in DATES if ai in elements}
    count = elements.get(VARIABLE_COUNT)
    reading = CodeReading(
        shown=shown,
        forms=(gtin.value,),
        lot_no=elements[LOT].value if LOT in elements else "",
        expires_on=dates.get(EXPIRY, dates.get(BEST_BEFORE)),
        sell_until=min(dates.values(), default=None),
        weight_mg=_read_weight_mg(elements),
        piece_count=None if count is None else int(count.value),
        amount_fen=_read_amount_fen(elements, shown),
    )
    if gtin.value.startswith(VARIABLE_MEASURE) and not reading.has_measure:
        raise CodeWithoutMeasureError(scanned_code=shown)
    return reading


DATES = (BEST_BEFORE, SELL_BY, EXPIRY)
"""After the first of them nothing may be sold (食品安全法 34: nothing beyond its shelf life)."""


def _split(code: str) -> dict[str, GS1ElementString]:
    """Identifier to element, in their order. An identifier said twice says the same, or lies."""
    try:
        if is_link(code):
            found = GS1DigitalLinkURI.parse(code).element_strings
        elif code.startswith("("):
            found = GS1Message.parse_hri(code).element_strings
        else:
            found = GS1Message.parse(code.strip(GROUP_SEPARATOR)).element_strings
    except biip.ParseError as error:
        raise BadGs1CodeError(scanned_code=_show(code)) from error
    elements: dict[str, GS1ElementString] = {}
    for element in found:
        known = elements.setdefault(element.ai.ai, element)
        if known.value != element.value:
            raise BadGs1CodeError(scanned_code=_show(code))
    return elements


def _show(code: str) -> str:
    return "".join(character if character.isprintable() else " " for character in code)


def _read_date(element: GS1ElementString, today: datetime.date, shown: str) -> datetime.date:
    """Read YYMMDD. Day 00 is the month's last (3.4); years reach 49 back and 50 ahead (7.12)."""
    year, month, day = (int(element.value[place : place + 2]) for place in (0, 2, 4))
    ahead = (year - today.year) % 100
    year = today.year + (ahead if ahead <= 50 else ahead - 100)
    try:
        return datetime.date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError as error:  # biip checked the day in another century's February.
        raise BadGs1CodeError(scanned_code=shown) from error


def _read_weight_mg(elements: dict[str, GS1ElementString]) -> int | None:
    for ai, element in elements.items():
        match = NET_WEIGHT_KG.fullmatch(ai)
        if match is not None:
            step_mg: int = 10 ** (MG_DECIMALS - int(match[1]))
            return int(element.value) * step_mg
    return None


def _read_amount_fen(elements: dict[str, GS1ElementString], shown: str) -> int | None:
    """Read an amount in yuan. Another currency, or a part of a fen, is nothing to guess at."""
    for ai, element in elements.items():
        match = AMOUNT.fullmatch(ai)
        if match is None:
            continue
        groups = element.pattern_groups
        if ai.startswith(AMOUNT_WITH_CURRENCY) and groups[0] != YUAN:
            raise BadGs1CodeError(scanned_code=shown)
        scale: int = 10 ** int(match[1])
        if int(groups[-1]) * FEN_A_YUAN % scale:
            raise BadGs1CodeError(scanned_code=shown)
        return int(groups[-1]) * FEN_A_YUAN // scale
    return None
