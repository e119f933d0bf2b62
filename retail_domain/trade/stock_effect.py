"""What each kind of fact does to the stock of its author's store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from retail_domain.catalog.item import is_open_item
from retail_domain.stock.adjustment import StockAdjusted
from retail_domain.stock.count import StockCounted
from retail_domain.stock.goods import (
    GoodsLine,
    GoodsReceived,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.stock.movement import Movement, StockKey
from retail_domain.trade.fact import KIND_OF_PAYLOAD, Payload
from retail_domain.trade.fact_kind import FACT_RULES, StockEffect
from retail_domain.trade.ticket import Ticket


def stock_movements(store: str, payload: Payload) -> tuple[Movement, ...]:
    """Movements of a fact in line order, at the author's own store and nowhere else.

    Numbered from 1: a line may make none (an open item, a count that was right) or two (goods
    moved between states).
    """
    make = MOVEMENTS_OF.get(type(payload))
    if make is None:
        return ()
    movements = make(store, payload)
    allowed = FACT_RULES[KIND_OF_PAYLOAD[type(payload)]].stock_effect.value
    for movement in movements:
        assert (1 if movement.quantity_milli > 0 else -1) in allowed, movement
    return movements


def _ticket(store: str, ticket: Ticket) -> tuple[Movement, ...]:
    lines = ticket.lines
    if any(is_open_item(line.item_id) for line in lines):
        lines = tuple(line for line in lines if not is_open_item(line.item_id))
    return tuple(
        Movement(
            movement_no,
            StockKey(store, line.state, line.item_id, line.lot),
            -line.quantity_milli,
        )
        for movement_no, line in enumerate(lines, start=1)
    )


def _goods(store: str, lines: Sequence[GoodsLine], sign: int) -> tuple[Movement, ...]:
    return tuple(
        Movement(
            line.line_no,
            StockKey(store, line.state, line.item_id, line.lot),
            sign * line.quantity_milli,
        )
        for line in lines
    )


def _into(store: str, payload: GoodsReceived | TransferReceived) -> tuple[Movement, ...]:
    return _goods(store, payload.lines, 1)


def _out(store: str, payload: TransferShipped | SupplierReturn) -> tuple[Movement, ...]:
    return _goods(store, payload.lines, -1)


def _count(store: str, count: StockCounted) -> tuple[Movement, ...]:
    wrong = [line for line in count.lines if line.variance_milli]
    return tuple(
        Movement(
            movement_no,
            StockKey(store, line.state, line.item_id, line.lot),
            line.variance_milli,
        )
        for movement_no, line in enumerate(wrong, start=1)
    )


def _adjustment(store: str, adjusted: StockAdjusted) -> tuple[Movement, ...]:
    changes = enumerate(_state_changes(store, adjusted), start=1)
    return tuple(Movement(number, key, milli) for number, (key, milli) in changes)


def _state_changes(store: str, adjusted: StockAdjusted) -> Iterator[tuple[StockKey, int]]:
    for line in adjusted.lines:
        if line.source is not None:
            key = StockKey(store, line.source, line.item_id, line.lot)
            yield key, -line.quantity_milli
        if line.target is not None:
            yield StockKey(store, line.target, line.item_id, line.lot), line.quantity_milli


MOVEMENTS_OF: dict[type, Callable[..., tuple[Movement, ...]]] = {
    Ticket: _ticket,
    GoodsReceived: _into,
    SupplierReturn: _out,
    StockCounted: _count,
    StockAdjusted: _adjustment,
    TransferShipped: _out,
    TransferReceived: _into,
}
assert set(MOVEMENTS_OF) == {
    payload
    for payload, kind in KIND_OF_PAYLOAD.items()
    if FACT_RULES[kind].stock_effect is not StockEffect.NONE
}
