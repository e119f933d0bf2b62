"""Alarms as the console lists them: histories, closed days that are not whole, stuck transfers."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator

import sqlalchemy as sa

from hq_hub.reports.paging import Stores, from_ms
from hq_hub.reports.transfer_board import Discrepancy, read_discrepancies
from hq_hub.store import alarms, day_certificates
from hq_hub.store.alarms import Alarm, Boot
from hq_hub.store.day_certificates import MissingDay

ALARMS_MAX = 200
"""Rows of an answer: beyond, one cause has raised them all, and the count says how many."""
MACHINES_MAX = 4
"""Of an alarm, those heard last: two are a clone; more starts of one tell nothing new."""
DAY_INCOMPLETE = "day_incomplete"
TRANSFER = "transfer_"
"""Before the kind of a discrepancy: together they are the kind of the alarm."""


@dataclasses.dataclass(frozen=True, slots=True)
class Machine:
    """One start of a machine that spoke as the store's box."""

    boot_id: str
    """Hexadecimal: `hq-hub new-epoch --boot` takes its first letters."""
    tail_seq: int
    heard_at: datetime.datetime

    def __str__(self) -> str:
        """As a cell of a CSV file holds it."""
        return self.boot_id


@dataclasses.dataclass(frozen=True, slots=True)
class AlarmRow:
    """What a person has to look at. Numbers that a kind does not have are 0, texts empty."""

    kind: str
    """Of `AlarmKind`, day_incomplete, or transfer_ and a `DiscrepancyKind`."""
    store: str
    """Whose history it is, or the source of the transfer."""
    target_store: str
    document_no: str
    """Of the transfer."""
    business_date: datetime.date | None
    """Of the day that was closed."""
    box_id: str
    epoch: int
    first_seq: int
    """First fact in question that headquarters holds; 0 for none."""
    kept_facts: int
    """That headquarters holds and the box may not know."""
    box_facts: int
    """That the box holds, or held, and headquarters lacks."""
    missing_milli: int
    surplus_milli: int
    times: int
    since: datetime.datetime | None
    last_at: datetime.datetime | None
    machines: list[Machine]
    """The one heard last first."""


def read_alarm_rows(
    db: sa.Connection, now: datetime.datetime, stores: Stores, *, with_transfers: bool
) -> list[AlarmRow]:
    """All open alarms of the stores within reach: histories first, then days, then transfers.

    Args:
        db: in a read transaction.
        now: wall clock; a shipment becomes overdue by it.
        stores: within reach.
        with_transfers: whether who asks may see transfers.
    """
    rows = [
        _of_history(alarm, alarms.read_boots(db, alarm.store, alarm.question.epoch))
        for alarm in alarms.read_open_alarms(db)
        if stores is None or alarm.store in stores
    ]
    rows += [
        _of_day(day)
        for day in day_certificates.read_missing_days(db)
        if stores is None or day.store in stores
    ]
    if with_transfers:
        rows += [_of_transfer(found) for found in read_discrepancies(db, now, stores)]
    return rows


def _of_history(alarm: Alarm, boots: list[Boot]) -> AlarmRow:
    about = alarm.question
    return dataclasses.replace(
        _blank(alarm.kind.value, alarm.store),
        box_id=about.box_id,
        epoch=about.epoch,
        first_seq=about.kept_seq - about.kept_facts + 1 if about.kept_facts else 0,
        kept_facts=about.kept_facts,
        box_facts=about.box_facts,
        times=alarm.times,
        since=from_ms(alarm.first_at_ms),
        last_at=from_ms(alarm.last_at_ms),
        machines=list(_machines(boots)),
    )


def _machines(boots: list[Boot]) -> Iterator[Machine]:
    newest_first = sorted(boots, key=lambda boot: (boot.last_at_ms, boot.boot_id), reverse=True)
    for boot in newest_first[:MACHINES_MAX]:
        heard_at = from_ms(boot.last_at_ms)
        assert heard_at is not None
        yield Machine(boot.boot_id.hex(), boot.tail_seq, heard_at)


def _of_day(day: MissingDay) -> AlarmRow:
    return dataclasses.replace(
        _blank(DAY_INCOMPLETE, day.store),
        business_date=datetime.date.fromisoformat(day.business_date),
        box_facts=day.missing_facts,
        times=1,
    )


def _of_transfer(found: Discrepancy) -> AlarmRow:
    return dataclasses.replace(
        _blank(TRANSFER + found.kind.value, found.transfer.source_store),
        target_store=found.transfer.target_store,
        document_no=found.transfer.transfer_no,
        missing_milli=found.missing_milli,
        surplus_milli=found.surplus_milli,
        times=1,
        since=found.since,
    )


def _blank(kind: str, store: str) -> AlarmRow:
    return AlarmRow(kind, store, "", "", None, "", 0, 0, 0, 0, 0, 0, 0, None, None, [])
