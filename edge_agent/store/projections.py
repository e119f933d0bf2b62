"""What follows from the journal: stock on hand, receipt numbers, shifts, days, returns.

Delete these tables and fold the journal again, and they are equal to the byte.
"""

from __future__ import annotations

from collections.abc import Callable

from edge_agent.store import trading
from edge_agent.store.order_progress import fold_handling
from edge_agent.store.passed_sales import fold_answer
from edge_agent.store.rows import get_int
from edge_agent.store.sqlite_library import Connection, Row
from retail_domain.stock.count import StockCounted
from retail_domain.stock.goods import (
    GoodsReceived,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.box_event import BoxEvent
from retail_domain.trade.fact import Fact
from retail_domain.trade.sale_passing import SaleAnswered
from retail_domain.trade.shift import ShiftClosed, ShiftOpened
from retail_domain.trade.stock_effect import stock_movements
from retail_domain.trade.ticket import Ticket
from retail_domain.trade.trading_day import DayClosed, DayOpened

PROJECTIONS = {
    "on_hand": "SELECT * FROM on_hand ORDER BY store, state, item_id, lot",
    "register_receipt": "SELECT * FROM register_receipt ORDER BY register_no",
    "returned_line": "SELECT * FROM returned_line ORDER BY fact_id, line_no",
    "register_shift": "SELECT * FROM register_shift ORDER BY register_no",
    "trading_day": "SELECT * FROM trading_day",
    "number_series": "SELECT * FROM number_series ORDER BY series",
    "handled_goods": "SELECT * FROM handled_goods ORDER BY order_no, kind, item_id",
    "passed_sale": "SELECT * FROM passed_sale ORDER BY sale_id",
    "box_note": "SELECT * FROM box_note ORDER BY name",
}
"""How each projection is read whole."""


def fold_fact(db: Connection, fact: Fact) -> None:
    """Bring the projections on by one fact, in journal order."""
    happening = fact.happening
    db.executemany(
        """
        INSERT INTO on_hand (store, state, item_id, lot, quantity_milli) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET quantity_milli = quantity_milli + excluded.quantity_milli
        """,
        [
            (m.key.store, m.key.state.value, m.key.item_id, m.key.lot, m.quantity_milli)
            for m in stock_movements(fact.position.store, happening.payload)
        ],
    )
    fold = FOLDS.get(type(happening.payload))
    if fold is not None:
        fold(db, fact)


def _fold_ticket(db: Connection, fact: Fact) -> None:
    ticket, register_no = fact.happening.payload, fact.happening.register_no
    assert isinstance(ticket, Ticket)
    # Of two halves of a box that was cloned or restored, both gave the numbers after the break,
    # so a number may come again, or one below the last: it stays as printed (ADR 0009).
    db.execute(
        """
        INSERT INTO register_receipt VALUES (?, ?)
        ON CONFLICT DO UPDATE SET
            last_receipt_no = max(last_receipt_no, excluded.last_receipt_no)
        """,
        (register_no, ticket.receipt_no),
    )
    trading.fold_returns(db, fact)


FOLDS: dict[type, Callable[[Connection, Fact], None]] = {
    Ticket: _fold_ticket,
    ShiftOpened: trading.fold_shift_opening,
    ShiftClosed: trading.fold_shift_close,
    DayOpened: trading.fold_day_opening,
    DayClosed: trading.fold_day_close,
    StockCounted: trading.fold_count,
    GoodsReceived: fold_handling,
    SupplierReturn: fold_handling,
    TransferShipped: fold_handling,
    TransferReceived: fold_handling,
    BoxEvent: trading.fold_event,
    SaleAnswered: fold_answer,
}
"""Of kinds that leave more than stock behind."""


def read_receipt_no(db: Connection, register_no: str) -> int:
    """Last receipt number of a register; 0 before its first ticket."""
    row = db.execute(
        "SELECT last_receipt_no FROM register_receipt WHERE register_no = ?", (register_no,)
    ).fetchone()
    return 0 if row is None else get_int(row[0])


def read_on_hand(db: Connection, item_id: int) -> int:
    """Sellable stock of an item over all lots, in milli; below zero while sold short."""
    row = db.execute(
        """
        SELECT coalesce(sum(quantity_milli), 0) FROM on_hand
        WHERE item_id = ? AND state = 'sellable'
        """,
        (item_id,),
    ).fetchone()
    assert row is not None
    return get_int(row[0])


def read_projection(db: Connection, table: str) -> list[Row]:
    """All rows of a projection in key order, for comparing."""
    return db.execute(PROJECTIONS[table]).fetchall()
