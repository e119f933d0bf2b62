"""Aisles of the items, and how far a count came in each."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Sequence

from edge_agent.store.rows import get_int, get_text
from edge_agent.store.sqlite_library import Connection
from retail_domain.catalog.item import Item


def insert_places(db: Connection, items: Iterable[Item]) -> None:
    """Keep the aisles of items that have one; inside write_transaction()."""
    rows = [(item.item_id, item.aisle) for item in items if item.aisle]
    db.executemany("INSERT INTO item_place VALUES (?, ?)", rows)


def delete_places(db: Connection, item_ids: Sequence[int] | None) -> None:
    """Forget the aisles of some items, or of all; inside write_transaction()."""
    if item_ids is None:
        db.execute("DELETE FROM item_place")
    else:
        rows = [(item_id,) for item_id in item_ids]
        db.executemany("DELETE FROM item_place WHERE item_id = ?", rows)


@dataclasses.dataclass(frozen=True, slots=True)
class AisleProgress:
    """How far a count came in one aisle."""

    aisle: str
    """Empty: the items without a place."""
    items: int
    """That should be there, or were found."""
    counted: int


def read_progress(db: Connection, count_id: uuid.UUID) -> list[AisleProgress]:
    """By aisle: items that the books know as sellable, and those that were counted."""
    rows = db.execute(
        """
        SELECT coalesce(aisle, ''), count(*),
               sum(item_id IN (SELECT item_id FROM open_count_line WHERE count_id = ?1))
        FROM (
            SELECT item_id FROM on_hand
            WHERE state = 'sellable' GROUP BY item_id HAVING sum(quantity_milli) <> 0
            UNION
            SELECT item_id FROM open_count_line WHERE count_id = ?1
        ) LEFT JOIN item_place USING (item_id)
        GROUP BY 1 ORDER BY 1
        """,
        (count_id.bytes,),
    ).fetchall()
    return [AisleProgress(get_text(row[0]), get_int(row[1]), get_int(row[2])) for row in rows]
