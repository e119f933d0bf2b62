"""Copies of the box's file: made while it is in use, checked, and put in its place."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil

from edge_agent.store.database import open_database
from edge_agent.store.errors import (
    BackupDamagedError,
    BackupExistsError,
    BackupMissingError,
    FileInUseError,
)
from edge_agent.store.health import quick_check
from edge_agent.store.sqlite_library import Connection, DatabaseError, OperationalError, connect

SIDE_FILES = ("", "-wal", "-shm")
"""A database and what SQLite keeps beside it; they belong together."""


def back_up(db: Connection, target: pathlib.Path) -> None:
    """Copy the database as it is at one instant; whoever writes goes on meanwhile.

    Never by copying the file: what stands in its WAL would be missing, and nothing would say so.

    Raises:
        BackupExistsError: a backup is never written over.
        BackupDamagedError: the copy is no whole database, so the original is damaged.
    """
    if target.exists():
        raise BackupExistsError(path=str(target))
    unchecked = target.with_name(target.name + ".unchecked")
    unchecked.unlink(missing_ok=True)
    db.execute("VACUUM INTO ?", (str(unchecked),))
    require_sound(unchecked)
    move(unchecked, target)


def stage(source: pathlib.Path, database: pathlib.Path) -> pathlib.Path:
    """Lay a sound copy of a backup beside the database; the backup itself is not touched.

    Raises:
        BackupMissingError: no such file.
        BackupDamagedError: it is no whole database.
    """
    if not source.is_file():
        raise BackupMissingError(path=str(source))
    staged = make_place(database, ".restoring")
    shutil.copyfile(source, staged)
    require_sound(staged)
    return staged


def make_place(database: pathlib.Path, suffix: str) -> pathlib.Path:
    """A name beside the database for a file that may take its place; what was there is gone."""
    place = database.with_name(database.name + suffix)
    for side in SIDE_FILES:
        place.with_name(place.name + side).unlink(missing_ok=True)
    return place


def fold_wal(database: pathlib.Path) -> bool:
    """Bring a file that nobody uses into one piece; False when it is too damaged for that."""
    try:
        with contextlib.closing(open_database(str(database))) as db:
            db.execute("SELECT count(*) FROM sqlite_schema")
    except DatabaseError:
        return False
    return True


def end_wal(db: Connection, path: str) -> None:
    """Bring a file that is ours alone into one piece, so that another may take its name.

    Raises:
        FileInUseError: somebody else has it open.
    """
    db.execute("PRAGMA busy_timeout = 0")  # A till waits behind this.
    try:
        row = db.execute("PRAGMA journal_mode = DELETE").fetchone()
    except OperationalError as error:
        raise FileInUseError(path=path) from error
    if row != ("delete",):
        raise FileInUseError(path=path)


def exchange(staged: pathlib.Path, database: pathlib.Path, aside: pathlib.Path) -> None:
    """Give the database's name to a new file in one step; the old one has another name then.

    Both are in one piece and closed. Died half-way, the old file is in force, under two names.
    That the old one's WAL and rollback journal are gone is on the disk first: left under this name
    by a power cut, they would be read into the new file.
    """
    sync_folder(database.parent)
    aside.unlink(missing_ok=True)  # Of an exchange that died just there: the same file.
    aside.hardlink_to(database)
    move(staged, database)


def put_in_place(staged: pathlib.Path, database: pathlib.Path, aside: pathlib.Path) -> None:
    """Keep the old file aside, then give its name to the new one; nobody has either open.

    Died half-way, there is the old file, the new one, or none under this name, never a mixture.
    """
    for side in SIDE_FILES:  # A WAL left behind would be read into the new file.
        old = database.with_name(database.name + side)
        if old.exists():
            old.replace(aside.with_name(aside.name + side))
    sync_folder(database.parent)
    move(staged, database)


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


def require_sound(path: pathlib.Path) -> None:
    """Check that a file is a whole database.

    Raises:
        BackupDamagedError: it is not.
    """
    try:
        with contextlib.closing(connect(str(path))) as db:
            answer = quick_check(db)
    except DatabaseError as error:
        raise BackupDamagedError(path=str(path), reason=str(error)) from error
    if answer != "ok":
        raise BackupDamagedError(path=str(path), reason=answer)
