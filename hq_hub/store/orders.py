"""Purchase orders and transfer orders as headquarters keeps them: with costs and decisions."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from hq_hub.store import rows, schema, schema_books
from protos.instant import EPOCH_START, MILLISECOND
from retail_domain.ledger.books import OrderedCost
from retail_domain.stock.goods import ReceiptPurpose
from retail_domain.transfers.transfer_order import OrderLine, Progress, TransferState


@dataclasses.dataclass(frozen=True, slots=True)
class PurchaseLine:
    """One item of a purchase order, with its cost."""

    item_id: int
    quantity_milli: int
    value_fen: int
    """Of the whole line, net of deductible VAT."""


@dataclasses.dataclass(frozen=True, slots=True)
class CostedOrder:
    """What posting must know of a purchase order."""

    store: str
    purpose: ReceiptPurpose
    costs: dict[int, OrderedCost]
    """By item_id."""


@dataclasses.dataclass(frozen=True, slots=True)
class StoredTransfer:
    """A transfer order as it was decided."""

    transfer_no: str
    source_store: str
    target_store: str
    decided: TransferState
    created_by: str
    lines: tuple[OrderLine, ...]


def to_ms(at: datetime.datetime) -> int:
    """Milliseconds of Unix time."""
    return (at - EPOCH_START) // MILLISECOND


def from_ms(at_ms: int) -> datetime.datetime:
    """The instant, UTC and aware."""
    return EPOCH_START + at_ms * MILLISECOND


def insert_purchase_order(
    db: sa.Connection, header: rows.Row, lines: Sequence[PurchaseLine]
) -> None:
    """Write a new order.

    Args:
        db: inside write_transaction().
        header: in the order of the table's columns.
        lines: an item once.
    """
    rows.insert_rows(db, schema.purchase_order, [header])
    number = header[0]
    rows.insert_rows(
        db,
        schema.purchase_order_line,
        [(number, line.item_id, line.quantity_milli, line.value_fen) for line in lines],
    )


def read_costed_orders(db: sa.Connection, numbers: Collection[str]) -> dict[str, CostedOrder]:
    """Load purchase orders by number, with the cost of every line; unknown ones are left out."""
    if not numbers:
        return {}
    header, line = schema.purchase_order, schema.purchase_order_line.c
    found = {
        number: CostedOrder(store, ReceiptPurpose(purpose), {})
        for number, store, _supplier_no, purpose, *_rest in rows.read_rows(
            db, header, [(number,) for number in sorted(numbers)]
        )
    }
    lines = db.execute(
        sa.select(schema.purchase_order_line).where(line.purchase_order_no.in_(sorted(found)))
    )
    for number, item_id, quantity_milli, value_fen in lines:
        found[number].costs[item_id] = OrderedCost(value_fen, quantity_milli)
    return found


def read_transfer_stores(db: sa.Connection, numbers: Collection[str]) -> dict[str, tuple[str, str]]:
    """Load source and target of transfer orders by number; unknown ones are left out."""
    found = rows.read_rows(db, schema.transfer_order, [(number,) for number in sorted(numbers)])
    return {number: (source, target) for number, source, target, *_rest in found}


def insert_transfer(db: sa.Connection, header: rows.Row, lines: Sequence[OrderLine]) -> None:
    """Write a new draft; arguments as in `insert_purchase_order`."""
    rows.insert_rows(db, schema.transfer_order, [header])
    rows.insert_rows(
        db,
        schema.transfer_order_line,
        [
            (header[0], line_no, line.item_id, line.quantity_milli)
            for line_no, line in enumerate(lines, start=1)
        ],
    )


def find_transfer(db: sa.Connection, transfer_no: str) -> StoredTransfer | None:
    """Load one transfer order with its lines."""
    header, line = schema.transfer_order.c, schema.transfer_order_line.c
    row = db.execute(
        sa.select(
            header.transfer_no,
            header.source_store,
            header.target_store,
            header.decided,
            header.created_by,
        ).where(header.transfer_no == transfer_no)
    ).one_or_none()
    if row is None:
        return None
    lines = db.execute(
        sa.select(line.item_id, line.quantity_milli)
        .where(line.transfer_no == transfer_no)
        .order_by(line.line_no)
    )
    return StoredTransfer(
        row.transfer_no,
        row.source_store,
        row.target_store,
        TransferState(row.decided),
        row.created_by,
        tuple(OrderLine(*found) for found in lines),
    )


def read_progress(db: sa.Connection, transfer: StoredTransfer) -> list[Progress]:
    """What the stores did with every item of an order, goods beyond the order included."""
    table = schema_books.transfer_progress.c
    found = db.execute(
        sa.select(
            table.item_id, table.shipped_milli, table.received_milli, table.settled_milli
        ).where(table.transfer_no == transfer.transfer_no)
    )
    done = {row[0]: (row[1], row[2], row[3]) for row in found}
    ordered = {line.item_id: line.quantity_milli for line in transfer.lines}
    return [
        Progress(ordered.get(item_id, 0), *done.get(item_id, (0, 0, 0)))
        for item_id in sorted(ordered | done)
    ]


def read_in_transit_milli(db: sa.Connection, transfer_no: str) -> dict[int, int]:
    """What is between the stores of a transfer, by item; below 0 when more arrived than left."""
    table = schema_books.in_transit.c
    found = sa.select(table.item_id, table.quantity_milli).where(table.transfer_no == transfer_no)
    return {item_id: quantity_milli for item_id, quantity_milli in db.execute(found)}


def write_decision(
    db: sa.Connection,
    transfer_no: str,
    decided: TransferState,
    *,
    by: str,
    at: datetime.datetime,
    version: int,
) -> None:
    """Note who decided what on a transfer order."""
    assert decided in {TransferState.APPROVED, TransferState.CANCELLED}
    who, when = f"{decided.value}_by", f"{decided.value}_at_ms"
    db.execute(
        sa.update(schema.transfer_order)
        .where(schema.transfer_order.c.transfer_no == transfer_no)
        .values({"decided": decided.value, who: by, when: to_ms(at), "version": version})
    )
