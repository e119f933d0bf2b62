"""Reads a trade file, CSV or Parquet: what can't be sold is reported, the rest plays."""

from __future__ import annotations

import codecs
import contextlib
import csv
import pathlib
from collections.abc import Iterator, Sequence
from typing import TextIO

import pyarrow
import pyarrow.parquet

from deploy.demo.errors import (
    TradeColumnMissingError,
    TradeColumnUnknownError,
    TradeFileDamagedError,
    TradeFileEncodingError,
    TradeFileNotFoundError,
)
from deploy.demo.trade_line import (
    COLUMNS,
    REQUIRED_COLUMNS,
    SHOWN_CHARS_MAX,
    Reason,
    RejectedRow,
    RowFaultError,
    TradeLine,
    parse_line,
)

ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order, each over the whole file."""
BLOCK_BYTES = 1 << 20
"""Read at once while the encoding is tried: bounds memory."""
ROW_CHARS_MAX = 20_000
"""A row of the longest texts has 3,000; more is no row."""
BATCH_ROWS = 5_000
"""Parquet rows decoded at once: bounds memory."""
PARQUET_MAGIC = b"PAR1"

FIRST_DATA_ROW = 2
"""The header is row 1, as in a spreadsheet."""


def read_trade(path: pathlib.Path) -> Iterator[TradeLine | RejectedRow]:
    """Read a file in its own order, holding one block of rows at most.

    Raises:
        TradeFileNotFoundError, TradeFileEncodingError, TradeFileDamagedError: can't be read.
        TradeColumnMissingError, TradeColumnUnknownError: the header is not ours.
    """
    try:
        with path.open("rb") as file:
            is_parquet = file.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC
    except OSError as error:
        raise TradeFileNotFoundError(path=str(path), reason=error.strerror or str(error)) from error
    yield from _read_parquet(path) if is_parquet else _read_csv(path)


def _read_csv(path: pathlib.Path) -> Iterator[TradeLine | RejectedRow]:
    with path.open(encoding=_find_encoding(path)) as file:
        header = next(_iterate_records(file), None)
        columns = [column.strip() for column in header] if isinstance(header, list) else []
        _require_columns(path, columns)
        for row, record in enumerate(_iterate_records(file), start=FIRST_DATA_ROW):
            if record:
                yield _parse_record(row, columns, record)


def _find_encoding(path: pathlib.Path) -> str:
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file, contextlib.suppress(UnicodeDecodeError):
            while block := file.read(BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
            return encoding
    raise TradeFileEncodingError(path=str(path))


def _iterate_records(file: TextIO) -> Iterator[list[str] | str]:
    """Yield the fields of each line; its text when it is no CSV; nothing for a blank one.

    Line by line, so that an unbalanced quote costs one row and not the rest of the file.
    """
    while line := file.readline(ROW_CHARS_MAX):
        if len(line) >= ROW_CHARS_MAX and not line.endswith("\n"):
            _skip_to_line_end(file)
            yield line
        elif not line.strip():
            yield []
        else:
            try:
                yield next(csv.reader((line.rstrip("\n"),), strict=True))
            except csv.Error:
                yield line


def _skip_to_line_end(file: TextIO) -> None:
    while (rest := file.readline(ROW_CHARS_MAX)) and not rest.endswith("\n"):
        continue


def _parse_record(
    row: int, columns: Sequence[str], record: list[str] | str
) -> TradeLine | RejectedRow:
    if isinstance(record, str):
        return RejectedRow(row, "", record.strip()[:SHOWN_CHARS_MAX], Reason.UNREADABLE_ROW)
    if len(record) > len(columns):
        extra = ",".join(record[len(columns) :])[:SHOWN_CHARS_MAX]
        return RejectedRow(row, "", extra, Reason.TOO_MANY_COLUMNS)
    try:
        return parse_line(row, dict(zip(columns, record, strict=False)))
    except RowFaultError as fault:
        return fault.at(row)


def _require_columns(path: pathlib.Path, columns: Sequence[str]) -> None:
    missing = [column for column in REQUIRED_COLUMNS if column not in columns]
    if missing:
        raise TradeColumnMissingError(path=str(path), columns=", ".join(missing))
    wrong = [column for column in columns if column not in COLUMNS or columns.count(column) > 1]
    if wrong:
        shown = ", ".join(dict.fromkeys(column[:SHOWN_CHARS_MAX] or '""' for column in wrong))
        raise TradeColumnUnknownError(path=str(path), columns=shown, known=", ".join(COLUMNS))


def _read_parquet(path: pathlib.Path) -> Iterator[TradeLine | RejectedRow]:
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            columns = file.schema_arrow.names
            _require_columns(path, columns)
            row = FIRST_DATA_ROW
            for batch in file.iter_batches(BATCH_ROWS):
                texts = [_texts_of(array) for array in batch.columns]
                for record in zip(*texts, strict=True):
                    yield _parse_record(row, columns, list(record))
                    row += 1
    except (pyarrow.ArrowException, OSError) as error:
        raise TradeFileDamagedError(path=str(path), reason=str(error).split("\n", 1)[0]) from error


def _texts_of(array: pyarrow.Array) -> list[str]:
    """Show a column as CSV would hold it; a float keeps its point, so 3.0 is no integer."""
    if pyarrow.types.is_timestamp(array.type):
        # Python's datetime ends at microseconds, and at the year 9999.
        zone = "UTC" if array.type.tz else None
        array = array.cast(pyarrow.timestamp("us", zone), safe=False).cast(pyarrow.string())
    return ["" if value is None else str(value) for value in array.to_pylist()]
