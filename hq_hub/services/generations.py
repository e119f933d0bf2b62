"""Use cases: bring a backup of the hub into force, and begin another life of it."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import pathlib

import sqlalchemy as sa

from hq_hub.store import backup, hub_life
from hq_hub.store.engine import open_engine, sqlite_url, write_transaction
from hq_hub.store.feed_pages import read_generation
from hq_hub.store.hub_life import FormerLife, LastSign
from hq_hub.store.migrate import migrate, require_current
from hq_hub.store.orders import to_ms

ORDER_NUMBERS_SKIPPED = 1_000
"""More orders than a chain makes between two backups: a number that was printed before the restore
is never given to another order, so a late receipt cannot meet the wrong one."""
UNKNOWN_LIFE = FormerLife()
"""Nobody knows what is replaced."""


@dataclasses.dataclass(frozen=True, slots=True)
class Restored:
    """What is in force after a restore."""

    generation: int
    sign: LastSign
    """The newest of what the backup holds."""
    aside: pathlib.Path
    """Where the file is that was in force before."""


def restore_hub(database: pathlib.Path, source: pathlib.Path, now: datetime.datetime) -> Restored:
    """Put a backup in place of the database, in a new generation; no hub may be running.

    The generation is raised before the file gets its name, so no hub ever serves the old one.

    Raises:
        BackupMissingError: no such file.
        BackupDamagedError: it is no whole database.
        HubNoDatabaseError: a database, but not of a hub.
        HubNewerDatabaseError: made by a newer program.
    """
    before = backup.read_life_in_place(database)
    staged = backup.stage(source, database)
    url = sqlite_url(str(staged))
    require_current(url)
    migrate(url)
    engine = open_engine(url)
    with contextlib.closing(engine.connect()) as db:
        sign = hub_life.read_last_sign(db)
        db.rollback()
        generation = begin_generation(db, now, before)
    engine.dispose()
    aside = backup.put_in_place(staged, database, f".before-{generation}")
    return Restored(generation, sign, aside)


def begin_generation(
    db: sa.Connection, now: datetime.datetime, before: FormerLife = UNKNOWN_LIFE
) -> int:
    """Tell all boxes that this hub may have lost something: they send it again.

    A generation is a second of Unix time unless that would not rise, so that two restores of one
    backup, on two machines, do not look like one life. Whoever was signed in signs in again.

    Args:
        db: of the restored database, not in a transaction.
        now: UTC.
        before: of the database that it replaces. A second restore of one backup needs it, or it
            would give the numbers again that were given since the first.

    Returns:
        The new generation.
    """
    with write_transaction(db):
        known = max(read_generation(db), before.generation)
        generation = max(known + 1, to_ms(now) // 1_000)
        hub_life.write_generation(db, generation)
        last_nos = collections.Counter(hub_life.read_order_numbers(db)) | collections.Counter(
            before.last_nos
        )
        hub_life.write_order_numbers(
            db, {series: last_no + ORDER_NUMBERS_SKIPPED for series, last_no in last_nos.items()}
        )
        hub_life.end_sessions(db)
    return generation
