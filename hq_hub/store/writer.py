"""The one writer thread of the hub: it owns the connection, and everybody else asks it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import threading
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from hq_hub.store.engine import open_seat_engine
from hq_hub.store.errors import HubBusyError

P = ParamSpec("P")
T = TypeVar("T")

WAITING_MAX = 1_000
"""At 5 ms a batch the last one waits five seconds; boxes are told to come later instead."""


class Writer:
    """Runs functions of (connection, ...) one after the other, each as a whole."""

    def __init__(self, url: str) -> None:
        """Start it.

        Raises:
            HubDatabaseTakenError: another process writes to this database.
        """
        self._pool = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._engine = open_seat_engine(url)
        self._db = self._pool.submit(self._engine.connect).result()
        self._places = threading.BoundedSemaphore(WAITING_MAX)

    def submit(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> concurrent.futures.Future[T]:
        """Queue a use case behind those that wait; it opens its own write_transaction().

        Raises:
            HubBusyError: WAITING_MAX are waiting.
        """
        if not self._places.acquire(blocking=False):
            raise HubBusyError(limit=WAITING_MAX)
        use_case = functools.partial(function, self._db, *args, **kwargs)
        future = self._pool.submit(self._call, use_case)
        future.add_done_callback(lambda _done: self._places.release())
        return future

    async def run(
        self,
        function: Callable[Concatenate[sa.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Queue a use case and wait for it without blocking the loop."""
        return await asyncio.wrap_future(self.submit(function, *args, **kwargs))

    def close(self) -> None:
        """Finish what was queued, then give the database back. A repeat does nothing."""
        self._pool.shutdown(wait=True)
        self._db.close()
        self._engine.dispose()

    def _call(self, use_case: Callable[[], T]) -> T:
        try:
            return use_case()
        finally:
            if self._db.in_transaction():  # A question outside a transaction left one open.
                self._db.rollback()
