"""The hub's own row: which life it is in, and what begins anew with the next."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import sqlalchemy as sa

from hq_hub.store.rows import replace_rows
from hq_hub.store.schema import hub_session, hub_state, number_series
from hq_hub.store.schema_ingest import hub_journal


@dataclasses.dataclass(frozen=True, slots=True)
class FormerLife:
    """What is known of the database that a restore replaces."""

    generation: int = 0
    """0 when nobody can tell."""
    last_nos: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """Last number given, by series."""


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


def read_order_numbers(db: sa.Connection) -> dict[str, int]:
    """Last number given, by series."""
    return {str(series): int(last_no) for series, last_no in db.execute(sa.select(number_series))}


def write_order_numbers(db: sa.Connection, last_nos: Mapping[str, int]) -> None:
    """Go on behind these numbers."""
    replace_rows(db, number_series, sorted(last_nos.items()))


def end_sessions(db: sa.Connection) -> None:
    """Sign everybody out: a backup may hold sessions that were ended since."""
    db.execute(sa.delete(hub_session))
