"""Facts of the chain as people search them: newest business date first, then newest received."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import re
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from hq_hub.reports.paging import Stores, from_ms, within
from hq_hub.store.schema_books import apply_log, parked
from hq_hub.store.schema_index import fact_cause, fact_index, fact_index_cursor
from hq_hub.store.schema_ingest import durable_cursor, hub_journal
from protos.fact_view import FactView, name_kind, number_kind, view_fact
from protos.liushui.v1 import fact_pb2
from retail_domain.trade.fact_kind import FactKind

RECEIPT = re.compile(r"([\w-]{1,16}?)-(\w{1,16})-(\d{1,18})", re.ASCII)
"""Store, register and number, as a receipt prints them."""
PLACE = re.compile(r"([\w-]{1,16})/(\d{1,9})/(\d{1,18})", re.ASCII)
"""Store, epoch and seq, as the console shows them."""
NUMBER = re.compile(r"\d{1,18}", re.ASCII)
EXPORT_ROWS = 500
"""Facts read at once for a file: bounds memory."""


class FactState(enum.Enum):
    """What became of a fact."""

    POSTED = "posted"
    PARKED = "parked"
    WAITING = "waiting"


@dataclasses.dataclass(frozen=True, slots=True)
class FactFilter:
    """Which facts are asked for; None and empty mean all."""

    store: str = ""
    kind: FactKind | None = None
    first_date: datetime.date | None = None
    last_date: datetime.date | None = None
    staff_no: str = ""
    register_no: str = ""
    receipt_no: int | None = None
    document_no: str = ""
    fact_id: uuid.UUID | None = None
    """Names one fact; nothing else counts then."""
    place: tuple[str, int, int] | None = None
    """Store, epoch, seq; nothing else counts then."""
    stores: Stores = None
    """Within reach; counts always."""


@dataclasses.dataclass(frozen=True, slots=True)
class PageKey:
    """The last fact of a page; the next page begins behind it."""

    business_date: str
    receive_no: int


@dataclasses.dataclass(frozen=True, slots=True)
class FactRow:
    """One fact. What cannot be read is None or empty."""

    store: str
    epoch: int
    seq: int
    kind: str
    state: FactState
    business_date: datetime.date | None
    wall_at: datetime.datetime | None
    """By the box's clock."""
    received_at: datetime.datetime
    staff_no: str
    register_no: str
    receipt_no: int | None
    document_no: str
    """Of the order that the fact answers."""
    amount_fen: int | None
    """Of a ticket, VAT included."""
    fact_id: uuid.UUID | None


@dataclasses.dataclass(frozen=True, slots=True)
class FactPage:
    """One page of facts."""

    rows: list[FactRow]
    next_page: PageKey | None
    """None on the last one."""


def read_query(wanted: FactFilter, text: str) -> FactFilter:
    """Understand what a person typed: a fact id, a receipt, a place, a receipt number, an order."""
    typed = text.strip()
    if not typed:
        return wanted
    if (fact_id := _read_uuid(typed)) is not None:
        return dataclasses.replace(wanted, fact_id=fact_id)
    if found := PLACE.fullmatch(typed):
        store, epoch, seq = found.groups()
        return dataclasses.replace(wanted, place=(store, int(epoch), int(seq)))
    if NUMBER.fullmatch(typed):
        return dataclasses.replace(wanted, receipt_no=int(typed))
    if found := RECEIPT.fullmatch(typed):
        store, register_no, number = found.groups()
        return dataclasses.replace(
            wanted, store=store, register_no=register_no, receipt_no=int(number)
        )
    return dataclasses.replace(wanted, document_no=typed)


def read_facts(
    db: sa.Connection, wanted: FactFilter, before: PageKey | None, limit: int
) -> FactPage:
    """One page of a filter: one range of one index, whatever the page."""
    if wanted.fact_id is not None or wanted.place is not None:
        return FactPage(_read_named(db, wanted), None)
    table = fact_index.c
    question = sa.select(table.business_date, table.receive_no).where(*_conditions(wanted))
    if before is not None:
        key = sa.tuple_(table.business_date, table.receive_no)
        question = question.where(key < (before.business_date, before.receive_no))
    newest_first = (table.business_date.desc(), table.receive_no.desc())
    found = db.execute(question.order_by(*newest_first).limit(limit + 1)).all()
    shown = found[:limit]
    rows = read_received(db, [int(row.receive_no) for row in shown])
    is_last = len(found) <= limit
    return FactPage(rows, None if is_last else PageKey(*shown[-1]))


def iterate_facts(db: sa.Connection, wanted: FactFilter) -> Iterator[FactRow]:
    """All facts of a filter, page by page."""
    before: PageKey | None = None
    while True:
        page = read_facts(db, wanted, before, EXPORT_ROWS)
        yield from page.rows
        if page.next_page is None:
            return
        before = page.next_page


def count_not_indexed(db: sa.Connection) -> int:
    """How many kept facts a search does not find yet."""
    newest = db.execute(sa.select(sa.func.max(hub_journal.c.receive_no))).scalar()
    indexed = db.execute(sa.select(fact_index_cursor.c.receive_no)).scalar()
    return int(newest or 0) - int(indexed or 0)


def read_newest(db: sa.Connection, store: str, limit: int) -> list[FactRow]:
    """The last facts of a store's journal, indexed or not."""
    table = hub_journal.c
    found = db.execute(
        sa.select(table.receive_no)
        .where(table.store == store)
        .order_by(table.epoch.desc(), table.seq.desc())
        .limit(limit)
    )
    return read_received(db, [int(row.receive_no) for row in found])


def read_received(db: sa.Connection, receive_nos: Sequence[int]) -> list[FactRow]:
    """Facts by their number at the hub, in the order of the numbers given."""
    found = db.execute(_select().where(hub_journal.c.receive_no.in_(receive_nos)))
    rows = {row.receive_no: row for row in found}
    assert len(rows) == len(receive_nos), receive_nos
    return [_make_row(rows[number]) for number in receive_nos]


def read_effects(db: sa.Connection, cause: uuid.UUID, limit: int, stores: Stores) -> list[FactRow]:
    """Facts within reach that name a fact as their cause, the first received first."""
    table = fact_cause.c
    found = db.execute(
        sa.select(table.receive_no)
        .join(hub_journal, hub_journal.c.receive_no == table.receive_no)
        .where(table.cause == cause.bytes, within(hub_journal.c.store, stores))
        .order_by(table.receive_no)
        .limit(limit)
    )
    return read_received(db, [int(row.receive_no) for row in found])


def read_by_id(db: sa.Connection, fact_ids: Sequence[uuid.UUID], stores: Stores) -> list[FactRow]:
    """Facts within reach by their id; ids that the hub does not keep are left out.

    The journal's index by id begins with the store: one search a store finds it.
    """
    known = sa.select(durable_cursor.c.store).distinct()
    wanted = [fact_id.bytes for fact_id in fact_ids]
    table = hub_journal.c
    rows = db.execute(
        _select().where(
            table.store.in_(known), within(table.store, stores), table.fact_id.in_(wanted)
        )
    )
    return [_make_row(row) for row in rows]


def _read_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _read_named(db: sa.Connection, wanted: FactFilter) -> list[FactRow]:
    if wanted.fact_id is not None:
        return read_by_id(db, [wanted.fact_id], wanted.stores)
    assert wanted.place is not None
    store, epoch, seq = wanted.place
    table = hub_journal.c
    question = _select().where(
        table.store == store,
        table.epoch == epoch,
        table.seq == seq,
        within(table.store, wanted.stores),
    )
    return [_make_row(row) for row in db.execute(question)]


def _select() -> sa.Select[*tuple[Any, ...]]:
    kept, posted, waits = hub_journal.c, apply_log.c, parked.c
    return (
        sa.select(hub_journal, posted.apply_no, waits.reason_code)
        .select_from(hub_journal)
        .outerjoin(
            apply_log,
            (posted.store == kept.store) & (posted.epoch == kept.epoch) & (posted.seq == kept.seq),
        )
        .outerjoin(
            parked,
            (waits.store == kept.store) & (waits.epoch == kept.epoch) & (waits.seq == kept.seq),
        )
    )


def _make_row(row: sa.Row[*tuple[Any, ...]]) -> FactRow:
    view = view_fact(row.body)
    received_at = from_ms(row.received_at_ms)
    assert received_at is not None
    return FactRow(
        store=row.store,
        epoch=row.epoch,
        seq=row.seq,
        kind=name_kind(row.kind),
        state=state_of(is_posted=row.apply_no is not None, is_parked=row.reason_code is not None),
        business_date=view.business_date,
        wall_at=view.wall_at,
        received_at=received_at,
        staff_no=view.staff_no,
        register_no=view.register_no,
        receipt_no=view.receipt_no,
        document_no=view.document_no,
        amount_fen=_amount_of(view),
        fact_id=view.fact_id,
    )


def _amount_of(view: FactView) -> int | None:
    payload = view.payload
    if not isinstance(payload, fact_pb2.Ticket):
        return None
    return sum(line.amount_fen for line in payload.lines)


def state_of(*, is_posted: bool, is_parked: bool) -> FactState:
    """Say what became of a fact by what the hub noted of it."""
    if is_posted:
        return FactState.POSTED
    return FactState.PARKED if is_parked else FactState.WAITING


def _conditions(wanted: FactFilter) -> list[sa.ColumnElement[bool]]:
    table = fact_index.c
    conditions = [within(table.store, wanted.stores)]
    if wanted.store:
        conditions.append(table.store == wanted.store)
    if wanted.kind is not None:
        conditions.append(table.kind == number_kind(wanted.kind))
    if wanted.first_date is not None:
        conditions.append(table.business_date >= wanted.first_date.isoformat())
    if wanted.last_date is not None:
        conditions.append(table.business_date <= wanted.last_date.isoformat())
    if wanted.staff_no:
        conditions.append(table.staff_no == wanted.staff_no)
    if wanted.register_no:
        conditions.append(table.register_no == wanted.register_no)
    if wanted.receipt_no is not None:
        conditions.append(table.receipt_no == wanted.receipt_no)
    if wanted.document_no:
        conditions.append(table.document_no == wanted.document_no)
    return conditions
