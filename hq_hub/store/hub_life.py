"""The hub's own row: which life it is in, and what begins anew with the next."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.store.schema import hub_session, hub_state, number_series
from hq_hub.store.schema_ingest import hub_journal


@dataclasses.dataclass(frozen=True, slots=True)
class LastSign:
    """How new a database is."""

    facts: int
    received_at_ms: int
    """Of its last fact; 0 without one."""


def read_last_sign(db: sa.Connection) -> LastSign:
    """Facts held, and when the last one came."""
    row = db.execute(
        sa.select(
            sa.func.count(), sa.func.coalesce(sa.func.max(hub_journal.c.received_at_ms), 0)
        ).select_from(hub_journal)
    ).one()
    return LastSign(row[0], row[1])


def write_generation(db: sa.Connection, generation: int) -> None:
    """Begin a life; it is never lower than the one before."""
    moved = db.execute(
        sa.update(hub_state)
        .where(hub_state.c.generation < generation)
        .values(generation=generation)
    )
    assert moved.rowcount == 1, generation


def skip_order_numbers(db: sa.Connection, numbers: int) -> None:
    """Never give again what the lost part of this hub may have given."""
    db.execute(sa.update(number_series).values(last_no=number_series.c.last_no + numbers))


def end_sessions(db: sa.Connection) -> None:
    """Sign everybody out: a backup may hold sessions that were ended since."""
    db.execute(sa.delete(hub_session))
