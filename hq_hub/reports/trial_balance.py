"""Trial balance: every account that was posted to, with opening, debits, credits and closing."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.reports.ledger import (
    LedgerFilter,
    is_before,
    is_of_store,
    is_within,
    name_account,
    on_side,
    sum_if,
)
from hq_hub.store.schema_books import entry_line
from retail_domain.ledger.chart import Side


@dataclasses.dataclass(frozen=True, slots=True)
class AccountRow:
    """One account. A balance stands on the side that it really has, as on paper."""

    account_code: str
    name: str
    name_en: str
    side: Side
    """On which the balance normally stands."""
    opening_debit_fen: int
    opening_credit_fen: int
    debit_fen: int
    credit_fen: int
    closing_debit_fen: int
    closing_credit_fen: int
    balance_fen: int
    """Closing, above zero on its normal side."""


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerTotals:
    """Sums of the rows; debit and credit are equal three times, or the books are wrong."""

    opening_debit_fen: int
    opening_credit_fen: int
    debit_fen: int
    credit_fen: int
    closing_debit_fen: int
    closing_credit_fen: int


def read_trial_balance(db: sa.Connection, wanted: LedgerFilter) -> list[AccountRow]:
    """Accounts in order of code."""
    table = entry_line.c
    before, within = is_before(wanted), is_within(wanted)
    rows = db.execute(
        sa.select(
            table.account_code,
            sum_if(before, table.debit_fen - table.credit_fen),
            sum_if(within, table.debit_fen),
            sum_if(within, table.credit_fen),
        )
        .where(is_of_store(wanted), before | within)
        .group_by(table.account_code)
        .order_by(table.account_code)
    )
    return [_make_row(str(row[0]), int(row[1]), int(row[2]), int(row[3])) for row in rows]


def add_up(rows: list[AccountRow]) -> LedgerTotals:
    """Total of the rows."""
    names = [field.name for field in dataclasses.fields(LedgerTotals)]
    return LedgerTotals(*(sum(getattr(row, name) for row in rows) for name in names))


def _make_row(account_code: str, opening_fen: int, debit_fen: int, credit_fen: int) -> AccountRow:
    account = name_account(account_code)
    closing_fen = opening_fen + debit_fen - credit_fen
    return AccountRow(
        account_code=account.account_code,
        name=account.name,
        name_en=account.name_en,
        side=account.side,
        opening_debit_fen=max(opening_fen, 0),
        opening_credit_fen=max(-opening_fen, 0),
        debit_fen=debit_fen,
        credit_fen=credit_fen,
        closing_debit_fen=max(closing_fen, 0),
        closing_credit_fen=max(-closing_fen, 0),
        balance_fen=on_side(account.side, closing_fen),
    )
