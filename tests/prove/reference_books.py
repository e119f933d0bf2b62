"""Stock and average cost reckoned a second time, by rules written down apart from the product.

Slow and plain: one fact after the other, in the order of the hub's apply log, in exact fractions.
The rules are those of a moving average that may fall below zero, with late receipts:

- Goods go out at value / quantity; the last piece takes the rest; what is short goes at the last
  receipt's price.
- A receipt on short stock restarts the value at its own price; the difference is variance.
- Goods brought back come at what they cost when they were sold, a part of a line at its share.
- A transfer carries the sender's cost; one that arrives first is taken in at the sender's cost of
  now, and put right when the shipment is heard of.
"""

from __future__ import annotations

import collections
import dataclasses
import uuid
from collections.abc import Callable
from fractions import Fraction

from retail_domain.catalog.item import OPEN_ITEM_ID_MIN
from retail_domain.stock.adjustment import StockAdjusted
from retail_domain.stock.count import StockCounted
from retail_domain.stock.goods import (
    GoodsReceived,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.fact import Happening
from retail_domain.trade.ticket import Ticket, TicketLine

OrderLines = dict[str, dict[int, tuple[int, int]]]
"""Order -> item -> value in fen, quantity in milli."""


@dataclasses.dataclass(slots=True)
class Pile:
    """Goods of one item at one place."""

    fen: int = 0
    milli: int = 0
    last: Fraction | None = None
    """Fen a milli of the last receipt."""

    def issue(self, milli: int) -> int:
        """Take some out; returns what they cost."""
        there = max(0, min(milli, self.milli))
        cost = half_up(Fraction(self.fen * there, self.milli)) if there else 0
        if milli > there and self.last is not None:
            cost += half_up(self.last * (milli - there))
        self.fen -= cost
        self.milli -= milli
        return cost

    def receive(self, fen: int, milli: int) -> int:
        """Take a receipt in; returns the variance."""
        before, short = self.fen, self.milli < 0
        self.milli += milli
        self.fen += fen
        if short:
            self.fen = half_away(Fraction(fen, milli) * self.milli)
        self.last = Fraction(fen, milli)
        return before + fen - self.fen

    def restore(self, fen: int, milli: int) -> None:
        """Take goods in at a value of their own, which says nothing of today's price."""
        after = self.milli + milli
        if self.milli >= 0:
            self.fen += fen
        elif after <= 0:
            self.fen = half_away(Fraction(self.fen * after, self.milli))
        else:
            self.fen = half_away(Fraction(fen, milli) * after)
        self.milli = after

    def estimate(self, milli: int) -> int:
        """What some of it would cost now."""
        if self.milli > 0:
            return half_up(Fraction(self.fen, self.milli) * milli)
        return half_up(self.last * milli) if self.last is not None else 0


class ReferenceBooks:
    """All stores, from nothing."""

    def __init__(self, orders: OrderLines) -> None:
        self._orders = orders
        self.piles: dict[tuple[str, int], Pile] = collections.defaultdict(Pile)
        self.transit: dict[tuple[str, int], Pile] = collections.defaultdict(Pile)
        self.on_hand: collections.Counter[tuple[str, str, int, str]] = collections.Counter()
        self.line_costs: dict[tuple[uuid.UUID, int], int] = {}
        """Of tickets' lines; goods brought back below zero."""
        self._sold: dict[tuple[uuid.UUID, int], list[int]] = {}
        """Quantity, cost, brought back."""
        self.sales_fen = self.tax_fen = 0

    def add(self, store: str, happening: Happening) -> None:
        """Post one fact."""
        for state, item_id, lot, milli in moves_of(happening):
            self.on_hand[store, state, item_id, lot] += milli
        rule = RULES.get(type(happening.payload))
        if rule is not None:
            rule(self, store, happening)

    def _ticket(self, store: str, happening: Happening) -> None:
        ticket = happening.payload
        assert isinstance(ticket, Ticket)
        for line in ticket.lines:
            self.sales_fen += line.amount_fen
            self.tax_fen += line.tax_fen
            key = (happening.fact_id, line.line_no)
            if line.item_id >= OPEN_ITEM_ID_MIN:
                self.line_costs[key] = 0
                continue
            pile = self.piles[store, line.item_id]
            if line.quantity_milli > 0:
                cost = pile.issue(line.quantity_milli)
                self._sold[key] = [line.quantity_milli, cost, 0]
                self.line_costs[key] = cost
            else:
                cost = self._own_cost(store, line)
                pile.restore(cost, -line.quantity_milli)
                self.line_costs[key] = -cost

    def _own_cost(self, store: str, line: TicketLine) -> int:
        left, cost = -line.quantity_milli, 0
        sold = None
        if line.origin is not None:
            sold = self._sold.get((line.origin.fact_id, line.origin.sale_line_no))
        if sold is not None:
            part = min(left, sold[0] - sold[2])
            before = half_away(Fraction(sold[1] * sold[2], sold[0]))
            sold[2] += part
            cost = half_away(Fraction(sold[1] * sold[2], sold[0])) - before
            left -= part
        return cost + (self.piles[store, line.item_id].estimate(left) if left else 0)

    def _receipt(self, store: str, happening: Happening) -> None:
        receipt = happening.payload
        assert isinstance(receipt, GoodsReceived)
        for line in receipt.lines:
            fen, milli = self._orders[receipt.purchase_order_no][line.item_id]
            value = half_up(Fraction(fen * line.quantity_milli, milli))
            self.piles[store, line.item_id].receive(value, line.quantity_milli)

    def _supplier_return(self, store: str, happening: Happening) -> None:
        returned = happening.payload
        assert isinstance(returned, SupplierReturn)
        for line in returned.lines:
            self.piles[store, line.item_id].issue(line.quantity_milli)

    def _count(self, store: str, happening: Happening) -> None:
        count = happening.payload
        assert isinstance(count, StockCounted)
        for line in count.lines:
            milli = line.counted_milli - line.book_milli
            if milli:
                self._correct(store, line.item_id, milli)

    def _adjustment(self, store: str, happening: Happening) -> None:
        adjusted = happening.payload
        assert isinstance(adjusted, StockAdjusted)
        for line in adjusted.lines:
            if line.source is None or line.target is None:
                milli = line.quantity_milli if line.source is None else -line.quantity_milli
                self._correct(store, line.item_id, milli)

    def _correct(self, store: str, item_id: int, milli: int) -> None:
        pile = self.piles[store, item_id]
        if milli < 0:
            pile.issue(-milli)
        else:
            pile.restore(pile.estimate(milli), milli)

    def _shipment(self, store: str, happening: Happening) -> None:
        shipped = happening.payload
        assert isinstance(shipped, TransferShipped)
        for line in shipped.lines:
            milli = line.quantity_milli
            cost = self.piles[store, line.item_id].issue(milli)
            way = self.transit[shipped.transfer_no, line.item_id]
            early = min(max(0, -way.milli), milli)
            late_fen = way.receive(cost, milli)
            if late_fen:
                _put_right(self.piles[shipped.target_store, line.item_id], late_fen, early)

    def _arrival(self, store: str, happening: Happening) -> None:
        arrived = happening.payload
        assert isinstance(arrived, TransferReceived)
        for line in arrived.lines:
            milli = line.quantity_milli
            way = self.transit[arrived.transfer_no, line.item_id]
            if way.last is None:
                estimate = self.piles[arrived.source_store, line.item_id].estimate(milli)
                way.last = Fraction(estimate, milli)
            self.piles[store, line.item_id].receive(way.issue(milli), milli)


Move = tuple[str, int, str, int]
"""State, item, lot, quantity in milli."""
COMING = (GoodsReceived, TransferReceived)
GOING = (SupplierReturn, TransferShipped)


def moves_of(happening: Happening) -> list[Move]:
    """What a fact does to the stock of its store."""
    payload = happening.payload
    if isinstance(payload, Ticket):
        lines = [line for line in payload.lines if line.item_id < OPEN_ITEM_ID_MIN]
        return [(line.state.value, line.item_id, line.lot, -line.quantity_milli) for line in lines]
    if isinstance(payload, COMING + GOING):
        sign = 1 if isinstance(payload, COMING) else -1
        return [(g.state.value, g.item_id, g.lot, sign * g.quantity_milli) for g in payload.lines]
    if isinstance(payload, StockCounted):
        return [
            (line.state.value, line.item_id, line.lot, line.counted_milli - line.book_milli)
            for line in payload.lines
        ]
    if isinstance(payload, StockAdjusted):
        return [
            (state.value, line.item_id, line.lot, sign * line.quantity_milli)
            for line in payload.lines
            for state, sign in ((line.source, -1), (line.target, 1))
            if state is not None
        ]
    return []


def _put_right(pile: Pile, fen: int, milli: int) -> None:
    """What is still there of an early arrival bears its share of what it really cost."""
    there = max(0, min(milli, pile.milli))
    pile.fen += max(half_away(Fraction(fen * there, milli)), -max(pile.fen, 0))


RULES: dict[type, Callable[[ReferenceBooks, str, Happening], None]] = {
    Ticket: ReferenceBooks._ticket,  # noqa: SLF001 - this table is part of the class
    GoodsReceived: ReferenceBooks._receipt,  # noqa: SLF001 - as above
    SupplierReturn: ReferenceBooks._supplier_return,  # noqa: SLF001 - as above
    StockCounted: ReferenceBooks._count,  # noqa: SLF001 - as above
    StockAdjusted: ReferenceBooks._adjustment,  # noqa: SLF001 - as above
    TransferShipped: ReferenceBooks._shipment,  # noqa: SLF001 - as above
    TransferReceived: ReferenceBooks._arrival,  # noqa: SLF001 - as above
}


def half_up(value: Fraction) -> int:
    """To the nearest integer; a half goes up."""
    return int((value + Fraction(1, 2)) // 1)


def half_away(value: Fraction) -> int:
    """To the nearest integer; a half goes away from zero."""
    return half_up(value) if value >= 0 else -half_up(-value)
