"""A box whose disk fails while it serves, or whose file is damaged at its start, says so."""

from __future__ import annotations

import contextlib
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from unittest import mock

import apsw
import pytest

from deploy.demo.programs import find_free_ports, is_listening
from edge_agent.config import Config
from edge_agent.main import Stored, open_stored
from edge_agent.services.box import Box
from edge_agent.store import journal
from edge_agent.store.errors import DatabaseDamagedError, DiskFailedError
from edge_agent.store.rows import get_int
from edge_agent.store.writer import Writer
from tests.edge_agent.shop_setup import open_box
from tests.power_cuts.apsw_library import over_apsw
from tests.power_cuts.box_trade import DATABASE, sell_cola
from tests.power_cuts.recording import VFS_NAME, Recording, RecordingFile, recorded

WAIT_S = 20.0
ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def started(tmp_path: pathlib.Path) -> Iterator[tuple[Box, Stored]]:
    """A box on a disk that tests can let fail."""
    open_box(str(tmp_path / DATABASE)).close()
    with contextlib.ExitStack() as parts:
        parts.enter_context(recorded(Recording(tmp_path)))
        parts.enter_context(over_apsw(VFS_NAME))
        yield open_stored(Config(folder=tmp_path), parts)


def fail(*_: object) -> None:
    raise apsw.exception_for(apsw.SQLITE_IOERR)


@pytest.mark.parametrize("deed", ["xSync", "xWrite"])
def test_disk_that_fails_once_is_not_trusted_again(started: tuple[Box, Stored], deed: str) -> None:
    box, stored = started
    stored.writer.submit(sell_cola, box, 1).result()

    with mock.patch.object(RecordingFile, deed, fail), pytest.raises(DiskFailedError):
        stored.writer.submit(sell_cola, box, 2).result()

    with pytest.raises(DiskFailedError):
        stored.writer.submit(sell_cola, box, 2).result()
    assert stored.writer.damage is not None
    assert stored.writer.damage.code == "disk_failed"


def test_page_that_cannot_be_read_ends_all_writing(tmp_path: pathlib.Path) -> None:
    path = tmp_path / DATABASE
    with contextlib.closing(open_box(str(path))) as db:
        found = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'ack_cursor'")
        page = get_int(found.fetchall()[0][0])
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4_096 : page * 4_096] = b"\x55" * 4_096
    path.write_bytes(content)

    with contextlib.closing(Writer(str(path))) as writer:
        for _ in range(2):
            with pytest.raises(DatabaseDamagedError):
                writer.submit(journal.read_tail).result()

    assert writer.damage is not None


def test_damaged_box_shows_a_sentence_on_every_page_and_ends_with_2(
    tmp_path: pathlib.Path,
) -> None:
    path = tmp_path / DATABASE
    open_box(str(path)).close()
    path.write_bytes(path.read_bytes()[:20_000])
    (port,) = find_free_ports(1)
    (tmp_path / "box.toml").write_text(f"http_port = {port}\n", encoding="utf-8")
    settings = str(tmp_path / "box.toml")
    command = [sys.executable, "-m", "edge_agent.main", "serve", "--config", settings]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as program:
        try:
            wait_for(port)
            status, text = read_page(port)
        finally:
            program.send_signal(signal.SIGTERM)
            _out, said = program.communicate(timeout=WAIT_S)

    assert status == 503
    assert "database_damaged" in text
    assert "已停止写入" in text
    assert program.returncode == 2
    assert "Nothing is written; call IT" in said


def wait_for(port: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_listening(port):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def read_page(port: int) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/register/", timeout=WAIT_S) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
