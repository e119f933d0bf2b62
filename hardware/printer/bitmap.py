"""A picture of black and white dots: what printers, the preview and the tests share."""

from __future__ import annotations

import dataclasses
import io

from PIL import Image


@dataclasses.dataclass(frozen=True, slots=True)
class Bitmap:
    """Rows of dots from top to bottom."""

    width_dots: int
    height_dots: int
    data: bytes
    """Row after row, each of `row_bytes`; the leftmost dot is the highest bit, 1 is black, and the
    bits behind the last dot are 0."""

    def __post_init__(self) -> None:
        assert self.width_dots > 0
        assert len(self.data) == self.row_bytes * self.height_dots, "rows and data differ"

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return (self.width_dots + 7) // 8

    def rows(self, first: int, count: int) -> Bitmap:
        """Some of the rows, at most `count` of them."""
        count = min(count, self.height_dots - first)
        start = first * self.row_bytes
        data = self.data[start : start + count * self.row_bytes]
        return Bitmap(self.width_dots, count, data)

    def inverted(self) -> bytes:
        """The data with black and white changed, the bits behind the last dot among them."""
        return self.data.translate(INVERSE)

    def to_image(self) -> Image.Image:
        """A picture of Pillow: white paper, black dots."""
        return Image.frombytes("1", (self.width_dots, self.height_dots), self.inverted())

    def to_png(self) -> bytes:
        """The same dots as a PNG file: the preview is what the printer prints."""
        file = io.BytesIO()
        self.to_image().save(file, "PNG", optimize=True)
        return file.getvalue()


INVERSE = bytes(255 - value for value in range(256))


def from_ink(image: Image.Image) -> Bitmap:
    """Take a Pillow picture of mode 1 whose set dots are black."""
    assert image.mode == "1"
    return Bitmap(image.width, image.height, image.tobytes())
