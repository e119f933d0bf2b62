"""What a demo will sell: items, and each store's baskets in order of time, kept in small files."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import pathlib
from collections.abc import Iterable, Iterator

from deploy.demo.trade_line import Reason, RejectedRow
from protos.instant import EPOCH_START, MILLISECOND
from retail_domain.catalog.item import Item, TaxRate, UnitOfMeasure
from retail_domain.rounding import multiply_price
from retail_domain.trade.tender import TenderKind

PLAN_FILE, ITEMS_FILE = "plan.json", "items.jsonl"


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item as the hub will list it."""

    item: Item
    unit_price_fen: int
    unit_cost_fen: int | None
    """Net of VAT; None takes the default share of the price."""


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of a basket."""

    item_id: int
    gtin: str
    quantity_milli: int
    unit_price_fen: int
    discount_fen: int

    @property
    def amount_fen(self) -> int:
        """Paid, tax included."""
        return multiply_price(self.unit_price_fen, self.quantity_milli) - self.discount_fen


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedBasket:
    """One customer."""

    basket_id: str
    sold_at_ms: int
    register_no: str
    tender: TenderKind
    lines: tuple[PlannedLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedStore:
    """What one store will sell, in figures."""

    store: str
    baskets: int
    lines: int
    quantity_milli: int
    amount_fen: int
    first_sold_at_ms: int


@dataclasses.dataclass(frozen=True, slots=True)
class TradePlan:
    """The whole play."""

    stores: tuple[PlannedStore, ...]
    """The largest first."""
    rejected: tuple[RejectedRow, ...]
    """At most the first ones, in the order of the file."""
    rejected_count: int

    @property
    def baskets(self) -> int:
        """Of all stores."""
        return sum(store.baskets for store in self.stores)

    @property
    def lines(self) -> int:
        """Of all stores."""
        return sum(store.lines for store in self.stores)

    @property
    def amount_fen(self) -> int:
        """Paid, tax included."""
        return sum(store.amount_fen for store in self.stores)

    @property
    def quantity_milli(self) -> int:
        """Sold."""
        return sum(store.quantity_milli for store in self.stores)


def load_plan(folder: pathlib.Path) -> TradePlan | None:
    """The plan that a former start made here; None when there is none."""
    path = folder / PLAN_FILE
    if not path.exists():
        return None
    kept = json.loads(path.read_text("utf-8"))
    return TradePlan(
        tuple(PlannedStore(*store) for store in kept["stores"]),
        tuple(
            RejectedRow(row, column, value, Reason(reason))
            for row, column, value, reason in kept["rejected"]
        ),
        kept["rejected_count"],
    )


def read_items(folder: pathlib.Path) -> Iterator[PlannedItem]:
    """Items in ascending order of item_id."""
    for fields in read_lines(folder / ITEMS_FILE):
        item_id, sku, name, name_en, unit, rate_id, rate_bp, gtins, price_fen, cost_fen = fields
        rate = TaxRate(rate_id, rate_bp)
        item = Item(item_id, sku, name, name_en, UnitOfMeasure(unit), rate, tuple(gtins))
        yield PlannedItem(item, price_fen, cost_fen)


def read_baskets(folder: pathlib.Path, store: str) -> Iterator[PlannedBasket]:
    """Baskets of a store in order of time; one line of its file at a time."""
    for basket_id, sold_at_ms, register_no, tender, lines in read_lines(
        baskets_path(folder, store)
    ):
        planned = tuple(PlannedLine(*line) for line in lines)
        yield PlannedBasket(basket_id, sold_at_ms, register_no, TenderKind(tender), planned)


def baskets_path(folder: pathlib.Path, store: str) -> pathlib.Path:
    """Where a store's baskets are."""
    return folder / f"baskets-{store}.jsonl"


def stable_number(*words: str) -> int:
    """A number of some words that is the same at every start, for choices that must repeat."""
    digest = hashlib.blake2b("\0".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def dump_basket(basket: PlannedBasket) -> str:
    """Line of a store's file."""
    lines = [dataclasses.astuple(line) for line in basket.lines]
    fields = (basket.basket_id, basket.sold_at_ms, basket.register_no, basket.tender.value, lines)
    return json.dumps(fields)


def dump_item(planned: PlannedItem) -> str:
    """Line of the items' file."""
    item = planned.item
    return json.dumps(
        (
            item.item_id,
            item.sku,
            item.name,
            item.name_en,
            item.unit_of_measure.value,
            item.tax_rate.tax_rate_id,
            item.tax_rate.rate_bp,
            item.gtins,
            planned.unit_price_fen,
            planned.unit_cost_fen,
        ),
        ensure_ascii=False,
    )


def dump_plan(plan: TradePlan) -> str:
    """Text of the plan's file."""
    return json.dumps(
        {
            "stores": [dataclasses.astuple(store) for store in plan.stores],
            "rejected": [
                (row.row, row.column, row.value, row.reason.value) for row in plan.rejected
            ],
            "rejected_count": plan.rejected_count,
        },
        ensure_ascii=False,
    )


def write_lines(path: pathlib.Path, lines: Iterable[str]) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    part.replace(path)


def read_lines(path: pathlib.Path) -> Iterator[list]:  # type: ignore[type-arg]  # JSON of ours.
    """Values of a file of JSON lines, one line at a time."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def instant(at_ms: int) -> datetime.datetime:
    """UTC instant of milliseconds of Unix time."""
    return EPOCH_START + at_ms * MILLISECOND
