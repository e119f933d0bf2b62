"""Facts of a box that is switched off reach the store's other box in a file, each once."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import pytest

from edge_agent.main import main
from edge_agent.services import carry_over
from edge_agent.services.carry_over import CarriedOver, export_unsent, import_unsent
from edge_agent.services.errors import CarriedFileError, CarriedForeignError
from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.store import journal
from edge_agent.store.database import write_transaction
from edge_agent.store.identity import Identity
from edge_agent.store.sqlite_library import Connection
from tests.edge_agent.shop_setup import COLA, IDENTITY, open_box
from tests.retail_domain.builders import make_happening, make_ticket


def sell(db: Connection, *numbers: int) -> None:
    """The number is the receipt's number too, so that two boxes may give the same."""
    with write_transaction(db):
        for number in numbers:
            ticket = make_ticket((COLA, 1_000, 300), receipt_no=number % 100)
            journal.append_fact(db, IDENTITY, make_happening(ticket, number))


@pytest.fixture
def other(tmp_path: pathlib.Path) -> Iterator[Connection]:
    """The clone: facts 1 and 2 are common, then it sold on with the same receipt numbers."""
    with contextlib.closing(open_box(str(tmp_path / "other.sqlite"))) as db:
        sell(db, 1, 2, 103, 104)
        with write_transaction(db):
            head = journal.read_head(db, 1, 2)
            assert head is not None
            journal.accept_ack(db, epoch=1, durable_seq=2, durable_head=head, hub_generation=1)
        yield db


@pytest.fixture
def file(other: Connection, tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "facts"
    assert export_unsent(other, IDENTITY, path, is_whole=False) == 2
    return path


def require_sound(db: Connection, facts: int) -> None:
    assert check_chain(db) == facts
    assert [c.differing_rows for c in verify_projections(db) if c.differing_rows] == []


def test_facts_are_taken_once_with_their_identity(db: Connection, file: pathlib.Path) -> None:
    sell(db, 1, 2, 3, 4, 5)

    first = import_unsent(db, IDENTITY, file)
    second = import_unsent(db, IDENTITY, file)

    assert (first, second) == (CarriedOver(2, 0), CarriedOver(0, 2))
    require_sound(db, 7)
    (last_receipt_no,) = db.execute("SELECT last_receipt_no FROM register_receipt").fetchall()
    assert last_receipt_no == (5,), "the register goes on above the highest number"


def test_whole_journal_is_taken_but_for_what_is_known(
    db: Connection, other: Connection, tmp_path: pathlib.Path
) -> None:
    sell(db, 1, 2)
    path = tmp_path / "whole"

    exported = export_unsent(other, IDENTITY, path, is_whole=True)

    assert (exported, import_unsent(db, IDENTITY, path)) == (4, CarriedOver(2, 2))


def test_whole_journal_holds_former_epochs_that_a_restored_hub_may_lack(
    db: Connection, other: Connection, tmp_path: pathlib.Path
) -> None:
    with write_transaction(other):
        other.execute(
            "UPDATE ack_cursor SET epoch = 2, tail_seq = 0, durable_seq = 0,"
            " epoch_start_head = tail_head"
        )
    sell(other, 205)
    path = tmp_path / "whole"

    exported = export_unsent(other, IDENTITY, path, is_whole=True)

    assert (exported, import_unsent(db, IDENTITY, path)) == (5, CarriedOver(5, 0))


def test_import_that_died_half_way_is_done_again(
    db: Connection, file: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carry_over, "IMPORT_BLOCK_FACTS", 1)
    appended = []

    def die_at_the_second(*arguments: object) -> object:
        appended.append(arguments)
        if len(appended) > 1:
            raise KeyboardInterrupt
        return append(*arguments)  # type: ignore[arg-type]  # Passed through as it is.

    append = journal.append_fact
    with monkeypatch.context() as patch:
        patch.setattr(journal, "append_fact", die_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            import_unsent(db, IDENTITY, file)
    require_sound(db, 1)

    assert import_unsent(db, IDENTITY, file) == CarriedOver(1, 1)
    require_sound(db, 2)


@pytest.mark.parametrize("lines", [0, 1, 2, 3])
def test_file_that_was_cut_short_is_refused_whole(
    db: Connection, file: pathlib.Path, lines: int
) -> None:
    text = file.read_text(encoding="ascii").splitlines(keepends=True)
    file.write_text("".join(text[:lines]), encoding="ascii")

    with pytest.raises(CarriedFileError):
        import_unsent(db, IDENTITY, file)

    require_sound(db, 0)


def test_facts_of_another_store_are_refused(db: Connection, file: pathlib.Path) -> None:
    elsewhere = Identity("test-chain", "S002", "B1", "二店", "Store 2", "Z1")

    with pytest.raises(CarriedForeignError):
        import_unsent(db, elsewhere, file)


def test_verbs_carry_facts_over(
    other: Connection, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other.close()
    open_box(str(tmp_path / "mine.sqlite")).close()
    configs = {}
    for name in ("other", "mine"):
        configs[name] = tmp_path / f"{name}.toml"
        configs[name].write_text(f"database = '{name}.sqlite'\n", encoding="utf-8")
    path = str(tmp_path / "carried")

    exported = main(["export-unsent", "--config", str(configs["other"]), "--to", path])
    imported = main(["import-unsent", "--config", str(configs["mine"]), "--from", path])

    assert (exported, imported) == (0, 0)
    assert "2 facts are new here, 0 were known" in capsys.readouterr().out
