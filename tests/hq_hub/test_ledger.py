"""The books as finance reads them: trial balance with opening, and the card of one account."""

from __future__ import annotations

import dataclasses
import datetime
import itertools

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from hq_hub.reports.ledger import LedgerFilter
from hq_hub.reports.ledger_card import CardLine, CardSums, LedgerCard, read_card
from hq_hub.reports.paging import Block
from hq_hub.reports.trial_balance import AccountRow, add_up, read_trial_balance
from retail_domain.ledger.chart import Side
from retail_domain.trade.fact import Payload
from tests.hq_hub.small_chain import SmallChain, open_chain
from tests.retail_domain.builders import (
    make_arrival,
    make_happening,
    make_receipt,
    make_shipment,
    make_ticket,
)

DAY = datetime.date(2026, 11, 22)
NEXT_MONTH = datetime.date(2026, 12, 1)
ALL = Block(0, 500)
CASH, INVENTORY, PAYABLE = "1001", "140501", "220202"


def receive(small: SmallChain, store: str, payload: Payload, date: datetime.date) -> None:
    box = small.boxes[store]
    happening = dataclasses.replace(make_happening(payload, box.seq + 1), business_date=date)
    small.receive_bodies(store, [box.place(happening)])


@pytest.fixture
def trading(small: SmallChain) -> SmallChain:
    """Goods and sales in November, a sale and a transfer in December, in two stores."""
    small.order()
    small.draft_transfer()
    receive(small, "S001", make_receipt((1, 3_000), (2, 3_000)), DAY)
    receive(small, "S001", make_ticket((1, 1_000, 565), receipt_no=7), DAY)
    receive(small, "S002", make_ticket((3, 1_000, 339)), DAY)
    receive(small, "S001", make_ticket((2, 1_000, 113), receipt_no=8), NEXT_MONTH)
    receive(small, "S001", make_shipment((1, 1_000)), NEXT_MONTH)
    receive(small, "S002", make_arrival((1, 1_000)), NEXT_MONTH)
    small.apply()
    return small


def read(small: SmallChain, code: str, wanted: LedgerFilter, block: Block = ALL) -> LedgerCard:
    card = read_card(small.db, code, wanted, block)
    small.db.rollback()
    assert card is not None
    return card


def accounts(small: SmallChain, wanted: LedgerFilter) -> dict[str, AccountRow]:
    rows = read_trial_balance(small.db, wanted)
    small.db.rollback()
    return {row.account_code: row for row in rows}


def test_card_lists_the_lines_with_the_balance_after_each(trading: SmallChain) -> None:
    card = read(trading, CASH, LedgerFilter())

    assert [(line.entry_store, line.debit_fen, line.balance_fen) for line in card.rows] == [
        ("S001", 565, 565),
        ("S002", 339, 904),
        ("S001", 113, 1_017),
    ]
    assert card.sums == CardSums(3, 0, 1_017, 0, 1_017)


def test_line_of_a_card_names_its_fact(trading: SmallChain) -> None:
    line = read(trading, CASH, LedgerFilter(store="S001")).rows[0]

    assert line == CardLine(
        business_date=DAY,
        period="2026-11",
        entry_store="S001",
        store="S001",
        epoch=1,
        seq=2,
        line_no=1,
        kind="ticket",
        register_no="1",
        receipt_no=7,
        document_no="",
        debit_fen=565,
        credit_fen=0,
        balance_fen=565,
    )


@pytest.mark.parametrize(
    ("wanted", "sums"),
    [
        (LedgerFilter(), CardSums(3, 0, 1_017, 0, 1_017)),
        (LedgerFilter(store="S002"), CardSums(1, 0, 339, 0, 339)),
        (LedgerFilter(first_date=NEXT_MONTH), CardSums(1, 904, 113, 0, 1_017)),
        (LedgerFilter(last_date=DAY), CardSums(2, 0, 904, 0, 904)),
        (LedgerFilter(period="2026-12", store="S001"), CardSums(1, 565, 113, 0, 678)),
        (LedgerFilter(period="2026-10"), CardSums(0, 0, 0, 0, 0)),
        (LedgerFilter(period="2027-01"), CardSums(0, 1_017, 0, 0, 1_017)),
    ],
)
def test_opening_and_closing_follow_the_question(
    trading: SmallChain, wanted: LedgerFilter, sums: CardSums
) -> None:
    card = read(trading, CASH, wanted)

    assert card.sums == sums
    assert card.brought_forward_fen == sums.opening_fen
    assert (card.block_debit_fen, card.block_credit_fen) == (sums.debit_fen, sums.credit_fen)


def test_account_that_stands_on_credit_reads_above_zero(trading: SmallChain) -> None:
    card = read(trading, PAYABLE, LedgerFilter())

    assert card.account.side is Side.CREDIT
    assert card.sums == CardSums(1, 0, 0, 2_000, 2_000)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_blocks_of_a_card_carry_the_balance_on(trading: SmallChain, size: int) -> None:
    whole = read(trading, INVENTORY, LedgerFilter())

    blocks = [
        read(trading, INVENTORY, LedgerFilter(), Block(start, start + size))
        for start in range(0, whole.sums.lines, size)
    ]

    assert [line for block in blocks for line in block.rows] == whole.rows
    for before, after in itertools.pairwise(blocks):
        assert after.brought_forward_fen == before.rows[-1].balance_fen
    assert blocks[-1].rows[-1].balance_fen == whole.sums.closing_fen


def test_card_of_an_account_that_was_never_posted_to_is_empty(trading: SmallChain) -> None:
    assert read(trading, "1002", LedgerFilter()).sums == CardSums(0, 0, 0, 0, 0)


def test_account_that_nobody_knows_has_no_card(trading: SmallChain) -> None:
    assert read_card(trading.db, "9999", LedgerFilter(), ALL) is None


@pytest.mark.parametrize(
    "wanted",
    [
        LedgerFilter(),
        LedgerFilter(store="S002"),
        LedgerFilter(first_date=NEXT_MONTH),
        LedgerFilter(period="2026-12"),
        LedgerFilter(period="2027-01"),
    ],
)
def test_trial_balance_balances_three_times_and_agrees_with_its_cards(
    trading: SmallChain, wanted: LedgerFilter
) -> None:
    rows = read_trial_balance(trading.db, wanted)

    totals = add_up(rows)
    assert totals.opening_debit_fen == totals.opening_credit_fen
    assert totals.debit_fen == totals.credit_fen
    assert totals.closing_debit_fen == totals.closing_credit_fen > 0
    for row in rows:
        sums = read(trading, row.account_code, wanted).sums
        assert (sums.debit_fen, sums.credit_fen) == (row.debit_fen, row.credit_fen)
        assert sums.closing_fen == row.balance_fen


def test_balance_stands_on_the_side_that_it_really_has(trading: SmallChain) -> None:
    before = accounts(trading, LedgerFilter(last_date=DAY, store="S002"))
    after = accounts(trading, LedgerFilter(first_date=NEXT_MONTH, store="S001"))

    assert before[CASH].closing_debit_fen == 339
    assert before["5001"].closing_credit_fen == 300
    assert (after[CASH].opening_debit_fen, after[CASH].debit_fen) == (565, 113)
    assert (after[PAYABLE].opening_credit_fen, after[PAYABLE].credit_fen) == (2_000, 0)


def test_card_is_read_along_its_index(trading: SmallChain) -> None:
    if trading.db.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by its statistics: a small table is scanned whole")
    plans: list[str] = []

    def explain(connection: sa.Connection, *statement: object) -> None:
        _cursor, sql, parameters, *_rest = statement
        if "JOIN hub_journal" in str(sql):
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)  # type: ignore[arg-type]  # As sent.
            plans.extend(str(row[3]) for row in cursor.fetchall())

    sa.event.listen(trading.db.engine, "before_cursor_execute", explain)
    read_card(trading.db, CASH, LedgerFilter(first_date=DAY), Block(0, 50))

    assert plans[0].startswith("SEARCH entry_line USING INDEX entry_line_by_account")
    assert not any("TEMP B-TREE" in plan for plan in plans), plans


AMOUNTS = st.lists(
    st.tuples(st.sampled_from(["S001", "S002"]), st.integers(1, 9), st.integers(0, 3)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15)
@given(sales=AMOUNTS, first=st.integers(0, 3), size=st.integers(1, 4))
def test_opening_and_lines_always_make_the_closing(
    tmp_path_factory: pytest.TempPathFactory,
    sales: list[tuple[str, int, int]],
    first: int,
    size: int,
) -> None:
    with open_chain(tmp_path_factory.mktemp("chain")) as small:
        for store, yuan, days in sales:
            date = DAY + datetime.timedelta(days=days)
            receive(small, store, make_ticket((1, 1_000, yuan * 100)), date)
        small.apply()
        wanted = LedgerFilter(first_date=DAY + datetime.timedelta(days=first))

        card = read(small, CASH, wanted, Block(0, size))
        rest = read(small, CASH, wanted, Block(size, 500))

    assert card.sums.opening_fen == sum(y * 100 for _s, y, days in sales if days < first)
    assert card.sums.closing_fen == sum(y * 100 for _s, y, _d in sales)
    lines = [*card.rows, *rest.rows]
    assert sum(line.debit_fen for line in lines) == card.sums.debit_fen
    assert len(lines) == card.sums.lines
