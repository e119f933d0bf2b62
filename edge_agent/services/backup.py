"""Use cases: a copy of the box for the day on which its disk fails, and back from it."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import pathlib
from collections.abc import Iterator

from edge_agent.services.errors import BackupForeignError, BoxRunningError
from edge_agent.services.rebuild import check_chain
from edge_agent.store import backup, journal
from edge_agent.store.database import open_database
from edge_agent.store.errors import NotEnrolledError
from edge_agent.store.identity import Identity, read_identity
from edge_agent.store.journal import Tail
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection, DatabaseError

LOCK_SUFFIX = ".lock"


@contextlib.contextmanager
def only_box(database: pathlib.Path) -> Iterator[None]:
    """Hold the database's lock: a second box, or a restore, would write another history.

    The lock ends with the process, however it ends.

    Raises:
        BoxRunningError: another process holds it.
    """
    with database.with_name(database.name + LOCK_SUFFIX).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BoxRunningError(path=str(database)) from error
        yield


def back_up_box(db: Connection, target: pathlib.Path) -> int:
    """Copy the box while it serves, and walk the copy's journal.

    Returns:
        How many facts the copy holds, chain whole.

    Raises:
        BackupExistsError: a backup is never written over.
        BackupDamagedError: the box's own file is damaged.
        JournalDamagedError: its journal is.
    """
    backup.back_up(db, target)
    with contextlib.closing(open_database(str(target))) as copy:
        return check_chain(copy)


def restore_box(
    database: pathlib.Path, head_sidecar: pathlib.Path, source: pathlib.Path, at: datetime.datetime
) -> tuple[Tail, pathlib.Path]:
    """Put a backup in place of the box's file; the damaged one is kept aside.

    The box is then in the past: what it sold later is at headquarters, or in the file aside. It
    sells on, and headquarters gives it another epoch (docs/recovery.md).

    Args:
        database: of a box that is not running.
        head_sidecar: says what the damaged file held; kept aside with it.
        source: made by back_up_box().
        at: names the file aside.

    Returns:
        Where the restored journal ends, and where the damaged file is.

    Raises:
        BackupMissingError: no such file.
        BackupDamagedError: it is no whole database.
        BackupForeignError: it is of another box.
        JournalDamagedError: its journal is not whole.
        NewerDatabaseError: made by a newer program.
    """
    staged = backup.stage(source, database)
    migrate(str(staged))
    with contextlib.closing(open_database(str(staged))) as db:
        identity = read_identity(db, str(source))
        check_chain(db)
        tail = journal.read_tail(db)
    _require_same_box(identity, database, source)
    aside = database.with_name(f"{database.name}.damaged-{at:%Y%m%dT%H%M%SZ}")
    if head_sidecar.exists():
        head_sidecar.replace(aside.with_name(aside.name + ".head"))
    backup.put_in_place(staged, database, aside)
    return tail, aside


def _require_same_box(identity: Identity, database: pathlib.Path, source: pathlib.Path) -> None:
    if not database.is_file() or not backup.fold_wal(database):
        return
    try:
        with contextlib.closing(open_database(str(database))) as db:
            mine = read_identity(db, str(database))
    except (DatabaseError, NotEnrolledError):
        return  # Too damaged to ask, or nobody yet.
    if (mine.chain, mine.store, mine.box_id) != (identity.chain, identity.store, identity.box_id):
        raise BackupForeignError(path=str(source), store=identity.store, box_id=identity.box_id)
