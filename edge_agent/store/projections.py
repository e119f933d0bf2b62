"""What follows from the journal: stock on hand and the registers' receipt numbers.

Delete these tables and fold the journal again, and they are equal to the byte.
"""

from __future__ import annotations

from edge_agent.store.rows import get_int
from edge_agent.store.sqlite_library import Connection, Row
from retail_domain.trade.fact import Fact
from retail_domain.trade.stock_effect import stock_movements
from retail_domain.trade.ticket import Ticket

PROJECTIONS = {
    "on_hand": "SELECT * FROM on_hand ORDER BY store, state, item_id, lot",
    "register_receipt": "SELECT * FROM register_receipt ORDER BY register_no",
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
    if isinstance(happening.payload, Ticket):
        receipt_no = happening.payload.receipt_no
        # Of two halves of a box that was cloned or restored, both gave the numbers after the break,
        # so a number may come again, or one below the last: it stays as printed (ADR 0007).
        db.execute(
            """
            INSERT INTO register_receipt VALUES (?, ?)
            ON CONFLICT DO UPDATE SET
                last_receipt_no = max(last_receipt_no, excluded.last_receipt_no)
            """,
            (happening.register_no, receipt_no),
        )


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
