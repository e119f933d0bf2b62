"""One fact with everything that is known of it: its words, its stock, its entry, its neighbours."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from hq_hub.reports.catalog import ItemNames, read_item_names
from hq_hub.reports.facts import FactRow, FactState, read_by_id, read_effects, state_of
from hq_hub.reports.ledger import name_account
from hq_hub.reports.paging import AsOf, Stores, from_ms, read_as_of
from hq_hub.reports.receipt import Receipt, lay_out
from hq_hub.store.schema import store
from hq_hub.store.schema_books import apply_log, entry_line, parked, stock_movement
from hq_hub.store.schema_ingest import hub_journal
from protos.fact_view import FactView, Plain, name_kind, to_plain, view_fact

EFFECTS_MAX = 100
"""Facts that name this one; a sale is brought back in fewer parts."""
BODY_HEAD_BYTES = 64
"""Of the bytes that were signed: enough to see what they are, few enough for one line."""

Place = tuple[str, int, int]
"""Store, epoch, seq."""


@dataclasses.dataclass(frozen=True, slots=True)
class MovementRow:
    """One movement of stock."""

    line_no: int
    state: str
    item_id: int
    sku: str
    name: str
    name_en: str
    lot: str
    quantity_milli: int
    """+ into stock, - out of it."""
    cost_fen: int
    """Change of the store's inventory value."""


@dataclasses.dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of the fact's journal entry."""

    line_no: int
    entry_store: str
    account_code: str
    name: str
    name_en: str
    transfer_no: str
    debit_fen: int
    credit_fen: int


@dataclasses.dataclass(frozen=True, slots=True)
class Posting:
    """The fact's place in the apply log."""

    apply_no: int
    period: str
    document_version: int


@dataclasses.dataclass(frozen=True, slots=True)
class Parking:
    """Why the fact is not posted."""

    reason_code: str
    detail: str
    parked_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class FactDetail:
    """Everything of one fact."""

    store: str
    store_name: str
    store_name_en: str
    epoch: int
    seq: int
    receive_no: int
    """Of the hub's journal."""
    received_at: datetime.datetime
    kind: str
    state: FactState
    fact_id: uuid.UUID | None
    schema_version: int
    box_id: str
    wall_at: datetime.datetime | None
    boot_id: str
    monotonic_ms: int
    business_date: datetime.date | None
    staff_no: str
    register_no: str
    payload: dict[str, Any]
    """Names and values as in fact.proto; ids as text, enums by name."""
    unknown_fields: list[int]
    """Numbers of fields that a later version of the box added."""
    items: dict[int, ItemNames]
    """Names of the items that the payload and the movements speak of."""
    receipt: Receipt | None
    movements: list[MovementRow]
    entry: list[EntryRow]
    causes: list[FactRow]
    missing_causes: list[uuid.UUID]
    """Named as causes, but not kept here (yet), or of a store out of reach."""
    effects: list[FactRow]
    """Facts that name this one as their cause."""
    posting: Posting | None
    parking: Parking | None
    body_bytes: int
    body_head: str
    """First BODY_HEAD_BYTES of the body in hexadecimal."""
    head: str
    """Hash chain of the box after this fact, in hexadecimal."""
    as_of: AsOf


def read_fact(db: sa.Connection, place: Place, stores: Stores) -> FactDetail | None:
    """Read one fact by its place, with causes and effects within reach.

    None when it is not kept.
    """
    kept = db.execute(sa.select(hub_journal).where(*_at(hub_journal, place))).one_or_none()
    if kept is None:
        return None
    view = view_fact(kept.body)
    payload = {} if view.payload is None else to_plain(view.payload)
    moved = db.execute(
        sa.select(stock_movement)
        .where(*_at(stock_movement, place))
        .order_by(stock_movement.c.line_no)
    ).all()
    items = read_item_names(db, {row.item_id for row in moved} | set(_find_item_ids(payload)))
    names = _read_store_names(db, place[0])
    posting, parking = _read_posting(db, place), _read_parking(db, place)
    causes = read_by_id(db, view.causes, stores)
    received_at = from_ms(kept.received_at_ms)
    assert received_at is not None
    return FactDetail(
        store=kept.store,
        store_name=names[0],
        store_name_en=names[1],
        epoch=kept.epoch,
        seq=kept.seq,
        receive_no=kept.receive_no,
        received_at=received_at,
        kind=name_kind(kept.kind),
        state=state_of(is_posted=posting is not None, is_parked=parking is not None),
        **_envelope(view),
        payload=payload,
        items=items,
        receipt=lay_out(view, (place[0], *names), items),
        movements=[_make_movement(row, items) for row in moved],
        entry=_read_entry(db, place),
        causes=causes,
        missing_causes=sorted(set(view.causes) - {row.fact_id for row in causes}),
        effects=[] if view.fact_id is None else read_effects(db, view.fact_id, EFFECTS_MAX, stores),
        posting=posting,
        parking=parking,
        body_bytes=len(kept.body),
        body_head=kept.body[:BODY_HEAD_BYTES].hex(),
        head=kept.head.hex(),
        as_of=read_as_of(db, stores),
    )


def _at(table: sa.Table, place: Place) -> tuple[sa.ColumnElement[bool], ...]:
    number, epoch, seq = place
    return (table.c.store == number, table.c.epoch == epoch, table.c.seq == seq)


def _envelope(view: FactView) -> dict[str, Any]:
    """What stands on every fact, under the names of FactDetail."""
    return {
        "fact_id": view.fact_id,
        "schema_version": view.schema_version,
        "box_id": view.box_id,
        "wall_at": view.wall_at,
        "boot_id": view.boot_id,
        "monotonic_ms": view.monotonic_ms,
        "business_date": view.business_date,
        "staff_no": view.staff_no,
        "register_no": view.register_no,
        "unknown_fields": list(view.unknown_fields),
    }


def _find_item_ids(plain: Plain) -> Iterator[int]:
    """Every item_id, however deep it stands."""
    if isinstance(plain, dict):
        for name, value in plain.items():
            if name == "item_id" and isinstance(value, int):
                yield value
            else:
                yield from _find_item_ids(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from _find_item_ids(value)


def _read_store_names(db: sa.Connection, number: str) -> tuple[str, str]:
    row = db.execute(
        sa.select(store.c.name, store.c.name_en).where(store.c.store == number)
    ).one_or_none()
    return ("", "") if row is None else (row.name, row.name_en)


def _make_movement(row: sa.Row[*tuple[Any, ...]], items: dict[int, ItemNames]) -> MovementRow:
    item = items.get(row.item_id) or ItemNames("", "", "", "")
    return MovementRow(
        line_no=row.line_no,
        state=row.state,
        item_id=row.item_id,
        sku=item.sku,
        name=item.name,
        name_en=item.name_en,
        lot=row.lot,
        quantity_milli=row.quantity_milli,
        cost_fen=row.cost_fen,
    )


def _read_entry(db: sa.Connection, place: Place) -> list[EntryRow]:
    rows = db.execute(
        sa.select(entry_line).where(*_at(entry_line, place)).order_by(entry_line.c.line_no)
    )
    return [_make_entry_row(row) for row in rows]


def _make_entry_row(row: sa.Row[*tuple[Any, ...]]) -> EntryRow:
    account = name_account(row.account_code)
    return EntryRow(
        line_no=row.line_no,
        entry_store=row.entry_store,
        account_code=row.account_code,
        name=account.name,
        name_en=account.name_en,
        transfer_no=row.transfer_no,
        debit_fen=row.debit_fen,
        credit_fen=row.credit_fen,
    )


def _read_posting(db: sa.Connection, place: Place) -> Posting | None:
    row = db.execute(sa.select(apply_log).where(*_at(apply_log, place))).one_or_none()
    return None if row is None else Posting(row.apply_no, row.period, row.document_version)


def _read_parking(db: sa.Connection, place: Place) -> Parking | None:
    row = db.execute(sa.select(parked).where(*_at(parked, place))).one_or_none()
    if row is None:
        return None
    parked_at = from_ms(row.parked_at_ms)
    assert parked_at is not None
    return Parking(row.reason_code, row.detail, parked_at)
