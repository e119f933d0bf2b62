"""The paper of a simulated printer: dots that were burnt, sheets that were cut or peeled off."""

from __future__ import annotations

from hardware.printer.bitmap import Bitmap


class Paper:
    """One printer's paper, as wide as its head."""

    def __init__(self, width_dots: int) -> None:
        self.width_dots = width_dots
        self.sheets: list[Bitmap] = []
        """What was cut off or peeled off, oldest first."""
        self._rows = bytearray()

    @property
    def _row_bytes(self) -> int:
        return (self.width_dots + 7) // 8

    @property
    def hanging(self) -> Bitmap:
        """What is printed and not cut off yet."""
        return Bitmap(self.width_dots, len(self._rows) // self._row_bytes, bytes(self._rows))

    def burn(self, row_bytes: int, data: bytes) -> None:
        """Print rows; what goes beyond the head is lost, as it is in real printers."""
        for start in range(0, len(data), row_bytes):
            row = data[start : start + row_bytes][: self._row_bytes]
            self._rows += row.ljust(self._row_bytes, b"\0")

    def feed(self, rows: int) -> None:
        """Move on without printing."""
        self._rows += bytes(rows * self._row_bytes)

    def cut(self) -> None:
        """Take off what hangs out, if anything does."""
        if self._rows:
            self.sheets.append(self.hanging)
            self._rows.clear()
