"""Do the books agree with themselves? Every figure is 0 when they do; differences never cancel."""

from __future__ import annotations

import dataclasses
from typing import Any

import sqlalchemy as sa

from hq_hub.store.books import read_chart
from hq_hub.store.schema import purchase_order, store, transfer_order
from hq_hub.store.schema_books import (
    apply_log,
    cost,
    entry_line,
    in_transit,
    on_hand,
    parked,
    stock_movement,
    supplier_invoice,
    transfer_progress,
)
from hq_hub.store.schema_headquarters import purchase_progress
from hq_hub.store.schema_ingest import hub_journal, quarantine
from retail_domain.ledger.chart import AccountRole


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerChecks:
    """Sub-ledgers against accounts, in fen; sums of absolute differences."""

    stock_vs_gl_fen: int
    """A store's value of goods against its inventory account."""
    in_transit_vs_gl_fen: int
    """A transfer's goods on the way against its sub-account."""
    payables_vs_gl_fen: int
    """What is open on suppliers' invoices against accounts payable, over the chain."""
    uninvoiced_vs_gl_fen: int
    """A store's orders, received less invoiced, against goods received, not invoiced."""
    unbalanced_entries: int


@dataclasses.dataclass(frozen=True, slots=True)
class FactCounts:
    """What became of the facts that the hub keeps: applied + parked + waiting = received."""

    received: int
    applied: int
    parked: int
    waiting: int
    quarantined: int
    """Refused batches."""


@dataclasses.dataclass(frozen=True, slots=True)
class TransitCounts:
    """Transfers of which goods are on the way, or arrived before their shipment was known."""

    transfers: int
    quantity_milli: int
    """Sum of absolute values."""
    value_fen: int


def read_ledger_checks(db: sa.Connection) -> LedgerChecks:
    """Compare sub-ledgers with accounts."""
    stock_fen = _sums(db, sa.select(cost.c.store, cost.c.value_fen))
    owed = sa.func.sum(supplier_invoice.c.gross_fen - supplier_invoice.c.paid_fen)
    open_fen = _read_sum(db, sa.select(owed))
    payables_fen = _negated(_balances(db, AccountRole.ACCOUNTS_PAYABLE, entry_line.c.entry_store))
    done = purchase_progress.c
    uninvoiced = sa.select(purchase_order.c.store, done.received_fen - done.cleared_fen).join(
        purchase_progress, done.purchase_order_no == purchase_order.c.purchase_order_no
    )
    transit_fen = _sums(db, sa.select(in_transit.c.transfer_no, in_transit.c.value_fen))
    return LedgerChecks(
        stock_vs_gl_fen=_difference(
            stock_fen, _balances(db, AccountRole.INVENTORY, entry_line.c.entry_store)
        ),
        in_transit_vs_gl_fen=_difference(
            transit_fen, _balances(db, AccountRole.GOODS_IN_TRANSIT, entry_line.c.transfer_no)
        ),
        payables_vs_gl_fen=abs(open_fen - sum(payables_fen.values())),
        uninvoiced_vs_gl_fen=_difference(
            _sums(db, uninvoiced),
            _negated(
                _balances(db, AccountRole.GOODS_RECEIVED_NOT_INVOICED, entry_line.c.entry_store)
            ),
        ),
        unbalanced_entries=_count_unbalanced(db),
    )


def read_stock_difference_milli(db: sa.Connection) -> int:
    """Stock on hand against the sum of movements; a store at a time, which bounds memory."""
    held, moved = on_hand.c, stock_movement.c
    return sum(
        _read_gap(
            db,
            sa.select(held.state, held.item_id, held.lot, held.quantity_milli).where(
                held.store == number
            ),
            sa.select(moved.state, moved.item_id, moved.lot, moved.quantity_milli).where(
                moved.store == number
            ),
        )
        for number, _legal_entity in _read_stores(db)
    )


def read_cost_difference_milli(db: sa.Connection) -> int:
    """Quantity behind average cost against stock on hand; a store at a time."""
    pair, held = cost.c, on_hand.c
    return sum(
        _read_gap(
            db,
            sa.select(pair.item_id, pair.quantity_milli).where(
                pair.legal_entity == legal_entity, pair.store == number
            ),
            sa.select(held.item_id, held.quantity_milli).where(held.store == number),
        )
        for number, legal_entity in _read_stores(db)
    )


def read_trial_balance_difference_fen(db: sa.Connection) -> int:
    """All debits against all credits."""
    gap = sa.func.sum(entry_line.c.debit_fen) - sa.func.sum(entry_line.c.credit_fen)
    return abs(_read_sum(db, sa.select(gap)))


def read_transit(db: sa.Connection, wanted: sa.ColumnElement[bool] | None = None) -> TransitCounts:
    """Count what is between stores now.

    Args:
        db: to read from.
        wanted: condition on `transfer_order`; None for all, those of unknown orders too.
    """
    table = in_transit.c
    is_wanted: sa.ColumnElement[bool] = sa.true()
    if wanted is not None:
        is_wanted = table.transfer_no.in_(sa.select(transfer_order.c.transfer_no).where(wanted))
    row = db.execute(
        sa.select(
            sa.func.count(sa.distinct(table.transfer_no)),
            sa.func.sum(sa.func.abs(table.quantity_milli)),
            sa.func.sum(table.value_fen),
        ).where((table.quantity_milli != 0) | (table.value_fen != 0), is_wanted)
    ).one()
    return TransitCounts(int(row[0]), int(row[1] or 0), int(row[2] or 0))


def read_transit_difference_milli(db: sa.Connection) -> int:
    """Goods in transit against shipped less received and settled."""
    pair, done = in_transit.c, transfer_progress.c
    return _read_gap(
        db,
        sa.select(pair.transfer_no, pair.item_id, pair.quantity_milli),
        sa.select(
            done.transfer_no,
            done.item_id,
            done.shipped_milli - done.received_milli - done.settled_milli,
        ),
    )


def read_fact_counts(db: sa.Connection) -> FactCounts:
    """Count what became of every fact."""
    received, applied, waits, refused = (
        _read_sum(db, sa.select(sa.func.count()).select_from(table))
        for table in (hub_journal, apply_log, parked, quarantine)
    )
    return FactCounts(received, applied, waits, received - applied - waits, refused)


def _read_stores(db: sa.Connection) -> list[tuple[str, str]]:
    rows = db.execute(sa.select(store.c.store, store.c.legal_entity))
    return [(row.store, row.legal_entity) for row in rows]


def _read_gap(
    db: sa.Connection, left: sa.Select[*tuple[Any, ...]], right: sa.Select[*tuple[Any, ...]]
) -> int:
    """Sum of absolute differences of the last column, added up by all columns before it."""
    *_keys, value = right.selected_columns
    negated = right.with_only_columns(*_keys, -value)
    both = sa.union_all(left, negated).subquery()
    *keys, gap = both.c
    by_key = sa.select(sa.func.abs(sa.func.sum(gap)).label("gap")).group_by(*keys).subquery()
    return _read_sum(db, sa.select(sa.func.sum(by_key.c.gap)))


def _count_unbalanced(db: sa.Connection) -> int:
    table = entry_line.c
    gap = sa.func.sum(table.debit_fen - table.credit_fen)
    entries = (
        sa.select(table.seq).group_by(table.store, table.epoch, table.seq).having(gap != 0)
    ).subquery()
    return _read_sum(db, sa.select(sa.func.count()).select_from(entries))


def _balances(db: sa.Connection, role: AccountRole, by: sa.ColumnElement[str]) -> dict[str, int]:
    balance = sa.func.sum(entry_line.c.debit_fen - entry_line.c.credit_fen)
    rows = db.execute(
        sa.select(by, balance)
        .where(entry_line.c.account_code == read_chart(db).codes()[role])
        .group_by(by)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _negated(balances: dict[str, int]) -> dict[str, int]:
    """Credit less debit."""
    return {name: -fen for name, fen in balances.items()}


def _sums(db: sa.Connection, pairs: sa.Select[str, int]) -> dict[str, int]:
    table = pairs.subquery()
    name, value = table.c
    rows = db.execute(sa.select(name, sa.func.sum(value)).group_by(name))
    return {str(row[0]): int(row[1]) for row in rows}


def _difference(left: dict[str, int], right: dict[str, int]) -> int:
    return sum(abs(left.get(name, 0) - right.get(name, 0)) for name in left.keys() | right.keys())


def _read_sum(db: sa.Connection, statement: sa.Select[int]) -> int:
    return int(db.execute(statement).scalar_one() or 0)
