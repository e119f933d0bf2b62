"""Prices for scales that print their own labels: what they are told, as lines, files and jobs.

`PluSink` is the interface; a whole list is delivered at a time, so a repeat does no harm.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Protocol

from hardware.driver import Transport
from hardware.errors import DeviceUnavailableError

PLU_MAX = 99_999
"""Five digits of a label (docs/devices.md)."""
PRICE_FEN_MAX = 999_999
"""Six digits: what scales show."""
NAME_CHARACTERS_MAX = 40
"""Two lines of a label of 58 mm."""
SHELF_LIFE_DAYS_MAX = 999
GOODS_MAX = 10_000
"""Of one list: more than a scale keeps."""
SEND_TIMEOUT_S = 2.0
"""For one line; a scale that takes longer is stuck."""
FAREWELL_S = 0.5
"""How long the line must hold after the last byte."""


@dataclasses.dataclass(frozen=True, slots=True)
class PluGoods:
    """One sort of goods on a scale."""

    plu: int
    """Its number there; what the label's P digits say."""
    name: str
    unit_price_fen: int
    """A kilogram, or a piece."""
    is_weighed: bool
    shelf_life_days: int = 0
    """Printed as a date; 0 for none."""


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """Goods that no scale can be told, and why, English, for IT."""

    goods: PluGoods
    reason: str


def sort_out(goods: Sequence[PluGoods]) -> tuple[list[PluGoods], list[Refused]]:
    """Separate what a scale can be told, by number, from what it can't."""
    fitting, refused = [], []
    seen: set[int] = set()
    for one in sorted(goods, key=lambda one: one.plu):
        reason = _find_fault(one, seen)
        if reason:
            refused.append(Refused(one, reason))
        else:
            fitting.append(one)
            seen.add(one.plu)
    assert len(fitting) <= GOODS_MAX
    return fitting, refused


def _find_fault(one: PluGoods, seen: set[int]) -> str:
    faults = {
        f"its number {one.plu} is not between 1 and {PLU_MAX}": not 1 <= one.plu <= PLU_MAX,
        f"the number {one.plu} is given twice": one.plu in seen,
        f"its price of {one.unit_price_fen} fen is not between 1 and {PRICE_FEN_MAX}": not 1
        <= one.unit_price_fen
        <= PRICE_FEN_MAX,
        f"its name is empty or longer than {NAME_CHARACTERS_MAX}": not 1
        <= len(one.name)
        <= NAME_CHARACTERS_MAX,
        "its name has characters that no scale prints": not one.name.isprintable()
        or "\t" in one.name,
        f"its shelf life is not between 0 and {SHELF_LIFE_DAYS_MAX} days": not 0
        <= one.shelf_life_days
        <= SHELF_LIFE_DAYS_MAX,
    }
    return next((fault for fault, is_so in faults.items() if is_so), "")


class PluSink(Protocol):
    """Takes a whole list of goods to a scale, or to the maker's program for it."""

    def deliver(self, goods: Sequence[PluGoods]) -> None:
        """Deliver goods that were sorted out; a repeat does no harm.

        Raises:
            DeviceUnavailableError: it did not arrive whole. The scale keeps what it had, or has
                a part of the new list: deliver again.
        """


class FilePluSink:
    """A file for the maker's program, which fetches it from a folder."""

    def __init__(self, path: pathlib.Path, encoding: str = "gb18030") -> None:
        self._path, self._encoding = path, encoding

    def deliver(self, goods: Sequence[PluGoods]) -> None:
        """Put the file there, whole or not at all; an older one is replaced."""
        data = encode_csv(goods).encode(self._encoding)
        part = self._path.with_name(self._path.name + ".part")
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            raise DeviceUnavailableError(f"{self._path} can't be written: {error}") from error


class ClosableTransport(Transport, Protocol):
    """A transport that its user closes."""

    def close(self) -> None:
        """Give it back."""


class TcpPluSink:
    """A scale on the network that takes tab-separated lines."""

    def __init__(self, open_transport: Callable[[], ClosableTransport], encoding: str) -> None:
        """Prepare.

        Args:
            open_transport: to the scale; raises DeviceUnavailableError.
            encoding: of names, as the scale is set: gb18030 or utf-8.
        """
        self._open, self._encoding = open_transport, encoding

    def deliver(self, goods: Sequence[PluGoods]) -> None:
        """Send the list line by line."""
        transport = self._open()
        try:
            for line in encode_lines(goods):
                data = line.encode(self._encoding)
                taken = transport.write(data, SEND_TIMEOUT_S)
                if taken < len(data):
                    raise DeviceUnavailableError("the scale stopped to take the list")
            # It answers nothing. One that is gone by now may not have taken all of it.
            transport.read(FAREWELL_S)
        finally:
            transport.close()


CSV_COLUMNS = ("plu", "name", "unit", "unit_price_yuan", "shelf_life_days")


def encode_csv(goods: Sequence[PluGoods]) -> str:
    """Write a list as CSV with a heading; unit is kg or pcs."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for one in goods:
        unit = "kg" if one.is_weighed else "pcs"
        price = f"{one.unit_price_fen // 100}.{one.unit_price_fen % 100:02d}"
        writer.writerow((one.plu, one.name, unit, price, one.shelf_life_days))
    return file.getvalue()


HEAD, FOOT = "DWL\tPLU\t\r\n", "END\tPLU\t\r\n"
BY_WEIGHT, BY_PIECE = "1", "2"
# Fields of a line: what stands in braces is ours, the others are the sheet's recommended defaults.
LINE = "\t".join(
    (
        *("PLU", "{plu}", "{code}", "", "{unit}", "{price},2", "0,0", "0,0"),
        *("0", "0", "0", "0", "0", "0", "9", "{name}", *[""] * 7),
        *("0", "0", "0", "0", "{has_shelf_life}", "0", "0", "0", "0", "{shelf_life_days}"),
        *("0", "0", "0,0", "0,0"),
        *("0", "127", "0,0", "0,0", "0,0") * 4,
        *("0", "0", "0", "0", "0", "0", "0", "\r\n"),
    )
)


def encode_lines(goods: Sequence[PluGoods]) -> list[str]:
    """Write a list as the lines of a download, head and foot among them.

    Prices are written as digits, a comma and how many of them are decimals: `1500,2` is 15.00.
    Source: PLU.txt in the maker's documents of the label scale ВТНЕ-Принт 15Н2.
    """
    lines = [
        LINE.format(
            plu=one.plu,
            code=one.plu,
            unit=BY_WEIGHT if one.is_weighed else BY_PIECE,
            price=one.unit_price_fen,
            name=one.name,
            has_shelf_life=1 if one.shelf_life_days else 0,
            shelf_life_days=one.shelf_life_days,
        )
        for one in goods
    ]
    return [HEAD, *lines, FOOT]
