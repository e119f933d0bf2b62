"""Lots on the shelf, and which shelf labels are older than their price."""

from __future__ import annotations

import datetime

from edge_agent.store.rows import get_int, get_text
from edge_agent.store.sqlite_library import Connection
from protos.documents import PRICES_FEED, item_of_key
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


def read_changed_prices(db: Connection, items_max: int) -> tuple[int, list[int]]:
    """Version of the price list, and items whose price is newer than their shelf label."""
    printed = db.execute("SELECT version FROM shelf_label").fetchone()
    known = db.execute("SELECT version FROM feed_scope WHERE feed = ?", (PRICES_FEED,)).fetchone()
    assert printed is not None
    rows = db.execute(
        """
        SELECT key FROM feed_document WHERE feed = ? AND version > ? ORDER BY key LIMIT ?
        """,
        (PRICES_FEED, printed[0], items_max),
    ).fetchall()
    item_ids = []
    for (key,) in rows:
        assert isinstance(key, bytes)
        item_ids.append(item_of_key(key))
    return (0 if known is None else get_int(known[0])), item_ids


def note_labels(db: Connection, version: int) -> None:
    """The shelves carry the prices of this version of the list."""
    db.execute("UPDATE shelf_label SET version = max(version, ?)", (version,))
