"""A flood of refused batches stays within limits, and a person can deal with each."""

from __future__ import annotations

import contextlib
import pathlib
import resource
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from hq_hub.reports.quarantine import list_refused, show_refused
from hq_hub.services import batches, enrolment
from hq_hub.services.batch_rules import CONTENT_BYTES_MAX
from hq_hub.services.errors import QuarantineContentError
from hq_hub.services.release import drop_refused, retry_refused
from hq_hub.store import quarantine, registry
from hq_hub.store.engine import open_engine, write_transaction
from hq_hub.store.errors import QuarantineHashError
from hq_hub.store.quarantine import STORE_BYTES_MAX
from hq_hub.store.registry import BoxState
from protos.liushui.v1 import sync_pb2
from tests.hq_hub.wire_hub import (
    EnrolledBox,
    enrol_box,
    make_batch,
    make_bodies,
    make_hub,
    put_stores,
    sign_batch,
)
from tests.retail_domain.builders import NOON

FLOODS = [140, pytest.param(1_400, marks=pytest.mark.slow)]
"""Batches of 768 kB each: 105 MB, 1 GiB; docs/performance.md says how to read the figures."""
GROWTH_MAX_KB = 96 * 1024
"""SQLite's cache of 64 MB and some batches at a time; a leak would be a gigabyte."""


@pytest.fixture
def db(tmp_path: pathlib.Path) -> Iterator[sa.Connection]:
    engine = open_engine(make_hub(tmp_path / "hub.sqlite"))
    with contextlib.closing(engine.connect()) as connection:
        put_stores(connection, "S001", "S002")
        yield connection
    engine.dispose()


@pytest.fixture
def box(db: sa.Connection) -> EnrolledBox:
    return enrol_box(db, "S001")


def refuse_revoked(db: sa.Connection, box: EnrolledBox) -> str:
    """A good batch of a box that was revoked by mistake; returns its hash's first letters."""
    enrolment.revoke_box(db, "S001", "B1")
    signed = sign_batch(box, make_batch(box, make_bodies(box, 3)))
    assert batches.accept_batch(db, signed, box.topic, NOON).reason_code == "box_revoked"
    (kept,) = quarantine.read_kept(db, "S001")
    db.rollback()
    return kept.content_hash.hex()[:8]


@pytest.mark.parametrize("flood", FLOODS)
def test_flood_of_refused_batches_leaves_disk_memory_and_other_stores_alone(
    db: sa.Connection,
    box: EnrolledBox,
    tmp_path: pathlib.Path,
    record_property: Callable[[str, object], None],
    flood: int,
) -> None:
    other = enrol_box(db, "S002")
    filler = b"\x7f" * (CONTENT_BYTES_MAX - 8)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for number in range(flood):
        signed = sync_pb2.SignedBatch(content=number.to_bytes(8, "big") + filler)
        ack = batches.accept_batch(db, signed, box.topic, NOON)
        assert ack.outcome == sync_pb2.OUTCOME_REFUSED
        if number % (flood // 4) == 0:
            seq = number // (flood // 4) + 1
            batch = sign_batch(other, make_batch(other, make_bodies(other, seq)))
            assert batches.accept_batch(db, batch, other.topic, NOON).durable_seq == seq

    growth_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    disk = sum(path.stat().st_size for path in tmp_path.glob("hub.sqlite*"))
    record_property("disk_kb", disk // 1024)
    record_property("memory_growth_kb", growth_kb)
    assert quarantine.count_quarantined(db, "S001") == flood
    assert disk < 4 * STORE_BYTES_MAX
    assert growth_kb < GROWTH_MAX_KB


def test_list_and_show_tell_what_was_refused(db: sa.Connection, box: EnrolledBox) -> None:
    letters = refuse_revoked(db, box)

    (line,) = list_refused(db, "S001")
    shown = show_refused(db, "S001", letters)

    assert f"S001 {letters}" in line
    assert "box_revoked: box B1" in line
    assert "seq 1 to 3, 3 facts" in shown[1]
    assert "seq 1: goods_received" in shown[2]
    assert list_refused(db, "S002") == []


def test_retried_batch_is_judged_by_every_rule_again(db: sa.Connection, box: EnrolledBox) -> None:
    letters = refuse_revoked(db, box)

    still = retry_refused(db, "S001", letters, NOON)
    with write_transaction(db):
        registry.set_box_state(db, "S001", "B1", BoxState.ACTIVE)
    kept = retry_refused(db, "S001", letters, NOON)

    assert still.reason_code == "box_revoked"
    assert (kept.outcome, kept.durable_seq) == (sync_pb2.OUTCOME_STORED, 3)
    assert list_refused(db, None) == []


def test_dropped_batch_makes_room(db: sa.Connection, box: EnrolledBox) -> None:
    letters = refuse_revoked(db, box)

    drop_refused(db, "S001", letters)

    assert list_refused(db, None) == []
    db.rollback()
    with pytest.raises(QuarantineHashError):
        drop_refused(db, "S001", letters)


def test_batch_that_was_only_counted_cannot_be_retried(db: sa.Connection, box: EnrolledBox) -> None:
    for number in range(8):
        content = bytes([number]) * CONTENT_BYTES_MAX
        batches.accept_batch(db, sync_pb2.SignedBatch(content=content), box.topic, NOON)
    counted = [k for k in quarantine.read_kept(db, "S001") if k.content is None]
    db.rollback()

    assert counted
    with pytest.raises(QuarantineContentError):
        retry_refused(db, "S001", counted[0].content_hash.hex(), NOON)
    assert "not kept" in show_refused(db, "S001", counted[0].content_hash.hex())[1]
