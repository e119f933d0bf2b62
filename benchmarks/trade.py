"""Trade that the benchmarks make for themselves: items, baskets, tickets. The same at every run."""

from __future__ import annotations

import dataclasses
import datetime
import random
import uuid
from collections.abc import Iterator

from edge_agent.services.register import BasketLine
from retail_domain.catalog.gtin import make_gtin_13, to_gtin_14
from retail_domain.catalog.item import Item, Price, TaxRate, UnitOfMeasure
from retail_domain.rounding import MILLI
from retail_domain.trade.fact import Happening, Payload
from retail_domain.trade.fact_id import RANDOM_BITS, make_fact_id
from retail_domain.trade.open_ticket import Offer, OpenTicket, add_item, set_discount
from retail_domain.trade.tender import TenderKind
from retail_domain.trade.ticket import FeedPosition, Ticket, close_ticket

LINES_A_TICKET = 8
GS1_PREFIX = "952"
"""For demonstrations: GS1 General Specifications 1.4."""
TAX_RATES = (TaxRate("VAT13", 1300), TaxRate("VAT9", 900))
DISCOUNT_EVERY = 10
"""One line in ten is reduced by a tenth."""
UNITS_MAX = 3
START = datetime.datetime(2026, 11, 22, 4, 0, tzinfo=datetime.UTC)
BOOT_ID = uuid.UUID(int=7)


@dataclasses.dataclass(frozen=True, slots=True)
class Goods:
    """What a chain sells."""

    items: tuple[Item, ...]
    prices: tuple[Price, ...]
    codes: tuple[str, ...]
    """What a scanner reads from each item."""


def make_goods(count: int) -> Goods:
    """Make items 1 to count."""
    chance = random.Random(1)  # noqa: S311 - trade, not keys
    codes = tuple(make_gtin_13(GS1_PREFIX, number) for number in range(1, count + 1))
    items = tuple(
        Item(
            item_id,
            f"SKU{item_id:05}",
            f"测试商品 {item_id}",
            f"Item {item_id}",
            UnitOfMeasure.PIECE,
            TAX_RATES[item_id % len(TAX_RATES)],
            (to_gtin_14(code),),
        )
        for item_id, code in enumerate(codes, start=1)
    )
    prices = tuple(Price(item.item_id, chance.randrange(100, 10_000)) for item in items)
    return Goods(items, prices, codes)


def draw_baskets(goods: Goods, seed: int) -> Iterator[list[BasketLine]]:
    """Draw baskets of LINES_A_TICKET different items for ever; some items sell far more often."""
    chance = random.Random(seed)  # noqa: S311 - trade, not keys
    while True:
        places: dict[int, None] = {}
        while len(places) < LINES_A_TICKET:
            places[int(len(goods.items) * chance.random() ** 2)] = None
        yield [_draw_line(goods, place, chance) for place in places]


def _draw_line(goods: Goods, place: int, chance: random.Random) -> BasketLine:
    units = chance.randint(1, UNITS_MAX)
    price_fen = goods.prices[place].unit_price_fen
    is_reduced = chance.randrange(DISCOUNT_EVERY) == 0
    return BasketLine(
        item_id=goods.items[place].item_id,
        scanned_code=goods.codes[place],
        quantity_milli=units * MILLI,
        unit_price_fen=price_fen,
        discount_fen=units * price_fen // 10 if is_reduced else 0,
    )


def make_ticket(goods: Goods, basket: list[BasketLine], receipt_no: int) -> Ticket:
    """Ring up and close a basket without a box."""
    ticket = OpenTicket()
    for line in basket:
        place = line.item_id - 1
        offer = Offer(goods.items[place], goods.prices[place], line.scanned_code)
        ticket, line_id = add_item(ticket, offer, line.quantity_milli)
        if line.discount_fen:
            ticket, _ = set_discount(ticket, line_id, line.discount_fen)
    due_fen = sum(line.amount_fen for line in ticket.lines)
    return close_ticket(
        ticket, [(TenderKind.CASH, due_fen)], receipt_no=receipt_no, prices=FeedPosition(1, 1)
    )


def make_happening(payload: Payload, chance: random.Random, register_no: str = "1") -> Happening:
    """Let a payload happen at START."""
    return Happening(
        fact_id=draw_fact_id(chance),
        wall_at=START,
        boot_id=BOOT_ID,
        monotonic_ms=1_000,
        business_date=START.date(),
        staff_no="1001",
        register_no=register_no,
        payload=payload,
    )


def draw_fact_id(chance: random.Random) -> uuid.UUID:
    """Identity of a fact at START."""
    return make_fact_id(int(START.timestamp() * 1000), chance.getrandbits(RANDOM_BITS))
