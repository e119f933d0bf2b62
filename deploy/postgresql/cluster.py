"""Starts a throw-away PostgreSQL cluster from the programs that are installed, as no one's server.

A production server is the business of its administrator; this one listens on a Unix socket only.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator

import sqlalchemy as sa

PROGRAM_FOLDERS = "/usr/lib/postgresql/*/bin"
"""Where Debian keeps the server; it is in nobody's PATH."""
USERS = ("postgres", "nobody")
"""Who runs the server when we are root, the first that this machine has: it refuses root."""
OWNER = "liushui"
START_TIMEOUT_S = 60.0
"""A new cluster is up in a second; a busy machine takes its time."""
STOP_TIMEOUT_S = 30.0
COMMAND_TIMEOUT_S = 300.0
"""Copying a database writes all of it to the disk."""
LOOK_INTERVAL_S = 0.02
CONNECTIONS_MAX = 60
"""Hub of a test: one writer and eight readers, some engines open at once."""
SETTINGS = {
    "listen_addresses": "",  # The socket lies in a folder that only its owner can enter.
    "max_connections": str(CONNECTIONS_MAX),
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",  # No checkpoint in the middle of a figure.
    "autovacuum_naptime": "10s",
}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""For data that is thrown away: it survives kill -9 of its clients and not a power cut."""
MEMORY_FOLDER = pathlib.Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
MEMORY_FREE_MIN = 2 * 1024**3
"""Forgetful data lies in memory where there is room for some hundred small databases."""


@dataclasses.dataclass(frozen=True, slots=True)
class Cluster:
    """A running server."""

    programs: pathlib.Path
    socket_folder: pathlib.Path
    pid: int
    """Of the postmaster; the others are its children."""

    def url(self, database: str) -> str:
        """URL of one database for SQLAlchemy."""
        query = {"host": str(self.socket_folder)}
        made = sa.URL.create("postgresql+psycopg", OWNER, database=database, query=query)
        return made.render_as_string()

    def create_database(self, name: str, template: str = "template0") -> str:
        """Make a database, a copy of one that nobody is connected to; returns its URL."""
        self._run("createdb", "--template", template, "--", name)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected. A repeat does nothing."""
        self._run("dropdb", "--if-exists", "--force", "--", name)

    def _run(self, program: str, *arguments: str) -> None:
        where = ("-h", str(self.socket_folder), "-U", OWNER)
        command = [str(self.programs / program), *where, *arguments]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, timeout=COMMAND_TIMEOUT_S)


def find_programs() -> pathlib.Path | None:
    """Folder of initdb and postgres, the newest; None where no server is installed."""
    found = shutil.which("initdb")
    if found is not None:
        return pathlib.Path(found).resolve().parent
    root, pattern = pathlib.Path("/"), PROGRAM_FOLDERS.lstrip("/")
    folders = [folder for folder in root.glob(pattern) if (folder / "initdb").exists()]
    return max(folders, key=_version_of, default=None)


@contextlib.contextmanager
def run_cluster(*, is_durable: bool = True, place: pathlib.Path | None = None) -> Iterator[Cluster]:
    """Start a new, empty cluster; it is stopped and removed at the end, or when we die.

    Args:
        is_durable: commits reach the disk; otherwise as FORGETFUL says.
        place: lie in this folder, or in the nearest above it that the server's user may enter;
            None takes a place that fits.
    """
    programs = find_programs()
    assert programs is not None, "ask find_programs() first"
    # Short, because the path of a socket may have 107 bytes.
    if place is not None:
        place = _find_open(place)
    elif not is_durable:
        place = _find_memory()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="liushui-pg-", dir=place))
    try:
        as_owner = _hand_over(folder)
        data = folder / "data"
        make = [str(programs / "initdb"), "-D", str(data), "-U", OWNER, "-E", "UTF8", "--locale=C"]
        done = subprocess.run(
            [*as_owner, *make, "--auth=trust", "--no-sync"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        settings = SETTINGS | {"unix_socket_directories": str(folder)}
        command = [*as_owner, str(programs / "postgres"), "-D", str(data)]
        for name, value in (settings if is_durable else settings | FORGETFUL).items():
            command += ["-c", f"{name}={value}"]
        with (folder / "server.log").open("ab") as log:
            server = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us; it is stopped last.
            )
        try:
            cluster = Cluster(programs, folder, server.pid)
            _wait_for(server, cluster)
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)  # A fast shutdown, whoever is still connected.
            server.wait(STOP_TIMEOUT_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _find_memory() -> pathlib.Path | None:
    if not os.access(MEMORY_FOLDER, os.W_OK):
        return None
    return MEMORY_FOLDER if shutil.disk_usage(MEMORY_FOLDER).free >= MEMORY_FREE_MIN else None


def _find_open(place: pathlib.Path) -> pathlib.Path:
    def is_open(folder: pathlib.Path) -> bool:
        return all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))

    return next(folder for folder in (place, *place.parents) if is_open(folder))


def _hand_over(folder: pathlib.Path) -> list[str]:
    """Give the folder to the server's user; returns what runs a command as that user.

    `setpriv` execs the command, which dies with our thread even when we are killed.
    """
    tie = ["setpriv", "--pdeathsig", "INT"]
    if os.getuid() != 0:
        return [*tie, "--"]
    names = [entry.pw_name for entry in pwd.getpwall()]
    user = pwd.getpwnam(next(name for name in USERS if name in names))
    os.chown(folder, user.pw_uid, user.pw_gid)
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [*tie, *ids, "--"]


def _wait_for(server: subprocess.Popen[bytes], cluster: Cluster) -> None:
    log, deadline_s = cluster.socket_folder / "server.log", time.monotonic() + START_TIMEOUT_S
    ask = [str(cluster.programs / "pg_isready"), "-q", "-h", str(cluster.socket_folder)]
    while subprocess.run(ask, check=False, timeout=START_TIMEOUT_S).returncode != 0:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < deadline_s, "PostgreSQL does not answer"
        time.sleep(LOOK_INTERVAL_S)


def _version_of(folder: pathlib.Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", folder.parent.name))
