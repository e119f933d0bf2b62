"""Stock movement: what a fact does to one key of the on-hand table. It knows no cost."""

from __future__ import annotations

import enum
from typing import NamedTuple


class StockState(enum.Enum):
    """Where the goods of a store stand. Only sellable goods are offered."""

    SELLABLE = "sellable"
    DAMAGED = "damaged"
    DISPLAY = "display"
    QUARANTINE = "quarantine"

    __hash__ = object.__hash__
    """A member is one object; an enum hashes its name, which is a call of Python a look-up."""


class StockKey(NamedTuple):
    """The key of stock on hand, on the box and at the hub."""

    store: str
    state: StockState
    item_id: int
    """Chain-wide number, given by headquarters. GTIN and SKU are attributes of the item."""
    lot: str = ""
    """`lot_no|expiry`, empty for unlabelled goods."""


class Movement(NamedTuple):
    """What one line of a fact does to stock. A tuple, as its key: one is made for every line."""

    movement_no: int
    """Of the fact, from 1, without gaps."""
    key: StockKey
    quantity_milli: int
    """Thousandths of the stock unit, signed: + into stock, - out of it."""
