"""The one writer thread of the box: it owns the connection, and everybody else asks it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import pathlib
import threading
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from edge_agent.store import backup
from edge_agent.store.database import named_damage, open_database
from edge_agent.store.errors import DAMAGE, BoxBusyError, DiskFullError
from edge_agent.store.sqlite_library import Connection
from retail_domain.errors import RetailError

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

WAITING_MAX = 1_000
"""At 1 ms a commit the last one waits a second; more means that something is wrong."""


class Writer:
    """Runs functions of (connection, ...) one after the other, each as a whole.

    The first sign of damage is the last thing that it does: from then on everything is refused, for
    on a file that is not what was written nothing that follows can be right.
    """

    def __init__(self, path: str, make_room: Callable[[], bool] = lambda: False) -> None:
        """Start it.

        Args:
            path: of the database.
            make_room: called when the disk is full; whether there is room now. What was refused is
                tried once more then: nothing of it had happened.

        Raises:
            DatabaseDamagedError: the file cannot be opened.
        """
        self._make_room = make_room
        self.path = pathlib.Path(path)
        self.damage: RetailError | None = None
        """Why nothing is done any more; None while all is well. Any thread may look."""
        self._pool = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="writer")
        with named_damage():
            self._db = self._pool.submit(open_database, path).result()
        self._places = threading.BoundedSemaphore(WAITING_MAX)

    def submit(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> concurrent.futures.Future[T]:
        """Queue a use case behind those that wait.

        Raises:
            BoxBusyError: WAITING_MAX are waiting.
            DatabaseDamagedError, DiskFailedError: by the future, now and from then on.
        """
        if not self._places.acquire(blocking=False):
            raise BoxBusyError(limit=WAITING_MAX)
        future = self._pool.submit(self._call, lambda: function(self._db, *args, **kwargs))
        future.add_done_callback(lambda _done: self._places.release())
        return future

    async def run(
        self, function: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Queue a use case and wait for it without blocking the loop."""
        return await asyncio.wrap_future(self.submit(function, *args, **kwargs))

    async def exchange(
        self, make: Callable[[Connection], tuple[pathlib.Path, pathlib.Path]]
    ) -> None:
        """Go on with another file under the same name; who waits behind this gets the new one.

        Args:
            make: completes the new file and closes it, in the writer's thread; returns where it
                lies, and the name under which the present one is kept.

        Raises:
            FileInUseError: another program has the file open; nothing was changed.
        """
        await asyncio.wrap_future(self._pool.submit(self._exchange, make))

    def _call(self, use_case: Callable[[], T]) -> T:
        if self.damage is not None:
            raise self.damage
        try:
            with named_damage():
                try:
                    return use_case()
                except DiskFullError:
                    if not self._make_room():
                        raise
                    log.warning("the disk is full: the ballast was given up for sales")
                    return use_case()
        except DAMAGE as error:
            self.damage = error
            raise

    def _exchange(self, make: Callable[[Connection], tuple[pathlib.Path, pathlib.Path]]) -> None:
        staged, aside = make(self._db)
        try:
            backup.end_wal(self._db, str(self.path))
            self._db.close()
            backup.exchange(staged, self.path, aside)
        finally:
            self._db.close()
            self._db = open_database(str(self.path))

    def close(self) -> None:
        """Finish what was queued, then give the file back. A repeat does nothing."""
        self._pool.shutdown(wait=True)
        self._db.close()
