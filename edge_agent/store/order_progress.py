"""What this store did with each order so far: received, shipped, taken in, sent back."""

from __future__ import annotations

from collections.abc import Sequence

from edge_agent.store.rows import get_int, get_text
from edge_agent.store.sqlite_library import Connection
from protos import codec
from retail_domain.stock.goods import (
    GoodsReceived,
    SupplierReturn,
    TransferReceived,
    TransferShipped,
)
from retail_domain.trade.fact import KIND_OF_PAYLOAD, Fact
from retail_domain.trade.fact_kind import FactKind

HANDLING_KINDS = tuple(
    KIND_OF_PAYLOAD[payload]
    for payload in (GoodsReceived, SupplierReturn, TransferReceived, TransferShipped)
)


def fold_handling(db: Connection, fact: Fact) -> None:
    """Add what a fact handled of its order, by item."""
    payload = fact.happening.payload
    match payload:
        case GoodsReceived() | SupplierReturn():
            order_no = payload.purchase_order_no
        case TransferShipped() | TransferReceived():
            order_no = payload.transfer_no
        case _:
            raise AssertionError(payload)
    db.executemany(
        """
        INSERT INTO handled_goods (order_no, kind, item_id, quantity_milli) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET quantity_milli = quantity_milli + excluded.quantity_milli
        """,
        [
            (order_no, fact.happening.kind.value, line.item_id, line.quantity_milli)
            for line in payload.lines
        ],
    )


def fold_whole_journal(db: Connection) -> None:
    """Fill the table of a box that has facts already."""
    for kind in HANDLING_KINDS:
        bodies = db.execute(
            "SELECT body FROM journal WHERE kind = ? ORDER BY epoch, seq", (kind.value,)
        ).fetchall()
        for (body,) in bodies:
            assert isinstance(body, bytes)
            fold_handling(db, codec.decode_fact(body))


def read_handled(
    db: Connection, kind: FactKind, order_nos: Sequence[str]
) -> dict[tuple[str, int], int]:
    """Quantity in milli by order and item, of one kind of handling."""
    handled: dict[tuple[str, int], int] = {}
    for order_no in order_nos:
        rows = db.execute(
            "SELECT item_id, quantity_milli FROM handled_goods WHERE order_no = ? AND kind = ?",
            (order_no, kind.value),
        ).fetchall()
        for item_id, quantity_milli in rows:
            handled[order_no, get_int(item_id)] = get_int(quantity_milli)
    return handled


def read_purchase_order_nos(db: Connection, orders_max: int) -> list[str]:
    """Purchase orders that something was received of, the newest numbers first."""
    rows = db.execute(
        "SELECT DISTINCT order_no FROM handled_goods WHERE kind = ? ORDER BY order_no DESC LIMIT ?",
        (FactKind.GOODS_RECEIVED.value, orders_max),
    ).fetchall()
    return [get_text(order_no) for (order_no,) in rows]
