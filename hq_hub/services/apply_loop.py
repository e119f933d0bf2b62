"""The thread that keeps apply going: as long as something waits, and whenever it is nudged."""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Callable

from hq_hub.services.apply import apply_next, retry_all_parked, retry_parked
from hq_hub.services.fact_index import index_next
from hq_hub.services.sale_passing import pass_next
from hq_hub.store.errors import HubBusyError, HubDatabaseAwayError, HubDiskFullError
from hq_hub.store.writer import Writer

log = logging.getLogger(__name__)

IDLE_S = 0.25
"""Pause when nothing waits: two empty looks take less than 1 ms, and figures are this fresh."""
PAUSE_S = 1.0
"""Pause after a failure, doubled each time in a row up to PAUSE_MAX_S."""
PAUSE_MAX_S = 60.0


class ApplyLoop:
    """Puts apply to the writer, block by block, so that ingest gets its turn in between."""

    def __init__(self, writer: Writer, clock: Callable[[], datetime.datetime]) -> None:
        self._writer = writer
        self._clock = clock
        self._nudged = threading.Event()
        self._closing = threading.Event()
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="apply", daemon=True)

    def start(self) -> None:
        """Begin; parked facts are tried once more, because the program may be a newer one."""
        self._thread.start()

    def nudge(self) -> None:
        """Say that facts or documents came; from any thread, as often as wanted."""
        self._nudged.set()

    def close(self) -> None:
        """Finish the block in hand and stop. A repeat does nothing."""
        self._closing.set()
        self._nudged.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        step: Callable[[], None] = self._start_over
        while not self._closing.is_set():
            self._nudged.clear()
            try:
                step()
            except (HubDiskFullError, HubDatabaseAwayError, HubBusyError) as error:
                self._pause(str(error))
            except Exception as error:
                # A bug must not end apply for ever: it is shown, counted and tried again.
                log.exception("apply failed")
                self._pause(repr(error))
            else:
                self._failures = 0
                step = self._work
                self._nudged.wait(IDLE_S)

    def _start_over(self) -> None:
        self._writer.submit(retry_all_parked).result()
        self._work()

    def _work(self) -> None:
        """Post all that waits; only then index, a block at a time, because facts may come."""
        self._apply_all()
        while not self._closing.is_set() and self._writer.submit(pass_next).result():
            pass  # A customer waits for it.
        while not self._closing.is_set() and self._writer.submit(index_next).result():
            self._apply_all()

    def _apply_all(self) -> None:
        for step in (apply_next, retry_parked):
            while not self._closing.is_set():
                applied = self._writer.submit(step, self._clock()).result()
                if applied.parked:
                    log.warning("%d facts were parked", applied.parked)
                if applied.is_idle:
                    break

    def _pause(self, reason: str) -> None:
        self._failures += 1
        pause_s = min(PAUSE_S * 2 ** (self._failures - 1), PAUSE_MAX_S)
        log.warning("apply waits %.0f s: %s", pause_s, reason)
        self._closing.wait(pause_s)
