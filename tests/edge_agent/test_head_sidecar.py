"""The sidecar notices a journal that was cut short."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
from collections.abc import Iterator

import pytest

from edge_agent.store import journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.errors import JournalDamagedError
from edge_agent.store.head_sidecar import SLOT_BYTES, HeadSidecar, require_head
from edge_agent.store.sqlite_library import Connection
from tests.edge_agent.shop_setup import COLA, IDENTITY
from tests.retail_domain.builders import make_happening, make_receipt


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "box.head"


@pytest.fixture
def sidecar(path: pathlib.Path) -> Iterator[HeadSidecar]:
    with contextlib.closing(HeadSidecar(path)) as opened:
        yield opened


def append(db: Connection, number: int) -> None:
    with write_transaction(db):
        journal.append_fact(db, IDENTITY, make_happening(make_receipt((COLA, 1_000)), number))


def test_journal_that_went_on_is_as_it_should_be(db: Connection, sidecar: HeadSidecar) -> None:
    require_head(db, sidecar)
    for number in range(1, 6):
        append(db, number)
        if number < 5:
            sidecar.save(journal.read_tail(db))

    require_head(db, sidecar)
    place = sidecar.load()
    assert place is not None
    assert place[:2] == (1, 4)


def test_journal_that_lost_its_wal_is_noticed(
    db: Connection, sidecar: HeadSidecar, database: str, tmp_path: pathlib.Path
) -> None:
    append(db, 1)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    append(db, 2)
    sidecar.save(journal.read_tail(db))
    without_wal = tmp_path / "cut.sqlite"
    shutil.copy(database, without_wal)  # The WAL with fact 2 stays behind.

    with (
        contextlib.closing(open_database(str(without_wal))) as cut,
        pytest.raises(JournalDamagedError) as damaged,
    ):
        require_head(cut, sidecar)

    assert "ends at 1, but 2" in damaged.value.detail_en


def test_another_history_at_the_same_place_is_noticed(
    db: Connection, sidecar: HeadSidecar, database: str, tmp_path: pathlib.Path
) -> None:
    append(db, 1)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    older = tmp_path / "older.sqlite"
    shutil.copy(database, older)
    append(db, 2)
    sidecar.save(journal.read_tail(db))

    with contextlib.closing(open_database(str(older))) as restored:
        append(restored, 99)
        with pytest.raises(JournalDamagedError):
            require_head(restored, sidecar)


def test_torn_slot_falls_back_to_the_other(
    db: Connection, sidecar: HeadSidecar, path: pathlib.Path
) -> None:
    for number in (1, 2):
        append(db, number)
        sidecar.save(journal.read_tail(db))
    with path.open("r+b") as file:
        file.seek(SLOT_BYTES + 20)
        file.write(b"\xff" * 8)

    place = sidecar.load()

    assert place is not None
    assert place[1] == 1
