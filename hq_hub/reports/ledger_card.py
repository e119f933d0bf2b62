"""The card of one account: opening, every line with the balance after it, sums, closing."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from hq_hub.reports.ledger import (
    ACCOUNTS,
    AccountName,
    LedgerFilter,
    is_before,
    is_of_store,
    is_within,
    name_account,
    on_side,
    sum_if,
)
from hq_hub.reports.paging import Block, read_in_parts
from hq_hub.store.schema_books import entry_line
from hq_hub.store.schema_ingest import hub_journal
from protos.fact_view import name_kind, view_fact

LINE = entry_line.c
ORDER = (
    LINE.business_date,
    LINE.entry_store,
    LINE.store,
    LINE.epoch,
    LINE.seq,
    LINE.line_no,
)
"""That of the index by account: a page is read, not sorted."""
NET = LINE.debit_fen - LINE.credit_fen


@dataclasses.dataclass(frozen=True, slots=True)
class CardLine:
    """One line of an entry, and where it comes from."""

    business_date: datetime.date
    period: str
    entry_store: str
    """Whose books."""
    store: str
    """With epoch and seq the place of the fact."""
    epoch: int
    seq: int
    line_no: int
    kind: str
    register_no: str
    receipt_no: int | None
    document_no: str
    debit_fen: int
    credit_fen: int
    balance_fen: int
    """After this line; above zero on the account's normal side."""


@dataclasses.dataclass(frozen=True, slots=True)
class CardSums:
    """Of the whole question, not of one block. Balances as those of the lines."""

    lines: int
    opening_fen: int
    debit_fen: int
    credit_fen: int
    closing_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerCard:
    """One block of an account's lines, in order of business date."""

    account: AccountName
    sums: CardSums
    brought_forward_fen: int
    """Balance before the first line of the block."""
    block_debit_fen: int
    block_credit_fen: int
    rows: list[CardLine]


def read_card(
    db: sa.Connection, account_code: str, wanted: LedgerFilter, block: Block
) -> LedgerCard | None:
    """Read one block of a card; None when neither the chart nor the books have the account."""
    if account_code not in ACCOUNTS and not _is_posted_to(db, account_code):
        return None
    account = name_account(account_code)
    count, opening_fen, debit_fen, credit_fen = _read_sums(db, account_code, wanted)
    forward_fen = opening_fen + _read_net(db, account_code, wanted, block.start)
    rows = _read_lines(db, account, wanted, block, forward_fen)
    return LedgerCard(
        account=account,
        sums=CardSums(
            lines=count,
            opening_fen=on_side(account.side, opening_fen),
            debit_fen=debit_fen,
            credit_fen=credit_fen,
            closing_fen=on_side(account.side, opening_fen + debit_fen - credit_fen),
        ),
        brought_forward_fen=on_side(account.side, forward_fen),
        block_debit_fen=sum(row.debit_fen for row in rows),
        block_credit_fen=sum(row.credit_fen for row in rows),
        rows=rows,
    )


def iterate_card(db: sa.Connection, account_code: str, wanted: LedgerFilter) -> Iterator[CardLine]:
    """All lines of a card, in the same order."""
    account = name_account(account_code)
    _count, opening_fen, _debit_fen, _credit_fen = _read_sums(db, account_code, wanted)
    parts = read_in_parts(db, _select(account, wanted))
    yield from _balance(account, itertools.chain.from_iterable(parts), opening_fen)


def _is_posted_to(db: sa.Connection, account_code: str) -> bool:
    found = sa.select(LINE.seq).where(LINE.account_code == account_code).limit(1)
    return db.execute(found).first() is not None


def _read_sums(
    db: sa.Connection, account_code: str, wanted: LedgerFilter
) -> tuple[int, int, int, int]:
    """Count of the lines, net before them, debits and credits of them."""
    before, within = is_before(wanted), is_within(wanted)
    row = db.execute(
        sa.select(
            sum_if(within, sa.literal(1)),
            sum_if(before, NET),
            sum_if(within, LINE.debit_fen),
            sum_if(within, LINE.credit_fen),
        ).where(LINE.account_code == account_code, is_of_store(wanted), before | within)
    ).one()
    return int(row[0]), int(row[1]), int(row[2]), int(row[3])


def _read_net(db: sa.Connection, account_code: str, wanted: LedgerFilter, count: int) -> int:
    """Net of the first lines."""
    if count == 0:
        return 0
    first = (
        sa.select(NET.label("net"))
        .where(LINE.account_code == account_code, is_of_store(wanted), is_within(wanted))
        .order_by(*ORDER)
        .limit(count)
        .subquery()
    )
    return int(db.execute(sa.select(sa.func.sum(first.c.net))).scalar() or 0)


def _read_lines(
    db: sa.Connection, account: AccountName, wanted: LedgerFilter, block: Block, balance_fen: int
) -> list[CardLine]:
    found = db.execute(_select(account, wanted).offset(block.start).limit(block.size))
    return list(_balance(account, found, balance_fen))


def _select(account: AccountName, wanted: LedgerFilter) -> sa.Select[*tuple[Any, ...]]:
    kept = hub_journal.c
    place = (kept.store == LINE.store) & (kept.epoch == LINE.epoch) & (kept.seq == LINE.seq)
    return (
        sa.select(entry_line, kept.kind, kept.body)
        .join(hub_journal, place)
        .where(LINE.account_code == account.account_code, is_of_store(wanted), is_within(wanted))
        .order_by(*ORDER)
    )


def _balance(
    account: AccountName, found: Iterable[sa.Row[*tuple[Any, ...]]], balance_fen: int
) -> Iterator[CardLine]:
    """Lines with the balance after each; it starts as debit less credit."""
    for row in found:
        balance_fen += row.debit_fen - row.credit_fen
        yield _make_line(row, on_side(account.side, balance_fen))


def _make_line(row: sa.Row[*tuple[Any, ...]], balance_fen: int) -> CardLine:
    view = view_fact(row.body)
    return CardLine(
        business_date=datetime.date.fromisoformat(row.business_date),
        period=row.period,
        entry_store=row.entry_store,
        store=row.store,
        epoch=row.epoch,
        seq=row.seq,
        line_no=row.line_no,
        kind=name_kind(row.kind),
        register_no=view.register_no,
        receipt_no=view.receipt_no,
        document_no=view.document_no,
        debit_fen=row.debit_fen,
        credit_fen=row.credit_fen,
        balance_fen=balance_fen,
    )
