"""What is to be printed: a label, or a roll of receipt paper. It knows nothing of goods.

Lengths are integers in micrometres. A printer of "203 dpi" has exactly 8 dots a millimetre, one of
"300 dpi" 12 (Zebra and TSC data sheets), so a millimetre is always a whole number of dots.
"""

from __future__ import annotations

import dataclasses
import enum

UM = 1_000
"""Micrometres of a millimetre."""
LABEL_SIDE_MAX_UM = 300 * UM
"""Wider than any label printer's head; a longer label is a roll."""
ELEMENTS_MAX = 100
"""Of one label: more is no label that a person reads."""
BLOCKS_MAX = 4_000
"""Of one roll: a ticket of 1,000 lines."""
TEXT_CHARACTERS_MAX = 500
"""Of one text: a shelf label has room for a tenth of it."""
SIZE_MIN_UM = 1_500
"""Smaller Chinese can't be read at 8 dots a millimetre: 12 dots a character."""
SIZE_MAX_UM = 60 * UM


class Align(enum.Enum):
    """Where a text stands in its box."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Symbology(enum.Enum):
    """The codes that can be printed."""

    EAN_13 = "ean_13"
    EAN_8 = "ean_8"
    UPC_A = "upc_a"
    ITF_14 = "itf_14"
    CODE_128 = "code_128"
    GS1_128 = "gs1_128"
    DATABAR_EXPANDED = "databar_expanded"
    QR = "qr"
    GS1_QR = "gs1_qr"
    DATA_MATRIX = "data_matrix"
    GS1_DATA_MATRIX = "gs1_data_matrix"


@dataclasses.dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a label, from its upper left corner."""

    x_um: int
    y_um: int
    width_um: int
    height_um: int

    def __post_init__(self) -> None:
        assert self.x_um >= 0
        assert self.y_um >= 0
        assert self.width_um > 0
        assert self.height_um > 0


@dataclasses.dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text looks, and how far it may shrink to fit."""

    size_um: int
    """Height of a Chinese character."""
    size_min_um: int
    """Text that doesn't fit shrinks down to this, then is refused."""
    lines_max: int = 1
    align: Align = Align.LEFT
    is_bold: bool = False

    def __post_init__(self) -> None:
        assert SIZE_MIN_UM <= self.size_min_um <= self.size_um <= SIZE_MAX_UM
        assert self.lines_max >= 1


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A text on a label."""

    name: str
    """Names the element in an error."""
    box: Box
    style: TextStyle
    text: str
    is_struck: bool = False
    """With a line through it: the price of before."""


@dataclasses.dataclass(frozen=True, slots=True)
class Code:
    """A bar code or a matrix code on a label, centred in its box, as large as whole dots allow."""

    name: str
    box: Box
    symbology: Symbology
    data: str
    """GS1 element strings with brackets: `[01]06901234567892[10]A1`."""
    has_text: bool = True
    """Whether bars carry their data in readable form below."""


@dataclasses.dataclass(frozen=True, slots=True)
class Label:
    """One label; what is drawn later lies over nothing: black stays black."""

    width_um: int
    height_um: int
    texts: tuple[Text, ...] = ()
    codes: tuple[Code, ...] = ()
    rules: tuple[Box, ...] = ()
    """Filled black: lines."""

    def __post_init__(self) -> None:
        assert 0 < self.width_um <= LABEL_SIDE_MAX_UM
        assert 0 < self.height_um <= LABEL_SIDE_MAX_UM
        assert len(self.texts) + len(self.codes) + len(self.rules) <= ELEMENTS_MAX


@dataclasses.dataclass(frozen=True, slots=True)
class Cell:
    """One column of a row; a text that is too wide goes on in the next line."""

    text: str
    share: int
    """Of the row's width, against the other cells' shares."""
    align: Align = Align.LEFT


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One row of a roll, as high as its highest cell."""

    cells: tuple[Cell, ...]
    size_um: int
    is_bold: bool = False

    def __post_init__(self) -> None:
        assert self.cells
        assert SIZE_MIN_UM <= self.size_um <= SIZE_MAX_UM


@dataclasses.dataclass(frozen=True, slots=True)
class CodeRow:
    """A code across the roll."""

    symbology: Symbology
    data: str
    height_um: int


@dataclasses.dataclass(frozen=True, slots=True)
class Divider:
    """A thin line across the roll."""


@dataclasses.dataclass(frozen=True, slots=True)
class Space:
    """Nothing, for a while."""

    height_um: int


Block = Row | CodeRow | Divider | Space


@dataclasses.dataclass(frozen=True, slots=True)
class Roll:
    """Receipt paper: as long as its blocks. It never refuses a text: a sale needs its receipt."""

    width_um: int
    """Of the printed part: 48 mm on paper of 58 mm, 72 mm on paper of 80 mm."""
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        assert 0 < self.width_um <= LABEL_SIDE_MAX_UM
        assert 0 < len(self.blocks) <= BLOCKS_MAX


Page = Label | Roll
