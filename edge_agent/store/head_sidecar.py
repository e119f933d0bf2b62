"""A small file beside the database with the last head, synced apart from it.

A WAL that was cut short is valid to SQLite: committed facts are gone and nothing says so. This file
does. It is written about once a second, so it notices all such losses but that of the last second;
the hub's cursor notices what it had acknowledged.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import pathlib
import struct
from collections.abc import Callable

from edge_agent.store import journal
from edge_agent.store.errors import JournalDamagedError
from edge_agent.store.journal import Tail
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.writer import Writer

log = logging.getLogger(__name__)

RECORD = struct.Struct(">QQ32s")
"""Epoch, seq, head."""
CHECK_BYTES = 16
SLOT_BYTES = 512
"""A sector: a torn write spoils one slot, and the other still holds the place before."""
SLOTS = 2
HEAD_INTERVAL_S = 1.0
"""What the sidecar can't notice is the loss of this long."""


class HeadSidecar:
    """Keeps the newest place of the journal in one of two slots in turn."""

    def __init__(self, path: pathlib.Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._slot = 0

    def save(self, tail: Tail) -> None:
        """Write a place and wait until it is on the disk."""
        record = RECORD.pack(tail.epoch, tail.seq, tail.head)
        os.pwrite(self._file, record + _checksum(record), self._slot * SLOT_BYTES)
        os.fdatasync(self._file)
        self._slot = (self._slot + 1) % SLOTS

    def load(self) -> tuple[int, int, bytes] | None:
        """The newest place that was written whole: epoch, seq, head. None when there is none."""
        places = []
        for slot in range(SLOTS):
            stored = os.pread(self._file, RECORD.size + CHECK_BYTES, slot * SLOT_BYTES)
            record, check = stored[: RECORD.size], stored[RECORD.size :]
            if len(check) == CHECK_BYTES and check == _checksum(record):
                places.append(RECORD.unpack(record))
        return max(places, default=None)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)


def require_head(db: Connection, sidecar: HeadSidecar) -> None:
    """Check that the journal still holds what this file saw.

    Raises:
        JournalDamagedError: it ends earlier, or has another history there.
    """
    place = sidecar.load()
    if place is None:
        return
    epoch, seq, head = place
    tail = journal.read_tail(db)
    if epoch < tail.epoch:
        return  # Of a life before this one, whose last facts may have got other places.
    if epoch == tail.epoch and seq > tail.seq:
        raise JournalDamagedError(reason=f"it ends at {tail.seq}, but {seq} had been written")
    if journal.read_head(db, epoch, seq) != head:
        raise JournalDamagedError(reason=f"epoch {epoch}, seq {seq} is not what had been written")


async def keep_head(writer: Writer, sidecar: HeadSidecar, journal_grew: Callable[[], None]) -> None:
    """Save the journal's head apart from it, while it moves; runs until cancelled.

    The line is told, too: another process may have written (`import-unsent`). A sidecar that cannot
    be written, on a disk of its own perhaps, stops no sale: it only watches.
    """
    saved, is_failing = (0, 0), False
    while True:
        tail = await writer.run(journal.read_tail)
        place = (tail.epoch, tail.seq)
        if place != saved:
            try:
                await asyncio.to_thread(sidecar.save, tail)
                is_failing = False
            except OSError as error:
                if not is_failing:
                    log.error("the head sidecar cannot be written: %s", error)
                is_failing = True
            saved = place
            journal_grew()
        await asyncio.sleep(HEAD_INTERVAL_S)


def _checksum(record: bytes) -> bytes:
    return hashlib.blake2b(record, digest_size=CHECK_BYTES).digest()
