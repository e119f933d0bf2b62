"""The programs themselves: a box is restored from its backup, sells on, and loses nothing."""

from __future__ import annotations

import contextlib
import pathlib
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.store import journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.identity import read_identity
from tests.hq_hub.ingest.live_hub import free_port
from tests.retail_domain.builders import make_happening, make_receipt

WAIT_S = 60
"""Bound of every wait: programs take seconds to start on a busy machine."""


def run(program: str, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"{program}.main", verb, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)


@contextlib.contextmanager
def serving(program: str, *arguments: str) -> Iterator[None]:
    command = [sys.executable, "-m", f"{program}.main", "serve", *arguments]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(WAIT_S)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


class Box:
    """One box and its hub, each in its folder, as IT sets them up."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.hub = ("--data", str(folder / "hub"))
        self.database = folder / "box.sqlite"
        config = folder / "box.toml"
        self.config = ("--config", str(config))
        http, grpc = free_port(), free_port()
        ports = ("--http-port", str(http), "--grpc-port", str(grpc), "--transport", "grpc")
        self.do("hq_hub", "init", *self.hub, *ports)
        names = ("--store", "S001", "--name", "一店", "--name-en", "One")
        self.do("hq_hub", "add-store", *self.hub, *names)
        code = self.do("hq_hub", "claim-code", *self.hub, "--store", "S001").strip()
        config.write_text(
            f'http_port = 0\nhub_grpc = "localhost:{grpc}"\ntransports = ["grpc"]\n',
            encoding="utf-8",
        )
        address = ("--hub", f"http://127.0.0.1:{http}", "--claim-code", code)
        with serving("hq_hub", *self.hub):
            wait_until(lambda: run("edge_agent", "enrol", *self.config, *address).returncode == 0)

    def do(self, program: str, verb: str, *arguments: str) -> str:
        done = run(program, verb, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sell(self, *numbers: int) -> None:
        with contextlib.closing(open_database(str(self.database))) as db:
            identity = read_identity(db, "")
            with write_transaction(db):
                for number in numbers:
                    happening = make_happening(make_receipt((1, 1_000)), number)
                    journal.append_fact(db, identity, happening)

    def is_acknowledged(self, epoch: int, seq: int) -> bool:
        with contextlib.closing(open_database(str(self.database))) as db:
            tail = journal.read_tail(db)
            return (tail.epoch, tail.seq, tail.durable_seq) == (epoch, seq, seq)

    def read_numbers(self) -> list[int]:
        with contextlib.closing(open_database(str(self.database))) as db:
            check_chain(db)
            assert [c.differing_rows for c in verify_projections(db) if c.differing_rows] == []
            return [f.happening.monotonic_ms for f, _body, _head in journal.iterate_facts(db)]


@pytest.mark.slow
def test_box_back_from_its_backup_sells_on_and_every_fact_is_there_once(
    tmp_path: pathlib.Path,
) -> None:
    box = Box(tmp_path)
    saved = str(tmp_path / "saved")
    with serving("hq_hub", *box.hub):
        with serving("edge_agent", *box.config):
            box.sell(1, 2, 3)
            box.do("edge_agent", "backup", *box.config, "--to", saved)
            box.sell(4, 5)
            wait_until(lambda: box.is_acknowledged(1, 5))
        said = box.do("edge_agent", "restore", *box.config, "--from", saved)
        box.sell(6)
        with serving("edge_agent", *box.config):
            wait_until(lambda: run("hq_hub", "alarms", *box.hub).returncode == 1)
            alarm = run("hq_hub", "alarms", *box.hub).stdout
            approved = box.do("hq_hub", "new-epoch", *box.hub, "--store", "S001")
            wait_until(lambda: box.is_acknowledged(2, 1))
            box.sell(7)
            wait_until(lambda: box.is_acknowledged(2, 2))
            wait_until(lambda: run("hq_hub", "alarms", *box.hub).returncode == 0)

    assert "restored to epoch 1, seq 3" in said
    assert "S001 history_forked" in alarm
    assert re.search(r"may begin epoch 2: it gets \d facts", approved)
    assert box.read_numbers() == [1, 2, 3, 4, 5, 6, 7]
    assert box.database.with_name("box.sqlite.epoch-1-before-2").exists()
    assert "facts received           7" in box.do("hq_hub", "doctor", *box.hub)
