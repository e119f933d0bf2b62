"""What only PostgreSQL can do or fail at: several connections that write, and a server apart."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import datetime
import pathlib
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from deploy.postgresql.cluster import run_cluster
from hq_hub.api.app import make_app
from hq_hub.api.headquarters import SESSION_COOKIE, Headquarters
from hq_hub.config import DATABASE_VARIABLE, Config, write_config
from hq_hub.services import sessions
from hq_hub.services.apply import apply_next
from hq_hub.services.errors import SignedOutError
from hq_hub.services.setup import create_hub
from hq_hub.services.users import hash_password, put_user
from hq_hub.store import journal
from hq_hub.store.apply_state import read_cursor
from hq_hub.store.engine import (
    open_engine,
    open_read_engine,
    read_transaction,
    receive_transaction,
    write_transaction,
)
from hq_hub.store.errors import HubDatabaseAwayError, HubDatabaseTakenError
from hq_hub.store.journal import ReceivedFact
from hq_hub.store.people import User
from hq_hub.store.writer import Writer
from protos import chain
from tests.hq_hub.databases import PostgresqlDatabases
from tests.hq_hub.small_chain import BOSS, STORES, SmallChain, open_copy
from tests.hq_hub.test_main import run
from tests.hq_hub.wire_hub import authority
from tests.retail_domain.builders import NOON, make_ticket

pytestmark = pytest.mark.postgres
WAIT_S = 20
BATCHES, FACTS_A_BATCH = 12, 5


@pytest.fixture
def small(postgresql_databases: PostgresqlDatabases) -> Iterator[SmallChain]:
    with open_copy(postgresql_databases) as made:
        yield made


@contextlib.contextmanager
def connect(url: str) -> Iterator[sa.Connection]:
    engine = open_engine(url)
    with contextlib.closing(engine.connect()) as db:
        yield db
    engine.dispose()


def make_facts(small: SmallChain, store: str, count: int) -> list[ReceivedFact]:
    box, facts = small.boxes[store], []
    for _ in range(count):
        body = box.make_body(make_ticket((1, 1_000, 300)))
        box.head = chain.next_head(box.head, body)
        facts.append(ReceivedFact(box.seq, None, 1, body, box.head))
    return facts


def append(db: sa.Connection, store: str, facts: list[ReceivedFact]) -> None:
    journal.append_facts(db, store=store, epoch=1, facts=facts, received_at_ms=1)


def test_two_writers_never_give_one_receive_number(small: SmallChain) -> None:
    waiting = {store: make_facts(small, store, BATCHES * FACTS_A_BATCH) for store in STORES}

    def receive(store: str) -> None:
        with connect(small.url) as db:
            for start in range(0, BATCHES * FACTS_A_BATCH, FACTS_A_BATCH):
                with receive_transaction(db):
                    journal.lock_store(db, store)
                    append(db, store, waiting[store][start : start + FACTS_A_BATCH])

    with concurrent.futures.ThreadPoolExecutor(len(STORES)) as pool:
        for done in [pool.submit(receive, store) for store in STORES]:
            done.result(WAIT_S)

    numbers = [row[0] for row in small.read("SELECT receive_no FROM hub_journal ORDER BY 1")]
    assert numbers == list(range(1, 3 * BATCHES * FACTS_A_BATCH + 1))
    assert small.apply(7).posted == 3 * BATCHES * FACTS_A_BATCH


def test_second_writer_waits_until_the_first_ones_numbers_can_be_seen(small: SmallChain) -> None:
    first, second = make_facts(small, "S001", 2), make_facts(small, "S002", 1)

    def receive_second() -> None:
        with connect(small.url) as db, receive_transaction(db):
            append(db, "S002", second)

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with receive_transaction(small.db):
            append(small.db, "S001", first)
            waits = pool.submit(receive_second)
            is_early = bool(concurrent.futures.wait([waits], 0.3).done)
        waits.result(WAIT_S)

    assert not is_early
    found = small.read("SELECT receive_no, store FROM hub_journal ORDER BY 1")
    assert found == [(1, "S001"), (2, "S001"), (3, "S002")]


def test_two_writers_of_one_store_keep_a_place_once(small: SmallChain) -> None:
    facts = make_facts(small, "S001", 3)

    def receive_same() -> bool:
        with connect(small.url) as db, receive_transaction(db):
            journal.lock_store(db, "S001")
            if journal.read_cursor(db, "S001", 1).durable_seq:
                return False
            append(db, "S001", facts)
            return True

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        kept = [done.result(WAIT_S) for done in [pool.submit(receive_same) for _ in range(2)]]

    assert sorted(kept) == [False, True]
    assert small.read("SELECT count(*) FROM hub_journal") == [(3,)]


def test_a_use_case_sees_all_that_was_written_before_it(small: SmallChain) -> None:
    def count_up(_number: int) -> None:
        with connect(small.url) as db, write_transaction(db):
            seen = db.exec_driver_sql("SELECT document_version FROM hub_state").scalar_one()
            time.sleep(0.01)
            db.exec_driver_sql(f"UPDATE hub_state SET document_version = {seen + 1}")

    before = small.read("SELECT document_version FROM hub_state")[0][0]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(12)))

    assert small.read("SELECT document_version FROM hub_state") == [(before + 12,)]


def test_second_hub_on_a_database_is_refused_until_the_first_one_ends(small: SmallChain) -> None:
    first = Writer(small.url)

    with pytest.raises(HubDatabaseTakenError):
        Writer(small.url)

    first.close()
    Writer(small.url).close()


def test_verbs_of_the_terminal_work_beside_the_hub(small: SmallChain) -> None:
    hub = Writer(small.url)

    small.receive("S001", make_ticket((1, 1_000, 300)))

    assert hub.submit(apply_next, NOON).result().posted == 1
    hub.close()


def test_rebuild_is_refused_while_a_hub_has_the_database(
    small: SmallChain, tmp_path: pathlib.Path
) -> None:
    write_config(Config(folder=tmp_path, chain="c"))
    environment = {DATABASE_VARIABLE: small.url}
    hub = Writer(small.url)

    refused = run("rebuild", "--data", str(tmp_path), environment=environment)
    compared = run("rebuild", "--verify", "--data", str(tmp_path), environment=environment)
    hub.close()
    done = run("rebuild", "--data", str(tmp_path), environment=environment)

    assert (refused.returncode, compared.returncode, done.returncode) == (2, 0, 0)
    assert refused.stderr.startswith("hub_database_taken: ")


def test_hub_that_was_cut_off_takes_its_seat_again(small: SmallChain) -> None:
    hub = Writer(small.url)
    with small.db.begin():
        small.db.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        )

    with pytest.raises(HubDatabaseAwayError):
        hub.submit(apply_next, NOON).result()
    again = hub.submit(apply_next, NOON).result()
    with pytest.raises(HubDatabaseTakenError):
        Writer(small.url)

    hub.close()
    assert again.is_idle


def test_server_that_is_away_is_named_and_comes_back(tmp_path: pathlib.Path) -> None:
    write_config(Config(folder=tmp_path, chain="c"))
    with run_cluster() as cluster:
        url = cluster.create_database("hub")
        create_hub(url, "c")
        there = run("doctor", "--data", str(tmp_path), environment={DATABASE_VARIABLE: url})

    away = run("doctor", "--data", str(tmp_path), environment={DATABASE_VARIABLE: url})

    assert (there.returncode, away.returncode) == (0, 2)
    assert away.stderr.startswith("hub_database_away: ")


def test_doctor_names_a_server_that_may_lose_what_was_acknowledged(
    small: SmallChain, tmp_path: pathlib.Path
) -> None:
    write_config(Config(folder=tmp_path, chain="c"))

    done = run("doctor", "--data", str(tmp_path), environment={DATABASE_VARIABLE: small.url})

    assert done.returncode == 1
    faults = [line for line in done.stdout.splitlines() if line.startswith("FAULT")]
    assert faults == ["FAULT: database: fsync is off"]


def test_writer_commits_to_the_disk_whatever_the_server_is_set_to(small: SmallChain) -> None:
    assert small.read("SHOW synchronous_commit") == [("on",)]


def test_reader_keeps_its_instant_and_cannot_be_made_to_write(small: SmallChain) -> None:
    engine = open_read_engine(small.url)
    with read_transaction(engine) as db:
        before = read_cursor(db)
        small.receive("S001", make_ticket((1, 1_000, 300)))
        small.apply()
        assert read_cursor(db) == before
        with pytest.raises(sa.exc.DBAPIError, match="read-only"):
            db.exec_driver_sql("DELETE FROM parked")
    engine.dispose()


@pytest.mark.parametrize("table", ["hub_journal", "apply_log", "document"])
def test_what_everything_is_made_from_cannot_be_emptied(small: SmallChain, table: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), write_transaction(small.db):
        small.db.exec_driver_sql(f"TRUNCATE {table}")


def put_boss(small: SmallChain) -> None:
    boss = User("boss", "老板", "manager")
    put_user(
        small.db,
        boss,
        hash_password("correct horse battery"),
        small.ask(dataclasses.replace(BOSS, person_no="chief")),
    )


def test_sessions_open_are_counted_and_end(small: SmallChain) -> None:
    put_boss(small)
    tokens = [sessions.make_token() for _ in range(sessions.SESSIONS_MAX + 1)]
    for number, token in enumerate(tokens):
        at = NOON + datetime.timedelta(minutes=number)
        sessions.open_session(small.db, "boss", token, at)

    with pytest.raises(SignedOutError):  # The oldest went when there was one too many.
        sessions.find_user(small.db, tokens[0], NOON)
    found = sessions.find_user(small.db, tokens[1], NOON)
    small.db.rollback()
    sessions.close_session(small.db, tokens[1])

    assert (found.user_name, found.display_name, found.role_id) == ("boss", "老板", "manager")
    with pytest.raises(SignedOutError):
        sessions.find_user(small.db, tokens[1], NOON)


def test_question_that_postgresql_cannot_hold_is_refused(small: SmallChain) -> None:
    writer, readers = Writer(small.url), open_read_engine(small.url)
    headquarters = Headquarters(
        writer=writer,
        read_engine=readers,
        clock=lambda: NOON,
        authority=authority(),
        documents_changed=lambda _stores: None,
    )
    put_boss(small)
    token = sessions.make_token()
    sessions.open_session(small.db, "boss", token, NOON)
    with TestClient(make_app(headquarters)) as client:
        client.cookies.set(SESSION_COOKIE, token)
        odd, plain = (client.get(f"/api/v1/items?query={text}") for text in ("%00", "1"))
    writer.close()
    readers.dispose()

    assert (odd.status_code, odd.json()["code"]) == (422, "invalid_request")
    assert (plain.status_code, plain.json()["total"]) == (200, 1)
