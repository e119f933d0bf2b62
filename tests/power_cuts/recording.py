"""Writes down, in one order, all that programs do to the files of one folder.

SQLite's part comes in through a VFS, that of Python (the head sidecar, a file that takes another's
name) through the functions of `os`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import os
import pathlib
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import apsw

VFS_NAME = "liushui-recording"


class Deed(enum.Enum):
    """What can be done to files."""

    CREATE = "create"
    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    LINK = "link"
    RENAME = "rename"
    UNLINK = "unlink"
    SYNC_FOLDER = "sync_folder"


@dataclasses.dataclass(frozen=True, slots=True)
class DiskOp:
    """One deed, in the order of time."""

    deed: Deed
    name: str
    """Of the file in its folder; empty for the folder itself."""
    offset: int = 0
    """Where bytes go; for TRUNCATE the new length."""
    data: bytes = b""
    target: str = ""
    """The new name of RENAME and LINK."""


class Recording:
    """The deeds done below one folder, while `recorded` lasts."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder.resolve()
        self.ops: list[DiskOp] = []
        self.room: int | None = None
        """How many writes of SQLite the disk still takes; None while it is not full."""

    def note(self, deed: Deed, path: str, **more: Any) -> None:  # noqa: ANN401 - fields of DiskOp
        """Write a deed down, if it is of this folder."""
        if os.path.dirname(path) == str(self.folder) and not path.endswith(("-shm", ".lock")):  # noqa: PTH120 (text in, text out)
            self.ops.append(DiskOp(deed, os.path.basename(path), **more))  # noqa: PTH119 (as above)

    def take_room(self) -> None:
        """One write less fits.

        Raises:
            apsw.FullError: none does.
        """
        if self.room == 0:
            raise apsw.exception_for(apsw.SQLITE_FULL)
        if self.room is not None:
            self.room -= 1

    def note_folder(self, path: str) -> None:
        """Write down that a folder's names were synced."""
        if path == str(self.folder):
            self.ops.append(DiskOp(Deed.SYNC_FOLDER, ""))


class _RecordingVFS(apsw.VFS):
    def __init__(self, recording: Recording) -> None:
        super().__init__(VFS_NAME, "")
        self.recording = recording

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> RecordingFile:  # noqa: N802 (SQLite's name)
        return RecordingFile(self.recording, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802 (SQLite's)
        super().xDelete(name, syncdir)
        self.recording.note(Deed.UNLINK, name)
        if syncdir:
            self.recording.note_folder(os.path.dirname(name))  # noqa: PTH120 (text in, text out)


class RecordingFile(apsw.VFSFile):
    """A file of SQLite; what is done to it is written down once it is done."""

    def __init__(
        self, recording: Recording, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else (name or "")
        is_new = bool(self._path) and not pathlib.Path(self._path).exists()
        super().__init__("", name, flags)
        self._recording = recording
        # SQLite syncs the folder with the first sync of a journal or a WAL that it may create.
        side_file = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL
        self._names_unsynced = bool(flags[0] & apsw.SQLITE_OPEN_CREATE and flags[0] & side_file)
        if is_new:
            recording.note(Deed.CREATE, self._path)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 (SQLite's name)
        self._recording.take_room()
        super().xWrite(data, offset)
        self._recording.note(Deed.WRITE, self._path, offset=offset, data=bytes(data))

    def xTruncate(self, size: int) -> None:  # noqa: N802 (SQLite's name)
        super().xTruncate(size)
        self._recording.note(Deed.TRUNCATE, self._path, offset=size)

    def xSync(self, flags: int) -> None:  # noqa: N802 (SQLite's name)
        super().xSync(flags)
        self._recording.note(Deed.SYNC, self._path)
        if self._names_unsynced:
            self._recording.note_folder(os.path.dirname(self._path))  # noqa: PTH120 (text in, text out)
            self._names_unsynced = False


class _RecordingOs:
    """The functions of `os` that the store's modules use on files, each written down."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._copyfile = shutil.copyfile
        self._real: dict[str, Callable[..., Any]] = {
            name: getattr(os, name)
            for name in ("open", "pwrite", "fsync", "fdatasync", "replace", "link", "unlink")
        }

    def open(self, path: Any, flags: int, *args: Any, **more: Any) -> int:  # noqa: ANN401 - as os.open
        is_new = bool(flags & os.O_CREAT) and not os.path.exists(path)  # noqa: PTH110 (any path)
        opened: int = self._real["open"](path, flags, *args, **more)
        if is_new:
            self._recording.note(Deed.CREATE, os.fspath(path))
        return opened

    def pwrite(self, file: int, data: bytes, offset: int) -> int:
        written: int = self._real["pwrite"](file, data, offset)
        self._recording.note(Deed.WRITE, _path_of(file), offset=offset, data=data[:written])
        return written

    def fsync(self, file: int) -> None:
        self._real["fsync"](file)
        path = _path_of(file)
        if os.path.isfile(path):  # noqa: PTH113 (text in)
            # What Python's own files wrote went by unseen; until here it was nowhere for sure.
            self._recording.note(Deed.WRITE, path, data=pathlib.Path(path).read_bytes())
            self._recording.note(Deed.SYNC, path)
        self._recording.note_folder(path)

    def fdatasync(self, file: int) -> None:
        self._real["fdatasync"](file)
        self._recording.note(Deed.SYNC, _path_of(file))

    def replace(self, source: Any, target: Any, **more: Any) -> None:  # noqa: ANN401 - as os.replace
        self._real["replace"](source, target, **more)
        self._note_names(Deed.RENAME, source, target)

    def link(self, source: Any, target: Any, **more: Any) -> None:  # noqa: ANN401 - as os.link
        self._real["link"](source, target, **more)
        self._note_names(Deed.LINK, source, target)

    def unlink(self, path: Any, **more: Any) -> None:  # noqa: ANN401 - as os.unlink
        self._real["unlink"](path, **more)
        self._recording.note(Deed.UNLINK, os.fspath(path))

    def copyfile(self, source: Any, target: Any, **more: Any) -> None:  # noqa: ANN401 - as shutil.copyfile
        """Write down what was copied; the copying itself happens in C."""
        is_new = not os.path.exists(target)  # noqa: PTH110 (any path)
        self._copyfile(source, target, **more)
        path = os.fspath(target)
        self._recording.note(*((Deed.CREATE, path) if is_new else (Deed.TRUNCATE, path)))
        self._recording.note(Deed.WRITE, path, data=pathlib.Path(path).read_bytes())

    def _note_names(self, deed: Deed, source: object, target: object) -> None:
        name = os.path.basename(os.fspath(target))  # type: ignore[call-overload]  # noqa: PTH119 (any path)
        self._recording.note(deed, os.fspath(source), target=name)  # type: ignore[call-overload]  # Any path.

    def names(self) -> list[str]:
        return list(self._real)


def _path_of(file: int) -> str:
    return os.readlink(f"/proc/self/fd/{file}")  # noqa: PTH115 (text out)


@contextlib.contextmanager
def recorded(recording: Recording) -> Iterator[None]:
    """Write down what is done to the folder by this process; one recording at a time."""
    vfs, writing_down = _RecordingVFS(recording), _RecordingOs(recording)
    with contextlib.ExitStack() as patches:
        patches.callback(vfs.unregister)
        for name in writing_down.names():
            patches.enter_context(mock.patch.object(os, name, getattr(writing_down, name)))
        patches.enter_context(mock.patch.object(shutil, "copyfile", writing_down.copyfile))
        yield
