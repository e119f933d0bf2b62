"""One store: its boxes, its clock, what it sold, and what of it needs a person."""

from __future__ import annotations

import dataclasses
import datetime

import sqlalchemy as sa

from hq_hub.reports.facts import FactRow, read_newest
from hq_hub.reports.paging import AsOf, from_ms, read_as_of
from hq_hub.reports.sales import DayRow, SalesFilter, read_days
from hq_hub.reports.stores import StoreRow, read_store
from hq_hub.store.schema import store
from hq_hub.store.schema_books import apply_progress, parked
from hq_hub.store.schema_ingest import (
    box_registry,
    durable_cursor,
    heard_from,
    hub_journal,
    quarantine,
    store_devices,
)
from protos.fact_view import name_kind
from protos.liushui.v1 import device_link_pb2, sync_pb2

DAYS_SHOWN = 30
FACTS_SHOWN = 20
PARKED_SHOWN = 100
"""Beyond, one cause has parked them all; the count says how many there are."""
QUARANTINED_SHOWN = 50
INSTANT_MAX_MS = 253_402_300_799_000
"""The end of the year 9999: a box whose clock is beyond is shown there."""
ROLE_WORDS = {
    device_link_pb2.DEVICE_ROLE_SCANNER: "scanner",
    device_link_pb2.DEVICE_ROLE_SCALE: "scale",
    device_link_pb2.DEVICE_ROLE_PRINTER: "printer",
    device_link_pb2.DEVICE_ROLE_LABEL_PRINTER: "label_printer",
    device_link_pb2.DEVICE_ROLE_DISPLAY: "display",
    device_link_pb2.DEVICE_ROLE_LABEL_SCALE: "label_scale",
}
STATE_WORDS = {
    device_link_pb2.DEVICE_STATE_ABSENT: "absent",
    device_link_pb2.DEVICE_STATE_OPENING: "opening",
    device_link_pb2.DEVICE_STATE_READY: "ready",
    device_link_pb2.DEVICE_STATE_FAULT: "fault",
    device_link_pb2.DEVICE_STATE_DEGRADED: "degraded",
}
CLOCK_OFFSET_MAX_MS = 2 * 60 * 1000
"""A clock that is wrong by more shifts sales to another hour, and soon to another business day."""


@dataclasses.dataclass(frozen=True, slots=True)
class BoxRow:
    """A box that was ever enrolled for the store, and how far its history is kept."""

    box_id: str
    epoch: int
    state: str
    enrolled_at: datetime.datetime
    durable_seq: int
    applied_seq: int


@dataclasses.dataclass(frozen=True, slots=True)
class Hello:
    """What the store's box said of itself last."""

    box_id: str
    epoch: int
    tail_seq: int
    believed_durable_seq: int
    """What it thinks that the hub keeps."""
    software_version: str
    clock_offset_ms: int
    """Its clock less the hub's; + is fast. The way of the message makes it up to a second slow."""
    is_clock_wrong: bool


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceRow:
    """A scanner, scale or printer, as the store's box sees it."""

    device_id: str
    driver: str
    role: str
    """As at the register: `scanner`, `printer`; empty when this hub does not know it."""
    state: str
    """`absent`, `opening`, `ready`, `degraded`, `fault`; empty when this hub does not know it."""
    health_code: str
    """What it needs of a person, such as `paper_out`; empty while all is well."""
    register_no: str
    """Empty when it is bound to none."""
    since: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class ParkedRow:
    """A fact that is kept but not posted."""

    epoch: int
    seq: int
    kind: str
    reason_code: str
    detail: str
    parked_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A refused batch. Repeats of the same content are counted in one row."""

    box_id: str
    """Claimed; empty when nothing could be read."""
    reason_code: str
    size_bytes: int
    times: int
    is_kept: bool
    """False beyond the store's limit: only counted."""
    first_at: datetime.datetime
    last_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class StoreDetail:
    """Everything that headquarters knows of a store's box and books."""

    row: StoreRow
    legal_entity: str
    boxes: list[BoxRow]
    """The newest epoch first."""
    hello: Hello | None
    """None before the first."""
    devices: list[DeviceRow]
    """Those that are not well first; empty when the box does not tell."""
    parked: list[ParkedRow]
    """The first PARKED_SHOWN, the oldest first; `row.parked` counts them all."""
    quarantined: list[QuarantinedRow]
    """The first QUARANTINED_SHOWN, the newest first; `row.quarantined` counts them all."""
    days: list[DayRow]
    """The last DAYS_SHOWN business days with sales, the oldest first."""
    facts: list[FactRow]
    """The last FACTS_SHOWN of its journal, the newest first."""
    as_of: AsOf


def read_store_detail(db: sa.Connection, number: str, now: datetime.datetime) -> StoreDetail | None:
    """Read one store; None when the chain has none of this number."""
    row = read_store(db, number, now)
    if row is None:
        return None
    entity = db.execute(sa.select(store.c.legal_entity).where(store.c.store == number))
    return StoreDetail(
        row=row,
        legal_entity=str(entity.scalar_one()),
        boxes=_read_boxes(db, number),
        hello=_read_hello(db, number),
        devices=_read_devices(db, number),
        parked=_read_parked(db, number),
        quarantined=_read_quarantined(db, number),
        days=read_days(db, SalesFilter(store=number), DAYS_SHOWN),
        facts=read_newest(db, number, FACTS_SHOWN),
        as_of=read_as_of(db, frozenset({number})),
    )


def _read_boxes(db: sa.Connection, number: str) -> list[BoxRow]:
    box, kept, applied = box_registry.c, durable_cursor.c, apply_progress.c
    rows = db.execute(
        sa.select(
            box.box_id,
            box.epoch,
            box.state,
            box.enrolled_at_ms,
            kept.durable_seq,
            applied.seq.label("applied_seq"),
        )
        .select_from(box_registry)
        .outerjoin(durable_cursor, (kept.store == box.store) & (kept.epoch == box.epoch))
        .outerjoin(apply_progress, (applied.store == box.store) & (applied.epoch == box.epoch))
        .where(box.store == number)
        .order_by(box.epoch.desc())
    )
    return [
        BoxRow(
            box_id=row.box_id,
            epoch=row.epoch,
            state=row.state,
            enrolled_at=_instant(row.enrolled_at_ms),
            durable_seq=row.durable_seq or 0,
            applied_seq=row.applied_seq or 0,
        )
        for row in rows
    ]


def _read_hello(db: sa.Connection, number: str) -> Hello | None:
    row = db.execute(sa.select(heard_from).where(heard_from.c.store == number)).one_or_none()
    if row is None:
        return None
    offset_ms = row.wall_at_ms - row.heard_at_ms
    return Hello(
        box_id=row.box_id,
        epoch=row.epoch,
        tail_seq=row.tail_seq,
        believed_durable_seq=row.believed_durable_seq,
        software_version=row.software_version,
        clock_offset_ms=offset_ms,
        is_clock_wrong=abs(offset_ms) > CLOCK_OFFSET_MAX_MS,
    )


def _read_devices(db: sa.Connection, number: str) -> list[DeviceRow]:
    told = db.execute(
        sa.select(store_devices.c.devices).where(store_devices.c.store == number)
    ).scalar_one_or_none()
    if told is None:
        return []
    return [
        DeviceRow(
            device_id=device.device_id,
            driver=device.driver,
            role=ROLE_WORDS.get(device.role, ""),
            state=STATE_WORDS.get(device.state, ""),
            health_code=device.health_code,
            register_no=device.register_no,
            since=_instant(min(max(device.since_ms, 0), INSTANT_MAX_MS)),
        )
        for device in sync_pb2.StoreDevices.FromString(told).devices
    ]


def _read_parked(db: sa.Connection, number: str) -> list[ParkedRow]:
    waits, kept = parked.c, hub_journal.c
    rows = db.execute(
        sa.select(parked, kept.kind)
        .join(hub_journal, kept.receive_no == waits.receive_no)
        .where(waits.store == number)
        .order_by(waits.epoch, waits.seq)
        .limit(PARKED_SHOWN)
    )
    return [
        ParkedRow(
            epoch=row.epoch,
            seq=row.seq,
            kind=name_kind(row.kind),
            reason_code=row.reason_code,
            detail=row.detail,
            parked_at=_instant(row.parked_at_ms),
        )
        for row in rows
    ]


def _read_quarantined(db: sa.Connection, number: str) -> list[QuarantinedRow]:
    refused = quarantine.c
    rows = db.execute(
        sa.select(
            refused.box_id,
            refused.reason_code,
            refused.size_bytes,
            refused.times,
            refused.content.is_not(None).label("is_kept"),
            refused.first_at_ms,
            refused.last_at_ms,
        )
        .where(refused.store == number)
        .order_by(refused.last_at_ms.desc(), refused.content_hash)
        .limit(QUARANTINED_SHOWN)
    )
    return [
        QuarantinedRow(
            box_id=row.box_id,
            reason_code=row.reason_code,
            size_bytes=row.size_bytes,
            times=row.times,
            is_kept=bool(row.is_kept),
            first_at=_instant(row.first_at_ms),
            last_at=_instant(row.last_at_ms),
        )
        for row in rows
    ]


def _instant(at_ms: int) -> datetime.datetime:
    found = from_ms(at_ms)
    assert found is not None
    return found
