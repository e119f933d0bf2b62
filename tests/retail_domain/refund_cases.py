"""Random sales that come back in random parts, by the rules of the product; any number of them.

`python -m tests.retail_domain.refund_cases --cases 1000000` plays a million.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import sys
import uuid

from retail_domain.catalog.item import UnitOfMeasure
from retail_domain.errors import ReturnTooLargeError
from retail_domain.rounding import MILLI, multiply_price
from retail_domain.stock.movement import StockState
from retail_domain.trade.open_ticket import OpenTicket, add_item, discount_ticket, total
from retail_domain.trade.refund import GoodsBack, return_line, rounding_back_fen
from retail_domain.trade.tender import Tender, TenderKind
from retail_domain.trade.ticket import FeedPosition, SaleOrigin, Ticket, TicketLine, sale_lines
from tests.retail_domain.builders import VAT9, VAT13, make_offer

LINES_MAX = 5
PARTS_MAX = 5
PRICES_FEN = (0, 1, 2, 3, 7, 99, 100, 333, 1_990, 99_999, 1_000_000_000)
SALE_ID = uuid.UUID(int=1)


@dataclasses.dataclass(slots=True)
class Paid:
    """What one line of a sale gave back so far."""

    milli: int = 0
    amount_fen: int = 0
    tax_fen: int = 0


def make_sale(chance: random.Random) -> Ticket:
    """One to five lines, some with a discount, some sales with a rounding to a jiao or a yuan."""
    ticket = OpenTicket()
    for item_id in range(1, chance.randint(1, LINES_MAX) + 1):
        price_fen = chance.choice(PRICES_FEN) + chance.randint(0, 9)
        is_weighed = chance.random() < 0.5
        quantity_milli = chance.randint(1, 5_000) if is_weighed else chance.randint(1, 9) * MILLI
        discount_fen = chance.randint(0, multiply_price(price_fen, quantity_milli))
        offer = make_offer(item_id, price_fen, tax_rate=chance.choice((VAT13, VAT9)))
        if is_weighed:
            offer = dataclasses.replace(
                offer, item=dataclasses.replace(offer.item, unit_of_measure=UnitOfMeasure.KILOGRAM)
            )
        ticket, _line_id = add_item(
            ticket,
            offer,
            quantity_milli,
            unit_price_fen=price_fen,
            discount_fen=discount_fen if chance.random() < 0.5 else 0,
        )
    amount_fen = total(ticket).amount_fen
    if amount_fen and chance.random() < 0.3:
        ticket = discount_ticket(ticket, chance.randint(1, amount_fen))
    return close(ticket, chance.choice((1, 10, 100)))


def close(ticket: OpenTicket, unit_fen: int) -> Ticket:
    """Settle in cash what is due, down to whole units."""
    lines = sale_lines(ticket)
    amount_fen = sum(line.amount_fen for line in lines)
    rounding_fen = amount_fen % unit_fen
    due_fen = amount_fen - rounding_fen
    tenders = (Tender(TenderKind.CASH, due_fen, due_fen),) if due_fen else ()
    return Ticket(1, FeedPosition(1, 1), lines, tenders, rounding_fen)


def bring_back(chance: random.Random, sale: Ticket) -> int:
    """Bring parts of a sale back in any order, at last all that is left, and check each step.

    Returns:
        How many parts came.
    """
    paid = {line.line_no: Paid() for line in sale.lines}
    rounded_fen = parts = 0
    order = [line for line in sale.lines for _part in range(chance.randint(1, PARTS_MAX))]
    chance.shuffle(order)
    for sold in (*order, *sale.lines):
        was, is_last = paid[sold.line_no], parts >= len(order)
        left_milli = sold.quantity_milli - was.milli
        refuse_more(sold, was)
        parts += 1
        if not left_milli:
            continue
        refunded_fen = sum(one.amount_fen for one in paid.values())
        milli = left_milli if is_last else chance.randint(1, left_milli)
        refunding_fen = give_back(sold, was, milli)
        if refunding_fen:
            rounded_fen += rounding_back_fen(
                sale, refunded_fen=refunded_fen, refunding_fen=refunding_fen
            )
        refunded_fen += refunding_fen
        assert 0 <= rounded_fen <= sale.rounding_fen
        assert refunded_fen - rounded_fen <= sale.due_fen, (sale, "more than was paid")
    for sold in sale.lines:
        assert paid[sold.line_no] == Paid(sold.quantity_milli, sold.amount_fen, sold.tax_fen)
    assert sum(one.amount_fen for one in paid.values()) - rounded_fen == sale.due_fen
    return parts


def give_back(sold: TicketLine, was: Paid, milli: int) -> int:
    """Bring a part of a line back. Returns what the line gave for it, in fen."""
    origin = SaleOrigin("S001", SALE_ID, sold.line_no)
    goods = GoodsBack(milli, StockState.SELLABLE, "changed_mind")
    line = return_line(1, origin, sold, goods, before_milli=was.milli)
    assert line.amount_fen <= 0 >= line.tax_fen
    was.milli += milli
    was.amount_fen -= line.amount_fen
    was.tax_fen -= line.tax_fen
    assert was.amount_fen <= sold.amount_fen, (sold, was)
    assert was.tax_fen <= sold.tax_fen, (sold, was)
    return -line.amount_fen


def refuse_more(sold: TicketLine, was: Paid) -> None:
    """One thousandth more than is left does not come back."""
    goods = GoodsBack(sold.quantity_milli - was.milli + 1, StockState.SELLABLE, "changed_mind")
    origin = SaleOrigin("S001", SALE_ID, sold.line_no)
    try:
        return_line(1, origin, sold, goods, before_milli=was.milli)
    except ReturnTooLargeError:
        return
    raise AssertionError((sold, was, "came back twice"))


def play(cases: int, seed: int) -> dict[str, int]:
    """Play so many sales; an AssertionError holds the sale that broke a rule."""
    chance = random.Random(seed)
    parts = sum(bring_back(chance, make_sale(chance)) for _case in range(cases))
    return {"seed": seed, "sales": cases, "parts": parts}


def main() -> int:
    """Play and print what was played."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parsed = parser.parse_args()
    played = play(parsed.cases, parsed.seed)
    sys.stdout.write(json.dumps(played) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
