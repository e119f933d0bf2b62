"""Items in force, for people who look for one."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from hq_hub.reports.paging import find_items, read_in_parts
from hq_hub.store.rows import KEYS_A_QUESTION
from hq_hub.store.schema import item, price
from retail_domain.catalog.open_item import OPEN_ITEMS


@dataclasses.dataclass(frozen=True, slots=True)
class ItemRow:
    """One item."""

    item_id: int
    sku: str
    gtins: list[str]
    """14 digits each."""
    name: str
    name_en: str
    unit_of_measure: str
    unit_price_fen: int | None
    """Of the lowest price zone by name that prices it; None when none does."""


def count_items(db: sa.Connection, query: str) -> int:
    """Count the items that a text finds."""
    found = sa.select(sa.func.count()).select_from(item).where(find_items(query))
    return int(db.execute(found).scalar_one())


def read_items(db: sa.Connection, query: str, limit: int) -> list[ItemRow]:
    """Items that a text finds, in order of number."""
    return [_make_row(row) for row in db.execute(_select(query).limit(limit))]


def iterate_items(db: sa.Connection, query: str) -> Iterator[ItemRow]:
    """All items that a text finds, in the same order."""
    for part in read_in_parts(db, _select(query)):
        yield from map(_make_row, part)


def _select(query: str) -> sa.Select[*tuple[Any, ...]]:
    first_zone = (
        sa.select(sa.func.min(price.c.price_zone))
        .where(price.c.item_id == item.c.item_id)
        .correlate(item)
        .scalar_subquery()
    )
    return (
        sa.select(item, price.c.unit_price_fen)
        .outerjoin(price, (price.c.item_id == item.c.item_id) & (price.c.price_zone == first_zone))
        .where(find_items(query))
        .order_by(item.c.item_id)
    )


def _make_row(row: sa.Row[*tuple[Any, ...]]) -> ItemRow:
    return ItemRow(
        item_id=row.item_id,
        sku=row.sku,
        gtins=row.gtins.split(),
        name=row.name,
        name_en=row.name_en,
        unit_of_measure=row.unit_of_measure,
        unit_price_fen=row.unit_price_fen,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class ItemNames:
    """What screens show beside the number of an item."""

    name: str
    name_en: str
    sku: str
    unit_of_measure: str


def read_item_names(db: sa.Connection, item_ids: Collection[int]) -> dict[int, ItemNames]:
    """Names of some items by number; those that the hub does not know are left out."""
    wanted = sorted(item_ids)
    names = {
        one.item_id: ItemNames(one.name, one.name_en, one.sku, one.unit_of_measure.value)
        for one in OPEN_ITEMS.values()
        if one.item_id in item_ids
    }
    for start in range(0, len(wanted), KEYS_A_QUESTION):
        rows = db.execute(
            sa.select(
                item.c.item_id, item.c.name, item.c.name_en, item.c.sku, item.c.unit_of_measure
            ).where(item.c.item_id.in_(wanted[start : start + KEYS_A_QUESTION]))
        )
        names |= {row.item_id: ItemNames(*row[1:]) for row in rows}
    return names
