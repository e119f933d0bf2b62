"""Projections in bulk: what a block of facts needs to know, and what it leaves behind."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from hq_hub.store import rows, schema_books
from hq_hub.store.rows import Row
from hq_hub.store.schema import hub_state, store
from hq_hub.store.schema_ingest import hub_journal
from retail_domain.ledger.average_cost import AverageCost
from retail_domain.ledger.books import (
    CostKey,
    PurchasedLine,
    PurchaseKey,
    SaleKey,
    SoldLine,
    TransitKey,
)
from retail_domain.ledger.chart import Chart
from retail_domain.ledger.charts import CHARTS


@dataclasses.dataclass(frozen=True, slots=True)
class BookTables:
    """Where projections are folded into: the tables in force, or fresh ones of a rebuild."""

    on_hand: sa.Table
    cost: sa.Table
    in_transit: sa.Table
    transfer_progress: sa.Table
    stock_movement: sa.Table
    entry_line: sa.Table
    ticket: sa.Table
    sale_line: sa.Table
    returned_line: sa.Table
    shift_close: sa.Table
    day_close: sa.Table
    supplier_invoice: sa.Table
    closed_period: sa.Table
    store_day: sa.Table
    own_fact: sa.Table
    purchase_progress: sa.Table
    open_item_sale: sa.Table


IN_FORCE = BookTables(**{table.name: table for table in schema_books.PROJECTIONS})


@dataclasses.dataclass(slots=True)
class BookRows:
    """Rows that a block of facts adds; the dicts hold sums by key."""

    stock_movement: list[Row] = dataclasses.field(default_factory=list)
    entry_line: list[Row] = dataclasses.field(default_factory=list)
    ticket: list[Row] = dataclasses.field(default_factory=list)
    sale_line: list[Row] = dataclasses.field(default_factory=list)
    shift_close: list[Row] = dataclasses.field(default_factory=list)
    day_close: list[Row] = dataclasses.field(default_factory=list)
    closed_period: list[Row] = dataclasses.field(default_factory=list)
    own_fact: list[Row] = dataclasses.field(default_factory=list)
    on_hand_milli: dict[tuple[str, str, int, str], int] = dataclasses.field(default_factory=dict)
    """(store, state, item_id, lot) -> change of quantity."""
    progress_milli: dict[TransitKey, tuple[int, int, int]] = dataclasses.field(default_factory=dict)
    """(transfer_no, item_id) -> shipped, received, settled."""
    invoices_fen: dict[tuple[str, str], tuple[int, int]] = dataclasses.field(default_factory=dict)
    """(supplier_no, invoice_no) -> gross, paid."""
    open_items_milli: dict[tuple[str, int], tuple[int, int]] = dataclasses.field(
        default_factory=dict
    )
    """(store, item_id) -> sold, reclassified."""
    store_days: dict[tuple[str, str], tuple[int, ...]] = dataclasses.field(default_factory=dict)
    """(store, business date) -> tickets, quantity, amount, tax, discount, cost."""


def read_legal_entities(db: sa.Connection) -> dict[str, str]:
    """Legal entity of every store."""
    return {row.store: row.legal_entity for row in db.execute(sa.select(store))}


def read_costs(
    db: sa.Connection, tables: BookTables, keys: Collection[CostKey]
) -> dict[CostKey, AverageCost]:
    """Load the pairs of some items; those that never moved are left out."""
    found = rows.read_rows(db, tables.cost, sorted(keys))
    return {(row[0], row[1], row[2]): AverageCost(*row[3:]) for row in found}


def read_in_transit(
    db: sa.Connection, tables: BookTables, keys: Collection[TransitKey]
) -> dict[TransitKey, AverageCost]:
    """Load the pairs of some transfers; those that nobody touched are left out."""
    found = rows.read_rows(db, tables.in_transit, sorted(keys))
    return {(row[0], row[1]): AverageCost(*row[2:]) for row in found}


def read_purchases(
    db: sa.Connection, tables: BookTables, keys: Collection[PurchaseKey]
) -> dict[PurchaseKey, PurchasedLine]:
    """Load what became of some order lines; those of which nothing came are left out."""
    found = rows.read_rows(db, tables.purchase_progress, sorted(keys))
    return {(row[0], row[1]): PurchasedLine(*row[2:]) for row in found}


def read_sold(
    db: sa.Connection, tables: BookTables, tickets: Collection[tuple[str, uuid.UUID]]
) -> dict[SaleKey, SoldLine]:
    """Load the sale lines of some tickets; tickets that are not posted are left out."""
    sold: dict[SaleKey, SoldLine] = {}
    line, returned, kept = tables.sale_line.c, tables.returned_line.c, hub_journal.c
    for store_no, fact_id in sorted(tickets):
        of_ticket = (kept.store == store_no) & (kept.fact_id == fact_id.bytes)
        lines = (
            sa.select(line.line_no, line.quantity_milli, line.cost_fen, returned.returned_milli)
            .join(
                hub_journal,
                (kept.store == line.store) & (kept.epoch == line.epoch) & (kept.seq == line.seq),
            )
            .outerjoin(
                tables.returned_line,
                (returned.store == line.store)
                & (returned.fact_id == kept.fact_id)
                & (returned.line_no == line.line_no),
            )
            .where(of_ticket, line.quantity_milli > 0)
        )
        for line_no, quantity_milli, cost_fen, returned_milli in db.execute(lines):
            key = (store_no, fact_id, line_no)
            sold[key] = SoldLine(quantity_milli, cost_fen, returned_milli or 0)
    return sold


def write_returned(db: sa.Connection, tables: BookTables, sold: Mapping[SaleKey, SoldLine]) -> None:
    """Keep how much came back of the lines that goods came back of."""
    returned: list[Row] = [
        (store_no, fact_id.bytes, line_no, sold[store_no, fact_id, line_no].returned_milli)
        for store_no, fact_id, line_no in sorted(sold)
        if sold[store_no, fact_id, line_no].returned_milli
    ]
    rows.replace_rows(db, tables.returned_line, returned)


def read_closed_through(db: sa.Connection, tables: BookTables) -> str:
    """The last closed accounting month; empty when none is."""
    return db.execute(sa.select(sa.func.max(tables.closed_period.c.period))).scalar() or ""


def read_income(
    db: sa.Connection, tables: BookTables, chart: Chart, period: str
) -> dict[tuple[str, str], int]:
    """Debit less credit of income and expense up to a month, by (store, account), without zeros."""
    line = tables.entry_line.c
    balance = sa.func.sum(line.debit_fen - line.credit_fen)
    sums = (
        sa.select(line.entry_store, line.account_code, balance)
        .where(line.period <= period, line.account_code.startswith(chart.income_prefix))
        .group_by(line.entry_store, line.account_code)
    )
    found = ((str(row[0]), str(row[1]), int(row[2])) for row in db.execute(sums))
    return {(store_no, code): fen for store_no, code, fen in found if fen}


def read_chart(db: sa.Connection) -> Chart:
    """The chart of accounts that this hub was made with."""
    return CHARTS[str(db.execute(sa.select(hub_state.c.chart_id)).scalar_one())]


def write_costs(
    db: sa.Connection, tables: BookTables, costs: Mapping[CostKey, AverageCost]
) -> None:
    """Put new pairs in place of the old ones."""
    rows.replace_rows(db, tables.cost, [key + costs[key] for key in sorted(costs)])


def write_in_transit(
    db: sa.Connection, tables: BookTables, in_transit: Mapping[TransitKey, AverageCost]
) -> None:
    """Put new pairs in place of the old ones."""
    pairs = [key + in_transit[key] for key in sorted(in_transit)]
    rows.replace_rows(db, tables.in_transit, pairs)


def write_purchases(
    db: sa.Connection, tables: BookTables, purchases: Mapping[PurchaseKey, PurchasedLine]
) -> None:
    """Put what became of order lines in place of what was known."""
    lines: list[Row] = [
        (*key, *dataclasses.astuple(line)) for key, line in sorted(purchases.items())
    ]
    rows.replace_rows(db, tables.purchase_progress, lines)


def write_book_rows(db: sa.Connection, tables: BookTables, block: BookRows) -> None:
    """Write what a block added: one statement a table."""
    rows.insert_rows(db, tables.stock_movement, block.stock_movement)
    rows.insert_rows(db, tables.entry_line, block.entry_line)
    rows.insert_rows(db, tables.ticket, block.ticket)
    rows.insert_rows(db, tables.sale_line, block.sale_line)
    rows.insert_rows(db, tables.shift_close, block.shift_close)
    rows.insert_rows(db, tables.day_close, block.day_close)
    rows.insert_rows(db, tables.closed_period, block.closed_period)
    on_hand = [(*key, block.on_hand_milli[key]) for key in sorted(block.on_hand_milli)]
    rows.add_rows(db, tables.on_hand, on_hand)
    progress = [(*key, *milli) for key, milli in sorted(block.progress_milli.items())]
    rows.add_rows(db, tables.transfer_progress, progress)
    invoices = [(*key, *fen) for key, fen in sorted(block.invoices_fen.items())]
    rows.add_rows(db, tables.supplier_invoice, invoices)
    days: list[Row] = [(*key, *sums) for key, sums in sorted(block.store_days.items())]
    rows.add_rows(db, tables.store_day, days)
    rows.insert_rows(db, tables.own_fact, block.own_fact)
    open_items = [(*key, *milli) for key, milli in sorted(block.open_items_milli.items())]
    rows.add_rows(db, tables.open_item_sale, open_items)


def write_apply_log(db: sa.Connection, log: Collection[Row]) -> None:
    """Write down the order in which facts were posted."""
    rows.insert_rows(db, schema_books.apply_log, list(log))
