"""Trade that a register can ring up as planned: whole pieces at list price, made by one integer."""

from __future__ import annotations

import datetime
import pathlib
import random
from collections.abc import Iterator

from deploy.demo.plan_builder import build_plan
from deploy.demo.trade_line import TradeLine, make_tax_rate
from deploy.demo.trade_plan import TradePlan
from protos.instant import MILLISECOND
from retail_domain.catalog.gtin import make_gtin_13, to_gtin_14
from retail_domain.rounding import MILLI

ITEMS = 40
LINES_MAX, PIECES_MAX = 4, 3
"""Of a basket, of a line."""
PRICES_FEN = range(99, 9_999)


def make_plan(folder: pathlib.Path, *, stores: int, baskets: int, seed: int) -> TradePlan:
    """Plan so many baskets for each of the stores S001, S002, ..."""
    names = [f"S{number:03d}" for number in range(1, stores + 1)]
    return build_plan(folder, make_trade(names, baskets, seed), source=f"seed {seed}")


def make_trade(stores: list[str], baskets: int, seed: int) -> Iterator[TradeLine]:
    """Lines of all baskets, a store after the other."""
    chance = random.Random(seed)
    prices = [chance.choice(PRICES_FEN) for _ in range(ITEMS)]
    start = datetime.datetime(2026, 11, 2, 2, tzinfo=datetime.UTC)
    row = 1
    for store in stores:
        for number in range(baskets):
            items = chance.sample(range(ITEMS), chance.randint(1, LINES_MAX))
            for line_no, item in enumerate(items, start=1):
                row += 1
                yield TradeLine(
                    row=row,
                    store=store,
                    basket_id=f"{store}-{number}",
                    line_no=line_no,
                    sku=f"SKU{item:03d}",
                    gtin=to_gtin_14(make_gtin_13("952", item)),
                    name=f"商品 {item}",
                    name_en=f"Item {item}",
                    quantity_milli=MILLI * chance.randint(1, PIECES_MAX),
                    unit_price_fen=prices[item],
                    discount_fen=0,
                    sold_at=start + number * MILLISECOND,
                    tax_rate=make_tax_rate(1_300),
                )
