"""Which part of the books is asked for, and what its accounts are called."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa

from hq_hub.reports.paging import Stores, within
from hq_hub.store.schema_books import entry_line
from retail_domain.ledger.chart import Side
from retail_domain.ledger.charts import CHARTS

ACCOUNTS = {
    account.account_code: account for chart in CHARTS.values() for account in chart.accounts
}
"""By code, of all charts: no code means two things in two of them."""


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which entries count; None and empty mean all. A period and dates exclude each other."""

    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    period: str = ""
    """Accounting month, such as 2026-11; a late fact counts in a later one than its date says."""
    store: str = ""
    """Whose books; empty for those of all within reach."""
    stores: Stores = None
    """Within reach."""


@dataclasses.dataclass(frozen=True, slots=True)
class AccountName:
    """An account as people know it."""

    account_code: str
    name: str
    name_en: str
    side: Side
    """On which the balance normally stands."""


def name_account(account_code: str) -> AccountName:
    """Name an account; one that the chart no longer has is called by its code."""
    account = ACCOUNTS.get(account_code)
    if account is None:
        return AccountName(account_code, account_code, account_code, Side.DEBIT)
    return AccountName(account_code, account.name, account.name_en, account.side)


def on_side(side: Side, debit_less_credit_fen: int) -> int:
    """A balance as it is read: above zero on the account's normal side."""
    return debit_less_credit_fen if side is Side.DEBIT else -debit_less_credit_fen


def is_before(wanted: LedgerFilter) -> sa.ColumnElement[bool]:
    """Entries that make the opening balance."""
    table = entry_line.c
    if wanted.period:
        return table.period < wanted.period
    if wanted.first_date is not None:
        return table.business_date < wanted.first_date.isoformat()
    return sa.false()


def is_within(wanted: LedgerFilter) -> sa.ColumnElement[bool]:
    """Entries that are listed and added up."""
    table = entry_line.c
    if wanted.period:
        return table.period == wanted.period
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if wanted.first_date is not None:
        conditions.append(table.business_date >= wanted.first_date.isoformat())
    if wanted.last_date is not None:
        conditions.append(table.business_date <= wanted.last_date.isoformat())
    return sa.and_(*conditions)


def is_of_store(wanted: LedgerFilter) -> sa.ColumnElement[bool]:
    """Entries of the books that are asked for."""
    column = entry_line.c.entry_store
    of_store = column == wanted.store if wanted.store else sa.true()
    return of_store & within(column, wanted.stores)


def sum_if(condition: sa.ColumnElement[bool], value: sa.ColumnElement[int]) -> sa.Function[int]:
    """Sum of a column over the rows of a condition; 0 when there are none."""
    return sa.func.coalesce(sa.func.sum(sa.case((condition, value), else_=0)), 0)
