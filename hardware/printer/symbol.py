"""Bar codes and matrix codes as modules, by zint; how many dots a module gets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import zint

from hardware.printer.errors import CodeDataError, CodeTooLargeError
from hardware.printer.page import Symbology

MODULE_DOTS_MIN = 2
"""A module of one dot is eaten by the spreading of heat. Two dots are 0.25 mm at 8 dots a
millimetre: a hair below the 0.264 mm of GS1's smallest retail code, and read by every scanner."""
DATA_CHARACTERS_MAX = 1_000
"""Of a matrix code; bars end much sooner by their width."""

ROWS_OF_ZINT = 200
"""Of its table of modules, used or not (zint.h, ZINT_MAX_ROWS)."""
ECI_UTF_8 = 26
"""Tells the reader how Chinese is written (AIM ECI 26); without it QR falls into Shift JIS."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Kind:
    """How one symbology is made and placed."""

    symbology: zint.Symbology
    quiet: int
    """Modules of white that a reader needs on each side (GS1 General Specifications 5.2, 5.4)."""
    is_matrix: bool = False
    is_gs1: bool = False
    digits: int = 0
    """Exactly so many; 0: whatever the symbology holds."""


KINDS: Mapping[Symbology, _Kind] = {
    Symbology.EAN_13: _Kind(zint.Symbology.EANX_CHK, 11, digits=13),
    Symbology.EAN_8: _Kind(zint.Symbology.EANX_CHK, 7, digits=8),
    Symbology.UPC_A: _Kind(zint.Symbology.UPCA_CHK, 9, digits=12),
    Symbology.ITF_14: _Kind(zint.Symbology.ITF14, 10, digits=14),
    Symbology.CODE_128: _Kind(zint.Symbology.CODE128, 10),
    Symbology.GS1_128: _Kind(zint.Symbology.GS1_128, 10, is_gs1=True),
    Symbology.DATABAR_EXPANDED: _Kind(zint.Symbology.DBAR_EXP, 1, is_gs1=True),
    Symbology.QR: _Kind(zint.Symbology.QRCODE, 4, is_matrix=True),
    Symbology.GS1_QR: _Kind(zint.Symbology.QRCODE, 4, is_matrix=True, is_gs1=True),
    Symbology.DATA_MATRIX: _Kind(zint.Symbology.DATAMATRIX, 2, is_matrix=True),
    Symbology.GS1_DATA_MATRIX: _Kind(zint.Symbology.DATAMATRIX, 2, is_matrix=True, is_gs1=True),
}
assert set(KINDS) == set(Symbology)


@dataclasses.dataclass(frozen=True, slots=True)
class Modules:
    """A code as black and white modules, without its quiet zone."""

    width: int
    rows: tuple[bytes, ...]
    """Each packed, the leftmost module in the lowest bit of its byte; 1 is black."""
    quiet: int
    is_matrix: bool

    def is_black(self, row: int, column: int) -> bool:
        """Whether a module is black."""
        return bool(self.rows[row][column // 8] >> (column % 8) & 1)

    def choose_dots(self, name: str, width_dots: int, height_dots: int) -> int:
        """Dots a module: as many as fit the box with the quiet zone.

        Raises:
            CodeTooLargeError: fewer than MODULE_DOTS_MIN.
        """
        dots = width_dots // (self.width + 2 * self.quiet)
        if self.is_matrix:
            dots = min(dots, height_dots // (len(self.rows) + 2 * self.quiet))
        if dots < MODULE_DOTS_MIN:
            needed = (self.width + 2 * self.quiet) * MODULE_DOTS_MIN
            raise CodeTooLargeError(
                name, f"the code needs {needed} dots, its box has {width_dots} x {height_dots}"
            )
        return dots


def make_modules(name: str, symbology: Symbology, data: str) -> Modules:
    """Encode data.

    Args:
        name: of the element, for the error.
        symbology: of the code.
        data: with its check digit, which is checked; GS1 data with brackets.

    Raises:
        CodeDataError: the symbology can't hold it, or the check digit is wrong.
    """
    kind = KINDS[symbology]
    if kind.digits and not (len(data) == kind.digits and data.isascii() and data.isdecimal()):
        raise CodeDataError(name, f"{symbology.value} has {kind.digits} digits, not {data!r}")
    if not 1 <= len(data) <= DATA_CHARACTERS_MAX:
        raise CodeDataError(name, f"the data has {len(data)} characters")
    if not kind.is_matrix and not (data.isascii() and data.isprintable()):
        raise CodeDataError(name, f"bars hold ASCII only, not {data!r}")
    symbol = zint.Symbol()
    symbol.symbology = kind.symbology
    symbol.input_mode = zint.InputMode.GS1 if kind.is_gs1 else zint.InputMode.UNICODE
    if kind.is_gs1:  # A wrong check digit inside is only a warning otherwise.
        symbol.warn_level = zint.WarningLevel.FAIL_ALL
    if not data.isascii():
        symbol.eci = ECI_UTF_8
    try:
        # For ITF-14, zint wants 13 digits and makes the last one itself.
        symbol.encode(data[:13] if symbology is Symbology.ITF_14 else data)
    except RuntimeError as error:  # All that zint ever raises.
        raise CodeDataError(name, f"{symbology.value} can't hold {data!r}: {error}") from error
    if symbology is Symbology.ITF_14 and symbol.text != data:
        raise CodeDataError(name, f"the check digit of {data!r} is wrong")
    flat = symbol.encoded_data.tobytes()
    stride, used = len(flat) // ROWS_OF_ZINT, (symbol.width + 7) // 8
    rows = tuple(flat[row * stride : row * stride + used] for row in range(symbol.rows))
    return Modules(symbol.width, rows, kind.quiet, kind.is_matrix)
