"""Takes batches and hellos of boxes: keeps what is new, in one transaction, and says what is kept.

An ack is made inside the transaction and leaves after its commit. The rules stand in batch_rules.
"""

from __future__ import annotations

import datetime
import functools

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from hq_hub.services import feeds, recovery
from hq_hub.services.batch_rules import (
    OUTCOME_OF_REASON,
    Caller,
    Reason,
    SoundBatch,
    Verdict,
    check_history,
    check_speaker,
    compared_seq,
    decide,
    parse_batch,
    parse_hello,
)
from hq_hub.store import journal, registry
from hq_hub.store.engine import receive_transaction
from hq_hub.store.journal import Cursor
from hq_hub.store.orders import to_ms
from hq_hub.store.quarantine import RefusedBatch, quarantine_batch
from hq_hub.store.registry import Heard, RegisteredBox
from protos import signing
from protos.liushui.v1 import sync_pb2

PUBLIC_KEYS_KEPT = 1_024
"""Parsed keys of the boxes that spoke last: parsing takes as long as checking a signature."""
BOX_ID_SHOWN_MAX = 32
"""Letters kept of a name that a refused batch claims: it may be anything."""
OUTCOME_OF_VERDICT = {
    Verdict.NEW: sync_pb2.OUTCOME_STORED,
    Verdict.EXISTS: sync_pb2.OUTCOME_EXISTS,
    Verdict.GAP: sync_pb2.OUTCOME_GAP,
}


def accept_batch(
    db: sa.Connection, signed: sync_pb2.SignedBatch, caller: Caller, now: datetime.datetime
) -> sync_pb2.Ack:
    """Keep what is new of a batch, in one transaction. A repeat changes nothing.

    Returns:
        What is kept now, and what became of this batch; a refused one is in quarantine.
    """
    wire = parse_batch(signed.content)
    try:
        with receive_transaction(db):
            journal.lock_store(db, caller.store)
            return _accept_batch(db, signed, wire, caller, now)
    except sa.exc.IntegrityError:
        # The one rule left to the database: a fact happens once. Anything else is a bug.
        assert isinstance(wire, sync_pb2.SyncBatch)
        with receive_transaction(db):
            journal.lock_store(db, caller.store)
            sound = check_history(wire)
            assert isinstance(sound, SoundBatch)
            if not _has_repeated_fact_id(db, wire, sound):
                raise
            return _refuse_batch(db, signed, wire, caller, Reason.FACT_ID_REPEATED, now)


def accept_hello(
    db: sa.Connection, signed: sync_pb2.SignedHello, caller: Caller, now: datetime.datetime
) -> sync_pb2.Ack:
    """Note where a box stands, and tell it where the hub stands. A repeat is as good as one."""
    hello = parse_hello(signed.content)
    now_ms = to_ms(now)
    with receive_transaction(db):
        journal.lock_store(db, caller.store)
        if isinstance(hello, Reason):
            return _make_refusal(db, None, caller, hello, now_ms)
        box = registry.find_box(db, hello.store, hello.box_id)
        reason = check_speaker(box, caller, hello.epoch)
        may_speak = reason in {None, Reason.EPOCH_WRONG}
        if may_speak and not _is_signed(box, signing.HELLO_CONTEXT, signed):
            reason = Reason.SIGNATURE_WRONG
        elif reason is Reason.EPOCH_WRONG:
            assert box is not None
            reason = recovery.answer_other_epoch(db, box, hello, now_ms)
        if reason is not None:
            return _make_refusal(db, box, caller, reason, now_ms)
        assert box is not None
        recovery.watch_hello(db, box, hello, now_ms)
        close = hello.last_day_close
        if close.content and _is_signed(box, signing.DAY_CLOSE_CONTEXT, close):
            recovery.keep_day_close(db, box, close, now_ms)
        heard = Heard(
            tail_seq=hello.tail_seq,
            tail_head=hello.tail_head,
            believed_durable_seq=hello.durable_seq,
            wall_at_ms=hello.wall_at_ms,
            software_version=hello.software_version,
            boot_id=hello.boot_id,
        )
        registry.write_heard(db, box, heard, now_ms)
        devices = hello.devices.SerializeToString(deterministic=True)
        registry.write_devices(db, box.store, devices, now_ms)
        return _make_greeting(db, box, now_ms)


def greet_store(db: sa.Connection, store: str, now: datetime.datetime) -> sync_pb2.Ack | None:
    """Say unasked where the hub stands, on a read connection; None without an active box."""
    box = registry.find_active_box(db, store)
    return None if box is None else _make_greeting(db, box, to_ms(now))


def make_busy(store: str, retry_after_ms: int) -> sync_pb2.Ack:
    """Answer without the database: it has enough to do."""
    return sync_pb2.Ack(store=store, outcome=sync_pb2.OUTCOME_BUSY, retry_after_ms=retry_after_ms)


def _accept_batch(
    db: sa.Connection,
    signed: sync_pb2.SignedBatch,
    wire: sync_pb2.SyncBatch | Reason,
    caller: Caller,
    now: datetime.datetime,
) -> sync_pb2.Ack:
    if isinstance(wire, Reason):
        return _refuse_batch(db, signed, None, caller, wire, now)
    box = registry.find_box(db, wire.store, wire.box_id)
    reason = check_speaker(box, caller, wire.epoch)
    if reason is None and not _is_signed(box, signing.BATCH_CONTEXT, signed):
        reason = Reason.SIGNATURE_WRONG
    sound = check_history(wire) if reason is None else reason
    if isinstance(sound, Reason):
        return _refuse_batch(db, signed, wire, caller, sound, now)
    assert box is not None
    cursor = journal.read_cursor(db, box.store, box.epoch)
    kept_head = journal.read_head(db, box.store, box.epoch, compared_seq(cursor, sound))
    verdict = decide(cursor, sound, kept_head)
    if verdict is Verdict.FORK:
        return _refuse_batch(db, signed, wire, caller, Reason.HISTORY_FORKED, now)
    now_ms = to_ms(now)
    outcome = OUTCOME_OF_VERDICT[verdict]
    if verdict is Verdict.NEW:
        new = sound.facts[cursor.durable_seq + 1 - sound.first_seq :]
        cursor = journal.append_facts(
            db, store=box.store, epoch=box.epoch, facts=new, received_at_ms=now_ms
        )
        outcome = sync_pb2.OUTCOME_TOO_NEW if sound.has_newer else outcome
    registry.touch_heard(db, box, now_ms)
    return _make_ack(db, box, cursor, outcome, now_ms)


def _refuse_batch(
    db: sa.Connection,
    signed: sync_pb2.SignedBatch,
    wire: sync_pb2.SyncBatch | None,
    caller: Caller,
    reason: Reason,
    now: datetime.datetime,
) -> sync_pb2.Ack:
    now_ms = to_ms(now)
    if registry.is_enrolled_store(db, caller.store):
        refused = RefusedBatch(
            store=caller.store,
            box_id="" if wire is None else wire.box_id[:BOX_ID_SHOWN_MAX].replace("\0", ""),
            reason_code=reason.value,
            content=signed.content,
            signature=signed.signature,
        )
        quarantine_batch(db, refused, now_ms)
    box = None if wire is None else registry.find_box(db, wire.store, wire.box_id)
    return _make_refusal(db, box, caller, reason, now_ms)


def _make_refusal(
    db: sa.Connection, box: RegisteredBox | None, caller: Caller, reason: Reason, now_ms: int
) -> sync_pb2.Ack:
    """Refuse towards the caller; what the hub keeps is told to the box itself only."""
    outcome = OUTCOME_OF_REASON[reason]
    if box is None or box.store != caller.store:
        generation = journal.read_progress(db, caller.store, 0).hub_generation
        return sync_pb2.Ack(
            store=caller.store,
            hub_generation=generation,
            outcome=outcome,
            hub_time_ms=now_ms,
            reason_code=reason.value,
        )
    cursor = journal.read_cursor(db, box.store, box.epoch)
    ack = _make_ack(db, box, cursor, outcome, now_ms)
    ack.reason_code = reason.value
    return ack


def _make_greeting(db: sa.Connection, box: RegisteredBox, now_ms: int) -> sync_pb2.Ack:
    cursor = journal.read_cursor(db, box.store, box.epoch)
    ack = _make_ack(db, box, cursor, sync_pb2.OUTCOME_GREETED, now_ms)
    ack.feeds.extend(feeds.read_positions(db, box.store))
    return ack


def _make_ack(
    db: sa.Connection, box: RegisteredBox, cursor: Cursor, outcome: sync_pb2.Outcome, now_ms: int
) -> sync_pb2.Ack:
    progress = journal.read_progress(db, box.store, box.epoch)
    return sync_pb2.Ack(
        store=box.store,
        epoch=box.epoch,
        durable_seq=cursor.durable_seq,
        durable_head=cursor.durable_head,
        applied_seq=progress.applied_seq,
        hub_generation=progress.hub_generation,
        outcome=outcome,
        parked_facts=progress.parked_facts,
        hub_time_ms=now_ms,
    )


def _has_repeated_fact_id(db: sa.Connection, wire: sync_pb2.SyncBatch, sound: SoundBatch) -> bool:
    cursor = journal.read_cursor(db, wire.store, wire.epoch)
    new = [fact.fact_id for fact in sound.facts if fact.seq > cursor.durable_seq]
    fact_ids = [fact_id for fact_id in new if fact_id is not None]
    return len(fact_ids) > len(set(fact_ids)) or journal.has_any_fact_id(db, wire.store, fact_ids)


def _is_signed(
    box: RegisteredBox | None,
    context: bytes,
    signed: sync_pb2.SignedBatch | sync_pb2.SignedHello | sync_pb2.SignedDayClose,
) -> bool:
    assert box is not None
    return signing.is_signed_by(
        _load_public_key(box.public_key), context, signed.content, signed.signature
    )


@functools.lru_cache(PUBLIC_KEYS_KEPT)
def _load_public_key(der: bytes) -> ec.EllipticCurvePublicKey:
    key = load_der_public_key(der)
    assert isinstance(key, ec.EllipticCurvePublicKey), "enrolment takes no other"
    return key
