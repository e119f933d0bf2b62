"""Room on the box's disk: how much is left, and a file that is given up when nothing is.

A sale needs a kilobyte, but SQLite can bring its WAL into the database only where there is room for
both, so what is kept back is larger than the largest WAL. A few kilobytes given up help nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
import os
import pathlib
import shutil

from edge_agent.store.database import WAL_KEPT_BYTES_MAX

log = logging.getLogger(__name__)

MIB = 1 << 20
BALLAST_BYTES = WAL_KEPT_BYTES_MAX + 64 * MIB
"""The largest WAL, and room for a month of a busy store (2,000 facts a day are about 1 MB)."""
TIGHT_BYTES = 1024 * MIB
"""Somebody should look, this week."""
SCARCE_BYTES = 256 * MIB
"""Documents wait: what is left is for sales."""
ROOM_INTERVAL_S = 60.0
"""A disk rarely fills in a minute; when it does, the ballast is given up at that moment."""
BALLAST_SUFFIX = ".ballast"


class Room(enum.Enum):
    """How much of the disk is left, from much to nothing."""

    AMPLE = "ample"
    TIGHT = "tight"
    SCARCE = "scarce"
    """No documents are taken any more."""
    LAST = "last"
    """Scarce without a ballast: the box sells on what is left of it."""


class DiskSpace:
    """The disk under a database, and the ballast beside it; any thread."""

    def __init__(self, database: pathlib.Path, ballast_bytes: int = BALLAST_BYTES) -> None:
        self._ballast = database.with_name(database.name + BALLAST_SUFFIX)
        self._ballast_bytes = ballast_bytes

    @property
    def has_ballast(self) -> bool:
        """Whether there is something to give up."""
        return self._ballast.exists()

    def free_bytes(self) -> int:
        """What is free on the disk, the ballast not counted."""
        return shutil.disk_usage(self._ballast.parent).free

    def look(self) -> Room:
        """How much room there is; changes nothing."""
        free_bytes = self.free_bytes()
        if free_bytes >= TIGHT_BYTES:
            return Room.AMPLE
        if free_bytes >= SCARCE_BYTES:
            return Room.TIGHT
        return Room.SCARCE if self.has_ballast else Room.LAST

    def takes_documents(self) -> bool:
        """Whether there is room for more than sales."""
        return self.look() in {Room.AMPLE, Room.TIGHT}

    def keep_ballast(self) -> bool:
        """Set the ballast aside, unless it is there or the rest would be scarce then.

        Returns:
            Whether it is there now.
        """
        if self.has_ballast:
            return True
        if self.free_bytes() < self._ballast_bytes + SCARCE_BYTES:
            return False
        new = self._ballast.with_name(self._ballast.name + ".new")
        try:
            with new.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._ballast_bytes)
            new.replace(self._ballast)
        except OSError:  # Somebody else took the room meanwhile.
            new.unlink(missing_ok=True)
            return False
        return True

    def give_up_ballast(self) -> bool:
        """Make room for sales. Whether there was anything to give up."""
        with contextlib.suppress(FileNotFoundError):
            self._ballast.unlink()
            return True
        return False


async def keep_room(space: DiskSpace) -> None:
    """Keep a ballast while there is room for it, and say when room goes; runs until cancelled."""
    known = Room.AMPLE
    while True:
        await asyncio.sleep(ROOM_INTERVAL_S)
        await asyncio.to_thread(space.keep_ballast)
        room = await asyncio.to_thread(space.look)
        if room is not known:
            log.warning("room on the disk: %s, %d MB", room.value, space.free_bytes() >> 20)
        known = room
