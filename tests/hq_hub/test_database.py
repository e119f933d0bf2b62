"""The hub's database: one way to write, readers that cannot, revisions, a disk that is full."""

from __future__ import annotations

import contextlib
import pathlib
import threading

import pytest
import sqlalchemy as sa

from hq_hub.services.setup import create_hub, only_hub
from hq_hub.store import rows
from hq_hub.store.engine import (
    open_engine,
    open_read_engine,
    read_transaction,
    sqlite_url,
    write_transaction,
)
from hq_hub.store.errors import HubBusyError, HubDiskFullError
from hq_hub.store.migrate import migrate, require_current
from hq_hub.store.schema import metadata
from hq_hub.store.writer import WAITING_MAX, Writer
from retail_domain.errors import RetailError
from tests.hq_hub.databases import Databases
from tests.hq_hub.full_disk import fill_disk, make_room
from tests.hq_hub.small_chain import SmallChain, open_chain
from tests.retail_domain.builders import make_ticket


def count_stores(db: sa.Connection) -> int:
    return int(db.exec_driver_sql("SELECT count(*) FROM store").scalar_one())


def add_store(db: sa.Connection, number: str) -> None:
    rows.insert_rows(db, metadata.tables["store"], [(number, "", "", "", "", "", 1, "")])


def test_failed_write_leaves_nothing(small: SmallChain) -> None:
    with pytest.raises(ZeroDivisionError), write_transaction(small.db):
        add_store(small.db, "S009")
        raise ZeroDivisionError

    assert count_stores(small.db) == 3


def test_reader_cannot_write(small: SmallChain) -> None:
    engine = open_read_engine(small.url)

    with pytest.raises(sa.exc.DBAPIError, match=r"read-?only"), read_transaction(engine) as db:
        add_store(db, "S009")

    engine.dispose()


def test_reader_sees_one_instant(small: SmallChain) -> None:
    engine = open_read_engine(small.url)
    with read_transaction(engine) as db:
        before = count_stores(db)
        with write_transaction(small.db):
            add_store(small.db, "S009")

        during = count_stores(db)

    with read_transaction(engine) as db:
        after = count_stores(db)
    engine.dispose()
    assert (before, during, after) == (3, 3, 4)


@pytest.mark.parametrize("table", ["hub_journal", "apply_log", "document"])
@pytest.mark.parametrize("change", ["UPDATE {} SET epoch = 9", "DELETE FROM {}"])
def test_what_everything_is_made_from_only_grows(
    small: SmallChain, table: str, change: str
) -> None:
    small.receive("S001", make_ticket((1, 1_000, 300)))
    small.apply()
    statement = change.format(table).replace("epoch", "version" if table == "document" else "epoch")

    with pytest.raises(sa.exc.IntegrityError, match="append-only"), write_transaction(small.db):
        small.db.exec_driver_sql(statement)


def test_full_disk_refuses_the_write_and_the_next_one_works(small: SmallChain) -> None:
    small.receive("S001", make_ticket((1, 1_000, 300)))
    fill_disk(small.db)
    bodies = [small.boxes["S001"].make_body(make_ticket((1, 1_000, 300))) for _ in range(200)]

    with pytest.raises(HubDiskFullError):
        small.receive_bodies("S001", bodies)
    make_room(small.db)

    assert small.read("SELECT count(*) FROM hub_journal") == [(1,)]
    assert small.apply().posted == 1


def test_migrating_again_changes_nothing(databases: Databases) -> None:
    with databases.new() as url:
        create_hub(url, "test-chain")
        create_hub(url, "another name")
        migrate(url)

        engine = open_engine(url)
        with contextlib.closing(engine.connect()) as db:
            state = db.exec_driver_sql("SELECT chain, generation FROM hub_state").all()
        engine.dispose()
    assert [tuple(row) for row in state] == [("test-chain", 1)]


def test_tables_are_those_of_the_metadata(small: SmallChain) -> None:
    found = sa.inspect(small.db).get_table_names()

    assert set(found) == {*metadata.tables, "alembic_version"}


def test_every_table_of_ours_is_strict_on_sqlite(tmp_path: pathlib.Path) -> None:
    question = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0"

    with open_chain(tmp_path) as small:
        loose = small.read(question)

    assert {name for (name,) in loose} == {"alembic_version", "sqlite_schema"}


def test_older_program_refuses_a_newer_database(small: SmallChain) -> None:
    with write_transaction(small.db):
        small.db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    for step in (migrate, require_current):
        with pytest.raises(RetailError) as refused:
            step(small.url)

        assert refused.value.code == "hub_newer_database"


def test_database_that_was_never_set_up_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(RetailError) as refused:
        require_current(sqlite_url(str(tmp_path / "empty.db")))

    assert refused.value.code == "hub_no_database"


def test_second_hub_in_a_folder_is_refused(tmp_path: pathlib.Path) -> None:
    with only_hub(tmp_path), pytest.raises(RetailError) as refused, only_hub(tmp_path):
        pass

    assert refused.value.code == "hub_running"
    with only_hub(tmp_path):
        pass


def test_writer_runs_one_use_case_after_the_other(small: SmallChain) -> None:
    writer = Writer(small.url)
    order: list[int] = []

    futures = [writer.submit(lambda _db, number: order.append(number), n) for n in range(50)]
    writer.close()

    assert order == list(range(50))
    assert all(future.done() for future in futures)


def test_question_to_the_writer_leaves_no_transaction_open(small: SmallChain) -> None:
    writer = Writer(small.url)
    writer.submit(count_stores).result()

    def is_in_transaction(db: sa.Connection) -> bool:
        return db.in_transaction()

    open_after = writer.submit(is_in_transaction).result()
    writer.close()

    assert not open_after


def test_writer_refuses_more_than_can_wait(small: SmallChain) -> None:
    writer = Writer(small.url)
    gate = threading.Event()
    writer.submit(lambda _db: gate.wait())
    for _ in range(WAITING_MAX - 1):
        writer.submit(count_stores)

    with pytest.raises(HubBusyError):
        writer.submit(count_stores)

    gate.set()
    writer.close()
