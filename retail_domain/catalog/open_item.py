"""Open items: goods are sold and taxed before anybody knows which item they are.

One a tax rate, at a number that follows from the rate, so that box and headquarters agree without
a document. They move no stock; headquarters reclassifies what was sold once the item exists.
"""

from __future__ import annotations

from retail_domain.catalog.item import OPEN_ITEM_ID_MIN, Item, TaxRate, UnitOfMeasure

OPEN_ITEM_RATES = (
    TaxRate("VAT13", 1300),
    TaxRate("VAT9", 900),
    TaxRate("VAT6", 600),
    TaxRate("VAT0", 0),
)
"""The likeliest first: most goods of a shop, then food, books and water.

Source: 增值税法 (2026), article 10: 13 %, 9 %, 6 %; 0 for goods that are exempt.
"""


def make_open_item(rate: TaxRate, name: str = "") -> Item:
    """The item that goods without one are sold as.

    Args:
        rate: of the goods, as the cashier knows them.
        name: what the cashier calls them; empty for a general one.
    """
    percent = rate.rate_bp // 100
    return Item(
        item_id=OPEN_ITEM_ID_MIN + rate.rate_bp,
        sku=f"OPEN{percent}",
        name=name or f"待建档商品 {percent}%",
        name_en=name or f"Open item {percent} %",
        unit_of_measure=UnitOfMeasure.PIECE,
        tax_rate=rate,
    )


OPEN_ITEMS = {item.item_id: item for item in map(make_open_item, OPEN_ITEM_RATES)}
"""By number."""
