"""Trial balance: every account that was posted to, with debits, credits and balance."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa

from hq_hub.reports.paging import Stores, within
from hq_hub.store.schema_books import entry_line
from retail_domain.ledger.chart import Side
from retail_domain.ledger.small_enterprise_chart import SMALL_ENTERPRISE_CHART

ACCOUNTS = {account.account_code: account for account in SMALL_ENTERPRISE_CHART.accounts}


@dataclasses.dataclass(frozen=True, slots=True)
class AccountRow:
    """One account."""

    account_code: str
    name: str
    name_en: str
    side: Side
    """On which the balance normally stands."""
    debit_fen: int
    credit_fen: int
    balance_fen: int
    """Above zero on its normal side."""


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerTotals:
    """Both are equal, or the books are wrong."""

    debit_fen: int
    credit_fen: int


def read_trial_balance(
    db: sa.Connection, *, through: datetime.date | None, store: str, stores: Stores
) -> list[AccountRow]:
    """Accounts in order of code.

    Args:
        db: to read from.
        through: last business date that counts; None for all.
        store: whose books; empty for those of all within reach.
        stores: within reach.
    """
    table = entry_line.c
    question = (
        sa.select(table.account_code, sa.func.sum(table.debit_fen), sa.func.sum(table.credit_fen))
        .where(within(table.entry_store, stores))
        .group_by(table.account_code)
    )
    if through is not None:
        question = question.where(table.business_date <= through.isoformat())
    if store:
        question = question.where(table.entry_store == store)
    rows = db.execute(question.order_by(table.account_code))
    return [_make_row(str(row[0]), int(row[1]), int(row[2])) for row in rows]


def add_up(rows: list[AccountRow]) -> LedgerTotals:
    """Total of the rows."""
    return LedgerTotals(sum(row.debit_fen for row in rows), sum(row.credit_fen for row in rows))


def _make_row(account_code: str, debit_fen: int, credit_fen: int) -> AccountRow:
    account = ACCOUNTS[account_code]
    balance_fen = debit_fen - credit_fen
    return AccountRow(
        account_code=account_code,
        name=account.name,
        name_en=account.name_en,
        side=account.side,
        debit_fen=debit_fen,
        credit_fen=credit_fen,
        balance_fen=balance_fen if account.side is Side.DEBIT else -balance_fen,
    )
