"""Draws a page as a bitmap: the only place that turns millimetres into dots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PIL import Image, ImageDraw

from hardware.printer import font, symbol
from hardware.printer.bitmap import Bitmap, from_ink
from hardware.printer.errors import (
    PageTooLargeError,
    TextTooLongError,
    UnprintableCharacterError,
)
from hardware.printer.font import Face
from hardware.printer.page import (
    TEXT_CHARACTERS_MAX,
    UM,
    Align,
    Block,
    Box,
    Cell,
    Code,
    CodeRow,
    Divider,
    Label,
    Page,
    Roll,
    Row,
    Space,
    Text,
    TextStyle,
)
from hardware.printer.symbol import Modules
from hardware.printer.wrap import cut, wrap

DOTS_PER_MM = (8, 12, 24)
"""Of heads called 203, 300 and 600 dpi."""
ROLL_DOTS_MAX = 40_000
"""5 m at 8 dots a millimetre; a ticket of 1,000 lines needs 4."""
CELL_LINES_MAX = 6
"""Of one cell of a receipt; what goes beyond is cut with an ellipsis."""
GAP_UM = 1 * UM
"""Between two cells of a row."""
DIVIDER_UM = 2 * UM
"""A divider with its white above and below."""

Ink = Image.Image
"""Mode 1, set dots are black."""


def render(page: Page, dots_per_mm: int) -> Bitmap:
    """Draw a page.

    Args:
        page: a label or a roll.
        dots_per_mm: of the printer's head, one of DOTS_PER_MM.

    Raises:
        PageError: a label's text or code doesn't fit or can't be printed; a roll is endless.
    """
    assert dots_per_mm in DOTS_PER_MM
    if isinstance(page, Label):
        return _render_label(page, dots_per_mm)
    return _render_roll(page, dots_per_mm)


def check_label(label: Label, dots_per_mm: int) -> None:
    """Find out whether a label can be drawn, in a fraction of the time.

    Raises:
        PageError: as `render`.
    """
    for text in label.texts:
        _require_printable(text.name, text.text)
        _, _, width, height = _box_dots(text.box, dots_per_mm)
        _fit(text, _without_joiners(text.text), (width, height), dots_per_mm)
    for code in label.codes:
        _, _, width, height = _box_dots(code.box, dots_per_mm)
        modules = symbol.make_modules(code.name, code.symbology, code.data)
        modules.choose_dots(code.name, width, _bars_height(code, modules, height, dots_per_mm))


def to_dots(length_um: int, dots_per_mm: int) -> int:
    """Micrometres to dots, half up."""
    return (length_um * dots_per_mm + UM // 2) // UM


def _render_label(label: Label, scale: int) -> Bitmap:
    size = to_dots(label.width_um, scale), to_dots(label.height_um, scale)
    ink = Image.new("1", size, 0)
    draw = ImageDraw.Draw(ink)
    for rule in label.rules:
        x, y, width, height = _box_dots(rule, scale)
        draw.rectangle((x, y, x + max(width, 1) - 1, y + max(height, 1) - 1), fill=1)
    for text in label.texts:
        draw_text(draw, text, scale)
    for code in label.codes:
        draw_code(ink, code, scale)
    return from_ink(ink)


def _box_dots(box: Box, scale: int) -> tuple[int, int, int, int]:
    return (
        to_dots(box.x_um, scale),
        to_dots(box.y_um, scale),
        to_dots(box.width_um, scale),
        to_dots(box.height_um, scale),
    )


def draw_text(draw: ImageDraw.ImageDraw, text: Text, scale: int) -> None:
    """Draw one text of a label at the largest size that fits.

    Raises:
        TextTooLongError, UnprintableCharacterError
    """
    x, y, width, height = _box_dots(text.box, scale)
    _require_printable(text.name, text.text)
    shown = _without_joiners(text.text)
    size_dots, lines = _fit(text, shown, (width, height), scale)
    pitch, bold = _pitch(size_dots), _strikes(size_dots, is_bold=text.style.is_bold)
    face = font.open_face(size_dots)
    for number, line in enumerate(lines):
        line_width = _width(size_dots, line, bold)
        left = x + _indent(text.style.align, width, line_width)
        top = y + number * pitch
        _draw_line(draw, (left, top), line, face, bold)
        if text.is_struck:
            middle = top + pitch // 2
            draw.rectangle((left, middle, left + line_width - 1, middle + bold - 1), fill=1)


def _without_joiners(text: str) -> str:
    return "".join(character for character in text if character not in font.JOINERS)


def _require_printable(name: str, text: str) -> None:
    if len(text) > TEXT_CHARACTERS_MAX:
        raise TextTooLongError(name, f"{len(text)} characters, {TEXT_CHARACTERS_MAX} at most")
    found = font.find_unprintable(text)
    if found is not None:
        raise UnprintableCharacterError(
            name, f"the font has no U+{ord(found):04X}, which stands in {text!r}"
        )


def _fit(text: Text, shown: str, room: tuple[int, int], scale: int) -> tuple[int, list[str]]:
    """The largest size, in dots, at which a text fits its box, and its lines there.

    Raises:
        TextTooLongError: it doesn't at the smallest.
    """
    style, (width, height) = text.style, room
    for size_dots in _sizes(to_dots(style.size_um, scale), to_dots(style.size_min_um, scale)):
        lines = _fitting_lines(shown, style, size_dots, width)
        if len(lines) <= style.lines_max and len(lines) * _pitch(size_dots) <= height:
            return size_dots, lines
    raise TextTooLongError(
        text.name,
        f"{shown!r} does not fit {text.box.width_um / UM:g} x {text.box.height_um / UM:g} mm "
        f"at {style.size_min_um / UM:g} mm a character",
    )


def _sizes(largest: int, smallest: int) -> Iterator[int]:
    """Sizes to try, each a sixteenth smaller than the one before: a face costs memory."""
    size_dots = largest
    while size_dots > smallest:
        yield size_dots
        size_dots -= max(1, size_dots // 16)
    yield smallest


def _fitting_lines(text: str, style: TextStyle, size_dots: int, width: int) -> list[str]:
    bold = _strikes(size_dots, is_bold=style.is_bold)
    if style.lines_max == 1:
        fits = _width(size_dots, text, bold) <= width
        return [text] if fits else [text, ""]
    return wrap(text, size_dots, width - bold + 1)


def _pitch(size_dots: int) -> int:
    """From one line to the next: the em square and a fifth, so that 'g' and 'ä' don't touch."""
    return (size_dots * 6 + 4) // 5


def _baseline(size_dots: int) -> int:
    """Of a line, from its top; the ideographic em box of the font goes 0.88 up and 0.12 down."""
    return (size_dots * 98 + 50) // 100


def _strikes(size_dots: int, *, is_bold: bool) -> int:
    """How often a line is drawn, each a dot further right: bold without a second font."""
    return 1 + (size_dots + 12) // 24 if is_bold else 1


def _width(size_dots: int, line: str, strikes: int) -> int:
    return font.measure(size_dots, line) + strikes - 1


def _indent(align: Align, width: int, line_width: int) -> int:
    spare = max(0, width - line_width)
    return {Align.LEFT: 0, Align.CENTER: spare // 2, Align.RIGHT: spare}[align]


def _draw_line(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], line: str, face: Face, strikes: int
) -> None:
    x, y = at
    for strike in range(strikes):
        draw.text((x + strike, y + _baseline(int(face.size))), line, fill=1, font=face, anchor="ls")


def draw_code(ink: Ink, code: Code, scale: int) -> None:
    """Draw one code of a label.

    Raises:
        CodeDataError, CodeTooLargeError
    """
    x, y, width, height = _box_dots(code.box, scale)
    modules = symbol.make_modules(code.name, code.symbology, code.data)
    _paste_modules(ink, modules, code, (x, y, width, height), scale)


TEXT_UNDER_BARS_UM = 2_500


def _paste_modules(
    ink: Ink, modules: Modules, code: Code, room: tuple[int, int, int, int], scale: int
) -> None:
    x, y, width, height = room
    text_size = to_dots(TEXT_UNDER_BARS_UM, scale)
    bars_height = _bars_height(code, modules, height, scale)
    dots = modules.choose_dots(code.name, width, bars_height)
    picture = _module_picture(modules)
    code_width = modules.width * dots
    code_height = picture.height * dots if modules.is_matrix else bars_height
    grown = picture.resize((code_width, max(code_height, 1)), Image.Resampling.NEAREST)
    top = y + (bars_height - code_height) // 2
    ink.paste(grown, (x + (width - code_width) // 2, top))
    if bars_height < height:
        face, draw = font.open_face(text_size), ImageDraw.Draw(ink)
        left = x + _indent(Align.CENTER, width, _width(text_size, code.data, 1))
        _draw_line(draw, (left, y + bars_height), code.data, face, 1)


def _bars_height(code: Code, modules: Modules, height: int, scale: int) -> int:
    """Dots of a box that bars have for themselves: the rest is for the text below."""
    if not code.has_text or modules.is_matrix:
        return height
    return max(1, height - _pitch(to_dots(TEXT_UNDER_BARS_UM, scale)))


def _module_picture(modules: Modules) -> Ink:
    """One dot a module."""
    size = modules.width, len(modules.rows)
    # zint's lowest bit is the leftmost module; Pillow's raw mode "1;R" reads it so.
    return Image.frombytes("1", size, b"".join(modules.rows), "raw", "1;R")


def _render_roll(roll: Roll, scale: int) -> Bitmap:
    width = to_dots(roll.width_um, scale)
    strips = [_render_block(block, width, scale) for block in roll.blocks]
    height = sum(strip.height for strip in strips)
    if height > ROLL_DOTS_MAX:
        raise PageTooLargeError("roll", f"{height} dots long, {ROLL_DOTS_MAX} at most")
    ink = Image.new("1", (width, height), 0)
    top = 0
    for strip in strips:
        ink.paste(strip, (0, top))
        top += strip.height
    return from_ink(ink)


def _render_block(block: Block, width: int, scale: int) -> Ink:
    match block:
        case Row():
            return _render_row(block, width, scale)
        case CodeRow():
            return _render_code_row(block, width, scale)
        case Divider():
            strip = Image.new("1", (width, to_dots(DIVIDER_UM, scale)), 0)
            middle = strip.height // 2
            ImageDraw.Draw(strip).rectangle((0, middle, width - 1, middle), fill=1)
            return strip
        case Space():
            return Image.new("1", (width, max(1, to_dots(block.height_um, scale))), 0)


def _render_row(row: Row, width: int, scale: int) -> Ink:
    size_dots = to_dots(row.size_um, scale)
    pitch, strikes = _pitch(size_dots), _strikes(size_dots, is_bold=row.is_bold)
    face = font.open_face(size_dots)
    columns = list(_columns(row.cells, width, to_dots(GAP_UM, scale)))
    texts = [
        _cell_lines(cell, size_dots, cell_width - strikes + 1)
        for cell, (_, cell_width) in zip(row.cells, columns, strict=True)
    ]
    strip = Image.new("1", (width, pitch * max(map(len, texts))), 0)
    draw = ImageDraw.Draw(strip)
    for cell, (left, cell_width), lines in zip(row.cells, columns, texts, strict=True):
        for number, line in enumerate(lines):
            indent = _indent(cell.align, cell_width, _width(size_dots, line, strikes))
            _draw_line(draw, (left + indent, number * pitch), line, face, strikes)
    return strip


def _columns(cells: Iterable[Cell], width: int, gap: int) -> Iterable[tuple[int, int]]:
    """Left edge and width of each cell, so that the last one ends with the paper."""
    shares = [cell.share for cell in cells]
    room, whole = width - gap * (len(shares) - 1), sum(shares)
    before = 0
    for number, share in enumerate(shares):
        left, right = room * before // whole, room * (before + share) // whole
        yield left + number * gap, right - left
        before += share


def _cell_lines(cell: Cell, size_dots: int, width: int) -> list[str]:
    """The lines of a cell; what can't be printed is marked, what is too much is cut."""
    lines = wrap(font.make_printable(cell.text[:TEXT_CHARACTERS_MAX]), size_dots, width)
    if len(lines) <= CELL_LINES_MAX:
        return lines
    return [*lines[: CELL_LINES_MAX - 1], cut(lines[CELL_LINES_MAX - 1], size_dots, width)]


def _render_code_row(row: CodeRow, width: int, scale: int) -> Ink:
    height = to_dots(row.height_um, scale)
    strip = Image.new("1", (width, height), 0)
    modules = symbol.make_modules("code", row.symbology, row.data)
    box = Box(0, 0, width, height)
    code = Code("code", box, row.symbology, row.data, has_text=False)
    _paste_modules(strip, modules, code, (0, 0, width, height), scale)
    return strip
