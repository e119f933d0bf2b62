"""Questions: the figures that the screens show, and the reads that must agree."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hq_hub.reports import checks, doctor, sales_totals
from hq_hub.reports.catalog import count_items, read_items
from hq_hub.reports.ledger import LedgerFilter
from hq_hub.reports.overview import read_overview
from hq_hub.reports.paging import EVERY_STORE, Block, read_as_of
from hq_hub.reports.sales import DayRow, SalesFilter, read_days, read_sales, read_sales_sums
from hq_hub.reports.sales_totals import SalesTotals
from hq_hub.reports.stock import (
    StockFilter,
    StockSort,
    StockSums,
    read_stock,
    read_stock_sums,
    share_value,
)
from hq_hub.reports.stores import LATE_S, StoreState, read_stores, state_of_age
from hq_hub.reports.trial_balance import add_up, read_trial_balance
from hq_hub.services import purchasing
from hq_hub.services.purchasing import NewInvoice, NewInvoiceLine
from hq_hub.store import rows, schema_ingest
from hq_hub.store.engine import write_transaction
from hq_hub.store.orders import to_ms
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import (
    NOON,
    make_arrival,
    make_receipt,
    make_shipment,
    make_ticket,
)

ALL = Block(0, 500)
DAY = datetime.date(2026, 11, 22)


@pytest.fixture
def trading(small: SmallChain) -> SmallChain:
    """A purchase and a sale in S001, a sale in S002, goods on the way from S001 to S002."""
    small.order()
    small.draft_transfer()
    small.receive("S001", make_receipt((1, 3_000), (2, 3_000)))
    small.receive("S001", make_ticket((1, 1_000, 565), (2, 2_000, 113)))
    small.receive("S001", make_shipment((1, 1_000)))
    small.receive("S002", make_ticket((3, 1_000, 339)))
    small.apply()
    return small


def hear(small: SmallChain, store: str, *, tail_seq: int, heard_at: datetime.datetime) -> None:
    with write_transaction(small.db):
        heard = (store, "B1", 1, tail_seq, b"", 0, 0, "0.1", b"", to_ms(heard_at))
        rows.replace_rows(small.db, schema_ingest.heard_from, [heard])


def test_three_reads_of_sales_agree(trading: SmallChain) -> None:
    reads = [
        sales_totals.read_journal_sales(trading.db),
        sales_totals.read_ledger_sales(trading.db),
        sales_totals.read_report_sales(trading.db),
    ]

    assert reads == [SalesTotals(amount_fen=1_130, quantity_milli=4_000)] * 3


def test_three_reads_of_no_sales_are_zero(small: SmallChain) -> None:
    assert sales_totals.read_journal_sales(small.db) == SalesTotals(0, 0)
    assert sales_totals.read_ledger_sales(small.db) == SalesTotals(0, 0)
    assert sales_totals.read_report_sales(small.db) == SalesTotals(0, 0)


@pytest.mark.parametrize(
    ("damage", "read"),
    [
        ("UPDATE hub_journal SET kind = 99 WHERE kind = 1", sales_totals.read_journal_sales),
        ("UPDATE entry_line SET credit_fen = credit_fen + 1", sales_totals.read_ledger_sales),
        ("UPDATE ticket SET seq = seq + 50", sales_totals.read_ledger_sales),
        ("UPDATE sale_line SET amount_fen = amount_fen + 1", sales_totals.read_report_sales),
    ],
)
def test_damage_to_one_read_shows_in_that_read_alone(
    trading: SmallChain, damage: str, read: object
) -> None:
    with write_transaction(trading.db):
        on_table = " ON hub_journal" if trading.db.dialect.name == "postgresql" else ""
        trading.db.exec_driver_sql(f"DROP TRIGGER hub_journal_refuses_update{on_table}")
        trading.db.exec_driver_sql(damage)
    reads = (
        sales_totals.read_journal_sales,
        sales_totals.read_ledger_sales,
        sales_totals.read_report_sales,
    )

    differing = [
        each
        for each in reads
        if each(trading.db) != SalesTotals(amount_fen=1_130, quantity_milli=4_000)
    ]

    assert differing == [read]


def test_sales_list_shows_turnover_tax_cost_and_margin_of_a_day(trading: SmallChain) -> None:
    found = read_sales(trading.db, SalesFilter(), ALL)

    assert [(row.store, row.business_date, row.tickets) for row in found] == [
        ("S001", DAY, 1),
        ("S002", DAY, 1),
    ]
    first = found[0]
    assert (first.amount_fen, first.tax_fen, first.net_fen) == (791, 91, 700)
    assert (first.cost_fen, first.margin_fen) == (1_000, -300)


def test_sums_of_sales_are_those_of_the_rows(trading: SmallChain) -> None:
    wanted = SalesFilter(first_date=DAY, last_date=DAY)

    total, sums = read_sales_sums(trading.db, wanted)

    found = read_sales(trading.db, wanted, ALL)
    assert total == len(found)
    for name in ("tickets", "quantity_milli", "amount_fen", "net_fen", "cost_fen", "margin_fen"):
        assert getattr(sums, name) == sum(getattr(row, name) for row in found)


@pytest.mark.parametrize(
    "wanted",
    [
        SalesFilter(first_date=DAY + datetime.timedelta(days=1)),
        SalesFilter(last_date=DAY - datetime.timedelta(days=1)),
        SalesFilter(store="S003"),
    ],
)
def test_filter_leaves_out_other_sales(trading: SmallChain, wanted: SalesFilter) -> None:
    assert read_sales(trading.db, wanted, ALL) == []
    assert read_sales_sums(trading.db, wanted)[1].amount_fen == 0
    assert read_days(trading.db, wanted, 10) == []


def test_days_are_sums_of_the_chain(trading: SmallChain) -> None:
    assert read_days(trading.db, SalesFilter(), 10) == [DayRow(DAY, 1_130, 2)]


def test_stock_list_shows_quantity_and_value_at_average_cost(trading: SmallChain) -> None:
    found = read_stock(trading.db, StockFilter(store="S001"), StockSort.ITEM, ALL)

    assert [(row.item_id, row.name, row.quantity_milli, row.value_fen) for row in found] == [
        (1, "可乐", 1_000, 333),
        (2, "可乐", 1_000, 333),
    ]
    assert read_stock_sums(trading.db, StockFilter(store="S001")) == (2, StockSums(2_000, 666))


@pytest.mark.parametrize("sort", StockSort)
def test_every_order_of_stock_shows_the_same_rows(trading: SmallChain, sort: StockSort) -> None:
    found = read_stock(trading.db, StockFilter(), sort, ALL)

    column = sort.value.lstrip("-")
    assert len(found) == 3
    values = [getattr(row, column) for row in found]
    assert values == sorted(values, reverse=sort.value.startswith("-"))


@pytest.mark.parametrize(
    ("query", "item_ids"),
    [("", [1, 2, 3]), ("可乐", [1, 2, 3]), ("ITEM 2", [2]), ("sku3", [3]), ("%", []), ("水", [])],
)
def test_text_finds_items_by_name_sku_and_nothing_by_wildcards(
    trading: SmallChain, query: str, item_ids: list[int]
) -> None:
    stock = read_stock(trading.db, StockFilter(query), StockSort.ITEM, ALL)
    items = read_items(trading.db, query, 10)

    assert [row.item_id for row in stock] == item_ids
    assert [row.item_id for row in items] == item_ids
    assert count_items(trading.db, query) == len(item_ids)
    assert read_stock_sums(trading.db, StockFilter(query))[0] == len(item_ids)


def test_items_show_their_price(small: SmallChain) -> None:
    first = read_items(small.db, "", 1)[0]

    assert (first.sku, first.unit_of_measure, first.unit_price_fen) == ("SKU1", "piece", 300)


def test_blocks_of_a_list_do_not_overlap(trading: SmallChain) -> None:
    whole = read_stock(trading.db, StockFilter(), StockSort.STORE, ALL)

    parts = [
        read_stock(trading.db, StockFilter(), StockSort.STORE, Block(start, start + 1))[0]
        for start in range(3)
    ]

    assert parts == whole


QUANTITIES = st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=8)


@given(st.integers(-(10**9), 10**9), QUANTITIES)
def test_shares_of_a_value_sum_to_it(value_fen: int, quantities_milli: list[int]) -> None:
    shares_fen = share_value(value_fen, quantities_milli)

    expected_fen = value_fen if sum(quantities_milli) else 0
    assert sum(shares_fen) == expected_fen


def test_trial_balance_balances_and_names_accounts(trading: SmallChain) -> None:
    found = read_trial_balance(trading.db, LedgerFilter())

    totals = add_up(found)
    assert totals.debit_fen == totals.credit_fen > 0
    revenue = next(row for row in found if row.account_code == "5001")
    assert (revenue.name, revenue.balance_fen) == ("主营业务收入", 1_000)


def test_trial_balance_of_a_store_or_an_earlier_day_leaves_out_the_rest(
    trading: SmallChain,
) -> None:
    of_store = read_trial_balance(trading.db, LedgerFilter(last_date=DAY, store="S002"))
    earlier = read_trial_balance(
        trading.db, LedgerFilter(last_date=DAY - datetime.timedelta(days=1))
    )

    assert {row.account_code for row in of_store} == {"1001", "22210105", "5001"}
    assert earlier == []


def test_overview_shows_the_newest_day(trading: SmallChain) -> None:
    hear(trading, "S001", tail_seq=3, heard_at=NOON)

    overview = read_overview(trading.db, NOON, EVERY_STORE)

    assert (overview.business_date, overview.sales_fen, overview.tickets) == (DAY, 1_130, 2)
    assert overview.average_ticket_fen == 565
    assert (overview.margin_fen, overview.margin_rate_bp) == (0, 0)
    assert (overview.stores_total, overview.stores_fresh) == (3, 1)
    assert (overview.in_transit_fen, overview.in_transit_transfers) == (334, 1)
    assert [row.store for row in overview.top_stores] == ["S001", "S002"]


def test_overview_of_a_new_chain_is_empty(small: SmallChain) -> None:
    overview = read_overview(small.db, NOON, EVERY_STORE)

    assert (overview.business_date, overview.sales_fen, overview.average_ticket_fen) == (None, 0, 0)


@pytest.mark.parametrize(
    ("age_s", "state"),
    [
        (None, StoreState.NEVER),
        (0, StoreState.FRESH),
        (60, StoreState.FRESH),
        (61, StoreState.LATE),
        (LATE_S, StoreState.LATE),
        (LATE_S + 1, StoreState.SILENT),
    ],
)
def test_state_of_a_store_follows_its_last_word(age_s: int | None, state: StoreState) -> None:
    assert state_of_age(age_s) is state


def test_stores_show_what_they_sent_and_what_is_missing(trading: SmallChain) -> None:
    hear(trading, "S001", tail_seq=8, heard_at=NOON - datetime.timedelta(seconds=90))
    trading.receive_noise("S001", b"noise")
    trading.apply()

    first, second, third = read_stores(trading.db, ALL, NOON, EVERY_STORE)

    assert (first.state, first.age_s) == (StoreState.LATE, 90)
    assert (first.journal_seq, first.durable_seq, first.applied_seq) == (8, 4, 4)
    assert (first.unsent, first.parked, first.quarantined) == (4, 1, 0)
    assert (second.state, second.last_business_date, second.sales_fen) == (
        StoreState.NEVER,
        DAY,
        339,
    )
    assert (third.last_business_date, third.sales_fen) == (None, 0)


def test_age_of_an_answer_counts_what_was_not_looked_at(trading: SmallChain) -> None:
    trading.receive("S003", make_ticket((1, 1_000, 300)))
    for store in ("S001", "S002"):
        hear(trading, store, tail_seq=1, heard_at=NOON)
    never_heard = read_as_of(trading.db, EVERY_STORE)
    trading.db.rollback()
    hear(trading, "S003", tail_seq=1, heard_at=NOON - datetime.timedelta(hours=1))

    as_of = read_as_of(trading.db, EVERY_STORE)

    assert (as_of.applied_at, as_of.facts_behind) == (NOON, 1)
    assert never_heard.oldest_store_heard_at is None
    assert as_of.oldest_store_heard_at == NOON - datetime.timedelta(hours=1)


TODAY = datetime.date(2026, 11, 22)
INVOICED = NewInvoiceLine("PO-000001", "S001", 1, 2_000, 700)
DAMAGES = [
    ("UPDATE on_hand SET quantity_milli = quantity_milli + 5", "stock against movements, milli"),
    ("DELETE FROM on_hand WHERE store = 'S002'", "stock against movements, milli"),
    ("UPDATE cost SET quantity_milli = quantity_milli + 5", "cost against stock, milli"),
    ("UPDATE cost SET value_fen = value_fen + 5", "stock against ledger, fen"),
    ("UPDATE in_transit SET value_fen = value_fen + 5", "in transit against ledger, fen"),
    ("UPDATE transfer_progress SET shipped_milli = 7", "in transit against transfers, milli"),
    ("UPDATE entry_line SET debit_fen = 1 + debit_fen", "trial balance difference, fen"),
    ("UPDATE entry_line SET debit_fen = debit_fen + 1 WHERE line_no = 1", "unbalanced entries"),
    ("UPDATE apply_cursor SET receive_no = 1", "facts waiting against the cursor"),
]


@pytest.mark.parametrize(("damage", "fault"), DAMAGES)
def test_doctor_finds_damage(trading: SmallChain, damage: str, fault: str) -> None:
    with write_transaction(trading.db):
        trading.db.exec_driver_sql(damage)

    _findings, faults = doctor.examine(trading.db)

    assert fault in {found.split(":")[0] for found in faults}


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("UPDATE supplier_invoice SET paid_fen = paid_fen + 5", "payables against ledger, fen"),
        ("DELETE FROM supplier_invoice", "payables against ledger, fen"),
        ("UPDATE purchase_progress SET cleared_fen = 7", "not invoiced against ledger, fen"),
        ("DELETE FROM purchase_progress", "not invoiced against ledger, fen"),
    ],
)
def test_doctor_finds_damage_of_what_suppliers_are_owed(
    trading: SmallChain, damage: str, fault: str
) -> None:
    invoice = NewInvoice("SUP1", "INV-1", TODAY, TODAY, 130, (INVOICED,))
    purchasing.enter_invoice(trading.db, invoice, trading.ask())
    healthy = doctor.examine(trading.db)[1]
    trading.db.rollback()
    with write_transaction(trading.db):
        trading.db.exec_driver_sql(damage)

    _findings, faults = doctor.examine(trading.db)

    assert healthy == []
    assert [found.split(":")[0] for found in faults] == [fault]


def test_doctor_finds_nothing_wrong_with_a_healthy_hub(trading: SmallChain) -> None:
    trading.receive_noise("S001", b"noise")
    trading.apply()

    findings, faults = doctor.examine(trading.db)

    assert faults == []
    found = dict(findings)
    assert (found["facts received"], found["facts parked"]) == (5, 1)
    assert str(found["parked"]).startswith("S001 1/4 malformed_fact")


def test_differences_of_opposite_sign_do_not_cancel(trading: SmallChain) -> None:
    trading.receive("S002", make_arrival((1, 1_000)))
    trading.apply()
    with write_transaction(trading.db):
        for store, sign in (("S001", "+"), ("S002", "-")):
            trading.db.exec_driver_sql(
                f"UPDATE cost SET value_fen = value_fen {sign} 5"
                f" WHERE store = '{store}' AND item_id = 1"
            )

    assert checks.read_ledger_checks(trading.db).stock_vs_gl_fen == 10
