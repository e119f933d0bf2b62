"""Items as headquarters describes them, and their prices. Documents: the hub is the only author."""

from __future__ import annotations

import dataclasses
import enum


class UnitOfMeasure(enum.Enum):
    """The stock unit: what 1,000 milli are."""

    PIECE = "piece"
    KILOGRAM = "kg"


OPEN_ITEM_ID_MIN = 1 << 52
"""Numbers from here on are open items, one a tax rate: goods whose code nobody knows yet."""


def is_open_item(item_id: int) -> bool:
    """Whether an item stands for unknown goods: it is sold and taxed, and moves no stock."""
    return item_id >= OPEN_ITEM_ID_MIN


WHOLE_UNITS = frozenset({UnitOfMeasure.PIECE})
"""Units that come in whole numbers only."""


@dataclasses.dataclass(frozen=True, slots=True)
class TaxRate:
    """A VAT rate with its name; prices include it."""

    tax_rate_id: str
    """Stable name, such as `VAT13`; what the invoice and the books are keyed by."""
    rate_bp: int
    """Per 10,000: 1300 is 13 %."""

    def __post_init__(self) -> None:
        assert self.tax_rate_id
        assert 0 <= self.rate_bp < 10_000


SHELF_PLACE_LENGTH_MAX = 32


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """What can be bought, stocked and sold."""

    item_id: int
    """Chain-wide number, given by headquarters; the key everywhere."""
    sku: str
    name: str
    """Chinese name, as on the receipt."""
    name_en: str
    unit_of_measure: UnitOfMeasure
    tax_rate: TaxRate
    gtins: tuple[str, ...] = ()
    """14 digits each, in ascending order."""
    shelf_life_days: int = 0
    """From making to expiry; 0: not known, so no rule of remaining life binds."""
    shelf_place: str = ""
    """In the chain's planogram, such as `A03-2-5`: aisle, then what the chain likes, sorted as
    text. Empty: none."""

    @property
    def aisle(self) -> str:
        """Where one walks to count it or to hang its label; empty without a place."""
        return self.shelf_place.partition("-")[0]

    def __post_init__(self) -> None:
        assert self.item_id > 0
        assert self.shelf_life_days >= 0
        assert len(self.shelf_place) <= SHELF_PLACE_LENGTH_MAX
        assert self.gtins == tuple(sorted(set(self.gtins)))


@dataclasses.dataclass(frozen=True, slots=True)
class Price:
    """What one stock unit of an item costs in a price zone."""

    item_id: int
    unit_price_fen: int
    """VAT included, for 1,000 milli."""

    def __post_init__(self) -> None:
        assert self.item_id > 0
        assert self.unit_price_fen >= 0
