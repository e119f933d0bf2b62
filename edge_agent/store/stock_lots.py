"""Lots on the shelf, and which shelf labels are older than their price."""

from __future__ import annotations

import dataclasses
import datetime

from edge_agent.store.rows import get_bytes, get_int, get_text
from edge_agent.store.sqlite_library import Connection
from protos.documents import PRICES_FEED, item_key, item_of_key
from retail_domain.stock.fefo import LotOnHand


def read_expiring_items(db: Connection, until: datetime.date, items_max: int) -> list[int]:
    """Items with a sellable lot that expires by the day, the first to expire first."""
    rows = db.execute(
        """
        SELECT item_id, min(substr(lot, -10)) AS expires_on FROM on_hand
        WHERE state = 'sellable' AND quantity_milli > 0 AND lot LIKE '%|____-__-__'
              AND substr(lot, -10) <= ?
        GROUP BY item_id ORDER BY expires_on, item_id LIMIT ?
        """,
        (until.isoformat(), items_max),
    ).fetchall()
    return [get_int(item_id) for item_id, _expires_on in rows]


def read_lots(db: Connection, item_id: int) -> tuple[list[LotOnHand], int]:
    """Sellable lots of an item, and what it has under no lot, in milli."""
    rows = db.execute(
        """
        SELECT lot, sum(quantity_milli) FROM on_hand WHERE item_id = ? AND state = 'sellable'
        GROUP BY lot ORDER BY lot
        """,
        (item_id,),
    ).fetchall()
    lots = [LotOnHand(get_text(lot), get_int(milli)) for lot, milli in rows]
    unlabelled_milli = sum(lot.quantity_milli for lot in lots if not lot.lot)
    return [lot for lot in lots if lot.lot], unlabelled_milli


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class LabelPlace:
    """How far the shelves carry the prices: lower versions, and of this one up to the item."""

    version: int
    """Of the price list."""
    item_id: int


def read_changed_prices(db: Connection, items_max: int) -> list[LabelPlace]:
    """Items whose price is newer than their shelf label, the oldest change first."""
    hung = db.execute("SELECT version, item_id FROM shelf_label").fetchone()
    assert hung is not None
    version, item_id = map(get_int, hung)
    rows = db.execute(
        """
        SELECT version, key FROM feed_document WHERE feed = ? AND (version, key) > (?, ?)
        ORDER BY version, key LIMIT ?
        """,
        (PRICES_FEED, version, item_key(item_id), items_max),
    ).fetchall()
    return [LabelPlace(get_int(of), item_of_key(get_bytes(key))) for of, key in rows]


def note_labels(db: Connection, place: LabelPlace) -> None:
    """The shelves carry the prices up to a place; an earlier one changes nothing."""
    db.execute(
        "UPDATE shelf_label SET version = ?1, item_id = ?2 WHERE (version, item_id) < (?1, ?2)",
        (place.version, place.item_id),
    )
