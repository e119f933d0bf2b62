"""What a person has to look at in a store's history, and the epochs that persons approved."""

from __future__ import annotations

import dataclasses
import enum

import sqlalchemy as sa

from hq_hub.store.rows import insert_rows, read_rows
from hq_hub.store.schema_ingest import box_alarm, box_boot, epoch_approval

BOOTS_KEPT = 16
"""Of an epoch: a clone speaks within minutes, not after its twin was started 16 times."""


class AlarmKind(enum.StrEnum):
    """What is wrong. The values are shown and stored, so they stay."""

    HISTORY_FORKED = "history_forked"
    """Box and hub hold different facts at one place: the box was restored, or cloned."""
    BOX_CLONED = "box_cloned"
    """Two machines speak in turn as one box."""
    EPOCH_AHEAD = "epoch_ahead"
    """The box lives in an epoch that this hub lost by its own restore."""
    EPOCH_BEHIND = "epoch_behind"
    """The box speaks in an epoch that is closed: restored to before its end, or a fenced clone."""
    GENERATION_AHEAD = "generation_ahead"
    """The box knows a later life of the hub: an old file was put back without a restore."""
    BOX_REPLACED = "box_replaced"
    """The dead box had facts that the hub never got."""


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """Which facts an alarm is about."""

    box_id: str
    epoch: int
    kept_seq: int = 0
    """Held by the hub in this epoch."""
    box_seq: int = 0
    """Last fact of the box, as it said."""
    kept_facts: int = 0
    """That the hub holds and the box may not know."""
    box_facts: int = 0
    """That the box holds, or held, and the hub may never get."""
    first_received_at_ms: int | None = None
    last_received_at_ms: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, open or closed."""

    store: str
    kind: AlarmKind
    question: Question
    times: int
    first_at_ms: int
    last_at_ms: int
    closed_at_ms: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class Boot:
    """One start of a machine that spoke as a store's box."""

    boot_id: bytes
    tail_seq: int
    first_at_ms: int
    last_at_ms: int
    superseded_at_ms: int | None
    """When another start was heard first; None for the newest."""


@dataclasses.dataclass(frozen=True, slots=True)
class Approval:
    """A person let a box begin an epoch."""

    epoch: int
    boot_id: bytes | None
    """Only the machine that was started thus; None for any."""
    taken_at_ms: int | None


def raise_alarm(
    db: sa.Connection, store: str, kind: AlarmKind, question: Question, now_ms: int
) -> None:
    """Open an alarm, or bring the open one of its kind up to date."""
    found = read_rows(db, box_alarm, [(store, kind.value)])
    before = _read_alarm(found[0]) if found else None
    is_open = before is not None and before.closed_at_ms is None
    if found:
        db.execute(sa.delete(box_alarm).where(_is_alarm(store, kind)))
    row = (
        store,
        kind.value,
        *dataclasses.astuple(question),
        before.times + 1 if before and is_open else 1,
        before.first_at_ms if before and is_open else now_ms,
        now_ms,
        None,
    )
    insert_rows(db, box_alarm, [row])


def close_alarm(db: sa.Connection, store: str, kind: AlarmKind, now_ms: int) -> bool:
    """Note that it was dealt with; False when it is not open."""
    closed = db.execute(
        sa.update(box_alarm)
        .where(_is_alarm(store, kind), box_alarm.c.closed_at_ms.is_(None))
        .values(closed_at_ms=now_ms)
    )
    return closed.rowcount == 1


def read_open_alarms(db: sa.Connection, store: str | None = None) -> list[Alarm]:
    """Alarms that somebody has to act on, of one store or of all, in order of store and kind."""
    question = sa.select(box_alarm).where(box_alarm.c.closed_at_ms.is_(None))
    if store is not None:
        question = question.where(box_alarm.c.store == store)
    return [_read_alarm(tuple(r)) for r in db.execute(question.order_by("store", "kind"))]


def read_boots(db: sa.Connection, store: str, epoch: int) -> list[Boot]:
    """Starts that spoke in an epoch, oldest first."""
    table = box_boot.c
    rows = db.execute(
        sa.select(
            table.boot_id,
            table.tail_seq,
            table.first_at_ms,
            table.last_at_ms,
            table.superseded_at_ms,
        )
        .where(table.store == store, table.epoch == epoch)
        .order_by(table.first_at_ms, table.boot_id)
    )
    return [Boot(*row) for row in rows]


def add_boot(
    db: sa.Connection, store: str, epoch: int, boot_id: bytes, *, tail_seq: int, now_ms: int
) -> None:
    """Note a start that was not heard before: it supersedes the others. BOOTS_KEPT are kept."""
    others = read_boots(db, store, epoch)
    of_epoch = (box_boot.c.store == store) & (box_boot.c.epoch == epoch)
    db.execute(
        sa.update(box_boot)
        .where(of_epoch, box_boot.c.superseded_at_ms.is_(None))
        .values(superseded_at_ms=now_ms)
    )
    for other in others[: max(0, len(others) - BOOTS_KEPT + 1)]:
        db.execute(sa.delete(box_boot).where(of_epoch, box_boot.c.boot_id == other.boot_id))
    insert_rows(db, box_boot, [(store, epoch, boot_id, tail_seq, now_ms, now_ms, None)])


def touch_boot(
    db: sa.Connection, store: str, epoch: int, boot_id: bytes, *, tail_seq: int, now_ms: int
) -> None:
    """Note that a start spoke again."""
    db.execute(
        sa.update(box_boot)
        .where(box_boot.c.store == store, box_boot.c.epoch == epoch, box_boot.c.boot_id == boot_id)
        .values(tail_seq=tail_seq, last_at_ms=now_ms)
    )


def insert_approval(
    db: sa.Connection, store: str, epoch: int, boot_id: bytes | None, now_ms: int
) -> None:
    """Let a box begin an epoch."""
    insert_rows(db, epoch_approval, [(store, epoch, boot_id, now_ms, None)])


def find_approval(db: sa.Connection, store: str, epoch: int) -> Approval | None:
    """Who may begin an epoch; None for one that enrolment opened."""
    found = read_rows(db, epoch_approval, [(store, epoch)])
    if not found:
        return None
    _store, _epoch, boot_id, _approved_at_ms, taken_at_ms = found[0]
    return Approval(epoch, boot_id, taken_at_ms)


def take_approval(db: sa.Connection, store: str, epoch: int, now_ms: int) -> bool:
    """Note that the box lives in the epoch; False when that was known, or enrolment opened it."""
    taken = db.execute(
        sa.update(epoch_approval)
        .where(
            epoch_approval.c.store == store,
            epoch_approval.c.epoch == epoch,
            epoch_approval.c.taken_at_ms.is_(None),
        )
        .values(taken_at_ms=now_ms)
    )
    return taken.rowcount == 1


def _is_alarm(store: str, kind: AlarmKind) -> sa.ColumnElement[bool]:
    return (box_alarm.c.store == store) & (box_alarm.c.kind == kind.value)


def _read_alarm(row: tuple[object, ...]) -> Alarm:
    store, kind, *rest = row
    question = Question(*rest[:8])  # type: ignore[arg-type]  # The columns' types are the schema's.
    return Alarm(str(store), AlarmKind(str(kind)), question, *rest[8:])  # type: ignore[arg-type]  # As above.
