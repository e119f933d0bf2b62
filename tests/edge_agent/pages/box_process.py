"""`edge-agent serve` as the pages' tests run it, with nobody at the other end of its line."""

from __future__ import annotations

import contextlib
import datetime
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from edge_agent.services.enrolment import CA_FILE, CERTIFICATE_FILE, KEY_FILE
from edge_agent.store import journal
from edge_agent.store.database import open_database
from hq_hub.services.certificates import init_pki
from retail_domain.trade.fact import Happening, Payload
from tests.edge_agent.shop_setup import SCANNER, open_box

READY_TIMEOUT_S = 60.0


class BoxProcess:
    """`edge-agent serve`, not started yet, with nobody at the other end of its line."""

    def __init__(self, folder: pathlib.Path, settings: str = "", devices: str = "") -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        open_box(self.database).close()
        init_pki(folder / "pki", "test-chain", ["localhost"], datetime.datetime.now(datetime.UTC))
        for made, wanted in {"hub.crt": CERTIFICATE_FILE, "hub.key": KEY_FILE}.items():
            (folder / "pki" / made).rename(folder / "pki" / wanted)
        assert (folder / "pki" / CA_FILE).exists()
        settings += f"""
            http_port = {self.port}
            hub_grpc = "localhost:1"
            transports = ["grpc"]
            [[devices]]
            device_id = "{SCANNER}"
            kind = "serial_scanner"
            address = "{folder}/scanner"
        """
        (folder / "box.toml").write_text(settings + devices, encoding="utf-8")

    @property
    def database(self) -> str:
        return str(self.folder / "box.sqlite")

    def start(self) -> None:
        self._log = (self.folder / "box.log").open("ab")
        self._process = self.run("serve")
        wait_until(self._answers)

    def run(self, verb: str) -> subprocess.Popen[bytes]:
        settings = str(self.folder / "box.toml")
        command = [sys.executable, "-m", "edge_agent.main", verb, "--config", settings]
        return subprocess.Popen(command, stderr=self._log)

    def kill(self) -> None:
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._log.close()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(20)
        self._log.close()
        return status

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self.folder / "box.log").read_text(encoding="utf-8")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/api/status")
            return connection.getresponse().status == 200
        except (ConnectionRefusedError, TimeoutError):
            return False
        finally:
            connection.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)  # Polls another process.


def payloads(box: BoxProcess) -> list[Payload]:
    """What the box's journal holds, in order."""
    return [happening.payload for happening in happenings(box)]


def happenings(box: BoxProcess) -> list[Happening]:
    """What happened at the box, in order."""
    with contextlib.closing(open_database(box.database)) as db:
        return [fact.happening for fact, _body, _head in journal.iterate_facts(db)]
