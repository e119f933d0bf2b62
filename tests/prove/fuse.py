"""Where a machine may die: between two statements, before a commit, after one.

Nothing in the product knows of it. Statements are seen at seams that are there anyway: the box's
connection Protocol, the events of SQLAlchemy's engine, and `fsync` where files change their names.
"""

from __future__ import annotations

import collections
import contextlib
import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from edge_agent.store import database, sqlite_library
from edge_agent.store.sqlite_library import Connection, Rows, Value
from tests.prove.points import Phase

STATEMENTS_MAX = 9
"""How far into an operation a machine dies at most; or at a commit that comes before."""


class DiedError(BaseException):
    """The machine stopped. No `except Exception` of the product may get in its way."""


Armed = dict[str, list[Phase]]
"""Operation -> how to die of it, one run of it after the other."""


class Fuse:
    """Of one machine: armed for an operation, it blows when that operation runs."""

    def __init__(
        self,
        side: str,
        armed: Armed,
        chance: random.Random,
        fired: collections.Counter[str],
    ) -> None:
        """Build it.

        Args:
            side: box or hub.
            armed: shared by all boxes: the first one that runs an operation dies of it.
            chance: how far into an operation.
            fired: counts by point.
        """
        self._side, self._armed, self._chance, self._fired = side, armed, chance, fired
        self._phase: Phase | None = None
        self._operation = ""
        self._left = 0
        self.is_dead = False

    @contextlib.contextmanager
    def watch(self, operation: str) -> Iterator[None]:
        """Run one operation.

        Raises:
            DiedError: as it was armed; the machine has to be started again.
        """
        _WATCHING.append(self)
        waiting = self._armed.get(operation)
        self._operation, self._phase = operation, waiting.pop(0) if waiting else None
        self._left = self._chance.randint(2, STATEMENTS_MAX) if self._phase is Phase.AMID else 0
        try:
            yield
            if self._phase is Phase.AMID:  # It was over too soon: die of the next one.
                self._armed.setdefault(operation, []).insert(0, Phase.AMID)
            elif self._phase is not None:
                self._blow()
        finally:
            _WATCHING.pop()
            self._phase = None

    def statement(self, *, is_commit: bool = False) -> None:
        """A statement is about to run."""
        if self.is_dead:
            raise DiedError
        if self._phase is Phase.AMID:
            self._left -= 1
            is_over = is_commit and self._chance.random() < 0.5
            if is_over or self._left == 0:
                self._blow()
        elif self._phase is Phase.BEFORE_COMMIT and is_commit:
            self._blow()

    def _blow(self) -> None:
        self._fired[f"{self._side}.{self._operation}.{self._phase}"] += 1
        self._phase, self.is_dead = None, True
        raise DiedError


_WATCHING: list[Fuse] = []
"""The last one's operation is running; the product opens its connections without us."""


def _see_statement(*, is_commit: bool = False) -> None:
    if _WATCHING:
        _WATCHING[-1].statement(is_commit=is_commit)


class WatchedConnection:
    """The box's connection, with a fuse in it."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    @property
    def in_transaction(self) -> bool:
        return self._db.in_transaction

    def execute(self, sql: str, parameters: Sequence[Value] = (), /) -> Rows:
        _see_statement(is_commit=sql == "COMMIT")
        return self._db.execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]], /) -> Rows:
        _see_statement()
        return self._db.executemany(sql, rows)

    def interrupt(self) -> None:
        self._db.interrupt()

    def close(self) -> None:
        self._db.close()


def watch_boxes() -> None:
    """Let every connection that a box opens in this process go through the current fuse."""
    connect: Callable[[str], Connection] = sqlite_library.connect
    vars(database)["connect"] = lambda path: WatchedConnection(connect(path))
    sync = os.fsync

    def watched_sync(fd: Any) -> None:  # noqa: ANN401 - as the library has it
        _see_statement()
        sync(fd)

    os.fsync = watched_sync


def watch_engine(engine: sa.Engine) -> None:
    """Let every statement of the hub go through the current fuse."""

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _statement(*_args: object) -> None:
        _see_statement()

    @sa.event.listens_for(engine, "commit")
    def _commit(_connection: sa.Connection) -> None:
        _see_statement(is_commit=True)
