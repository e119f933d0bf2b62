"""Reads and writes rows in bulk: one statement a table, plain tuples, on every engine."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

STATEMENTS_MAX = 200
"""Compiled statements kept: some a table, for the few databases that one process opens."""
KEYS_A_QUESTION = 500
"""Keys asked for at once: bounds a statement's length; more at once is hardly faster."""
Row = tuple[int | str | bytes | None, ...]
"""Values in the order of the table's columns."""


def insert_rows(db: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add rows; none of them may be there."""
    if rows:
        db.exec_driver_sql(_insert_sql(table, db.dialect), list(rows))


def replace_rows(db: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Put rows in place of those with their keys."""
    if rows:
        db.exec_driver_sql(_replace_sql(table, db.dialect), list(rows))


def add_rows(db: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add the values of rows to those with their keys; every value outside the key is a number."""
    if rows:
        db.exec_driver_sql(_add_sql(table, db.dialect), list(rows))


def read_rows(db: sa.Connection, table: sa.Table, keys: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Find the rows with these primary keys, in any order; a key without a row is left out."""
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(keys), KEYS_A_QUESTION):
        asked = keys[start : start + KEYS_A_QUESTION]
        parameters = tuple(value for key in asked for value in key)
        sql = _read_sql(table, db.dialect, len(asked))
        found += db.exec_driver_sql(sql, parameters).cursor.fetchall()  # Tuples of the driver.
    return found


def _insert(table: sa.Table, dialect: sa.Dialect) -> Any:  # noqa: ANN401 - one of two dialects' Insert
    make = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    return make(table)


@functools.lru_cache(STATEMENTS_MAX)
def _insert_sql(table: sa.Table, dialect: sa.Dialect) -> str:
    return str(_insert(table, dialect).compile(dialect=dialect))


@functools.lru_cache(STATEMENTS_MAX)
def _replace_sql(table: sa.Table, dialect: sa.Dialect) -> str:
    statement = _insert(table, dialect)
    changes = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key}
    return _conflict_sql(statement, table, dialect, changes)


@functools.lru_cache(STATEMENTS_MAX)
def _add_sql(table: sa.Table, dialect: sa.Dialect) -> str:
    statement = _insert(table, dialect)
    changes = {c.name: c + statement.excluded[c.name] for c in table.c if not c.primary_key}
    return _conflict_sql(statement, table, dialect, changes)


def _conflict_sql(
    statement: Any,  # noqa: ANN401 - one of two dialects' Insert
    table: sa.Table,
    dialect: sa.Dialect,
    changes: dict[str, Any],
) -> str:
    keys = [c.name for c in table.primary_key]
    upsert = statement.on_conflict_do_update(index_elements=keys, set_=changes)
    return str(upsert.compile(dialect=dialect))


@functools.lru_cache(STATEMENTS_MAX)
def _read_sql(table: sa.Table, dialect: sa.Dialect, keys: int) -> str:
    """Row values in VALUES: one index search a key, a third of the time of one query each."""
    place = "?" if dialect.name == "sqlite" else "%s"
    columns = ", ".join(c.name for c in table.c)
    names = ", ".join(c.name for c in table.primary_key)
    value = f"({', '.join([place] * len(table.primary_key))})"
    values = ", ".join([value] * keys)
    return f"SELECT {columns} FROM {table.fullname} WHERE ({names}) IN (VALUES {values})"  # noqa: S608 - names of our own schema
