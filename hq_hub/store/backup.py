"""Copies of the hub's SQLite file: made while it is in use, checked, and put in its place.

PostgreSQL has its own tools for this; see docs/recovery.md.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil

import sqlalchemy as sa

from hq_hub.store.engine import open_engine, open_read_engine, sqlite_url
from hq_hub.store.errors import BackupDamagedError, BackupExistsError, BackupMissingError
from hq_hub.store.feed_pages import read_generation
from hq_hub.store.hub_life import FormerLife, read_order_numbers

WAL_SUFFIXES = ("-wal", "-shm")
"""Files of SQLite beside the database; they belong to it and to no other."""


def back_up(database: pathlib.Path, target: pathlib.Path) -> None:
    """Copy the database as it is at one instant; whoever writes goes on meanwhile.

    The copy lies beside the target under another name until it is checked and on the disk.

    Raises:
        BackupExistsError: a backup is never written over.
    """
    if target.exists():
        raise BackupExistsError(path=str(target))
    unchecked = target.with_name(target.name + ".unchecked")
    unchecked.unlink(missing_ok=True)
    engine = open_engine(sqlite_url(str(database)))
    with contextlib.closing(engine.connect()) as db:
        db.exec_driver_sql("VACUUM INTO ?", (str(unchecked),))
    engine.dispose()
    require_sound(unchecked)
    move(unchecked, target)


def require_sound(path: pathlib.Path) -> None:
    """Check that a file is a whole database.

    Raises:
        BackupDamagedError: it is not.
    """
    engine = open_read_engine(sqlite_url(str(path)))
    try:
        with engine.connect() as db:
            answer = db.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    except sa.exc.DatabaseError as error:
        raise BackupDamagedError(path=str(path), reason=str(error.orig)) from error
    finally:
        engine.dispose()
    if answer != "ok":
        raise BackupDamagedError(path=str(path), reason=str(answer))


def stage(source: pathlib.Path, database: pathlib.Path) -> pathlib.Path:
    """Lay a sound copy of a backup beside the database; the backup itself is not touched.

    Raises:
        BackupMissingError: no such file.
        BackupDamagedError: it is no whole database.
    """
    if not source.is_file():
        raise BackupMissingError(path=str(source))
    staged = database.with_name(database.name + ".restoring")
    for suffix in ("", *WAL_SUFFIXES):
        staged.with_name(staged.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(source, staged)
    require_sound(staged)
    return staged


def read_life_in_place(database: pathlib.Path) -> FormerLife:
    """What is known of the database that is about to be replaced."""
    if not database.is_file():
        return FormerLife()
    engine = open_engine(sqlite_url(str(database)))  # Closing it folds the WAL into the file.
    try:
        with contextlib.closing(engine.connect()) as db:
            return FormerLife(read_generation(db), read_order_numbers(db))
    except (sa.exc.DatabaseError, sa.exc.NoResultFound):
        return FormerLife()  # Damaged: that is why somebody restores.
    finally:
        engine.dispose()


def put_in_place(staged: pathlib.Path, database: pathlib.Path, aside_suffix: str) -> pathlib.Path:
    """Keep the old file aside, then give its name to the new one.

    Between the two there is no database, so a hub does not start; a repeat goes on from there.

    Returns:
        Where the old file is, if there was one.
    """
    aside = database.with_name(database.name + aside_suffix)
    for suffix in ("", *WAL_SUFFIXES):  # A WAL left behind would be read into the new file.
        old = database.with_name(database.name + suffix)
        if old.exists():
            old.replace(aside.with_name(aside.name + suffix))
    sync_folder(database.parent)
    move(staged, database)
    return aside


def move(source: pathlib.Path, target: pathlib.Path) -> None:
    """Rename a file; afterwards its content and its name are on the disk."""
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.replace(target)
    sync_folder(target.parent)


def sync_folder(path: pathlib.Path) -> None:
    """Wait until the names in a folder are on the disk as they are now."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
