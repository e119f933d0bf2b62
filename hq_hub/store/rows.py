"""Reads and writes rows in bulk: one statement a table, plain tuples, on every engine.

SQLite takes rows one by one, which costs it nothing. PostgreSQL gets a column an array, or COPY.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from hq_hub.store.engine import COPY_TYPES

STATEMENTS_MAX = 200
"""Statements kept: some a table, for the few schemas that one process writes."""
KEYS_A_QUESTION = 500
"""Keys asked for at once: bounds a statement's length; more at once is hardly faster."""
COPY_ROWS_MIN = 10
"""From here on PostgreSQL's COPY takes 6 us of CPU a row, arrays 10, rows one by one 32; below, its
two more messages cost more than they save."""
Row = tuple[int | str | bytes | None, ...]
"""Values in the order of the table's columns."""


def insert_rows(db: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add rows; none of them may be there."""
    if not rows:
        return
    if db.dialect.name == "postgresql" and len(rows) >= COPY_ROWS_MIN:
        types = {COPY_TYPES: tuple(map(_type_of, table.c))}
        db.exec_driver_sql(_copy_sql(table), list(rows), execution_options=types)
    else:
        _write(db, _insert_sql(table, db.dialect.name), table, rows)


def replace_rows(db: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Put rows in place of those with their keys; a key comes once."""
    if rows:
        _write(db, _replace_sql(table, db.dialect.name), table, rows)


def add_rows(db: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add the values of rows to those with their keys; a key comes once.

    Every value outside the key is a number.
    """
    if rows:
        _write(db, _add_sql(table, db.dialect.name), table, rows)


def read_rows(db: sa.Connection, table: sa.Table, keys: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Find the rows with these primary keys, in any order; a key without a row is left out."""
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(keys), KEYS_A_QUESTION):
        asked = keys[start : start + KEYS_A_QUESTION]
        parameters: tuple[Any, ...]
        if db.dialect.name == "postgresql":
            sql, parameters = _read_sql(table), _key_arrays(table, asked)
        else:
            sql = _read_values_sql(table, len(asked))
            parameters = tuple(value for key in asked for value in key)
        found += db.exec_driver_sql(sql, parameters).cursor.fetchall()  # Tuples of the driver.
    return found


def _write(db: sa.Connection, sql: str, table: sa.Table, rows: Sequence[Row]) -> None:
    is_postgresql = db.dialect.name == "postgresql"
    db.exec_driver_sql(sql, _arrays(list(table.c), rows) if is_postgresql else list(rows))


@functools.lru_cache(STATEMENTS_MAX)
def _copy_sql(table: sa.Table) -> str:
    return f"COPY {table.fullname} ({_names(table.c)}) FROM STDIN (FORMAT BINARY)"


@functools.lru_cache(STATEMENTS_MAX)
def _insert_sql(table: sa.Table, dialect: str) -> str:
    if dialect == "postgresql":
        rows = f"SELECT * FROM {_unnest(table.c)}"  # noqa: S608 - names of our own schema
    else:
        rows = f"VALUES ({', '.join('?' for _ in table.c)})"
    return f"INSERT INTO {table.fullname} AS held ({_names(table.c)}) {rows}"


@functools.lru_cache(STATEMENTS_MAX)
def _replace_sql(table: sa.Table, dialect: str) -> str:
    changes = [f"{c.name} = excluded.{c.name}" for c in table.c if not c.primary_key]
    return f"{_insert_sql(table, dialect)} {_on_conflict(table)} {', '.join(changes)}"


@functools.lru_cache(STATEMENTS_MAX)
def _add_sql(table: sa.Table, dialect: str) -> str:
    values = [c.name for c in table.c if not c.primary_key]
    changes = [f"{name} = held.{name} + excluded.{name}" for name in values]
    return f"{_insert_sql(table, dialect)} {_on_conflict(table)} {', '.join(changes)}"


def _on_conflict(table: sa.Table) -> str:
    return f"ON CONFLICT ({_names(table.primary_key)}) DO UPDATE SET"


@functools.lru_cache(STATEMENTS_MAX)
def _read_sql(table: sa.Table) -> str:
    """One statement for any number of keys: PostgreSQL plans it once."""
    keys = table.primary_key
    return (
        f"SELECT {_names(table.c)} FROM {table.fullname}"  # noqa: S608 - names of our own schema
        f" WHERE ({_names(keys)}) IN (SELECT * FROM {_unnest(keys)})"
    )


@functools.lru_cache(STATEMENTS_MAX)
def _read_values_sql(table: sa.Table, keys: int) -> str:
    """Row values in VALUES: one index search a key, a third of the time of one query each."""
    value = f"({', '.join('?' for _ in table.primary_key)})"
    values = ", ".join([value] * keys)
    return (
        f"SELECT {_names(table.c)} FROM {table.fullname}"  # noqa: S608 - names of our own schema
        f" WHERE ({_names(table.primary_key)}) IN (VALUES {values})"
    )


def _names(columns: Iterable[sa.Column[Any]]) -> str:
    return ", ".join(column.name for column in columns)


def _unnest(columns: Iterable[sa.Column[Any]]) -> str:
    """Rows out of one array a column."""
    return f"unnest({', '.join(f'%s::{_type_of(column)}[]' for column in columns)})"


def _type_of(column: sa.Column[Any]) -> str:
    """PostgreSQL's own name of a column's type."""
    return PG_TYPES[column.type.python_type]


def _arrays(columns: Sequence[sa.Column[Any]], rows: Sequence[Row]) -> tuple[str, ...]:
    """One array literal a column: made eight times as fast as the driver turns lists into arrays.

    Source: PostgreSQL manual, 8.15.2 and 8.15.6 (arrays), 8.4.1 (bytea's hex format).
    """
    by_column = zip(*rows, strict=True) if rows else [()] * len(columns)
    return tuple(
        f"{{{ELEMENTS[_type_of(column)](values)}}}"
        for column, values in zip(columns, by_column, strict=True)
    )


def _key_arrays(table: sa.Table, keys: Sequence[Row]) -> tuple[str, ...]:
    """Arrays of keys to search: one with NUL, which no text here can hold, is not asked for."""
    arrays = _arrays(list(table.primary_key), keys)
    if not any("\0" in array for array in arrays):
        return arrays
    possible = [key for key in keys if not any(isinstance(v, str) and "\0" in v for v in key)]
    return _arrays(list(table.primary_key), possible)


def _int_elements(values: Sequence[Any]) -> str:
    """As Python writes a list of numbers: all of it in one call."""
    return str(list(values))[1:-1].replace("None", "NULL")


def _text_elements(values: Sequence[Any]) -> str:
    """Each different text is quoted once: stores and states come again and again."""
    quoted = {value: _quote(value) for value in set(values)}
    return ",".join([quoted[value] for value in values])


def _quote(value: str | None) -> str:
    if value is None:
        return "NULL"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bytes_elements(values: Sequence[Any]) -> str:
    return ",".join(["NULL" if value is None else rf'"\\x{value.hex()}"' for value in values])


PG_TYPES = {int: "int8", str: "text", bytes: "bytea"}
ELEMENTS = {"int8": _int_elements, "text": _text_elements, "bytea": _bytes_elements}
assert set(ELEMENTS) == set(PG_TYPES.values())
