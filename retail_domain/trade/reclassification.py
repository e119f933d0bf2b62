"""Goods that were sold as open items get their real item once headquarters knows the code."""

from __future__ import annotations

import dataclasses
import uuid


@dataclasses.dataclass(frozen=True, slots=True)
class Reclassified:
    """Payload: what was sold as an open item at a store was this item.

    Only the store's box moves its stock: it answers with a `stock_adjusted` of adjustment_id.
    """

    store: str
    open_item_id: int
    item_id: int
    quantity_milli: int
    """Sold, above 0."""
    adjustment_id: uuid.UUID
    """fact_id that the box's answer will have, so that it answers once."""

    def __post_init__(self) -> None:
        assert self.item_id > 0
        assert self.quantity_milli > 0
