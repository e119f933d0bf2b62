"""Do the books agree with themselves? Every figure is 0 when they do; differences never cancel."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.store.schema_books import (
    apply_log,
    cost,
    entry_line,
    in_transit,
    on_hand,
    parked,
    stock_movement,
    transfer_progress,
)
from hq_hub.store.schema_ingest import hub_journal, quarantine
from retail_domain.ledger.chart import AccountRole
from retail_domain.ledger.small_enterprise_chart import SMALL_ENTERPRISE_CHART

CODES = SMALL_ENTERPRISE_CHART.codes()


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerChecks:
    """Sub-ledgers against accounts, in fen; sums of absolute differences."""

    stock_vs_gl_fen: int
    """A store's value of goods against its inventory account."""
    in_transit_vs_gl_fen: int
    """A transfer's goods on the way against its sub-account."""
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
    transit_fen = _sums(db, sa.select(in_transit.c.transfer_no, in_transit.c.value_fen))
    return LedgerChecks(
        stock_vs_gl_fen=_difference(
            stock_fen, _balances(db, AccountRole.INVENTORY, entry_line.c.entry_store)
        ),
        in_transit_vs_gl_fen=_difference(
            transit_fen, _balances(db, AccountRole.GOODS_IN_TRANSIT, entry_line.c.transfer_no)
        ),
        unbalanced_entries=_count_unbalanced(db),
    )


def read_stock_difference_milli(db: sa.Connection) -> int:
    """Stock on hand, and the quantity of average cost, against the sum of movements."""
    moved = stock_movement.c
    by_place = (moved.store, moved.state, moved.item_id, moved.lot)
    folded = (
        sa.select(*by_place, sa.func.sum(moved.quantity_milli).label("milli"))
        .group_by(*by_place)
        .subquery()
    )
    held = on_hand.c
    joined = on_hand.join(
        folded,
        (folded.c.store == held.store)
        & (folded.c.state == held.state)
        & (folded.c.item_id == held.item_id)
        & (folded.c.lot == held.lot),
        full=True,
    )
    gap = sa.func.coalesce(held.quantity_milli, 0) - sa.func.coalesce(folded.c.milli, 0)
    return _read_sum(db, sa.select(sa.func.sum(sa.func.abs(gap))).select_from(joined)) + (
        _read_cost_difference_milli(db)
    )


def read_trial_balance_difference_fen(db: sa.Connection) -> int:
    """All debits against all credits."""
    gap = sa.func.sum(entry_line.c.debit_fen) - sa.func.sum(entry_line.c.credit_fen)
    return abs(_read_sum(db, sa.select(gap)))


def read_transit(db: sa.Connection) -> TransitCounts:
    """Count what is between stores now."""
    table = in_transit.c
    row = db.execute(
        sa.select(
            sa.func.count(sa.distinct(table.transfer_no)),
            sa.func.sum(sa.func.abs(table.quantity_milli)),
            sa.func.sum(table.value_fen),
        ).where((table.quantity_milli != 0) | (table.value_fen != 0))
    ).one()
    return TransitCounts(int(row[0]), int(row[1] or 0), int(row[2] or 0))


def read_transit_difference_milli(db: sa.Connection) -> int:
    """Goods in transit against shipped less received."""
    pair, done = in_transit.c, transfer_progress.c
    joined = in_transit.join(
        transfer_progress,
        (done.transfer_no == pair.transfer_no) & (done.item_id == pair.item_id),
        full=True,
    )
    shipped = sa.func.coalesce(done.shipped_milli - done.received_milli, 0)
    gap = sa.func.coalesce(pair.quantity_milli, 0) - shipped
    return _read_sum(db, sa.select(sa.func.sum(sa.func.abs(gap))).select_from(joined))


def read_fact_counts(db: sa.Connection) -> FactCounts:
    """Count what became of every fact."""
    received, applied, waits, refused = (
        _read_sum(db, sa.select(sa.func.count()).select_from(table))
        for table in (hub_journal, apply_log, parked, quarantine)
    )
    return FactCounts(received, applied, waits, received - applied - waits, refused)


def _read_cost_difference_milli(db: sa.Connection) -> int:
    held = (
        sa.select(
            on_hand.c.store,
            on_hand.c.item_id,
            sa.func.sum(on_hand.c.quantity_milli).label("milli"),
        )
        .group_by(on_hand.c.store, on_hand.c.item_id)
        .subquery()
    )
    joined = cost.join(
        held, (held.c.store == cost.c.store) & (held.c.item_id == cost.c.item_id), full=True
    )
    gap = sa.func.coalesce(cost.c.quantity_milli, 0) - sa.func.coalesce(held.c.milli, 0)
    return _read_sum(db, sa.select(sa.func.sum(sa.func.abs(gap))).select_from(joined))


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
        sa.select(by, balance).where(entry_line.c.account_code == CODES[role]).group_by(by)
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _sums(db: sa.Connection, pairs: sa.Select[str, int]) -> dict[str, int]:
    table = pairs.subquery()
    name, value = table.c
    rows = db.execute(sa.select(name, sa.func.sum(value)).group_by(name))
    return {str(row[0]): int(row[1]) for row in rows}


def _difference(left: dict[str, int], right: dict[str, int]) -> int:
    return sum(abs(left.get(name, 0) - right.get(name, 0)) for name in left.keys() | right.keys())


def _read_sum(db: sa.Connection, statement: sa.Select[int]) -> int:
    return int(db.execute(statement).scalar_one() or 0)
