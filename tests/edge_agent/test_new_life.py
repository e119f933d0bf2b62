"""A box begins another epoch with a new file: all facts once, all settings, or the old file."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import pathlib
import threading

import pytest

from edge_agent.services import new_life
from edge_agent.services.rebuild import check_chain, verify_projections
from edge_agent.store import backup, devices, feeds, history, journal
from edge_agent.store.database import open_database, write_transaction
from edge_agent.store.errors import FileInUseError
from edge_agent.store.history import Life
from edge_agent.store.identity import Identity, write_identity
from edge_agent.store.migrations import migrate
from edge_agent.store.sqlite_library import Connection
from edge_agent.store.writer import Writer
from protos import chain
from protos.liushui.v1 import sync_pb2
from tests.edge_agent.shop_setup import COLA, IDENTITY, SCANNER, open_box
from tests.retail_domain.builders import make_happening, make_ticket

WAIT_S = 20


def sell(db: Connection, *numbers: int, identity: Identity = IDENTITY) -> None:
    with write_transaction(db):
        for number in numbers:
            ticket = make_ticket((COLA, 1_000, 300), receipt_no=number % 100)
            journal.append_fact(db, identity, make_happening(ticket, number))


def make_pages(path: pathlib.Path, *, facts_a_page: int = 2) -> list[sync_pb2.JournalPage]:
    """The hub's copy of a box's journal, as pages."""
    with contextlib.closing(open_database(str(path))) as db:
        facts = [
            sync_pb2.StoredFact(epoch=fact.position.epoch, seq=fact.position.seq, body=body)
            for fact, body, _head in journal.iterate_facts(db)
        ]
    pages, place = [], (0, 0)
    for start in range(0, len(facts), facts_a_page):
        part = facts[start : start + facts_a_page]
        is_last = start + facts_a_page >= len(facts)
        pages.append(
            sync_pb2.JournalPage(
                store="S001", after_epoch=place[0], after_seq=place[1], facts=part, is_last=is_last
            )
        )
        place = (part[-1].epoch, part[-1].seq)
    return pages


class Case:
    """A restored box: facts 1-2 on both sides, 3-5 at the hub alone, 103-104 here alone."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.path = folder / "box.sqlite"
        with contextlib.closing(open_box(str(folder / "hub-copy.sqlite"))) as db:
            sell(db, 1, 2, 3, 4, 5)
            self.life = Life(2, journal.read_tail(db).head, hub_generation=7)
        self.pages = make_pages(folder / "hub-copy.sqlite")
        with contextlib.closing(open_box(str(self.path))) as db:
            sell(db, 1, 2, 103, 104)

    def take(self, page: sync_pb2.JournalPage) -> bool:
        return new_life.take_page(self.path, IDENTITY, self.life, page)

    def take_all(self) -> None:
        assert all([self.take(page) for page in self.pages])

    async def exchange(self, writer: Writer) -> None:
        make = functools.partial(
            new_life.finish, database=self.path, identity=IDENTITY, life=self.life
        )
        await writer.exchange(make)


@pytest.fixture
def case(tmp_path: pathlib.Path) -> Case:
    return Case(tmp_path)


def read_numbers(path: pathlib.Path) -> list[tuple[int, int, int]]:
    """Epoch, seq and the fact's number; the file is sound."""
    with contextlib.closing(open_database(str(path))) as db:
        check_chain(db)
        assert [c.differing_rows for c in verify_projections(db) if c.differing_rows] == []
        return [
            (fact.position.epoch, fact.position.seq, fact.happening.monotonic_ms)
            for fact, _body, _head in journal.iterate_facts(db)
        ]


OLD = [(1, 1, 1), (1, 2, 2), (1, 3, 103), (1, 4, 104)]
NEW = [(1, 1, 1), (1, 2, 2), (1, 3, 3), (1, 4, 4), (1, 5, 5), (2, 1, 103), (2, 2, 104)]


def test_new_file_holds_what_either_side_knew_once(case: Case) -> None:
    case.take_all()
    with contextlib.closing(Writer(str(case.path))) as writer:
        asyncio.run(case.exchange(writer))
        tail = writer.submit(journal.read_tail).result(WAIT_S)

    assert read_numbers(case.path) == NEW
    assert read_numbers(case.path.with_name("box.sqlite.epoch-1-before-2")) == OLD
    assert (tail.epoch, tail.seq, tail.durable_seq, tail.hub_generation) == (2, 2, 0, 7)


def test_register_goes_on_above_the_highest_number_of_both_halves(case: Case) -> None:
    case.take_all()
    with contextlib.closing(Writer(str(case.path))) as writer:
        asyncio.run(case.exchange(writer))
        rows = writer.submit(lambda db: db.execute("SELECT * FROM register_receipt").fetchall())

        assert rows.result(WAIT_S) == [("1", 5)]


def test_what_the_box_was_told_and_set_is_carried_over(case: Case) -> None:
    case.take_all()
    with contextlib.closing(Writer(str(case.path))) as writer:
        before = writer.submit(feeds.read_positions).result(WAIT_S)
        asyncio.run(case.exchange(writer))

        assert writer.submit(feeds.read_positions).result(WAIT_S) == before
        bindings = writer.submit(devices.read_bindings).result(WAIT_S)
        assert bindings[SCANNER] == devices.Binding(SCANNER, "scanner", "1")
        items = writer.submit(feeds.find_item_ids, "COLA").result(WAIT_S)
        assert items == [COLA]


def test_every_table_is_made_anew_or_carried_over(case: Case) -> None:
    """A table of a later schema is carried over by itself."""
    with contextlib.closing(open_database(str(case.path))) as db:
        names = {str(row[0]) for row in db.execute("SELECT name FROM sqlite_schema").fetchall()}

    assert names >= history.MADE_ANEW


def test_sale_while_pages_travel_is_carried_over(case: Case) -> None:
    case.take_all()
    with contextlib.closing(Writer(str(case.path))) as writer:
        writer.submit(sell, 105).result(WAIT_S)
        asyncio.run(case.exchange(writer))

    assert read_numbers(case.path) == [*NEW, (2, 3, 105)]


def test_sale_that_waits_behind_the_exchange_happens_in_the_new_file(case: Case) -> None:
    case.take_all()
    gate = threading.Event()

    def hold(_db: Connection) -> None:
        assert gate.wait(WAIT_S)

    async def exchange_and_sell(writer: Writer) -> None:
        writer.submit(hold)
        exchanging = asyncio.create_task(case.exchange(writer))
        await asyncio.sleep(0)  # It has run up to its first wait: it is in the queue.
        selling = writer.submit(sell, 105)
        gate.set()
        async with asyncio.timeout(WAIT_S):
            await exchanging
            await asyncio.wrap_future(selling)

    with contextlib.closing(Writer(str(case.path))) as writer:
        asyncio.run(exchange_and_sell(writer))

    assert read_numbers(case.path) == [*NEW, (2, 3, 105)]


@pytest.mark.parametrize("change", ["altered", "reordered", "skipped", "foreign", "too_new"])
def test_pages_that_are_not_the_history_are_refused(case: Case, change: str) -> None:
    pages = case.pages
    if change == "altered":
        with contextlib.closing(open_box(str(case.path.with_name("lie.sqlite")))) as db:
            sell(db, 1, 2, 3, 4, 6)
        pages = make_pages(case.path.with_name("lie.sqlite"))
    elif change == "reordered":
        first, second = pages[0].facts[0].body, pages[0].facts[1].body
        pages[0].facts[0].body, pages[0].facts[1].body = second, first
    elif change == "skipped":
        pages = [pages[0], pages[2]]
    elif change == "foreign":
        other = Identity("test-chain", "S002", "B1", "二店", "Store 2", "Z1")
        with contextlib.closing(open_box(str(case.path.with_name("two.sqlite")), other)) as db:
            sell(db, 1, 2, identity=other)
        pages = make_pages(case.path.with_name("two.sqlite"))
    else:
        pages[1].facts[0].body = b"\xff" * 40

    assert not all([case.take(page) for page in pages])
    assert read_numbers(case.path) == OLD


def test_first_page_begins_anew(case: Case) -> None:
    """A power cut left half of the pages."""
    assert case.take(case.pages[0])
    assert case.take(case.pages[1])

    case.take_all()

    with contextlib.closing(Writer(str(case.path))) as writer:
        asyncio.run(case.exchange(writer))
    assert read_numbers(case.path) == NEW


@pytest.mark.parametrize("step", ["end_wal", "exchange", "move"])
def test_exchange_that_died_half_way_leaves_the_old_file_in_force(
    case: Case, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    case.take_all()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, contextlib.closing(Writer(str(case.path))) as writer:
        patch.setattr(backup, step, die)
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(case.exchange(writer))
        writer.submit(sell, 105).result(WAIT_S)
    assert read_numbers(case.path) == [*OLD, (1, 5, 105)]

    case.take_all()
    with contextlib.closing(Writer(str(case.path))) as writer:
        asyncio.run(case.exchange(writer))

    assert read_numbers(case.path) == [*NEW, (2, 3, 105)]


@pytest.mark.parametrize("statement", range(1, 60, 3))
def test_killed_before_any_statement_of_the_last_step(
    case: Case, monkeypatch: pytest.MonkeyPatch, statement: int
) -> None:
    """The staged file is thrown away; the box has the old one, and does it again."""
    case.take_all()
    said = 0

    class Dying:
        def __init__(self, db: Connection) -> None:
            self._db = db

        def __getattr__(self, name: str) -> object:
            return getattr(self._db, name)

        def execute(self, *arguments: object) -> object:
            nonlocal said
            said += 1
            if said == statement:
                raise KeyboardInterrupt
            return self._db.execute(*arguments)  # type: ignore[arg-type]  # Passed through.

    with monkeypatch.context() as patch, contextlib.closing(Writer(str(case.path))) as writer:
        patch.setattr(new_life, "open_database", lambda path: Dying(open_database(path)))
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(case.exchange(writer))
    if said >= statement:
        assert read_numbers(case.path) == OLD
        case.take_all()
        with contextlib.closing(Writer(str(case.path))) as writer:
            asyncio.run(case.exchange(writer))

    assert read_numbers(case.path) == NEW


def test_file_that_a_doctor_reads_is_exchanged_later(case: Case) -> None:
    case.take_all()
    with contextlib.closing(Writer(str(case.path))) as writer:
        with contextlib.closing(open_database(str(case.path))) as doctor:
            doctor.execute("SELECT count(*) FROM journal").fetchall()
            with pytest.raises(FileInUseError):
                asyncio.run(case.exchange(writer))
        writer.submit(sell, 105).result(WAIT_S)
    assert read_numbers(case.path) == [*OLD, (1, 5, 105)]


def test_box_in_another_one_s_place_has_a_missing_life_until_it_has_the_facts(
    case: Case, tmp_path: pathlib.Path
) -> None:
    case.path.unlink()
    migrate(str(case.path))
    head = case.life.start_head
    with contextlib.closing(open_database(str(case.path))) as db:
        before = history.read_missing_life(db)
        with write_transaction(db):
            write_identity(db, IDENTITY, epoch=2, epoch_start_head=head)
        missing = history.read_missing_life(db)
        sell(db, 201)
    case.take_all()
    with contextlib.closing(Writer(str(case.path))) as writer:
        asyncio.run(case.exchange(writer))
        after = writer.submit(history.read_missing_life).result(WAIT_S)

    assert (before, missing, after) == (None, Life(2, head, 0), None)
    assert read_numbers(case.path) == [*NEW[:5], (2, 1, 201)]
    assert head != chain.GENESIS
