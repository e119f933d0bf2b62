"""What a scanned or typed text may mean. The rules that keep one code from being read as another.

1. A carrier that says GS1, a group separator, `(01)` or a Digital Link: an element string.
2. Flag and length of one of the store's scale labels: such a label.
3. 8, 12, 13 or 14 digits with a right check digit: a GTIN, though it could be an element string.
4. Longer, beginning with AI 01 and readable: an element string whose carrier did not say so.
5. Anything else as it stands: an SKU.

What is left open is not guessed: all items under all forms are found, and a person chooses.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import biip
import biip.upc

from retail_domain.catalog.code_reading import CodeReading
from retail_domain.catalog.gs1_code import is_gs1, looks_like_gs1, read_gs1
from retail_domain.catalog.gtin import lookup_forms
from retail_domain.catalog.scale_label import ScaleLabel
from retail_domain.errors import BadGs1CodeError

UPC_E_DIGITS = 8


def read_code(
    scanned: str,
    symbology: str,
    *,
    today: datetime.date,
    scale_labels: Sequence[ScaleLabel] = (),
) -> tuple[CodeReading, ...]:
    """Take a code apart.

    Args:
        scanned: text without symbology; FNC1 inside it is U+001D.
        symbology: AIM identifier (`]C1`), empty when unknown.
        today: decides the century of dates.
        scale_labels: of the store's scales; no two overlap.

    Returns:
        One reading; a scale label has a second, of the same digits as an item's whole code.

    Raises:
        BadGs1CodeError, CodeWithoutItemError, CodeWithoutMeasureError: as `read_gs1`.
        LabelCheckDigitError: as `ScaleLabel.read`.
    """
    code = scanned.strip()
    if is_gs1(scanned, symbology):  # Python would strip a leading group separator, too.
        return (read_gs1(code, today),)
    for label in scale_labels:
        reading = label.read(code)
        if reading is not None:
            return (reading, _read_plain(code))
    if looks_like_gs1(code):
        try:
            return (read_gs1(code, today),)
        except BadGs1CodeError:
            return (_read_plain(code),)
    return (_read_plain(code),)


def _read_plain(code: str) -> CodeReading:
    shown = "".join(character if character.isprintable() else " " for character in code)
    return CodeReading(shown, (*lookup_forms(code), *_expand_upc_e(code)))


def _expand_upc_e(code: str) -> tuple[str, ...]:
    """The GTIN of a UPC-E: some scanners send its 8 digits. Source: GS1 General Specs 5.2.2.4."""
    if len(code) != UPC_E_DIGITS or not code.isascii() or code[0] not in "01":
        return ()
    try:
        return (biip.upc.Upc.parse(code).as_gtin_14(),)
    except biip.ParseError:
        return ()
