"""Headquarters' own journal: gapless, chained, once, posted with its writing or not written."""

from __future__ import annotations

import contextlib
import datetime
import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import NoReturn

import pytest
import sqlalchemy as sa

from hq_hub.services import bookkeeping, documents, own_journal
from hq_hub.services.bookkeeping import NewReclassification, NewVoucher, NewVoucherLine
from hq_hub.services.errors import BooksBehindError
from hq_hub.services.requests import Asked
from hq_hub.store.engine import open_engine, write_transaction
from protos import chain
from protos.codec import decode_fact
from retail_domain.catalog.item import OPEN_ITEM_ID_MIN
from retail_domain.ledger.errors import FutureDateError
from retail_domain.trade.voucher import ManualEntry
from tests.hq_hub.small_chain import BOSS, SmallChain
from tests.hq_hub.test_apply_killed import JOIN_TIMEOUT_S, count_and_die
from tests.retail_domain.builders import NOON, make_item, make_ticket

TODAY = datetime.date(2026, 11, 22)
VOUCHER = NewVoucher(
    "rent",
    TODAY,
    (NewVoucherLine("HQ", "5602", 900, 0), NewVoucherLine("HQ", "1002", 0, 900)),
)
ASKED_BY_THE_DYING = Asked(BOSS, own_journal.NO_BOOT, NOON)
OPEN_ITEM = OPEN_ITEM_ID_MIN + 1
KNOWN = NewReclassification("S001", OPEN_ITEM, 1, 2_000, TODAY)
TABLES = ("hub_journal", "apply_log", "entry_line", "own_fact", "request_answer", "document")
WRITES: dict[str, Callable[[sa.Connection], str]] = {
    "voucher": lambda db: bookkeeping.enter_voucher(db, VOUCHER, ASKED_BY_THE_DYING),
    "reclassification": lambda db: bookkeeping.reclassify(db, KNOWN, ASKED_BY_THE_DYING),
}
ROWS = {
    "voucher": dict(zip(TABLES, (1, 1, 2, 1, 1, 0), strict=True)),
    "reclassification": dict(zip(TABLES, (1, 1, 0, 1, 1, 1), strict=True)),
}
"""What each adds."""
STEPS = {"voucher": 30, "reclassification": 40}
"""Statements and COMMITs of each, those of catching up among them; the last test counts."""
LOCKS = {"sqlite": 0, "postgresql": 1}
"""Statements more: PostgreSQL has a lock of its own for the order of receipt."""


def test_fact_of_headquarters_goes_on_the_chain_and_is_posted_at_once(small: SmallChain) -> None:
    first = bookkeeping.enter_voucher(small.db, VOUCHER, small.ask())
    second = bookkeeping.enter_voucher(small.db, VOUCHER, small.ask())

    assert (first, second) == ("HQ-1-000001", "HQ-1-000002")
    kept = small.read("SELECT seq, body, head FROM hub_journal WHERE store = 'HQ' ORDER BY seq")
    heads = [
        chain.fold_heads(chain.GENESIS, [body for _seq, body, _head in kept[:n]]) for n in (1, 2)
    ]
    assert [(seq, head) for seq, _body, head in kept] == [(1, heads[0]), (2, heads[1])]
    assert small.account_fen() == {("HQ", "5602"): 1_800, ("HQ", "1002"): -1_800}
    small.require_agreement()


def test_fact_says_who_asked_and_when(small: SmallChain) -> None:
    bookkeeping.enter_voucher(small.db, VOUCHER, small.ask())

    ((body,),) = small.read("SELECT body FROM hub_journal")
    fact = decode_fact(body)

    assert (fact.position.box_id, fact.position.epoch, fact.position.seq) == ("HUB", 1, 1)
    assert (fact.happening.staff_no, fact.happening.wall_at) == ("boss", NOON)
    assert fact.happening.business_date == TODAY
    assert isinstance(fact.happening.payload, ManualEntry)


def test_repeated_request_gets_the_same_number_and_writes_nothing(small: SmallChain) -> None:
    asked = small.ask()
    first = bookkeeping.enter_voucher(small.db, VOUCHER, asked)

    again = bookkeeping.enter_voucher(small.db, VOUCHER, asked)

    assert again == first
    assert small.read("SELECT count(*) FROM hub_journal") == [(1,)]


def test_new_life_of_the_hub_opens_an_epoch_at_the_last_head(small: SmallChain) -> None:
    bookkeeping.enter_voucher(small.db, VOUCHER, small.ask())
    with write_transaction(small.db):
        small.db.exec_driver_sql("UPDATE hub_state SET generation = 3")

    number = bookkeeping.enter_voucher(small.db, VOUCHER, small.ask())

    assert number == "HQ-3-000001"
    (first, second) = small.read("SELECT body, head FROM hub_journal ORDER BY receive_no")
    assert second[1] == chain.next_head(first[1], second[0])


def test_what_the_stores_sent_before_is_posted_before(small: SmallChain) -> None:
    small.receive("S001", make_ticket((1, 1_000, 565)))

    bookkeeping.enter_voucher(small.db, VOUCHER, small.ask())

    log = small.read("SELECT apply_no, store FROM apply_log ORDER BY apply_no")
    assert log == [(1, "S001"), (2, "HQ")]


def test_decision_waits_until_the_books_are_up_to_date(
    small: SmallChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_journal, "CATCH_UP_BLOCKS_MAX", 2)
    monkeypatch.setattr(own_journal, "APPLY_FACTS_MAX", 1)
    small.receive("S001", *[make_ticket((1, 1_000, 565), receipt_no=n) for n in (1, 2, 3)])

    with pytest.raises(BooksBehindError):
        bookkeeping.enter_voucher(small.db, VOUCHER, small.ask())

    assert small.read("SELECT count(*) FROM hub_journal WHERE store = 'HQ'") == [(0,)]
    assert bookkeeping.enter_voucher(small.db, VOUCHER, small.ask()) == "HQ-1-000001"


def test_tomorrow_has_not_happened(small: SmallChain) -> None:
    tomorrow = NewVoucher("rent", TODAY + datetime.timedelta(days=1), VOUCHER.lines)

    with pytest.raises(FutureDateError):
        bookkeeping.enter_voucher(small.db, tomorrow, small.ask())

    assert small.read("SELECT count(*) FROM hub_journal") == [(0,)]


@pytest.fixture
def trading(small: SmallChain) -> SmallChain:
    """S001 sold 2,000 milli of an open item; everything is posted."""
    documents.put_items(small.db, [make_item(OPEN_ITEM)])
    small.receive("S001", make_ticket((OPEN_ITEM, 2_000, 300)))
    small.apply()
    return small


def steps_of(small: SmallChain, name: str) -> int:
    return STEPS[name] + LOCKS[small.db.dialect.name]


def write_and_die(url: str, name: str, steps_max: int) -> NoReturn:
    engine = open_engine(url)
    count_and_die(engine, steps_max)
    WRITES[name](engine.connect())
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def count_rows(small: SmallChain) -> dict[str, int]:
    return {table: len(small.read(f"SELECT 1 FROM {table}")) for table in TABLES}


def run_until_death(url: str, name: str, steps_max: int) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=write_and_die, args=(url, name, steps_max))
    process.start()
    process.join(JOIN_TIMEOUT_S)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("name", "steps_left"), [(name, step + 1) for name in STEPS for step in range(STEPS[name])]
)
def test_hub_killed_before_any_step_leaves_nothing_of_a_write(
    trading: SmallChain, name: str, steps_left: int
) -> None:
    before = count_rows(trading)

    run_until_death(trading.url, name, steps_of(trading, name) - steps_left)

    assert count_rows(trading) == before
    assert WRITES[name](trading.db) == "HQ-1-000001"
    trading.require_agreement()


@pytest.mark.parametrize("name", WRITES)
def test_hub_killed_after_the_commit_leaves_the_whole_write(trading: SmallChain, name: str) -> None:
    before = count_rows(trading)

    run_until_death(trading.url, name, steps_of(trading, name))

    after = count_rows(trading)
    assert {table: after[table] - before[table] for table in TABLES} == ROWS[name]
    assert WRITES[name](trading.db) == "HQ-1-000001"
    assert count_rows(trading) == after


@pytest.mark.parametrize("name", WRITES)
def test_write_takes_the_steps_that_the_killed_ones_are_cut_at(
    trading: SmallChain, name: str
) -> None:
    steps: list[str] = []
    with contextlib.closing(trading.db.engine.connect()) as db:
        for event in ("before_cursor_execute", "commit"):
            sa.event.listen(db.engine, event, lambda *_details: steps.append(""))
        WRITES[name](db)

    assert len(steps) == steps_of(trading, name)
