"""Boxes from the past and boxes twice: what the hub notices, and how one of them goes on."""

from __future__ import annotations

import contextlib
import datetime
import pathlib
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from hq_hub.reports.alarms import list_alarms
from hq_hub.reports.doctor import examine
from hq_hub.services import batches, history, recovery
from hq_hub.services.errors import BootNeededError, NoAlarmError, StoreNotFoundError
from hq_hub.store import alarms, registry
from hq_hub.store.alarms import Alarm, AlarmKind
from hq_hub.store.engine import open_engine
from protos import chain, signing
from protos.liushui.v1 import sync_pb2
from tests.hq_hub.wire_hub import (
    EnrolledBox,
    enrol_box,
    make_batch,
    make_bodies,
    make_hub,
    put_items,
    put_stores,
    sign_batch,
)
from tests.retail_domain.builders import NOON

FIRST, SECOND = uuid.UUID(int=1).bytes, uuid.UUID(int=2).bytes
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def db(tmp_path: pathlib.Path) -> Iterator[sa.Connection]:
    engine = open_engine(make_hub(tmp_path / "hub.sqlite"))
    with contextlib.closing(engine.connect()) as connection:
        put_stores(connection, "S001", "S002")
        put_items(connection, 1)
        yield connection
    engine.dispose()


@pytest.fixture
def box(db: sa.Connection) -> EnrolledBox:
    """Its first 20 facts are kept; the last ten came a minute later."""
    enrolled = enrol_box(db, "S001")
    push(db, enrolled, make_bodies(enrolled, 10), NOON)
    head = chain.fold_heads(enrolled.epoch_start_head, make_bodies(enrolled, 10))
    later = make_bodies(enrolled, 10, first_seq=11)
    batch = make_batch(enrolled, later, first_seq=11, head_before=head)
    ack = batches.accept_batch(db, sign_batch(enrolled, batch), enrolled.topic, NOON + MINUTE)
    assert ack.durable_seq == 20
    return enrolled


def push(
    db: sa.Connection, box: EnrolledBox, bodies: list[bytes], at: datetime.datetime
) -> sync_pb2.Ack:
    return batches.accept_batch(db, sign_batch(box, make_batch(box, bodies)), box.topic, at)


def greet(
    db: sa.Connection,
    box: EnrolledBox,
    *,
    at: datetime.datetime = NOON,
    boot_id: bytes = FIRST,
    epoch: int | None = None,
    tail_seq: int = 20,
    durable_seq: int = 20,
    stopped_reason: str = "",
    hub_generation: int = 1,
) -> sync_pb2.Ack:
    hello = sync_pb2.Hello(
        store=box.store,
        box_id=box.box_id,
        epoch=epoch or box.epoch,
        tail_seq=tail_seq,
        tail_head=chain.GENESIS,
        durable_seq=durable_seq,
        hub_generation=hub_generation,
        boot_id=boot_id,
        stopped_reason=stopped_reason,
    )
    content = hello.SerializeToString()
    signature = signing.sign(box.key, signing.HELLO_CONTEXT, content)
    signed = sync_pb2.SignedHello(content=content, signature=signature)
    return batches.accept_hello(db, signed, box.topic, at)


def read_alarms(db: sa.Connection) -> dict[AlarmKind, Alarm]:
    found = {alarm.kind: alarm for alarm in alarms.read_open_alarms(db, "S001")}
    db.rollback()
    return found


def stop(db: sa.Connection, box: EnrolledBox) -> sync_pb2.Ack:
    """The box was restored to fact 10, sold five, and noticed."""
    return greet(db, box, tail_seq=15, durable_seq=10, stopped_reason="history_forked")


def test_restored_box_is_an_alarm_with_the_facts_in_question(
    db: sa.Connection, box: EnrolledBox
) -> None:
    stop(db, box)
    stop(db, box)

    alarm = read_alarms(db)[AlarmKind.HISTORY_FORKED]
    about = alarm.question
    assert (about.kept_seq, about.box_seq, about.kept_facts, about.box_facts) == (20, 15, 10, 5)
    assert about.first_received_at_ms == (NOON + MINUTE).timestamp() * 1_000
    assert alarm.times == 2


def test_doctor_and_list_tell_the_alarm_with_its_numbers_and_machines(
    db: sa.Connection, box: EnrolledBox
) -> None:
    stop(db, box)

    alarm, machine = list_alarms(db)
    findings, _faults = examine(db)
    db.rollback()

    assert alarm.startswith("S001 history_forked: box B1, epoch 1; here up to 20, there up to 15;")
    assert "only here 10 (2026-11-22T04:01:00+00:00 to 2026-11-22T04:01:00+00:00)" in alarm
    assert machine.startswith(f"    machine {FIRST.hex()}: up to 15, heard 2026-11-22T04:00:00")
    assert [text for name, text in findings if name == "alarm"] == [alarm, machine]


def test_box_that_found_its_history_again_closes_its_alarm(
    db: sa.Connection, box: EnrolledBox
) -> None:
    """A forged answer had stopped it."""
    stop(db, box)

    greet(db, box)

    assert read_alarms(db) == {}


def test_approved_epoch_is_granted_to_the_box_and_closes_the_alarm_when_it_lives_in_it(
    db: sa.Connection, box: EnrolledBox
) -> None:
    stop(db, box)

    approved = recovery.approve_epoch(db, "S001", "", NOON)
    granted = stop(db, box)
    open_meanwhile = set(read_alarms(db))
    greeted = greet(db, box, epoch=2, tail_seq=5, durable_seq=0)
    late = stop(db, box)

    assert (approved.epoch, approved.kept_facts, approved.box_facts) == (2, 10, 5)
    head = chain.fold_heads(chain.GENESIS, make_bodies(box, 20))
    assert (granted.outcome, granted.reason_code) == (sync_pb2.OUTCOME_FENCED, "epoch_granted")
    assert (granted.epoch, granted.durable_seq, granted.durable_head) == (2, 0, head)
    assert open_meanwhile == {AlarmKind.HISTORY_FORKED}
    assert greeted.outcome == sync_pb2.OUTCOME_GREETED
    assert (late.outcome, late.reason_code) == (sync_pb2.OUTCOME_FENCED, "epoch_wrong")
    assert read_alarms(db) == {}


def test_history_that_is_whole_is_not_broken(db: sa.Connection, box: EnrolledBox) -> None:
    greet(db, box)

    with pytest.raises(NoAlarmError):
        recovery.approve_epoch(db, "S001", "", NOON)
    with pytest.raises(StoreNotFoundError):
        recovery.approve_epoch(db, "S002", "", NOON)

    assert push(db, box, make_bodies(box, 20), NOON).outcome == sync_pb2.OUTCOME_EXISTS


def test_two_machines_in_turn_are_a_clone(db: sa.Connection, box: EnrolledBox) -> None:
    greet(db, box, boot_id=FIRST)
    greet(db, box, boot_id=SECOND, at=NOON + MINUTE)
    before = set(read_alarms(db))

    greet(db, box, boot_id=FIRST, at=NOON + 2 * MINUTE)

    assert before == set()
    assert set(read_alarms(db)) == {AlarmKind.BOX_CLONED}


def test_machine_that_was_started_again_is_no_clone(db: sa.Connection, box: EnrolledBox) -> None:
    """A hello of the former start may come late."""
    greet(db, box, boot_id=FIRST)
    greet(db, box, boot_id=SECOND, at=NOON + MINUTE)
    greet(db, box, boot_id=FIRST, at=NOON + MINUTE + datetime.timedelta(seconds=20))
    greet(db, box, boot_id=SECOND, at=NOON + 3 * MINUTE)

    assert read_alarms(db) == {}


def test_of_two_clones_only_the_named_machine_gets_the_epoch(
    db: sa.Connection, box: EnrolledBox
) -> None:
    for minutes, boot_id in enumerate([FIRST, SECOND, FIRST]):
        greet(db, box, boot_id=boot_id, at=NOON + minutes * MINUTE)

    with pytest.raises(BootNeededError) as needed:
        recovery.approve_epoch(db, "S001", "", NOON)
    with pytest.raises(BootNeededError):
        recovery.approve_epoch(db, "S001", "0000", NOON)
    recovery.approve_epoch(db, "S001", SECOND.hex(), NOON)
    other = greet(db, box, boot_id=FIRST)
    meant = greet(db, box, boot_id=SECOND)
    greet(db, box, boot_id=SECOND, epoch=2, tail_seq=0, durable_seq=0)
    again = greet(db, box, boot_id=SECOND)

    assert SECOND.hex() in str(needed.value.values["boots"])
    answers = [ack.reason_code for ack in (other, meant, again)]
    assert answers == ["epoch_wrong", "epoch_granted", "epoch_wrong"]


def test_box_restored_to_before_its_epoch_is_an_alarm_that_leads_out(
    db: sa.Connection, box: EnrolledBox
) -> None:
    """Nobody may take an epoch twice, but nobody may be stuck without an alarm either."""
    stop(db, box)
    recovery.approve_epoch(db, "S001", "", NOON)
    greet(db, box, epoch=2, tail_seq=5, durable_seq=0)

    greet(db, box, epoch=1, at=NOON + datetime.timedelta(seconds=10))
    at_once = set(read_alarms(db))
    greet(db, box, epoch=1, at=NOON + MINUTE)

    assert at_once == set(), "a hello that was on its way is no alarm"
    assert set(read_alarms(db)) == {AlarmKind.EPOCH_BEHIND}
    with pytest.raises(BootNeededError):
        recovery.approve_epoch(db, "S001", "", NOON)
    assert recovery.approve_epoch(db, "S001", FIRST.hex(), NOON).epoch == 3
    assert greet(db, box, epoch=1).reason_code == "epoch_granted"


def test_box_whose_epoch_the_hub_lost_gets_a_higher_one(
    db: sa.Connection, box: EnrolledBox
) -> None:
    """The hub was restored to before the box's third epoch."""
    ack = greet(db, box, epoch=3)
    about = read_alarms(db)[AlarmKind.EPOCH_AHEAD].question

    approved = recovery.approve_epoch(db, "S001", "", NOON)

    assert (ack.reason_code, about.epoch, approved.epoch) == ("epoch_wrong", 3, 4)
    assert greet(db, box, epoch=3).reason_code == "epoch_granted"


def test_hub_put_back_without_a_restore_is_an_alarm_until_it_is_declared(
    db: sa.Connection, box: EnrolledBox
) -> None:
    greet(db, box, hub_generation=9)
    during = set(read_alarms(db))

    greet(db, box, hub_generation=1)

    assert during == {AlarmKind.GENERATION_AHEAD}
    assert read_alarms(db) == {}


def test_loss_of_a_replaced_box_is_a_number(db: sa.Connection, box: EnrolledBox) -> None:
    greet(db, box, tail_seq=27)

    new = enrol_box(db, "S001", is_replacement=True)

    about = read_alarms(db)[AlarmKind.BOX_REPLACED].question
    assert (about.box_id, about.kept_seq, about.box_seq, about.box_facts) == ("B1", 20, 27, 7)
    assert (new.box_id, new.epoch) == ("B2", 2)
    recovery.close_alarm(db, "S001", AlarmKind.BOX_REPLACED, NOON)
    assert read_alarms(db) == {}
    with pytest.raises(NoAlarmError):
        recovery.close_alarm(db, "S001", AlarmKind.BOX_REPLACED, NOON)


def test_loss_of_a_box_that_died_before_its_new_epoch_is_a_number(
    db: sa.Connection, box: EnrolledBox
) -> None:
    """It had been restored to fact 10 and had sold five that nobody else has."""
    stop(db, box)
    recovery.approve_epoch(db, "S001", "", NOON)

    enrol_box(db, "S001", is_replacement=True)

    about = read_alarms(db)[AlarmKind.BOX_REPLACED].question
    assert (about.epoch, about.kept_seq, about.box_seq, about.box_facts) == (1, 20, 15, 5)


def test_replaced_box_that_was_in_step_is_no_alarm(db: sa.Connection, box: EnrolledBox) -> None:
    greet(db, box)

    enrol_box(db, "S001", is_replacement=True)

    assert read_alarms(db) == {}


def test_pages_hold_the_former_epochs_byte_for_byte_in_order(
    db: sa.Connection, box: EnrolledBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE_FACTS_MAX", 7)
    new = enrol_box(db, "S001", is_replacement=True)
    push(db, new, make_bodies(new, 3, first_number=100), NOON)
    registered = registry.find_active_box(db, "S001")
    assert registered is not None
    bodies: list[bytes] = []
    request = sync_pb2.JournalRequest(store="S001")

    for _ in range(3):
        page = history.read_page(db, request, registered)
        assert page == history.read_page(db, request, registered)
        bodies += [fact.body for fact in page.facts]
        request.after_epoch, request.after_seq = page.facts[-1].epoch, page.facts[-1].seq

    assert page.is_last
    assert bodies == make_bodies(box, 20)
    assert new.epoch_start_head == chain.fold_heads(chain.GENESIS, bodies)


def test_hello_that_somebody_else_signed_gets_no_epoch(db: sa.Connection, box: EnrolledBox) -> None:
    stop(db, box)
    recovery.approve_epoch(db, "S001", "", NOON)
    hello = sync_pb2.Hello(store="S001", box_id="B1", epoch=1, boot_id=FIRST).SerializeToString()

    ack = batches.accept_hello(
        db, sync_pb2.SignedHello(content=hello, signature=b"x"), box.topic, NOON
    )

    assert ack.reason_code == "signature_wrong"
