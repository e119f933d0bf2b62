"""What a disk may hold after a power cut: all that was synced, and anything of what was not.

A model, and a harsh one: sectors of unsynced writes arrive in any order or not at all, one may be
torn, a file that grew may hold garbage where nothing arrived, and names come and go with the
folder's own sync. What it takes on trust: a synced sector stays as it is (PSOW, as SQLite assumes).
"""

from __future__ import annotations

import dataclasses
import enum
import random
from collections.abc import Mapping, Sequence

from tests.power_cuts.recording import Deed, DiskOp

SECTOR_BYTES = 512
TORN_ONE_IN = 8
"""Of the sectors that arrive, how many are cut off at some byte."""


class Survival(enum.Enum):
    """What becomes of the writes that no sync followed."""

    NOTHING = "nothing_unsynced"
    EVERYTHING = "everything_unsynced"
    PREFIX = "torn_prefix"
    """The disk keeps the order of time; the last write is torn."""
    SECTORS = "reordered_sectors"
    GARBAGE = "reordered_garbage"
    """As SECTORS; where a file grew and nothing arrived, there is garbage."""


@dataclasses.dataclass(slots=True)
class _File:
    durable: bytearray
    unsynced: list[tuple[int, DiskOp]] = dataclasses.field(default_factory=list)


class Disk:
    """Follows a recording, and can be cut off anywhere."""

    def __init__(self, files: Mapping[str, bytes], ops: Sequence[DiskOp]) -> None:
        self._ops = ops
        self._names = {name: _File(bytearray(content)) for name, content in files.items()}
        self._durable_names = dict(self._names)
        self._unsynced_names: list[tuple[int, DiskOp, _File]] = []
        self.place = 0
        """How many deeds were done."""

    def advance(self, place: int, lies: frozenset[int] = frozenset()) -> None:
        """Do all deeds up to a place; of a lying disk, the syncs in `lies` do nothing."""
        for index in range(self.place, place):
            op = self._ops[index]
            if op.deed is Deed.SYNC_FOLDER:
                self._sync_folder()
            elif op.deed is Deed.SYNC:
                if index not in lies:
                    self._sync(op.name)
            elif op.deed in {Deed.WRITE, Deed.TRUNCATE}:
                self._names[op.name].unsynced.append((index, op))
            else:
                self._rename(index, op)
        self.place = max(place, self.place)

    def cut(self, chance: random.Random, survival: Survival) -> dict[str, bytes]:
        """The files that a machine finds when the power is back; the disk itself goes on."""
        waiting = sorted(index for index, _op in self._iterate_unsynced())
        prefix = chance.choice([*waiting, self.place]) if waiting else self.place
        names = self._surviving_names(chance, survival, prefix)
        files: dict[str, bytes] = {}
        for name, file in names.items():
            content = bytearray(file.durable)
            for index, op in file.unsynced:
                if survival is Survival.EVERYTHING:
                    _apply(content, op)
                elif survival is Survival.PREFIX:
                    if index < prefix:
                        _apply(content, op)
                    elif index == prefix:
                        _apply_torn(content, op, chance)
                elif survival in {Survival.SECTORS, Survival.GARBAGE}:
                    _apply_sectors(content, op, chance, survival)
            files[name] = bytes(content)
        return files

    def _iterate_unsynced(self) -> list[tuple[int, DiskOp]]:
        files = {id(f): f for f in (*self._names.values(), *self._durable_names.values())}
        found = [entry for file in files.values() for entry in file.unsynced]
        return found + [(index, op) for index, op, _file in self._unsynced_names]

    def _surviving_names(
        self, chance: random.Random, survival: Survival, prefix: int
    ) -> dict[str, _File]:
        names = dict(self._durable_names)
        if survival is Survival.NOTHING:
            return names
        if survival is Survival.SECTORS:  # A file system with a journal keeps the order of names.
            prefix = chance.choice([*(i for i, _o, _f in self._unsynced_names), self.place])
        for index, op, file in self._unsynced_names:
            if survival is Survival.GARBAGE:
                if chance.random() < 0.5:
                    _apply_name(names, op, file)
            elif survival is Survival.EVERYTHING or index < prefix:
                _apply_name(names, op, file)
        return names

    def _sync(self, name: str) -> None:
        file = self._names[name]
        for _index, op in file.unsynced:
            _apply(file.durable, op)
        file.unsynced.clear()

    def _sync_folder(self) -> None:
        for _index, op, file in self._unsynced_names:
            _apply_name(self._durable_names, op, file)
        self._unsynced_names.clear()

    def _rename(self, index: int, op: DiskOp) -> None:
        file = _File(bytearray()) if op.deed is Deed.CREATE else self._names[op.name]
        _apply_name(self._names, op, file)
        self._unsynced_names.append((index, op, file))


def _apply_name(names: dict[str, _File], op: DiskOp, file: _File) -> None:
    if op.deed in {Deed.UNLINK, Deed.RENAME}:
        names.pop(op.name, None)
    if op.deed is not Deed.UNLINK:
        names[op.target or op.name] = file


def _apply(content: bytearray, op: DiskOp) -> None:
    if op.deed is Deed.TRUNCATE:
        del content[op.offset :]
        return
    _grow(content, op.offset + len(op.data))
    content[op.offset : op.offset + len(op.data)] = op.data


def _apply_torn(content: bytearray, op: DiskOp, chance: random.Random) -> None:
    if op.deed is Deed.WRITE:
        torn = op.data[: chance.randrange(len(op.data) + 1)]
        _apply(content, dataclasses.replace(op, data=torn))


def _apply_sectors(
    content: bytearray, op: DiskOp, chance: random.Random, survival: Survival
) -> None:
    if op.deed is Deed.TRUNCATE:
        if chance.random() < 0.5:
            _apply(content, op)
        return
    start, end = op.offset, op.offset + len(op.data)
    if end > len(content) and chance.random() < 0.75:  # The length may arrive without the bytes.
        size = end - len(content)
        content += chance.randbytes(size) if survival is Survival.GARBAGE else bytes(size)
    while start < end:
        stop = min(end, start - start % SECTOR_BYTES + SECTOR_BYTES)
        if chance.random() < 0.5:
            part = op.data[start - op.offset : stop - op.offset]
            if chance.randrange(TORN_ONE_IN) == 0:
                part = part[: chance.randrange(len(part) + 1)]
            _grow(content, start + len(part))
            content[start : start + len(part)] = part
        start = stop


def _grow(content: bytearray, size: int) -> None:
    if size > len(content):
        content += bytes(size - len(content))
