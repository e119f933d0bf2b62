"""Projections in bulk: what a block of facts needs to know, and what it leaves behind."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from hq_hub.store import rows, schema_books
from hq_hub.store.rows import Row
from hq_hub.store.schema import store
from retail_domain.ledger.average_cost import AverageCost
from retail_domain.ledger.posting import CostKey, TransitKey


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
    store_day: sa.Table


IN_FORCE = BookTables(**{table.name: table for table in schema_books.PROJECTIONS})


@dataclasses.dataclass(slots=True)
class BookRows:
    """Rows that a block of facts adds; the dicts hold sums by key."""

    stock_movement: list[Row] = dataclasses.field(default_factory=list)
    entry_line: list[Row] = dataclasses.field(default_factory=list)
    ticket: list[Row] = dataclasses.field(default_factory=list)
    sale_line: list[Row] = dataclasses.field(default_factory=list)
    on_hand_milli: dict[tuple[str, str, int, str], int] = dataclasses.field(default_factory=dict)
    """(store, state, item_id, lot) -> change of quantity."""
    progress_milli: dict[TransitKey, tuple[int, int]] = dataclasses.field(default_factory=dict)
    """(transfer_no, item_id) -> shipped, received."""
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


def write_costs(
    db: sa.Connection, tables: BookTables, costs: Mapping[CostKey, AverageCost]
) -> None:
    """Put new pairs in place of the old ones."""
    rows.replace_rows(db, tables.cost, [(*key, *_pair(costs[key])) for key in sorted(costs)])


def write_in_transit(
    db: sa.Connection, tables: BookTables, in_transit: Mapping[TransitKey, AverageCost]
) -> None:
    """Put new pairs in place of the old ones."""
    pairs = [(*key, *_pair(in_transit[key])) for key in sorted(in_transit)]
    rows.replace_rows(db, tables.in_transit, pairs)


def write_book_rows(db: sa.Connection, tables: BookTables, block: BookRows) -> None:
    """Write what a block added: one statement a table."""
    rows.insert_rows(db, tables.stock_movement, block.stock_movement)
    rows.insert_rows(db, tables.entry_line, block.entry_line)
    rows.insert_rows(db, tables.ticket, block.ticket)
    rows.insert_rows(db, tables.sale_line, block.sale_line)
    on_hand = [(*key, milli) for key, milli in sorted(block.on_hand_milli.items())]
    rows.add_rows(db, tables.on_hand, on_hand)
    progress = [(*key, *milli) for key, milli in sorted(block.progress_milli.items())]
    rows.add_rows(db, tables.transfer_progress, progress)
    days: list[Row] = [(*key, *sums) for key, sums in sorted(block.store_days.items())]
    rows.add_rows(db, tables.store_day, days)


def write_apply_log(db: sa.Connection, log: Collection[Row]) -> None:
    """Write down the order in which facts were posted."""
    rows.insert_rows(db, schema_books.apply_log, list(log))


def _pair(cost: AverageCost) -> tuple[int, int, int, int]:
    return (
        cost.value_fen,
        cost.quantity_milli,
        cost.last_value_fen,
        cost.last_quantity_milli,
    )
