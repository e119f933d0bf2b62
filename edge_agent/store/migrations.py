"""Brings a file of the box to today's schema, and finds where one differs from it."""

from __future__ import annotations

import contextlib

import sqlite_utils

from edge_agent.store.errors import DatabaseDamagedError, NewerDatabaseError
from edge_agent.store.schema_steps import steps
from edge_agent.store.sqlite_library import Connection, OperationalError, Row, connect, name_of

SCHEMA_VERSION = 10
LIBRARY_TABLE = "_sqlite_migrations"
"""The library's own, made outside the steps: its index may be missing after a power cut."""


def migrate(path: str) -> None:
    """Bring the file to SCHEMA_VERSION, each step in its own transaction. A repeat does nothing.

    Raises:
        NewerDatabaseError: an older program must not touch the file.
        DatabaseDamagedError: a step does not fit what is there.
    """
    with contextlib.closing(connect(path)) as db:
        row = db.execute("PRAGMA user_version").fetchone()
        assert row is not None
        assert isinstance(row[0], int)
        if row[0] > SCHEMA_VERSION:
            raise NewerDatabaseError(path=path, found=row[0], known=SCHEMA_VERSION)
        try:
            _apply_steps(db)
        except OperationalError as error:
            if name_of(error) != "SQLITE_ERROR":
                raise
            raise DatabaseDamagedError(reason=str(error)) from error


def find_schema_fault(db: Connection) -> str | None:
    """The first table, index or trigger that a file of this program would not have so.

    Columns are compared with those of an empty database, because SQLite does not look whether its
    own notes about them are still what they were.

    Returns:
        Its name; None when all is as it should be.
    """
    with contextlib.closing(connect(":memory:")) as fresh:
        _apply_steps(fresh)
        expected = _read_shape(fresh)
    found = _read_shape(db)
    return min((str(name) for _kind, name, *_ in expected ^ found), default=None)


def _apply_steps(db: Connection) -> None:
    steps.apply(sqlite_utils.Database(db))  # type: ignore[arg-type]  # A pysqlite3 connection.


def _read_shape(db: Connection) -> set[Row]:
    objects = db.execute(
        "SELECT type, name, tbl_name FROM sqlite_schema WHERE tbl_name <> ?", (LIBRARY_TABLE,)
    ).fetchall()
    columns = db.execute(
        """
        SELECT 'column', one.name, part.cid, part.name, part.type, part."notnull", part.pk
        FROM sqlite_schema AS one, pragma_table_info(one.name) AS part WHERE one.tbl_name <> ?
        """,
        (LIBRARY_TABLE,),
    ).fetchall()
    keys = db.execute(
        """
        SELECT 'key', one.name, part.seqno, part.name
        FROM sqlite_schema AS one, pragma_index_info(one.name) AS part WHERE one.tbl_name <> ?
        """,
        (LIBRARY_TABLE,),
    ).fetchall()
    references = db.execute(
        """
        SELECT 'reference', one.name, part."table", part."from", part."to", part.on_delete
        FROM sqlite_schema AS one, pragma_foreign_key_list(one.name) AS part
        WHERE one.type = 'table' AND one.tbl_name <> ?
        """,
        (LIBRARY_TABLE,),
    ).fetchall()
    return {*objects, *columns, *keys, *references}
