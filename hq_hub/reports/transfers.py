"""Transfer orders with what the stores did with them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator

import sqlalchemy as sa

from hq_hub.reports.facts import FactRow, read_received
from hq_hub.reports.paging import Block, Stores, from_ms, read_in_parts, within
from hq_hub.store.schema import item, store, transfer_order, transfer_order_line
from hq_hub.store.schema_books import in_transit, transfer_progress
from hq_hub.store.schema_index import fact_index
from retail_domain.trade.fact_kind import FactKind
from retail_domain.transfers.transfer_order import Progress, TransferState, state_of


@dataclasses.dataclass(frozen=True, slots=True)
class TransferLine:
    """One item of an order; goods beyond the order have ordered 0."""

    item_id: int
    sku: str
    name: str
    name_en: str
    ordered_milli: int
    shipped_milli: int
    received_milli: int
    settled_milli: int
    """Written off as lost (+), or as arrived without having left (-)."""
    in_transit_milli: int
    """Below zero: received before the shipment is known."""
    in_transit_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class TransferRow:
    """One order."""

    transfer_no: str
    source_store: str
    source_name: str
    target_store: str
    target_name: str
    state: TransferState
    created_at: datetime.datetime
    created_by: str
    approved_at: datetime.datetime | None
    approved_by: str | None
    shipped_at: datetime.datetime | None
    """The first shipment, by the box's clock."""
    received_at: datetime.datetime | None
    """The last receipt, by the box's clock."""
    lines: list[TransferLine]


def count_transfers(db: sa.Connection, state: TransferState | None, stores: Stores) -> int:
    """Count the orders in a state; None for all."""
    orders = _select_states(state, stores).subquery()
    return int(db.execute(sa.select(sa.func.count()).select_from(orders)).scalar_one())


def read_transfers(
    db: sa.Connection, state: TransferState | None, block: Block, stores: Stores
) -> list[TransferRow]:
    """Orders in a state with an end within reach, the newest first."""
    numbers = db.execute(_newest_first(state, stores).offset(block.start).limit(block.size))
    return _read_rows(db, [str(row.transfer_no) for row in numbers])


def iterate_transfers(
    db: sa.Connection, state: TransferState | None, stores: Stores
) -> Iterator[TransferRow]:
    """All orders in a state, in the same order."""
    for part in read_in_parts(db, _newest_first(state, stores)):
        yield from _read_rows(db, [str(row.transfer_no) for row in part])


def _newest_first(state: TransferState | None, stores: Stores) -> sa.Select[*tuple[object, ...]]:
    newest = (transfer_order.c.created_at_ms.desc(), transfer_order.c.transfer_no.desc())
    return _select_states(state, stores).order_by(*newest)


def read_transfer(db: sa.Connection, transfer_no: str) -> TransferRow:
    """One order, which must be there."""
    return _read_rows(db, [transfer_no])[0]


def count_by_state(db: sa.Connection, stores: Stores) -> dict[TransferState, int]:
    """Count the orders of every state; one without orders is left out."""
    orders = _select_states(None, stores).subquery()
    rows = db.execute(sa.select(orders.c.state, sa.func.count()).group_by(orders.c.state))
    return {TransferState(row[0]): int(row[1]) for row in rows}


def has_end_within(stores: Stores) -> sa.ColumnElement[bool]:
    """Condition on `transfer_order`: goods leave or reach a store within reach."""
    table = transfer_order.c
    return within(table.source_store, stores) | within(table.target_store, stores)


def _select_states(state: TransferState | None, stores: Stores) -> sa.Select[*tuple[object, ...]]:
    """Numbers and states of the orders in a state: `state_of` as SQL, so that a filter can page."""
    done = transfer_progress.c
    moved = (
        sa.select(
            done.transfer_no,
            sa.func.max(
                sa.func.abs(done.shipped_milli - done.received_milli - done.settled_milli)
            ).label("gap"),
        )
        .where((done.shipped_milli != 0) | (done.received_milli != 0))
        .group_by(done.transfer_no)
        .subquery()
    )
    seen = sa.case(
        (moved.c.gap.is_(None), transfer_order.c.decided),
        (moved.c.gap == 0, TransferState.RECEIVED.value),
        else_=TransferState.IN_TRANSIT.value,
    )
    question = (
        sa.select(transfer_order.c.transfer_no, seen.label("state"))
        .select_from(
            transfer_order.outerjoin(moved, moved.c.transfer_no == transfer_order.c.transfer_no)
        )
        .where(has_end_within(stores))
    )
    return question if state is None else question.where(seen == state.value)


def _read_rows(db: sa.Connection, numbers: list[str]) -> list[TransferRow]:
    source, target = store.alias("source"), store.alias("target")
    headers = db.execute(
        sa.select(
            transfer_order,
            source.c.name.label("source_name"),
            target.c.name.label("target_name"),
        )
        .join(source, source.c.store == transfer_order.c.source_store)
        .join(target, target.c.store == transfer_order.c.target_store)
        .where(transfer_order.c.transfer_no.in_(numbers))
    )
    by_number = {row.transfer_no: row for row in headers}
    lines, moves = _read_lines(db, numbers), _read_moves(db, numbers)
    return [_make_row(by_number[number], lines[number], moves[number]) for number in numbers]


def _read_moves(db: sa.Connection, numbers: list[str]) -> dict[str, list[FactRow]]:
    """Shipments and receipts of orders, as far as they are indexed, in the order of receipt."""
    found = db.execute(
        sa.select(fact_index.c.document_no, fact_index.c.receive_no)
        .where(fact_index.c.document_no.in_(numbers))
        .order_by(fact_index.c.receive_no)
    ).all()
    facts = read_received(db, [int(row.receive_no) for row in found])
    moves: dict[str, list[FactRow]] = {number: [] for number in numbers}
    for row, fact in zip(found, facts, strict=True):
        moves[str(row.document_no)].append(fact)
    return moves


def _times(moves: list[FactRow], kind: FactKind) -> list[datetime.datetime]:
    return [fact.wall_at for fact in moves if fact.kind == kind.value and fact.wall_at]


def _make_row(
    row: sa.Row[*tuple[object, ...]], lines: list[TransferLine], moves: list[FactRow]
) -> TransferRow:
    progress = [
        Progress(line.ordered_milli, line.shipped_milli, line.received_milli, line.settled_milli)
        for line in lines
    ]
    created_at = from_ms(row.created_at_ms)
    assert created_at is not None
    return TransferRow(
        transfer_no=row.transfer_no,
        source_store=row.source_store,
        source_name=row.source_name,
        target_store=row.target_store,
        target_name=row.target_name,
        state=state_of(TransferState(row.decided), progress),
        created_at=created_at,
        created_by=row.created_by,
        approved_at=from_ms(row.approved_at_ms),
        approved_by=row.approved_by,
        shipped_at=min(_times(moves, FactKind.TRANSFER_SHIPPED), default=None),
        received_at=max(_times(moves, FactKind.TRANSFER_RECEIVED), default=None),
        lines=lines,
    )


def _read_lines(db: sa.Connection, numbers: list[str]) -> dict[str, list[TransferLine]]:
    """Lines by order: those ordered in their order, then goods beyond the order by number."""
    found: dict[str, dict[int, dict[str, int]]] = {number: {} for number in numbers}
    for table, columns in (
        (transfer_order_line, ("quantity_milli",)),
        (transfer_progress, ("shipped_milli", "received_milli", "settled_milli")),
        (in_transit, ("quantity_milli", "value_fen")),
    ):
        rows = db.execute(
            sa.select(table).where(table.c.transfer_no.in_(numbers)).order_by(*table.primary_key)
        )
        for row in rows.mappings():
            values = found[row["transfer_no"]].setdefault(row["item_id"], {})
            values |= {f"{table.name}.{name}": row[name] for name in columns}
    names = _read_names(db, {item_id for lines in found.values() for item_id in lines})
    return {
        number: [_make_line(item_id, values, names) for item_id, values in lines.items()]
        for number, lines in found.items()
    }


def _make_line(
    item_id: int, values: dict[str, int], names: dict[int, tuple[str, str, str]]
) -> TransferLine:
    sku, name, name_en = names.get(item_id, ("", "", ""))
    return TransferLine(
        item_id=item_id,
        sku=sku,
        name=name,
        name_en=name_en,
        ordered_milli=values.get("transfer_order_line.quantity_milli", 0),
        shipped_milli=values.get("transfer_progress.shipped_milli", 0),
        received_milli=values.get("transfer_progress.received_milli", 0),
        settled_milli=values.get("transfer_progress.settled_milli", 0),
        in_transit_milli=values.get("in_transit.quantity_milli", 0),
        in_transit_fen=values.get("in_transit.value_fen", 0),
    )


def _read_names(db: sa.Connection, item_ids: set[int]) -> dict[int, tuple[str, str, str]]:
    rows = db.execute(
        sa.select(item.c.item_id, item.c.sku, item.c.name, item.c.name_en).where(
            item.c.item_id.in_(sorted(item_ids))
        )
    )
    return {row.item_id: (row.sku, row.name, row.name_en) for row in rows}
