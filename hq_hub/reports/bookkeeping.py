"""Headquarters' own facts with their entries, and the months that are closed or next."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from hq_hub.reports.paging import Block, from_ms
from hq_hub.store import own_facts
from hq_hub.store.books import read_chart
from hq_hub.store.rows import KEYS_A_QUESTION
from hq_hub.store.schema_books import closed_period, entry_line
from hq_hub.store.schema_headquarters import own_fact
from retail_domain.ledger.chart import Account
from retail_domain.trade.fact_kind import FactKind
from retail_domain.trade.fact_number import show_fact_no
from retail_domain.trade.trading_month import find_missing_days
from retail_domain.trade.voucher import month_after

Place = tuple[str, int, int]


@dataclasses.dataclass(frozen=True, slots=True)
class VoucherLineRow:
    """One line of an entry."""

    entry_store: str
    """Whose books."""
    account_code: str
    account_name: str
    account_name_en: str
    debit_fen: int
    credit_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class VoucherRow:
    """One fact of headquarters."""

    fact_no: str
    kind: FactKind
    business_date: datetime.date
    period: str
    """The month it is posted to; later than its date when that month was closed."""
    entered_at: datetime.datetime
    entered_by: str
    party: str
    """Supplier, carrier or store."""
    document_no: str
    document_date: datetime.date
    summary: str
    amount_fen: int
    is_reversed: bool
    lines: list[VoucherLineRow]


@dataclasses.dataclass(frozen=True, slots=True)
class Filter:
    """Which facts; what is empty does not narrow."""

    period: str = ""
    kind: FactKind | None = None
    party: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class PeriodRow:
    """One closed month."""

    period: str
    fact_no: str
    closed_at: datetime.datetime
    closed_by: str


@dataclasses.dataclass(frozen=True, slots=True)
class MissingDays:
    """Days that a store has not closed."""

    store: str
    days: list[datetime.date]


@dataclasses.dataclass(frozen=True, slots=True)
class NextPeriod:
    """The month that can be closed next, and what stands against it."""

    period: str
    parked_facts: int
    """Up to the end of it."""
    missing: list[MissingDays]


def count_vouchers(db: sa.Connection, chosen: Filter) -> int:
    """Count the facts of a query."""
    facts = _select_facts(chosen).subquery()
    return int(db.execute(sa.select(sa.func.count()).select_from(facts)).scalar_one())


def read_vouchers(db: sa.Connection, chosen: Filter, block: Block) -> list[VoucherRow]:
    """Facts of headquarters with their entries, the newest first."""
    newest_first = [part.desc() for part in own_fact.primary_key]
    facts = _select_facts(chosen).order_by(*newest_first).offset(block.start).limit(block.size)
    return _make_rows(db, db.execute(facts).all())


def read_voucher(db: sa.Connection, epoch: int, seq: int) -> VoucherRow:
    """One fact, which must be there."""
    one = _select_facts(Filter()).where(own_fact.c.epoch == epoch, own_fact.c.seq == seq)
    return _make_rows(db, [db.execute(one).one()])[0]


def read_periods(db: sa.Connection) -> list[PeriodRow]:
    """Closed months, the newest first."""
    table, fact = closed_period.c, own_fact.c
    found = db.execute(
        sa.select(table.period, fact.epoch, fact.seq, fact.wall_at_ms, fact.staff_no)
        .join(
            own_fact,
            (fact.store == table.store) & (fact.epoch == table.epoch) & (fact.seq == table.seq),
        )
        .order_by(table.period.desc())
    )
    return [
        PeriodRow(row.period, show_fact_no(row.epoch, row.seq), _at(row.wall_at_ms), row.staff_no)
        for row in found
    ]


def read_next_period(db: sa.Connection, today: datetime.date) -> NextPeriod:
    """Look at the month after the last closed one; before the first, at last month."""
    closed_through = own_facts.read_closed_through(db)
    month_start = today.replace(day=1)
    last_month = (month_start - datetime.timedelta(days=1)).isoformat()[:7]
    period = month_after(closed_through) if closed_through else last_month
    missing = find_missing_days(
        period,
        today,
        first_days=own_facts.read_first_days(db),
        closed_days=own_facts.read_closed_days(db, period),
    )
    return NextPeriod(
        period,
        len(own_facts.find_parked(db, period)),
        [MissingDays(store, days) for store, days in missing.items()],
    )


def _select_facts(chosen: Filter) -> sa.Select[*tuple[Any, ...]]:
    later = own_fact.alias("later")
    is_reversed = sa.exists().where(later.c.reverses == own_fact.c.fact_id)
    facts = sa.select(own_fact, is_reversed.label("is_reversed"))
    if chosen.period:
        facts = facts.where(own_fact.c.period == chosen.period)
    if chosen.kind is not None:
        facts = facts.where(own_fact.c.kind == chosen.kind.value)
    return facts.where(own_fact.c.party == chosen.party) if chosen.party else facts


def _make_rows(db: sa.Connection, facts: Collection[Any]) -> list[VoucherRow]:
    lines = _read_lines(db, [(row.store, row.epoch, row.seq) for row in facts])
    return [
        VoucherRow(
            fact_no=show_fact_no(row.epoch, row.seq),
            kind=FactKind(row.kind),
            business_date=datetime.date.fromisoformat(row.business_date),
            period=row.period,
            entered_at=_at(row.wall_at_ms),
            entered_by=row.staff_no,
            party=row.party,
            document_no=row.document_no,
            document_date=datetime.date.fromisoformat(row.document_date),
            summary=row.summary,
            amount_fen=row.amount_fen,
            is_reversed=bool(row.is_reversed),
            lines=lines[row.store, row.epoch, row.seq],
        )
        for row in facts
    ]


def _read_lines(db: sa.Connection, places: list[Place]) -> dict[Place, list[VoucherLineRow]]:
    table = entry_line.c
    accounts = {account.account_code: account for account in read_chart(db).accounts}
    found: dict[Place, list[VoucherLineRow]] = {place: [] for place in places}
    for start in range(0, len(places), KEYS_A_QUESTION):
        asked = places[start : start + KEYS_A_QUESTION]
        for store, epoch in sorted({(store, epoch) for store, epoch, _seq in asked}):
            seqs = [place[2] for place in asked if place[:2] == (store, epoch)]
            lines = db.execute(
                sa.select(entry_line)
                .where(table.store == store, table.epoch == epoch, table.seq.in_(seqs))
                .order_by(*entry_line.primary_key)
            )
            for row in lines:
                found[store, epoch, row.seq].append(_make_line(row, accounts[row.account_code]))
    return found


def _make_line(row: Any, account: Account) -> VoucherLineRow:  # noqa: ANN401 - a row of entry_line
    return VoucherLineRow(
        row.entry_store,
        row.account_code,
        account.name,
        account.name_en,
        row.debit_fen,
        row.credit_fen,
    )


def _at(at_ms: int) -> datetime.datetime:
    at = from_ms(at_ms)
    assert at is not None
    return at
