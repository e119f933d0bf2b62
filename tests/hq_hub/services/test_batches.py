"""What the hub answers to a batch or a hello, and what it keeps then."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from hq_hub.services import batches, enrolment
from hq_hub.services.batch_rules import BATCH_FACTS_MAX, CONTENT_BYTES_MAX, Caller
from hq_hub.store.quarantine import STORE_BYTES_MAX, STORE_ROWS_MAX, RefusedBatch, quarantine_batch
from hq_hub.store.schema_ingest import heard_from, hub_journal, quarantine
from protos import chain, codec
from protos.liushui.v1 import fact_pb2, sync_pb2
from retail_domain.trade.fact_kind import FactKind
from tests.hq_hub.databases import Databases
from tests.hq_hub.wire_hub import (
    EnrolledBox,
    enrol_box,
    make_batch,
    make_bodies,
    make_hello,
    open_empty_hub,
    put_stores,
    sign_batch,
)
from tests.retail_domain.builders import NOON


@pytest.fixture
def db(databases: Databases) -> Iterator[sa.Connection]:
    with open_empty_hub(databases) as connection:
        put_stores(connection, "S001", "S002")
        yield connection


@pytest.fixture
def box(db: sa.Connection) -> EnrolledBox:
    return enrol_box(db, "S001")


def accept(
    db: sa.Connection, box: EnrolledBox, batch: sync_pb2.SyncBatch, caller: Caller | None = None
) -> sync_pb2.Ack:
    return batches.accept_batch(db, sign_batch(box, batch), caller or box.topic, NOON)


def read_journal(db: sa.Connection) -> list[tuple[str, int, int, bytes]]:
    table = hub_journal.c
    question = sa.select(table.store, table.epoch, table.seq, table.body)
    with db.begin():
        return [tuple(row) for row in db.execute(question.order_by(table.receive_no))]


def read_quarantine(db: sa.Connection) -> list[tuple[str, str, int]]:
    table = quarantine.c
    question = sa.select(table.store, table.reason_code, table.times)
    with db.begin():
        return [tuple(row) for row in db.execute(question.order_by(table.reason_code))]


def test_new_batch_is_stored_and_acknowledged_with_its_head(
    db: sa.Connection, box: EnrolledBox
) -> None:
    bodies = make_bodies(box, 3)

    ack = accept(db, box, make_batch(box, bodies))

    assert ack.outcome == sync_pb2.OUTCOME_STORED
    assert (ack.epoch, ack.durable_seq, ack.hub_generation) == (1, 3, 1)
    assert ack.durable_head == chain.fold_heads(chain.GENESIS, bodies)
    assert read_journal(db) == [("S001", 1, seq, bodies[seq - 1]) for seq in (1, 2, 3)]


def test_same_batch_again_changes_nothing(db: sa.Connection, box: EnrolledBox) -> None:
    batch = make_batch(box, make_bodies(box, 3))
    accept(db, box, batch)

    ack = accept(db, box, batch)

    assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_EXISTS, 3)
    assert len(read_journal(db)) == 3


def test_overlapping_batch_adds_only_its_new_part(db: sa.Connection, box: EnrolledBox) -> None:
    bodies = make_bodies(box, 5)
    accept(db, box, make_batch(box, bodies[:3]))
    head_before = chain.fold_heads(chain.GENESIS, bodies[:1])

    ack = accept(db, box, make_batch(box, bodies[1:], first_seq=2, head_before=head_before))

    assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_STORED, 5)
    assert [row[3] for row in read_journal(db)] == bodies


def test_batch_behind_a_gap_is_answered_with_where_to_go_on(
    db: sa.Connection, box: EnrolledBox
) -> None:
    bodies = make_bodies(box, 5)
    accept(db, box, make_batch(box, bodies[:1]))
    head_before = chain.fold_heads(chain.GENESIS, bodies[:3])

    ack = accept(db, box, make_batch(box, bodies[3:], first_seq=4, head_before=head_before))

    assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_GAP, 1)
    assert len(read_journal(db)) == 1
    assert read_quarantine(db) == []


@pytest.mark.parametrize(
    ("kept", "first_seq", "count"), [(3, 1, 3), (3, 2, 4), (3, 4, 1), (3, 3, 1), (0, 1, 1)]
)
def test_other_history_of_a_box_is_a_fork(
    db: sa.Connection, box: EnrolledBox, kept: int, first_seq: int, count: int
) -> None:
    bodies = make_bodies(box, kept)
    if kept:
        accept(db, box, make_batch(box, bodies))
    other = make_bodies(box, count, first_seq=first_seq, first_number=100)
    wrong_head = chain.fold_heads(b"\1" * 32, make_bodies(box, 1))

    ack = accept(db, box, make_batch(box, other, first_seq=first_seq, head_before=wrong_head))

    assert (ack.outcome, ack.reason_code) == (sync_pb2.OUTCOME_FORK, "history_forked")
    assert (ack.durable_seq, len(read_journal(db))) == (kept, kept)
    assert read_quarantine(db) == [("S001", "history_forked", 1)]


def test_fact_id_that_is_here_already_is_a_fork(db: sa.Connection, box: EnrolledBox) -> None:
    first = make_bodies(box, 2)
    accept(db, box, make_batch(box, first))
    again = make_bodies(box, 2, first_seq=3, first_number=2)

    ack = accept(
        db,
        box,
        make_batch(box, again, first_seq=3, head_before=chain.fold_heads(chain.GENESIS, first)),
    )

    assert (ack.outcome, ack.reason_code) == (sync_pb2.OUTCOME_FORK, "fact_id_repeated")
    assert (ack.durable_seq, len(read_journal(db))) == (2, 2)
    assert read_quarantine(db) == [("S001", "fact_id_repeated", 1)]


def test_two_stores_may_have_facts_of_one_id(db: sa.Connection, box: EnrolledBox) -> None:
    other = enrol_box(db, "S002")
    accept(db, box, make_batch(box, make_bodies(box, 1)))

    ack = accept(db, other, make_batch(other, make_bodies(other, 1)))

    assert ack.outcome == sync_pb2.OUTCOME_STORED


def alter_body(batch: sync_pb2.SyncBatch) -> None:
    batch.bodies[1] = batch.bodies[1][:-1] + b"\x7f"


def drop_body(batch: sync_pb2.SyncBatch) -> None:
    del batch.bodies[1]


def claim_more(batch: sync_pb2.SyncBatch) -> None:
    batch.last_seq += 1


def swap_bodies(batch: sync_pb2.SyncBatch) -> None:
    bodies = [batch.bodies[1], batch.bodies[0], batch.bodies[2]]
    del batch.bodies[:]
    batch.bodies.extend(bodies)
    batch.head = chain.fold_heads(batch.head_before, bodies)


def empty(batch: sync_pb2.SyncBatch) -> None:
    del batch.bodies[:]
    batch.last_seq = batch.first_seq - 1
    batch.head = batch.head_before


def start_at_zero(batch: sync_pb2.SyncBatch) -> None:
    batch.first_seq, batch.last_seq = 0, 2


def shorten_head(batch: sync_pb2.SyncBatch) -> None:
    batch.head_before = batch.head_before[:-1]


def lie_about_head(batch: sync_pb2.SyncBatch) -> None:
    batch.head = b"\1" * 32


def forget_epoch(batch: sync_pb2.SyncBatch) -> None:
    batch.epoch = 2


def name_other_box(batch: sync_pb2.SyncBatch) -> None:
    batch.box_id = "B9"


def name_other_store(batch: sync_pb2.SyncBatch) -> None:
    batch.store = "S002"


def name_no_store(batch: sync_pb2.SyncBatch) -> None:
    batch.store = "S999"


REFUSED, FENCED = sync_pb2.OUTCOME_REFUSED, sync_pb2.OUTCOME_FENCED


@pytest.mark.parametrize(
    ("spoil", "outcome", "reason_code"),
    [
        (alter_body, REFUSED, "chain_broken"),
        (lie_about_head, REFUSED, "chain_broken"),
        (swap_bodies, REFUSED, "position_wrong"),
        (drop_body, REFUSED, "seq_wrong"),
        (claim_more, REFUSED, "seq_wrong"),
        (empty, REFUSED, "seq_wrong"),
        (start_at_zero, REFUSED, "seq_wrong"),
        (shorten_head, REFUSED, "seq_wrong"),
        (forget_epoch, FENCED, "epoch_wrong"),
        (name_other_box, REFUSED, "box_unknown"),
        (name_no_store, REFUSED, "box_unknown"),
    ],
)
def test_batch_that_is_wrong_in_itself_is_refused_and_quarantined(
    db: sa.Connection,
    box: EnrolledBox,
    spoil: Callable[[sync_pb2.SyncBatch], None],
    outcome: int,
    reason_code: str,
) -> None:
    batch = make_batch(box, make_bodies(box, 3))
    spoil(batch)

    ack = accept(db, box, batch)

    assert (ack.outcome, ack.reason_code) == (outcome, reason_code)
    assert read_journal(db) == []
    assert read_quarantine(db) == [("S001", reason_code, 1)]


def test_batch_of_another_store_is_refused_on_this_ones_topic(
    db: sa.Connection, box: EnrolledBox
) -> None:
    other = enrol_box(db, "S002")

    ack = accept(db, other, make_batch(other, make_bodies(other, 1)), caller=box.topic)

    assert (ack.store, ack.outcome) == ("S001", REFUSED)
    assert (ack.reason_code, ack.durable_head) == ("store_foreign", b"")
    assert read_quarantine(db) == [("S001", "store_foreign", 1)]


def test_batch_signed_by_another_box_is_refused(db: sa.Connection, box: EnrolledBox) -> None:
    other = enrol_box(db, "S002")

    ack = accept(db, other, make_batch(box, make_bodies(box, 1)), caller=box.topic)

    assert (ack.outcome, ack.reason_code) == (REFUSED, "signature_wrong")
    assert read_quarantine(db) == [("S001", "signature_wrong", 1)]


@pytest.mark.parametrize("cut", [1, 5, 100])
def test_truncated_batch_is_refused(db: sa.Connection, box: EnrolledBox, cut: int) -> None:
    signed = sign_batch(box, make_batch(box, make_bodies(box, 3)))
    signed.content = signed.content[:-cut]

    ack = batches.accept_batch(db, signed, box.topic, NOON)

    assert ack.outcome == REFUSED
    assert ack.reason_code in {"not_readable", "signature_wrong"}
    assert read_journal(db) == []


def test_too_large_batch_is_refused(db: sa.Connection, box: EnrolledBox) -> None:
    batch = make_batch(box, [b"\0" * (CONTENT_BYTES_MAX + 1)])

    ack = accept(db, box, batch)

    assert (ack.outcome, ack.reason_code) == (REFUSED, "too_large")
    assert read_quarantine(db) == [("S001", "too_large", 1)]


def test_batch_of_too_many_facts_is_refused(db: sa.Connection, box: EnrolledBox) -> None:
    batch = make_batch(box, make_bodies(box, BATCH_FACTS_MAX + 1))

    ack = accept(db, box, batch)

    assert (ack.outcome, ack.reason_code) == (REFUSED, "seq_wrong")


def test_certificate_that_the_registry_does_not_know_is_refused(
    db: sa.Connection, box: EnrolledBox
) -> None:
    caller = Caller(box.store, box.box_id, b"\1" * 32)

    ack = accept(db, box, make_batch(box, make_bodies(box, 1)), caller=caller)

    assert (ack.outcome, ack.reason_code) == (REFUSED, "certificate_unknown")


def test_certificate_of_the_box_is_let_in(db: sa.Connection, box: EnrolledBox) -> None:
    ack = accept(db, box, make_batch(box, make_bodies(box, 1)), caller=box.certificate)

    assert ack.outcome == sync_pb2.OUTCOME_STORED


def test_revoked_box_is_fenced_at_once(db: sa.Connection, box: EnrolledBox) -> None:
    accept(db, box, make_batch(box, make_bodies(box, 1)))
    enrolment.revoke_box(db, box.store, box.box_id)

    batch_ack = accept(db, box, make_batch(box, make_bodies(box, 2)))
    hello_ack = batches.accept_hello(db, make_hello(box), box.topic, NOON)

    assert (batch_ack.outcome, batch_ack.reason_code) == (FENCED, "box_revoked")
    assert (hello_ack.outcome, hello_ack.reason_code) == (FENCED, "box_revoked")
    assert len(read_journal(db)) == 1


def test_replaced_box_is_fenced_and_its_successor_goes_on_from_its_head(
    db: sa.Connection, box: EnrolledBox
) -> None:
    bodies = make_bodies(box, 2)
    accept(db, box, make_batch(box, bodies))
    successor = enrol_box(db, box.store, is_replacement=True)

    old_ack = accept(db, box, make_batch(box, make_bodies(box, 3)))
    new_ack = accept(
        db, successor, make_batch(successor, make_bodies(successor, 1, first_number=50))
    )

    assert (old_ack.outcome, old_ack.reason_code) == (FENCED, "box_replaced")
    assert (successor.epoch, successor.epoch_start_head) == (
        2,
        chain.fold_heads(chain.GENESIS, bodies),
    )
    assert (new_ack.outcome, new_ack.epoch, new_ack.durable_seq) == (
        sync_pb2.OUTCOME_STORED,
        2,
        1,
    )


@pytest.mark.parametrize(
    "change",
    [{"schema_version": codec.SCHEMA_VERSIONS[FactKind.TICKET] + 1}, {"kind": 99}],
    ids=["version", "kind of a later program"],
)
def test_fact_of_a_later_version_is_stored_and_said_to_be_too_new(
    db: sa.Connection, box: EnrolledBox, change: dict[str, int]
) -> None:
    fact = fact_pb2.Fact.FromString(make_bodies(box, 1)[0])
    for field, value in change.items():
        setattr(fact, field, value)
    body = fact.SerializeToString()

    ack = accept(db, box, make_batch(box, [body]))

    assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_TOO_NEW, 1)
    assert read_journal(db) == [("S001", 1, 1, body)]


@pytest.mark.parametrize("garbage", [b"\xff\xff\xff", b"\x0a\xff"])
def test_body_that_is_no_fact_is_kept_so_that_the_chain_goes_on(
    db: sa.Connection, box: EnrolledBox, garbage: bytes
) -> None:
    bodies = [garbage, *make_bodies(box, 1, first_seq=2)]

    ack = accept(db, box, make_batch(box, bodies))

    assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_STORED, 2)
    assert [row[3] for row in read_journal(db)] == bodies


def test_fact_without_kind_or_identity_is_kept(db: sa.Connection, box: EnrolledBox) -> None:
    fact = fact_pb2.Fact(store=box.store, box_id=box.box_id, epoch=1, seq=1, fact_id=b"short")

    ack = accept(db, box, make_batch(box, [fact.SerializeToString()]))

    assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_STORED, 1)


def test_hello_is_answered_with_where_the_hub_stands(db: sa.Connection, box: EnrolledBox) -> None:
    bodies = make_bodies(box, 2)
    accept(db, box, make_batch(box, bodies))

    ack = batches.accept_hello(db, make_hello(box, tail_seq=7), box.topic, NOON)

    assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_GREETED, 2)
    assert ack.durable_head == chain.fold_heads(chain.GENESIS, bodies)
    assert [(feed.feed, feed.scope, feed.version) for feed in ack.feeds] == [
        ("items", "*", 0),
        ("prices", "Z1", 0),
        ("orders", "S001", 0),
        ("roles", "*", 0),
        ("people", "S001", 0),
        ("templates", "*", 0),
        ("settings", "S001", 0),
        ("returns", "S001", 0),
    ]
    with db.begin():
        heard = db.execute(sa.select(heard_from.c.store, heard_from.c.tail_seq)).all()
    assert [tuple(row) for row in heard] == [("S001", 7)]


@pytest.mark.parametrize(
    ("content", "reason_code"),
    [(b"\xff\xff", "not_readable"), (b"\0" * 17_000, "too_large"), (b"", "box_unknown")],
)
def test_hello_that_nobody_sends_is_refused(
    db: sa.Connection, box: EnrolledBox, content: bytes, reason_code: str
) -> None:
    signed = sync_pb2.SignedHello(content=content, signature=b"")

    ack = batches.accept_hello(db, signed, box.topic, NOON)

    assert (ack.outcome, ack.reason_code) == (REFUSED, reason_code)


def test_hello_that_counts_beyond_any_database_is_refused(
    db: sa.Connection, box: EnrolledBox
) -> None:
    ack = batches.accept_hello(db, make_hello(box, tail_seq=2**63), box.topic, NOON)

    assert (ack.outcome, ack.reason_code) == (REFUSED, "not_readable")


@pytest.mark.parametrize("first_seq", [2**63, 2**64 - 1])
def test_batch_that_counts_beyond_any_database_is_a_gap(
    db: sa.Connection, box: EnrolledBox, first_seq: int
) -> None:
    body = make_bodies(box, 1, first_seq=first_seq, first_number=1)

    ack = accept(db, box, make_batch(box, body, first_seq=first_seq))

    assert (ack.outcome, ack.durable_seq) == (sync_pb2.OUTCOME_GAP, 0)


def test_name_that_a_refused_batch_claims_is_cut(db: sa.Connection, box: EnrolledBox) -> None:
    batch = make_batch(box, make_bodies(box, 1))
    batch.box_id = "B" * 100_000

    accept(db, box, batch)

    with db.begin():
        assert db.execute(sa.select(quarantine.c.box_id)).scalar_one() == "B" * 32


def test_hello_signed_as_a_batch_is_refused(db: sa.Connection, box: EnrolledBox) -> None:
    hello = make_hello(box)
    as_batch = sign_batch(box, sync_pb2.SyncBatch.FromString(hello.content))

    ack = batches.accept_hello(
        db,
        sync_pb2.SignedHello(content=hello.content, signature=as_batch.signature),
        box.topic,
        NOON,
    )

    assert (ack.outcome, ack.reason_code) == (REFUSED, "signature_wrong")


def test_hello_with_another_key_is_refused(db: sa.Connection, box: EnrolledBox) -> None:
    stranger = EnrolledBox(
        box.store,
        box.box_id,
        1,
        chain.GENESIS,
        ec.generate_private_key(ec.SECP256R1()),
        box.certificate_pem,
    )

    ack = batches.accept_hello(db, make_hello(stranger), box.topic, NOON)

    assert (ack.outcome, ack.reason_code) == (REFUSED, "signature_wrong")


def test_same_refused_content_is_counted_not_kept_twice(
    db: sa.Connection, box: EnrolledBox
) -> None:
    batch = make_batch(box, make_bodies(box, 3))
    alter_body(batch)
    signed = sign_batch(box, batch)

    for _ in range(3):
        batches.accept_batch(db, signed, box.topic, NOON)

    assert read_quarantine(db) == [("S001", "chain_broken", 3)]


def test_quarantine_keeps_no_more_bytes_of_a_store_than_its_limit(db: sa.Connection) -> None:
    with db.begin():
        for number in range(10):
            content = bytes([number]) * (STORE_BYTES_MAX // 4)
            quarantine_batch(db, RefusedBatch("S001", "B1", "too_large", content, b""), number)

    with db.begin():
        kept = db.execute(sa.select(sa.func.sum(sa.func.length(quarantine.c.content)))).scalar()
        counted = db.execute(sa.select(sa.func.sum(quarantine.c.times))).scalar()
    assert (kept, counted) == (STORE_BYTES_MAX, 10)


def test_quarantine_counts_a_flood_in_one_row(db: sa.Connection) -> None:
    with db.begin():
        for number in range(STORE_ROWS_MAX + 50):
            content = number.to_bytes(4, "big")
            quarantine_batch(db, RefusedBatch("S001", "B1", "seq_wrong", content, b""), number)

    with db.begin():
        rows = db.execute(sa.select(sa.func.count()).select_from(quarantine)).scalar()
        counted = db.execute(sa.select(sa.func.sum(quarantine.c.times))).scalar()
    assert (rows, counted) == (STORE_ROWS_MAX + 1, STORE_ROWS_MAX + 50)
