"""What each kind of fact does to the stock of its author's store."""

from __future__ import annotations

from collections.abc import Callable

from retail_domain.stock.goods import GoodsLine, GoodsReceived, TransferReceived, TransferShipped
from retail_domain.stock.movement import Movement, StockKey
from retail_domain.trade.fact import KIND_OF_PAYLOAD, Payload
from retail_domain.trade.fact_kind import FACT_RULES
from retail_domain.trade.ticket import Ticket


def stock_movements(store: str, payload: Payload) -> tuple[Movement, ...]:
    """Movements of a fact in line order, at the author's own store and nowhere else."""
    movements = MOVEMENTS_OF[type(payload)](store, payload)
    allowed = FACT_RULES[KIND_OF_PAYLOAD[type(payload)]].stock_effect.value
    for movement in movements:
        assert (1 if movement.quantity_milli > 0 else -1) in allowed, movement
    return movements


def _ticket(store: str, ticket: Ticket) -> tuple[Movement, ...]:
    return tuple(
        Movement(
            line.line_no,
            StockKey(store, line.state, line.item_id, line.lot),
            -line.quantity_milli,
        )
        for line in ticket.lines
    )


def _goods(store: str, lines: tuple[GoodsLine, ...], sign: int) -> tuple[Movement, ...]:
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


def _out(store: str, payload: TransferShipped) -> tuple[Movement, ...]:
    return _goods(store, payload.lines, -1)


MOVEMENTS_OF: dict[type, Callable[..., tuple[Movement, ...]]] = {
    Ticket: _ticket,
    GoodsReceived: _into,
    TransferShipped: _out,
    TransferReceived: _into,
}
assert set(MOVEMENTS_OF) == set(KIND_OF_PAYLOAD)
