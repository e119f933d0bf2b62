"""A box is copied while it sells, and comes back from the copy."""

from __future__ import annotations

import contextlib
import pathlib

import pytest

from edge_agent.main import main
from edge_agent.services.backup import back_up_box, only_box, restore_box
from edge_agent.services.errors import BackupForeignError, BoxRunningError
from edge_agent.services.rebuild import verify_projections
from edge_agent.store import backup, journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.errors import (
    BackupDamagedError,
    BackupExistsError,
    BackupMissingError,
    NewerDatabaseError,
)
from edge_agent.store.head_sidecar import HeadSidecar, require_head
from edge_agent.store.identity import Identity
from edge_agent.store.sqlite_library import Connection, connect
from tests.edge_agent.shop_setup import COLA, IDENTITY, open_box
from tests.retail_domain.builders import NOON, make_happening, make_receipt


def append(db: Connection, *numbers: int) -> None:
    with write_transaction(db):
        for number in numbers:
            happening = make_happening(make_receipt((COLA, 1_000)), number)
            journal.append_fact(db, IDENTITY, happening)


def read_seq(path: pathlib.Path) -> int:
    with contextlib.closing(open_database(str(path))) as db:
        assert [c.differing_rows for c in verify_projections(db) if c.differing_rows] == []
        return journal.read_tail(db).seq


@pytest.fixture
def box(tmp_path: pathlib.Path) -> pathlib.Path:
    """A box with two facts, a backup of it beside (`saved`), and a third fact since."""
    path = tmp_path / "box.sqlite"
    with contextlib.closing(open_box(str(path))) as db:
        append(db, 1, 2)
        assert back_up_box(db, tmp_path / "saved") == 2
        append(db, 3)
        with contextlib.closing(HeadSidecar(tmp_path / "box.head")) as sidecar:
            sidecar.save(journal.read_tail(db))
    return path


def restore(box: pathlib.Path, source: pathlib.Path) -> pathlib.Path:
    return restore_box(box, box.with_name("box.head"), source, NOON)[1]


def test_backup_holds_what_is_still_in_the_wal(box: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with contextlib.closing(open_database(str(box))) as db:
        append(db, 4)
        assert pathlib.Path(f"{box}-wal").stat().st_size > 0

        assert back_up_box(db, tmp_path / "again") == 4

    assert read_seq(tmp_path / "again") == 4


def test_backup_is_never_written_over(box: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with contextlib.closing(open_database(str(box))) as db, pytest.raises(BackupExistsError):
        back_up_box(db, tmp_path / "saved")

    assert read_seq(tmp_path / "saved") == 2


def test_restored_box_stands_where_the_backup_was_and_keeps_the_damaged_file(
    box: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    aside = restore(box, tmp_path / "saved")

    assert (read_seq(box), read_seq(aside), read_seq(tmp_path / "saved")) == (2, 3, 2)
    with (
        contextlib.closing(open_database(str(box))) as db,
        contextlib.closing(HeadSidecar(tmp_path / "box.head")) as sidecar,
    ):
        require_head(db, sidecar)  # It does not speak of the damaged file any more.


def test_file_that_nobody_can_read_is_replaced_and_kept(
    box: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    box.write_bytes(b"no database at all" * 400)

    aside = restore(box, tmp_path / "saved")

    assert read_seq(box) == 2
    assert aside.read_bytes().startswith(b"no database")


def test_what_is_no_backup_of_this_box_changes_nothing(
    box: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    torn, newer, foreign = tmp_path / "torn", tmp_path / "newer", tmp_path / "foreign"
    torn.write_bytes((tmp_path / "saved").read_bytes()[:30_000])
    newer.write_bytes((tmp_path / "saved").read_bytes())
    with contextlib.closing(connect(str(newer))) as db:
        db.execute("PRAGMA user_version = 99")
    other = Identity("test-chain", "S002", "B1", "二店", "Store 2", "Z1")
    with contextlib.closing(open_box(str(tmp_path / "other.sqlite"), other)) as db:
        back_up_box(db, foreign)

    for source, error in {
        tmp_path / "nowhere": BackupMissingError,
        torn: BackupDamagedError,
        newer: NewerDatabaseError,
        foreign: BackupForeignError,
    }.items():
        with pytest.raises(error):
            restore(box, source)

    assert read_seq(box) == 3


@pytest.mark.parametrize("step", ["put_in_place", "move"])
def test_restore_that_died_half_way_is_done_again(
    box: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(backup, step, die)
        with pytest.raises(KeyboardInterrupt):
            restore(box, tmp_path / "saved")
    assert not box.exists() or read_seq(box) == 3

    restore(box, tmp_path / "saved")

    assert read_seq(box) == 2


def test_running_box_is_not_restored(box: pathlib.Path) -> None:
    with only_box(box), pytest.raises(BoxRunningError), only_box(box):
        raise AssertionError("two boxes on one file")


def test_verbs_say_what_they_did(
    box: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "box.toml"
    config.write_text("http_port = 0\n", encoding="utf-8")

    made = main(["backup", "--config", str(config), "--to", str(tmp_path / "verb")])
    restored = main(["restore", "--config", str(config), "--from", str(tmp_path / "saved")])
    with only_box(box):
        refused = main(["restore", "--config", str(config), "--from", str(tmp_path / "verb")])

    assert (made, restored, refused) == (0, 0, 2)
    shown = capsys.readouterr()
    assert "holds 3 facts, chain whole" in shown.out
    assert "restored to epoch 1, seq 2" in shown.out
    assert shown.err.startswith("box_running: ")
