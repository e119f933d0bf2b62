"""What was sold, by three reads that share no table: journal, ledger, report."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.store.books import read_chart
from hq_hub.store.schema_books import entry_line, sale_line, stock_movement, ticket
from hq_hub.store.schema_ingest import hub_journal
from protos.liushui.v1 import fact_pb2
from retail_domain.ledger.chart import AccountRole

JOURNAL_BLOCK_FACTS = 1_000
"""Bodies read at once: bounds memory."""


@dataclasses.dataclass(frozen=True, slots=True)
class SalesTotals:
    """All sales of the chain."""

    amount_fen: int
    """Paid, tax included."""
    quantity_milli: int


def read_journal_sales(db: sa.Connection) -> SalesTotals:
    """Add up the tickets in the boxes' own bytes, as the hub received them."""
    amount_fen = quantity_milli = 0
    bodies = sa.select(hub_journal.c.body).where(hub_journal.c.kind == fact_pb2.FACT_KIND_TICKET)
    for (body,) in db.execute(bodies, execution_options={"yield_per": JOURNAL_BLOCK_FACTS}):
        for line in fact_pb2.Fact.FromString(body).ticket.lines:
            amount_fen += line.amount_fen
            quantity_milli += line.quantity_milli
    return SalesTotals(amount_fen, quantity_milli)


def read_ledger_sales(db: sa.Connection) -> SalesTotals:
    """Read money from the books (revenue and output tax), goods from the stock they moved."""
    codes = read_chart(db).codes()
    accounts = (codes[AccountRole.SALES_REVENUE], codes[AccountRole.OUTPUT_TAX])
    amount_fen = db.execute(
        sa.select(sa.func.sum(entry_line.c.credit_fen - entry_line.c.debit_fen)).where(
            entry_line.c.account_code.in_(accounts)
        )
    ).scalar_one()
    moved, sold = stock_movement.c, ticket.c
    quantity_milli = db.execute(
        sa.select(sa.func.sum(-moved.quantity_milli)).join(
            ticket,
            (sold.store == moved.store) & (sold.epoch == moved.epoch) & (sold.seq == moved.seq),
        )
    ).scalar_one()
    return SalesTotals(int(amount_fen or 0), int(quantity_milli or 0))


def read_report_sales(db: sa.Connection) -> SalesTotals:
    """Add up the lines that the sales reports show."""
    row = db.execute(
        sa.select(sa.func.sum(sale_line.c.amount_fen), sa.func.sum(sale_line.c.quantity_milli))
    ).one()
    return SalesTotals(int(row[0] or 0), int(row[1] or 0))
