"""Lists as CSV: the same rows as the JSON twin, for a spreadsheet."""

from __future__ import annotations

import csv
import dataclasses
import enum
import io
from collections.abc import Iterable, Sequence

import fastapi

from hq_hub.api.shown import shown_names
from hq_hub.reports.paging import Block
from hq_hub.services.errors import ListTooLongError
from retail_domain.people.permission import Actor

CSV_ROWS_MAX = 50_000
"""What is kept in memory for one answer, some 20 MB; a person filters before reading more."""
WHOLE_LIST = Block(0, CSV_ROWS_MAX)
BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheets take UTF-8 for the local code page without it."""
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def answer_csv(
    actor: Actor, name: str, columns: type, rows: Iterable[object], total: int
) -> fastapi.Response:
    """Write rows under those names of a dataclass's fields that the actor may see.

    Args:
        actor: who asks.
        name: of the file, without ending.
        columns: the dataclass of the rows.
        rows: all of them.
        total: how many the filter finds.

    Raises:
        ListTooLongError: more than a file holds.
    """
    if total > CSV_ROWS_MAX:
        raise ListTooLongError(total=total, limit=CSV_ROWS_MAX)
    names = shown_names(actor, [field.name for field in dataclasses.fields(columns)])
    return write_csv(name, names, ([getattr(row, name) for name in names] for row in rows))


def write_csv(
    name: str, names: Sequence[str], rows: Iterable[Sequence[object]]
) -> fastapi.Response:
    """Write cells; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([to_cell(value) for value in row] for row in rows)
    return fastapi.Response(
        text.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def to_cell(value: object) -> str | int:
    """Make one cell: numbers as they are, instants and dates in ISO 8601, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    if isinstance(value, enum.Enum):
        value = value.value
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
