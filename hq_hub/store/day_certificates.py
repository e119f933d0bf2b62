"""Closes of trading days as boxes signed them: what exists, although it may not have arrived."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from hq_hub.store.rows import read_rows, replace_rows
from hq_hub.store.schema_ingest import day_certificate, durable_cursor


@dataclasses.dataclass(frozen=True, slots=True)
class DayCertificate:
    """A box closed a day at this place of its journal."""

    store: str
    business_date: str
    epoch: int
    seq: int
    head: bytes
    content: bytes
    signature: bytes
    received_at_ms: int

    @property
    def place(self) -> tuple[int, int]:
        """Epoch and seq."""
        return (self.epoch, self.seq)


@dataclasses.dataclass(frozen=True, slots=True)
class MissingDay:
    """A day that a box closed, of which not all facts have arrived."""

    store: str
    business_date: str
    missing_facts: int
    """Between what is kept and the close."""


def put_newest(db: sa.Connection, certificate: DayCertificate) -> bool:
    """Keep a certificate unless a newer one of its day, or itself, is there."""
    key = (certificate.store, certificate.business_date)
    found = [DayCertificate(*row) for row in read_rows(db, day_certificate, [key])]
    if found and found[0].place >= certificate.place:
        return False
    replace_rows(db, day_certificate, [dataclasses.astuple(certificate)])
    return True


def read_missing_days(db: sa.Connection) -> list[MissingDay]:
    """Closed days of which facts are still in the stores, by store and date."""
    day, kept = day_certificate.c, durable_cursor.c
    rows = db.execute(
        sa.select(day.store, day.business_date, day.seq - kept.durable_seq)
        .join(durable_cursor, (kept.store == day.store) & (kept.epoch == day.epoch))
        .where(day.seq > kept.durable_seq)
        .order_by(day.store, day.business_date)
    )
    return [MissingDay(*row) for row in rows]
