"""What the store's label scales are told: weighed goods whose SKU is a number of the scale."""

from __future__ import annotations

from edge_agent.services.catalog import Lists
from edge_agent.store import feeds
from hardware.scale.plu import PluGoods
from protos import documents
from retail_domain.catalog.item import UnitOfMeasure

ITEMS_MAX = 100_000
"""Of a store's list: read once a delivery."""
PLU_DIGITS_MAX = 5


def list_scale_goods(lists: Lists) -> list[PluGoods]:
    """Weighed items with a price and an SKU of up to five digits, by item number.

    The SKU is the number on the scale, so that the till finds the item by its label.
    """
    found = []
    for body in feeds.read_documents(lists.db, documents.ITEMS_FEED, ITEMS_MAX):
        item = documents.decode_item(body)
        is_plu = item.sku.isascii() and item.sku.isdigit() and len(item.sku) <= PLU_DIGITS_MAX
        if item.unit_of_measure is not UnitOfMeasure.KILOGRAM or not is_plu:
            continue
        price_fen = lists.find(item.item_id).unit_price_fen
        if price_fen is not None:
            found.append(PluGoods(int(item.sku), item.name, price_fen, is_weighed=True))
    return found
