"""Lists as CSV, whole and in bounded memory: the rows of the JSON twin, for a spreadsheet."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import enum
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO

import fastapi
import sqlalchemy as sa
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from hq_hub.api.headquarters import EXPORT_WAIT_S, EXPORTS_MAX, Headquarters
from hq_hub.api.shown import shown_names
from hq_hub.reports.paging import Block
from hq_hub.services.errors import ListTooLongError
from hq_hub.store.engine import read_transaction
from hq_hub.store.errors import HubBusyError
from retail_domain.people.permission import Actor

CSV_ROWS_MAX = 1_000_000
"""A spreadsheet opens 1,048,576 rows; a person filters before reading more."""
WHOLE_LIST = Block(0, CSV_ROWS_MAX + 1)
"""Of lists read in one piece: with one row too many, so that a longer one is refused, not cut."""
SPOOL_BYTES_MAX = 1024 * 1024
"""Kept in memory; what is beyond lies in a file without a name until it is sent."""
CHUNK_BYTES = 64 * 1024
BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheets take UTF-8 for the local code page without it."""
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Full-width ones too: spreadsheets of East Asia read them as the others."""
UNITS = {"_fen": ("_yuan", 2), "_milli": ("", 3)}
"""By the end of a field's name: what the head of the column ends with, and its decimals."""

Cells = Sequence[object]


def answer_csv(
    parts: Headquarters,
    actor: Actor,
    name: str,
    columns: type,
    read: Callable[[sa.Connection], Iterable[object]],
) -> fastapi.Response:
    """Write rows under those names of a dataclass's fields that the actor may see.

    Args:
        parts: of the hub.
        actor: who asks.
        name: of the file, without ending.
        columns: the dataclass of the rows.
        read: the rows, all of them, from one instant of the database.

    Raises:
        ListTooLongError: more than a file holds.
        HubBusyError: others are exporting.
    """
    fields = shown_names(actor, [field.name for field in dataclasses.fields(columns)])

    def read_cells(db: sa.Connection) -> Iterator[Cells]:
        return ([getattr(row, field) for field in fields] for row in read(db))

    return write_csv(parts, name, fields, read_cells)


def write_csv(
    parts: Headquarters,
    name: str,
    fields: Sequence[str],
    read: Callable[[sa.Connection], Iterable[Cells]],
) -> fastapi.Response:
    """Write cells; text that a spreadsheet would run as a formula gets an apostrophe before it.

    The database is read into a file first: a slow download holds no connection, and a list that is
    too long is refused before the first byte.
    """
    if not parts.exports.acquire(timeout=EXPORT_WAIT_S):
        raise HubBusyError(limit=EXPORTS_MAX)
    try:
        with read_transaction(parts.read_engine) as db:
            file = spool(fields, read(db))
    finally:
        parts.exports.release()
    return StreamingResponse(
        iter(lambda: file.read(CHUNK_BYTES), b""),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        background=BackgroundTask(file.close),
    )


def spool(fields: Sequence[str], rows: Iterable[Cells]) -> IO[bytes]:
    """Write a whole list; the caller reads it from its beginning and closes it.

    Raises:
        ListTooLongError: more than a file holds.
    """
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(tempfile.SpooledTemporaryFile(SPOOL_BYTES_MAX))
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        text.write(BYTE_ORDER_MARK)
        writer = csv.writer(text)
        writer.writerow([name_column(field) for field in fields])
        for row in _require_fit(rows):
            writer.writerow([to_cell(f, value) for f, value in zip(fields, row, strict=True)])
        text.detach()  # Flushes; the file stays open.
        stack.pop_all()
    file.seek(0)
    return file


def _require_fit(rows: Iterable[Cells]) -> Iterator[Cells]:
    for count, row in enumerate(rows, start=1):
        if count > CSV_ROWS_MAX:
            raise ListTooLongError(limit=CSV_ROWS_MAX)
        yield row


def name_column(field: str) -> str:
    """Head of a column: people read yuan and units, not fen and milli."""
    for unit, (shown, _digits) in UNITS.items():
        if field.endswith(unit):
            return field.removesuffix(unit) + shown
    return field


def to_cell(field: str, value: object) -> str | int:
    """Make one cell: numbers as they are, instants and dates in ISO 8601, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        for unit, (_shown, digits) in UNITS.items():
            if field.endswith(unit):
                return write_decimal(value, digits)
        return value
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, list):
        value = " ".join(map(str, value))
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def write_decimal(value: int, digits: int) -> str:
    """Write an integer of the smallest unit as a decimal: -5 fen are -0.05 yuan."""
    whole, fraction = divmod(abs(value), 10**digits)
    return f"{'-' if value < 0 else ''}{whole}.{fraction:0{digits}d}"
