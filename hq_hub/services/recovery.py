"""Boxes that come back from the past, or twice: what is noticed, and how a person lets one go on.

The cases and what to do in each: docs/recovery.md, ADR 0009. Nothing is decided here by itself: an
alarm says which facts are in question, a person approves an epoch, and one box takes it.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

import sqlalchemy as sa
from google.protobuf.message import DecodeError

from hq_hub.services.batch_rules import SEQ_MAX, Reason
from hq_hub.services.errors import BootNeededError, NoAlarmError, StoreNotFoundError
from hq_hub.store import alarms, day_certificates, feed_pages, journal, registry
from hq_hub.store.alarms import AlarmKind, Question
from hq_hub.store.day_certificates import DayCertificate
from hq_hub.store.engine import write_transaction
from hq_hub.store.orders import to_ms
from hq_hub.store.registry import RegisteredBox
from protos.chain import HEAD_BYTES
from protos.liushui.v1 import fact_pb2, sync_pb2

BOOT_STRAY_MS = 30_000
"""A hello may be on its way while its machine starts again; five times what a box waits."""
TWO_MACHINES_KINDS = frozenset({AlarmKind.BOX_CLONED, AlarmKind.EPOCH_BEHIND})
"""Alarms in which another machine may be the one that should go on."""
EPOCH_KINDS = TWO_MACHINES_KINDS | {AlarmKind.HISTORY_FORKED, AlarmKind.EPOCH_AHEAD}
"""Alarms out of which a new epoch leads."""


@dataclasses.dataclass(frozen=True, slots=True)
class ApprovedEpoch:
    """What a person approved."""

    box_id: str
    epoch: int
    kept_facts: int
    """Of the open alarms, the most: facts that the box gets from here."""
    box_facts: int
    """Facts that it hands over anew."""


def watch_hello(db: sa.Connection, box: RegisteredBox, hello: sync_pb2.Hello, now_ms: int) -> None:
    """Note what a hello in the box's own epoch tells of clones, forks and their end."""
    kinds = {alarm.kind for alarm in alarms.read_open_alarms(db, box.store)}
    if alarms.take_approval(db, box.store, box.epoch, now_ms):
        for kind in kinds & EPOCH_KINDS:
            alarms.close_alarm(db, box.store, kind, now_ms)
    if hello.stopped_reason == Reason.HISTORY_FORKED.value:
        question = _question_fork(db, box, hello)
        alarms.raise_alarm(db, box.store, AlarmKind.HISTORY_FORKED, question, now_ms)
    elif AlarmKind.HISTORY_FORKED in kinds and AlarmKind.BOX_CLONED not in kinds:
        alarms.close_alarm(db, box.store, AlarmKind.HISTORY_FORKED, now_ms)
    if hello.hub_generation > feed_pages.read_generation(db):
        question = Question(box.box_id, box.epoch, box_seq=hello.tail_seq)
        alarms.raise_alarm(db, box.store, AlarmKind.GENERATION_AHEAD, question, now_ms)
    elif AlarmKind.GENERATION_AHEAD in kinds:
        alarms.close_alarm(db, box.store, AlarmKind.GENERATION_AHEAD, now_ms)
    if _note_boot(db, box.store, hello, now_ms):
        question = _question_fork(db, box, hello)
        alarms.raise_alarm(db, box.store, AlarmKind.BOX_CLONED, question, now_ms)


def keep_day_close(
    db: sa.Connection, box: RegisteredBox, signed: sync_pb2.SignedDayClose, now_ms: int
) -> bool:
    """Keep the newest certificate of a day: then it is known what a silent store still has.

    Args:
        db: in a write transaction.
        box: that signed it; the signature was checked.
        signed: as the hello carried it.
        now_ms: hub's clock.

    Returns:
        False when it was known, or says something that its signer may not say.
    """
    try:
        close = sync_pb2.DayClose.FromString(signed.content)
        fact = fact_pb2.Fact.FromString(close.body)
        business_date = datetime.date.fromisoformat(fact.business_date)
    except (DecodeError, ValueError):
        return False
    place = (box.store, box.box_id, box.epoch, close.seq)
    is_sound = (
        (close.store, close.box_id, close.epoch, fact.seq) == place
        and (fact.store, fact.box_id, fact.epoch, fact.seq) == place
        and fact.kind == fact_pb2.FACT_KIND_DAY_CLOSED
        and len(close.head) == HEAD_BYTES
        and 1 <= close.seq <= SEQ_MAX
    )
    return is_sound and day_certificates.put_newest(
        db,
        DayCertificate(
            box.store,
            business_date.isoformat(),
            box.epoch,
            close.seq,
            close.head,
            signed.content,
            signed.signature,
            now_ms,
        ),
    )


def answer_other_epoch(
    db: sa.Connection, box: RegisteredBox, hello: sync_pb2.Hello, now_ms: int
) -> Reason:
    """Say to a box that speaks in another epoch whether it may begin the one that is in force.

    Only the machine that a person meant may, and only until one did: its twin stays fenced.
    """
    _note_boot(db, box.store, hello, now_ms)
    if hello.epoch > box.epoch:
        question = Question(box.box_id, hello.epoch, box_seq=hello.tail_seq)
        alarms.raise_alarm(db, box.store, AlarmKind.EPOCH_AHEAD, question, now_ms)
        return Reason.EPOCH_WRONG
    approval = alarms.find_approval(db, box.store, box.epoch)
    is_open = approval is not None and approval.taken_at_ms is None
    if is_open and approval is not None and approval.boot_id in {None, hello.boot_id}:
        return Reason.EPOCH_GRANTED
    taken_at_ms = 0 if approval is None else approval.taken_at_ms
    if taken_at_ms is not None and now_ms - taken_at_ms > BOOT_STRAY_MS:
        kept_seq = journal.read_cursor(db, box.store, box.epoch).durable_seq
        question = Question(
            box.box_id,
            hello.epoch,
            kept_seq=kept_seq,
            box_seq=hello.tail_seq,
            kept_facts=kept_seq,
            box_facts=max(0, hello.tail_seq - hello.durable_seq),
        )
        alarms.raise_alarm(db, box.store, AlarmKind.EPOCH_BEHIND, question, now_ms)
    return Reason.EPOCH_WRONG


def note_replacement(db: sa.Connection, dead: RegisteredBox, now_ms: int) -> None:
    """Keep what the box said last that another one replaces: a possible loss is a number."""
    heard = registry.read_heard(db, dead.store)
    if heard is None:
        return
    box_id, epoch, said, _heard_at_ms = heard
    if box_id != dead.box_id:
        return
    # In an epoch before its own, if it died before it took the one that a person approved.
    kept_seq = journal.read_cursor(db, dead.store, epoch).durable_seq
    kinds = {alarm.kind for alarm in alarms.read_open_alarms(db, dead.store)}
    is_forked = AlarmKind.HISTORY_FORKED in kinds
    common_seq = min(kept_seq, said.believed_durable_seq) if is_forked else kept_seq
    if said.tail_seq <= common_seq:
        return
    question = Question(
        dead.box_id,
        epoch,
        kept_seq=kept_seq,
        box_seq=said.tail_seq,
        box_facts=said.tail_seq - common_seq,
    )
    alarms.raise_alarm(db, dead.store, AlarmKind.BOX_REPLACED, question, now_ms)


def approve_epoch(
    db: sa.Connection, store: str, boot: str, now: datetime.datetime
) -> ApprovedEpoch:
    """Let a store's box begin another epoch, in which it hands over what the hub lacks.

    Args:
        db: of the writer.
        store: with an open alarm.
        boot: first letters of a boot id in hexadecimal; only that machine goes on. Empty for any.
        now: UTC.

    Raises:
        StoreNotFoundError: no such store, or no box there.
        NoAlarmError: nothing is wrong with it, so its history must not be broken.
        BootNeededError: two machines speak as this box, or the letters name none or several.
    """
    with write_transaction(db):
        box = registry.find_active_box(db, store)
        if box is None:
            raise StoreNotFoundError(store=store)
        found = [a for a in alarms.read_open_alarms(db, store) if a.kind in EPOCH_KINDS]
        if not found:
            raise NoAlarmError(store=store)
        epochs = {box.epoch, *(alarm.question.epoch for alarm in found)}
        boots = [b.boot_id for e in sorted(epochs) for b in alarms.read_boots(db, store, e)]
        is_needed = any(alarm.kind in TWO_MACHINES_KINDS for alarm in found)
        boot_id = _choose_boot(store, boots, boot, is_needed=is_needed)
        last_epoch, head = registry.read_last_epoch(db, store)
        epoch = max(last_epoch, *(alarm.question.epoch for alarm in found)) + 1
        journal.open_epoch(db, store, epoch, head)
        registry.set_epoch(db, box, epoch)
        alarms.insert_approval(db, store, epoch, boot_id, to_ms(now))
    return ApprovedEpoch(
        box.box_id,
        epoch,
        kept_facts=max(alarm.question.kept_facts for alarm in found),
        box_facts=max(alarm.question.box_facts for alarm in found),
    )


def close_alarm(db: sa.Connection, store: str, kind: AlarmKind, now: datetime.datetime) -> None:
    """Note that a person dealt with an alarm.

    Raises:
        NoAlarmError: it is not open.
    """
    with write_transaction(db):
        if not alarms.close_alarm(db, store, kind, to_ms(now)):
            raise NoAlarmError(store=store)


def _question_fork(db: sa.Connection, box: RegisteredBox, hello: sync_pb2.Hello) -> Question:
    """Count behind the last place on which box and hub agreed: the cursor that the box believes."""
    kept_seq = journal.read_cursor(db, box.store, box.epoch).durable_seq
    common_seq = min(hello.durable_seq, kept_seq)
    first_ms, last_ms = journal.read_received_span(db, box.store, box.epoch, common_seq)
    return Question(
        box.box_id,
        box.epoch,
        kept_seq=kept_seq,
        box_seq=hello.tail_seq,
        kept_facts=kept_seq - common_seq,
        box_facts=max(0, hello.tail_seq - common_seq),
        first_received_at_ms=first_ms,
        last_received_at_ms=last_ms,
    )


def _note_boot(db: sa.Connection, store: str, hello: sync_pb2.Hello, now_ms: int) -> bool:
    """Whether a machine speaks that another had superseded: no machine gets its old start again."""
    boots = {boot.boot_id: boot for boot in alarms.read_boots(db, store, hello.epoch)}
    boot = boots.get(hello.boot_id)
    place = {"tail_seq": hello.tail_seq, "now_ms": now_ms}
    if boot is None:
        alarms.add_boot(db, store, hello.epoch, hello.boot_id, **place)
        return False
    superseded_at_ms = boot.superseded_at_ms
    if superseded_at_ms is None or now_ms - superseded_at_ms <= BOOT_STRAY_MS:
        return False
    alarms.touch_boot(db, store, hello.epoch, hello.boot_id, **place)
    return True


def _choose_boot(
    store: str, boots: Sequence[bytes], letters: str, *, is_needed: bool
) -> bytes | None:
    if not letters and not is_needed:
        return None
    named = {boot_id for boot_id in boots if letters and boot_id.hex().startswith(letters.lower())}
    if len(named) != 1:
        shown = ", ".join(dict.fromkeys(boot_id.hex() for boot_id in boots))
        raise BootNeededError(store=store, boots=shown)
    return named.pop()
