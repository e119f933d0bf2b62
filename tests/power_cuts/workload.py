"""What was recorded of a program at work, and what must be found of it after any cut."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import pathlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from tests.power_cuts.recording import DiskOp

MEMORY_FOLDER = pathlib.Path("/dev/shm")
"""Files in memory: what a disk would lose is decided by our model, so no real one has to work."""


class Database(Protocol):
    """A connection of the box, or one of the hub's driver."""

    def execute(self, sql: str, /) -> Any:  # noqa: ANN401 - a cursor of any driver
        """Run one statement."""


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """How a program's data stood after one step of its work."""

    begun: int
    """How many deeds the disk had seen when the step began."""
    done: int
    """... and when its caller was told that it is done: from here on it must never be lost."""
    digest: bytes
    """Of all rows of all tables."""
    facts: int
    acknowledged: int = 0
    """Of a box: how many of them headquarters holds, as far as the box has heard."""


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What a start after a cut found."""

    digest: bytes
    facts: int


@dataclasses.dataclass(frozen=True, slots=True)
class Recorded:
    """A workload, once done."""

    name: str
    files: Mapping[str, bytes]
    """What was on the disk before it."""
    ops: Sequence[DiskOp]
    moments: Sequence[Moment]
    """The first is the start, before any step."""
    restart: Callable[[pathlib.Path], Found]
    """Start the real program on files in a folder; anything it raises is a stalled start."""


def digest_content(db: Database) -> bytes:
    """A digest of all rows of all tables: two equal ones are one state."""
    digests = digest_tables(db)
    return hashlib.blake2b(repr(digests).encode(), digest_size=16).digest()


def digest_tables(db: Database) -> dict[str, bytes]:
    """A digest of the rows of each table."""
    tables = db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
        " ORDER BY name"
    ).fetchall()
    digests = {}
    for (table,) in tables:
        # The library notes when a step of the schema was done, which is nobody's data.
        columns = "name" if table == "_sqlite_migrations" else "*"
        rows = db.execute(f"SELECT {columns} FROM {table}").fetchall()
        content = "\n".join(sorted(map(repr, rows))).encode()
        digests[str(table)] = hashlib.blake2b(content, digest_size=16).digest()
    return digests


@contextlib.contextmanager
def memory_folder() -> Iterator[pathlib.Path]:
    """A folder in memory where the machine has that, and gone afterwards."""
    where = MEMORY_FOLDER if MEMORY_FOLDER.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="liushui-cut-", dir=where) as folder:
        yield pathlib.Path(folder)


def read_files(folder: pathlib.Path) -> dict[str, bytes]:
    """All files of a folder that survive a restart; nobody has them open."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix != ".lock"
    }
