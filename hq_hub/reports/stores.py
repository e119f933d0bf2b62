"""How each store stands: when it was heard, what it has sent, what it sold last."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from typing import Any

import sqlalchemy as sa

from hq_hub.reports.paging import Block, Stores, from_ms, within
from hq_hub.store.schema import store
from hq_hub.store.schema_books import apply_progress, parked, store_day
from hq_hub.store.schema_ingest import durable_cursor, heard_from, quarantine

FRESH_S = 60
"""Twelve greetings of a box that is well."""
LATE_S = 15 * 60
"""A line that is being repaired; beyond, somebody should telephone."""


class StoreState(enum.Enum):
    """How long ago a store was heard."""

    FRESH = "fresh"
    LATE = "late"
    SILENT = "silent"
    NEVER = "never"


@dataclasses.dataclass(frozen=True, slots=True)
class StoreRow:
    """One store."""

    store: str
    name: str
    name_en: str
    city: str
    zone: str
    state: StoreState
    last_heard_at: datetime.datetime | None
    age_s: int | None
    journal_seq: int
    """Last fact of its box, as the box said or as it sent since."""
    durable_seq: int
    """Kept by the hub."""
    applied_seq: int
    """Looked at by apply."""
    unsent: int
    parked: int
    quarantined: int
    """Refused batches."""
    last_business_date: datetime.date | None
    sales_fen: int
    """Of that day, tax included."""


def count_stores(db: sa.Connection, stores: Stores) -> int:
    """Count the stores within reach."""
    count = sa.select(sa.func.count()).select_from(store).where(within(store.c.store, stores))
    return int(db.execute(count).scalar_one())


def read_stores(
    db: sa.Connection, block: Block, now: datetime.datetime, stores: Stores
) -> list[StoreRow]:
    """Stores within reach, in order of number."""
    question = _select().where(within(store.c.store, stores)).order_by(store.c.store)
    found = db.execute(question.offset(block.start).limit(block.size))
    return [_make_row(row, now) for row in found]


def read_store(db: sa.Connection, number: str, now: datetime.datetime) -> StoreRow | None:
    """One store; None when the chain has none of this number."""
    row = db.execute(_select().where(store.c.store == number)).one_or_none()
    return None if row is None else _make_row(row, now)


def _select() -> sa.Select[*tuple[Any, ...]]:
    heard, day = heard_from.c, store_day.c
    epochs = (
        sa.select(durable_cursor.c.store, sa.func.max(durable_cursor.c.epoch).label("epoch"))
        .group_by(durable_cursor.c.store)
        .subquery()
    )
    days = (
        sa.select(day.store, sa.func.max(day.business_date).label("business_date"))
        .group_by(day.store)
        .subquery()
    )
    kept, applied = durable_cursor.c, apply_progress.c
    return (
        sa.select(
            store.c.store,
            store.c.name,
            store.c.name_en,
            store.c.city,
            store.c.price_zone,
            heard.heard_at_ms,
            heard.tail_seq,
            heard.epoch.label("heard_epoch"),
            epochs.c.epoch,
            kept.durable_seq,
            applied.seq.label("applied_seq"),
            _count(parked).label("parked"),
            _count(quarantine).label("quarantined"),
            days.c.business_date,
            day.amount_fen,
        )
        .select_from(store)
        .outerjoin(heard_from, heard.store == store.c.store)
        .outerjoin(epochs, epochs.c.store == store.c.store)
        .outerjoin(durable_cursor, (kept.store == store.c.store) & (kept.epoch == epochs.c.epoch))
        .outerjoin(
            apply_progress, (applied.store == store.c.store) & (applied.epoch == epochs.c.epoch)
        )
        .outerjoin(days, days.c.store == store.c.store)
        .outerjoin(
            store_day,
            (day.store == store.c.store) & (day.business_date == days.c.business_date),
        )
    )


def state_of_age(age_s: int | None) -> StoreState:
    """Say how a store is by the age of its last word."""
    if age_s is None:
        return StoreState.NEVER
    if age_s <= FRESH_S:
        return StoreState.FRESH
    return StoreState.LATE if age_s <= LATE_S else StoreState.SILENT


def _make_row(row: sa.Row[*tuple[object, ...]], now: datetime.datetime) -> StoreRow:
    heard_at = from_ms(row.heard_at_ms)
    age_s = None if heard_at is None else max(0, int((now - heard_at).total_seconds()))
    durable_seq, tail_seq = row.durable_seq or 0, row.tail_seq or 0
    is_same_epoch = row.heard_epoch == row.epoch
    if is_same_epoch:
        tail_seq = max(tail_seq, durable_seq)  # What came after the last hello was in it too.
    unsent = tail_seq - durable_seq if is_same_epoch else tail_seq
    return StoreRow(
        store=row.store,
        name=row.name,
        name_en=row.name_en,
        city=row.city,
        zone=row.price_zone,
        state=state_of_age(age_s),
        last_heard_at=heard_at,
        age_s=age_s,
        journal_seq=tail_seq,
        durable_seq=durable_seq,
        applied_seq=row.applied_seq or 0,
        unsent=unsent,
        parked=row.parked,
        quarantined=row.quarantined,
        last_business_date=(
            datetime.date.fromisoformat(row.business_date) if row.business_date else None
        ),
        sales_fen=row.amount_fen or 0,
    )


def _count(table: sa.Table) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(table)
        .where(table.c.store == store.c.store)
        .correlate(store)
        .scalar_subquery()
    )
