"""A new box asks a real hub over HTTP to become the box of a store."""

from __future__ import annotations

import contextlib
import dataclasses
import http.server
import json
import pathlib
import random
import stat
import threading
from collections.abc import Callable, Iterator

import pytest
from cryptography import x509

from edge_agent.services import enrolment
from edge_agent.services.errors import (
    AlreadyEnrolledError,
    ClaimCodeUnreadableError,
    EnrolmentRefusedError,
    HubNotProvedError,
    HubUnreachableError,
)
from edge_agent.store import journal
from edge_agent.store.database import open_database
from edge_agent.store.errors import NotEnrolledError
from edge_agent.store.identity import read_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection
from hq_hub.services import enrolment as hub_enrolment
from hq_hub.services.enrolment import EnrolmentAnswer, EnrolmentRequest
from hq_hub.store.writer import Writer
from protos import claim
from retail_domain.errors import RetailError
from tests.hq_hub.wire_hub import SECRET, authority, make_hub, put_stores
from tests.power_cuts.disk import Disk, Survival
from tests.power_cuts.recording import Recording, recorded
from tests.retail_domain.builders import NOON

WAIT_S = 20
Answer = Callable[[EnrolmentRequest], EnrolmentAnswer]


@dataclasses.dataclass
class HttpHub:
    """The hub's route for enrolments on a port of this machine."""

    url: str
    writer: Writer
    answer: Answer

    def make_code(self, store: str = "S001") -> str:
        make = hub_enrolment.make_claim_code
        return self.writer.submit(make, store, SECRET, NOON, is_replacement=False).result(WAIT_S)


@pytest.fixture
def hub(tmp_path: pathlib.Path) -> Iterator[HttpHub]:
    writer = Writer(make_hub(tmp_path / "hub.sqlite"))
    writer.submit(put_stores, "S001").result(WAIT_S)

    def answer(request: EnrolmentRequest) -> EnrolmentAnswer:
        return writer.submit(hub_enrolment.enrol, authority(), request, NOON).result(WAIT_S)

    class Route(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            try:
                found = running.answer(EnrolmentRequest(**body))
                self._send(200, dataclasses.asdict(found))
            except RetailError as error:
                self._send(409, {"code": error.code, "detail": error.detail_en})

        def _send(self, status: int, body: dict[str, str]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's name
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Route) as server:
        running = HttpHub(f"http://127.0.0.1:{server.server_port}", writer, answer)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield running
        server.shutdown()
        thread.join()
    writer.close()


@pytest.fixture
def db(tmp_path: pathlib.Path) -> Iterator[Connection]:
    path = str(tmp_path / "new-box.sqlite")
    migrate(path)
    with contextlib.closing(open_database(path)) as connection:
        yield connection


@pytest.fixture
def pki(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "pki"


def test_box_takes_on_the_identity_of_its_code(
    hub: HttpHub, db: Connection, pki: pathlib.Path
) -> None:
    identity = enrolment.enrol(db, pki, hub.url, hub.make_code())

    assert (identity.store, identity.box_id, identity.price_zone) == ("S001", "B1", "Z1")
    assert read_identity(db, "") == identity
    assert journal.read_tail(db).epoch == 1
    assert (pki / "ca.crt").read_text() == authority().certificate_pem
    assert stat.S_IMODE((pki / "box.key").stat().st_mode) == 0o600
    certificate = x509.load_pem_x509_certificate((pki / "box.crt").read_bytes())
    assert certificate.public_key() == enrolment.load_key(pki).public_key()


def test_box_has_one_identity_for_life(hub: HttpHub, db: Connection, pki: pathlib.Path) -> None:
    enrolment.enrol(db, pki, hub.url, hub.make_code())

    with pytest.raises(AlreadyEnrolledError):
        enrolment.enrol(db, pki, hub.url, "9-0000-0000-0000-0000")


def test_enrolment_that_broke_off_is_taken_up_with_the_same_code(
    hub: HttpHub, db: Connection, pki: pathlib.Path
) -> None:
    code = hub.make_code()
    answer = hub.answer

    def answer_and_lose(request: EnrolmentRequest) -> EnrolmentAnswer:
        answer(request)
        return EnrolmentAnswer("", "")

    hub.answer = answer_and_lose
    with pytest.raises(HubNotProvedError):
        enrolment.enrol(db, pki, hub.url, code)
    hub.answer = answer

    assert enrolment.enrol(db, pki, hub.url, code).box_id == "B1"


def test_answer_of_somebody_else_is_not_taken(
    hub: HttpHub, db: Connection, pki: pathlib.Path
) -> None:
    """Whoever sits on the line knows both messages, but not the code."""
    answer = hub.answer

    def answer_with_another_ca(request: EnrolmentRequest) -> EnrolmentAnswer:
        honest = answer(request)
        grant = json.loads(honest.grant) | {"ca_pem": "-----BEGIN CERTIFICATE-----"}
        return EnrolmentAnswer(json.dumps(grant), honest.proof)

    hub.answer = answer_with_another_ca

    with pytest.raises(HubNotProvedError):
        enrolment.enrol(db, pki, hub.url, hub.make_code())
    with pytest.raises(NotEnrolledError):
        read_identity(db, "")
    assert not (pki / "ca.crt").exists()


def test_refusal_of_the_hub_is_passed_on(hub: HttpHub, db: Connection, pki: pathlib.Path) -> None:
    wrong_code = claim.format_code(99, SECRET)

    with pytest.raises(EnrolmentRefusedError) as refusal:
        enrolment.enrol(db, pki, hub.url, wrong_code)

    assert refusal.value.values == {"reason_code": "claim_code_wrong"}


def test_text_that_is_no_code_is_told_before_anything_is_made(
    hub: HttpHub, db: Connection, pki: pathlib.Path
) -> None:
    with pytest.raises(ClaimCodeUnreadableError):
        enrolment.enrol(db, pki, hub.url, "hello")

    assert not pki.exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "file:///etc"])
def test_hub_that_is_not_there_is_told(db: Connection, pki: pathlib.Path, url: str) -> None:
    with pytest.raises(HubUnreachableError):
        enrolment.enrol(db, pki, url, claim.format_code(1, SECRET))


def test_power_cut_behind_an_enrolment_leaves_key_and_certificates(
    hub: HttpHub, db: Connection, pki: pathlib.Path
) -> None:
    pki.mkdir()
    recording = Recording(pki)
    with recorded(recording):
        enrolment.enrol(db, pki, hub.url, hub.make_code())

    disk = Disk({}, recording.ops)
    disk.advance(len(recording.ops))
    assert disk.cut(random.Random(1), Survival.NOTHING) == {
        path.name: path.read_bytes() for path in pki.iterdir()
    }
