"""The hub of the simulation: the real services on a real file, with a power switch and a backup."""

from __future__ import annotations

import collections
import contextlib
import datetime
import pathlib
import random
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from pysqlite3 import dbapi2

from hq_hub.services.apply import retry_all_parked
from hq_hub.services.generations import begin_generation
from hq_hub.store.engine import open_engine, sqlite_url
from hq_hub.store.hub_life import FormerLife
from tests.prove.fuse import Armed, DiedError, Fuse, watch_engine

P = ParamSpec("P")
T = TypeVar("T")


class HubMachine:
    """One hub. Its engine serves all seeds of a process: putting statements together takes time."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.path = folder / "hub.sqlite"
        self._backup = folder / "hub-backup.sqlite"
        self._engine = open_engine(sqlite_url(str(self.path)))
        watch_engine(self._engine)

    def begin(
        self,
        template: pathlib.Path,
        chance: random.Random,
        armed: Armed,
        fired: collections.Counter[str],
        wall_at: Callable[[], datetime.datetime],
    ) -> None:
        """Start on a fresh copy."""
        shutil.copy(template, self.path)
        self._backup.unlink(missing_ok=True)
        self.fuse = Fuse("hub", armed, chance, fired)
        self.wall_at = wall_at
        self.deaths = 0
        self.start()

    def start(self) -> None:
        self.db = self._engine.connect()
        self.raw: Any = dbapi2.connect(self.path)  # To look at it without its engine.

    def stop(self) -> None:
        self.raw.close()
        self.db.close()
        self._engine.dispose()

    def do(
        self,
        operation: str,
        use_case: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a use case of headquarters.

        Raises:
            DiedError: the power went; the hub is up again.
        """
        try:
            with self.fuse.watch(operation):
                return use_case(self.db, *args, **kwargs)
        except DiedError:
            self._die()
            raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One look at it."""
        with self.db.begin():
            yield self.db

    def ask(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Ask the file itself."""
        rows: list[tuple[Any, ...]] = self.raw.execute(sql, parameters).fetchall()
        return rows

    def back_up(self) -> None:
        """Keep a copy of now."""
        self.stop()
        shutil.copy(self.path, self._backup)
        self.start()

    @property
    def has_backup(self) -> bool:
        return self._backup.exists()

    def restore(self) -> None:
        """Begin another life from the copy; dying half-way, it is begun again."""
        ((generation,),) = self.ask("SELECT generation FROM hub_state")
        before = FormerLife(generation, dict(self.ask("SELECT * FROM number_series")))
        self.stop()
        shutil.copy(self._backup, self.path)
        self.start()
        while True:
            with contextlib.suppress(DiedError):
                self.do("generation", begin_generation, self.wall_at(), before)
                return

    def _die(self) -> None:
        self.deaths += 1
        self.fuse.is_dead = False
        self.db.invalidate()
        self.stop()
        self.start()
        retry_all_parked(self.db)  # As the apply loop does at its start.
