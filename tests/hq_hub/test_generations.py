"""Backups of the hub, and the life that begins when one is restored."""

from __future__ import annotations

import contextlib
import datetime
import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from hq_hub.services import generations
from hq_hub.services.generations import restore_hub
from hq_hub.store import backup, feed_pages
from hq_hub.store.engine import open_engine, sqlite_url
from hq_hub.store.errors import (
    BackupDamagedError,
    BackupExistsError,
    BackupMissingError,
    HubNewerDatabaseError,
    HubNoDatabaseError,
)
from tests.hq_hub.small_chain import SmallChain, open_chain
from tests.retail_domain.builders import NOON, make_receipt

NOON_S = 1_795_320_000
LATER = NOON + datetime.timedelta(days=1)


@pytest.fixture
def chain(tmp_path: pathlib.Path) -> Iterator[SmallChain]:
    with open_chain(tmp_path) as small:
        yield small


@pytest.fixture
def saved(chain: SmallChain, tmp_path: pathlib.Path) -> pathlib.Path:
    """A backup that holds one fact and one order; one of each comes later."""
    chain.receive("S001", make_receipt((1, 1000)))
    chain.order()
    path = tmp_path / "saved.db"
    backup.back_up(tmp_path / "hub.db", path)
    chain.receive("S001", make_receipt((1, 1000)))
    chain.order()
    return path


def read(path: pathlib.Path, sql: str) -> list[tuple[object, ...]]:
    engine = open_engine(sqlite_url(str(path)))
    with contextlib.closing(engine.connect()) as db:
        rows = [tuple(row) for row in db.exec_driver_sql(sql)]
    engine.dispose()
    return rows


def write(path: pathlib.Path, sql: str) -> None:
    engine = open_engine(sqlite_url(str(path)))
    with engine.begin() as db:
        db.exec_driver_sql(sql)
    engine.dispose()


def test_backup_holds_one_instant_while_others_write(
    chain: SmallChain, saved: pathlib.Path
) -> None:
    assert read(saved, "SELECT count(*) FROM hub_journal") == [(1,)]
    assert chain.read("SELECT count(*) FROM hub_journal") == [(2,)]


def test_backup_is_never_written_over(saved: pathlib.Path, tmp_path: pathlib.Path) -> None:
    content = saved.read_bytes()

    with pytest.raises(BackupExistsError):
        backup.back_up(tmp_path / "hub.db", saved)

    assert saved.read_bytes() == content


def test_restore_begins_a_generation_and_keeps_the_old_file_aside(
    saved: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    database = tmp_path / "hub.db"

    restored = restore_hub(database, saved, NOON)

    assert (restored.generation, restored.sign.facts) == (NOON_S, 1)
    assert read(database, "SELECT generation FROM hub_state") == [(NOON_S,)]
    assert read(database, "SELECT count(*) FROM hub_journal") == [(1,)]
    assert read(restored.aside, "SELECT count(*) FROM hub_journal") == [(2,)]
    assert read(saved, "SELECT generation FROM hub_state") == [(1,)]


def test_no_order_gets_a_number_that_a_lost_one_may_have_had(
    chain: SmallChain, saved: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    lost = chain.read("SELECT purchase_order_no FROM purchase_order")
    database = tmp_path / "hub.db"
    restore_hub(database, saved, NOON)

    assert sorted(lost) == [("PO-000001",), ("PO-000002",)]
    assert read(database, "SELECT last_no FROM number_series") == [(1_002,)]


def test_second_restore_of_one_backup_gives_no_number_again(
    saved: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    database = tmp_path / "hub.db"
    restore_hub(database, saved, NOON)
    write(database, "UPDATE number_series SET last_no = last_no + 3")
    write(database, "INSERT INTO number_series VALUES ('T', 2)")

    restore_hub(database, saved, LATER)

    numbers = read(database, "SELECT series, last_no FROM number_series ORDER BY series")
    assert numbers == [("PO", 2_005), ("T", 1_002)]


@pytest.mark.parametrize("now", [NOON, LATER, NOON - datetime.timedelta(days=20_000)])
def test_second_restore_of_one_backup_is_another_life(
    saved: pathlib.Path, tmp_path: pathlib.Path, now: datetime.datetime
) -> None:
    database = tmp_path / "hub.db"
    first = restore_hub(database, saved, NOON)

    second = restore_hub(database, saved, now)

    assert second.generation > first.generation


def test_restores_on_two_machines_are_two_lives(
    saved: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    first = restore_hub(tmp_path / "first.db", saved, NOON)
    second = restore_hub(tmp_path / "second.db", saved, LATER)

    assert second.generation == first.generation + 86_400


def test_damaged_database_is_replaced_and_kept(saved: pathlib.Path, tmp_path: pathlib.Path) -> None:
    database = tmp_path / "hub.db"
    database.write_bytes(b"not a database at all" * 100)

    restored = restore_hub(database, saved, NOON)

    assert restored.aside.read_bytes().startswith(b"not a database")
    assert read(database, "SELECT count(*) FROM hub_journal") == [(1,)]


def test_wal_of_the_old_file_does_not_reach_the_new_one(
    saved: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """A restore that died between two renames left it."""
    database = tmp_path / "elsewhere.db"
    wal = tmp_path / "elsewhere.db-wal"
    wal.write_bytes(b"left behind")

    restored = restore_hub(database, saved, NOON)

    assert not wal.exists()
    assert pathlib.Path(f"{restored.aside}-wal").read_bytes() == b"left behind"


def test_what_is_no_backup_changes_nothing(saved: pathlib.Path, tmp_path: pathlib.Path) -> None:
    database = tmp_path / "elsewhere.db"
    torn = tmp_path / "torn.db"
    torn.write_bytes(saved.read_bytes()[:20_000])
    empty = tmp_path / "empty.db"
    write(empty, "CREATE TABLE nothing_of_ours (one INTEGER) STRICT")
    newer = tmp_path / "newer.db"
    newer.write_bytes(saved.read_bytes())
    write(newer, "UPDATE alembic_version SET version_num = '9999'")
    database.write_bytes(b"in force")

    for source, error in {
        tmp_path / "nowhere.db": BackupMissingError,
        torn: BackupDamagedError,
        empty: HubNoDatabaseError,
        newer: HubNewerDatabaseError,
    }.items():
        with pytest.raises(error):
            restore_hub(database, source, NOON)

    assert database.read_bytes() == b"in force"


@pytest.mark.parametrize("step", ["begin_generation", "put_in_place", "move"])
def test_restore_that_died_half_way_is_done_again(
    saved: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Died before a step: there is the old file, or none, so that no hub serves a wrong one."""
    database = tmp_path / "hub.db"

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(generations if step == "begin_generation" else backup, step, die)
        with pytest.raises(KeyboardInterrupt):
            restore_hub(database, saved, NOON)
    is_old = database.exists() and read(database, "SELECT count(*) FROM hub_journal") == [(2,)]
    assert is_old or not database.exists()

    restore_hub(database, saved, LATER)

    assert read(database, "SELECT count(*) FROM hub_journal") == [(1,)]


def test_new_generation_ends_the_sessions(chain: SmallChain) -> None:
    chain.db.execute(
        sa.text(
            "INSERT INTO hub_user (user_name, display_name, role, password_hash, version)"
            " VALUES ('boss', 'Boss', 'it', 'x', 1)"
        )
    )
    chain.db.execute(sa.text("INSERT INTO hub_session VALUES (x'00', 'boss', 9999999999999)"))
    chain.db.commit()

    generation = generations.begin_generation(chain.db, NOON)

    assert chain.read("SELECT count(*) FROM hub_session") == [(0,)]
    assert feed_pages.read_generation(chain.db) == generation == NOON_S
