"""What the chain of the play sells."""

from __future__ import annotations

from retail_domain.catalog.item import OPEN_ITEM_ID_MIN, Item, Price, TaxRate, UnitOfMeasure

VAT13, VAT9 = TaxRate("VAT13", 1300), TaxRate("VAT9", 900)
ITEM_IDS = tuple(range(1, 13))
OPEN_ITEM_ID = OPEN_ITEM_ID_MIN + 1
"""Of the rate of 9 %."""
PRICES_FEN = {item_id: 199 + 137 * item_id for item_id in ITEM_IDS}
COSTS_FEN = {item_id: PRICES_FEN[item_id] * 2 // 3 for item_id in ITEM_IDS}
"""Of a piece, net."""


def make_items() -> list[Item]:
    """The catalogue."""
    rates = (VAT13, VAT9)
    piece = UnitOfMeasure.PIECE
    items = [
        Item(
            item_id, f"SKU{item_id}", f"商品{item_id}", f"Item {item_id}", piece, rates[item_id % 2]
        )
        for item_id in ITEM_IDS
    ]
    return [*items, Item(OPEN_ITEM_ID, "OPEN9", "未建档商品 9%", "Open item 9 %", piece, VAT9)]


def make_prices() -> list[Price]:
    """The price list; an open item costs what the cashier types."""
    prices = [Price(item_id, fen) for item_id, fen in PRICES_FEN.items()]
    return [*prices, Price(OPEN_ITEM_ID, 1)]
