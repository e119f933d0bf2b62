"""Stock on hand by store, state, item and lot, with its value at average cost."""

from __future__ import annotations

import dataclasses
import enum
import itertools
import operator
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from hq_hub.reports.paging import Block, Stores, find_items, read_in_parts, within
from hq_hub.store.rows import KEYS_A_QUESTION
from hq_hub.store.schema import item, store
from hq_hub.store.schema_books import cost, on_hand
from retail_domain.rounding import divide_half_away

Place = tuple[str, str, int, str]
"""(store, state, item_id, lot)"""


class StockSort(enum.Enum):
    """By what stock is sorted; a leading - turns the order round."""

    STORE = "store"
    ITEM = "item_id"
    NAME = "name"
    QUANTITY = "quantity_milli"
    VALUE = "value_fen"
    STORE_DOWN = "-store"
    ITEM_DOWN = "-item_id"
    NAME_DOWN = "-name"
    QUANTITY_DOWN = "-quantity_milli"
    VALUE_DOWN = "-value_fen"


SORT_COLUMNS = {
    "store": on_hand.c.store,
    "item_id": on_hand.c.item_id,
    "name": item.c.name,
    "quantity_milli": on_hand.c.quantity_milli,
    "value_fen": cost.c.value_fen,
}

STORE_NAMES = (store.c.store, store.c.name, store.c.name_en)
ITEM_NAMES = (item.c.item_id, item.c.sku, item.c.name, item.c.name_en)
NO_ITEM = ("", "", "")
"""Names of an item that the hub does not know."""
SAME_COST = (
    (cost.c.legal_entity == store.c.legal_entity)
    & (cost.c.store == on_hand.c.store)
    & (cost.c.item_id == on_hand.c.item_id)
)


@dataclasses.dataclass(frozen=True, slots=True)
class StockFilter:
    """Which stock is asked for."""

    query: str = ""
    store: str = ""
    """Empty: every store within reach."""
    stores: Stores = None
    """Within reach."""


@dataclasses.dataclass(frozen=True, slots=True)
class StockRow:
    """One place of stock. An item that the hub does not know has empty names."""

    store: str
    store_name: str
    store_name_en: str
    item_id: int
    sku: str
    name: str
    name_en: str
    state: str
    lot: str
    quantity_milli: int
    value_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class StockSums:
    """Of all rows that the filter finds, not of one block."""

    quantity_milli: int
    value_fen: int


def read_stock_sums(db: sa.Connection, wanted: StockFilter) -> tuple[int, StockSums]:
    """Count the rows, and add them up."""
    joined = on_hand.outerjoin(item, item.c.item_id == on_hand.c.item_id)
    held = db.execute(
        sa.select(sa.func.count(), sa.func.sum(on_hand.c.quantity_milli))
        .select_from(joined)
        .where(_condition(wanted, on_hand))
    ).one()
    value_fen = db.execute(
        sa.select(sa.func.sum(cost.c.value_fen))
        .select_from(cost.outerjoin(item, item.c.item_id == cost.c.item_id))
        .where(_condition(wanted, cost))
    ).scalar_one()
    return int(held[0]), StockSums(int(held[1] or 0), int(value_fen or 0))


def read_stock(
    db: sa.Connection, wanted: StockFilter, sort: StockSort, block: Block
) -> list[StockRow]:
    """One block of stock. The rows of an item in a store share its value to the fen.

    Sorted by value, the rows of one item and store stand together at the value of them all.
    """
    found = db.execute(_select(wanted, sort).offset(block.start).limit(block.size))
    return _make_rows(db, found.all())


def iterate_stock(db: sa.Connection, wanted: StockFilter, sort: StockSort) -> Iterator[StockRow]:
    """All rows of a filter, in the same order."""
    for part in read_in_parts(db, _select(wanted, sort)):
        yield from _make_rows(db, part)


def _make_rows(db: sa.Connection, found: Sequence[sa.Row[*tuple[Any, ...]]]) -> list[StockRow]:
    rows = [tuple(row) for row in found]
    values_fen = _read_values(db, sorted({(row[0], row[2]) for row in rows}))
    store_names = _read_names(db, STORE_NAMES, {row[0] for row in rows})
    items = _read_names(db, ITEM_NAMES, {row[2] for row in rows})
    made: list[StockRow] = []
    for number, state, item_id, lot, quantity_milli in rows:
        store_name, store_name_en = store_names[number]
        sku, name, name_en = items.get(item_id, NO_ITEM)
        made.append(
            StockRow(
                store=number,
                store_name=store_name,
                store_name_en=store_name_en,
                item_id=item_id,
                sku=sku,
                name=name,
                name_en=name_en,
                state=state,
                lot=lot,
                quantity_milli=quantity_milli,
                value_fen=values_fen[number, state, item_id, lot],
            )
        )
    return made


def share_value(value_fen: int, quantities_milli: Sequence[int]) -> list[int]:
    """Share the value of an item in a store over its places, exactly, in their order.

    Each place gets the value up to it less the value before it, so no fen is made or lost.
    """
    whole_milli = sum(quantities_milli)
    if whole_milli == 0:
        return [0] * len(quantities_milli)
    sign = 1 if whole_milli > 0 else -1
    shares: list[int] = []
    before_milli = before_fen = 0
    for quantity_milli in quantities_milli:
        before_milli += quantity_milli
        up_to_fen = divide_half_away(sign * value_fen * before_milli, sign * whole_milli)
        shares.append(up_to_fen - before_fen)
        before_fen = up_to_fen
    return shares


def _select(wanted: StockFilter, sort: StockSort) -> sa.Select[*tuple[Any, ...]]:
    """Places of a filter in their order, joining only what the two need."""
    name = sort.value.lstrip("-")
    joined: sa.FromClause = on_hand
    if wanted.query or name == "name":
        joined = joined.outerjoin(item, item.c.item_id == on_hand.c.item_id)
    if name == "value_fen":
        joined = joined.join(store, store.c.store == on_hand.c.store).outerjoin(cost, SAME_COST)
    column = SORT_COLUMNS[name]
    ties = [key for key in on_hand.primary_key if key is not column]
    return (
        sa.select(*on_hand.c)
        .select_from(joined)
        .where(_condition(wanted, on_hand))
        .order_by(column.desc() if sort.value.startswith("-") else column, *ties)
    )


def _read_names(
    db: sa.Connection, columns: Sequence[sa.Column[Any]], keys: set[Any]
) -> dict[Any, tuple[Any, ...]]:
    """Columns of the rows with some keys; the first of them is the key."""
    key, wanted = columns[0], sorted(keys)
    names: dict[Any, tuple[Any, ...]] = {}
    for start in range(0, len(wanted), KEYS_A_QUESTION):
        block = wanted[start : start + KEYS_A_QUESTION]
        found = db.execute(sa.select(*columns).where(key.in_(block))).all()
        names |= {row[0]: tuple(row[1:]) for row in found}
    return names


def _read_values(db: sa.Connection, pairs: Sequence[tuple[str, int]]) -> dict[Place, int]:
    """Value of every place of some items in some stores; pairs in ascending order."""
    values_fen: dict[Place, int] = {}
    for number, of_store in itertools.groupby(pairs, key=operator.itemgetter(0)):
        item_ids = [item_id for _store, item_id in of_store]
        for item_id, places in _read_places(db, number, item_ids).items():
            shares_fen = share_value(places[0][3] or 0, [place[2] for place in places])
            for (state, lot, _milli, _fen), share_fen in zip(places, shares_fen, strict=True):
                values_fen[number, state, item_id, lot] = share_fen
    return values_fen


def _read_places(
    db: sa.Connection, number: str, item_ids: Sequence[int]
) -> dict[int, list[tuple[str, str, int, int | None]]]:
    """State, lot, quantity and the item's whole value, of all places of some items in a store."""
    held = on_hand.c
    question = (
        sa.select(held.item_id, held.state, held.lot, held.quantity_milli, cost.c.value_fen)
        .select_from(on_hand)
        .join(store, store.c.store == held.store)
        .outerjoin(cost, SAME_COST)
        .where(held.store == number)
        .order_by(*on_hand.primary_key)
    )
    if len(item_ids) <= KEYS_A_QUESTION:  # Else the whole store is cheaper than its parts.
        question = question.where(held.item_id.in_(item_ids))
    found: dict[int, list[tuple[str, str, int, int | None]]] = {}
    for item_id, *place in db.execute(question).all():
        found.setdefault(item_id, []).append(tuple(place))
    return found


def _condition(wanted: StockFilter, table: sa.Table) -> sa.ColumnElement[bool]:
    of_store = table.c.store == wanted.store if wanted.store else sa.true()
    return sa.and_(of_store, within(table.c.store, wanted.stores), find_items(wanted.query))
