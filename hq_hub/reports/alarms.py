"""Open alarms about stores' histories, as IT reads them."""

from __future__ import annotations

import sqlalchemy as sa

from hq_hub.reports.paging import from_ms
from hq_hub.store import alarms
from hq_hub.store.alarms import Alarm, Boot


def list_alarms(db: sa.Connection) -> list[str]:
    """A line an alarm, and one below it a machine that spoke; nothing when all is well."""
    lines = []
    for alarm in alarms.read_open_alarms(db):
        boots = alarms.read_boots(db, alarm.store, alarm.question.epoch)
        lines += [_tell_alarm(alarm), *(_tell_boot(boot) for boot in boots)]
    return lines


def _tell_alarm(alarm: Alarm) -> str:
    about = alarm.question
    first, last = from_ms(about.first_received_at_ms), from_ms(about.last_received_at_ms)
    span = f" ({first.isoformat()} to {last.isoformat()})" if first and last else ""
    return (
        f"{alarm.store} {alarm.kind.value}: box {about.box_id}, epoch {about.epoch};"
        f" here up to {about.kept_seq}, there up to {about.box_seq};"
        f" only here {about.kept_facts}{span}, only there {about.box_facts};"
        f" {alarm.times} times until {_tell_instant(alarm.last_at_ms)}"
    )


def _tell_boot(boot: Boot) -> str:
    heard = _tell_instant(boot.last_at_ms)
    return f"    machine {boot.boot_id.hex()}: up to {boot.tail_seq}, heard {heard}"


def _tell_instant(at_ms: int) -> str:
    instant = from_ms(at_ms)
    assert instant is not None
    return instant.isoformat()
