"""Items and prices in force, as the screens search them; the documents are the truth."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import sqlalchemy as sa

from hq_hub.store import rows, schema
from retail_domain.catalog.item import Item, Price


@dataclasses.dataclass(frozen=True, slots=True)
class ItemUnit:
    """What a quantity of an item means."""

    name: str
    unit_of_measure: str


def write_items(db: sa.Connection, items: Sequence[Item]) -> None:
    """Put items in place of what was known of them."""
    rows.replace_rows(
        db,
        schema.item,
        [
            (
                item.item_id,
                item.sku,
                item.name,
                item.name_en,
                item.unit_of_measure.value,
                " ".join(item.gtins),
            )
            for item in items
        ],
    )


def write_prices(db: sa.Connection, price_zone: str, prices: Sequence[Price]) -> None:
    """Put prices of a zone in place of those that were in force."""
    rows.replace_rows(
        db,
        schema.price,
        [(price_zone, price.item_id, price.unit_price_fen) for price in prices],
    )


def read_units(db: sa.Connection, item_ids: Sequence[int]) -> dict[int, ItemUnit]:
    """Name and unit of items; unknown ones are left out."""
    found = rows.read_rows(db, schema.item, [(item_id,) for item_id in item_ids])
    return {row[0]: ItemUnit(name=row[2], unit_of_measure=row[4]) for row in found}
