"""One store as its manager and IT see it."""

from __future__ import annotations

import datetime

import pytest

from hq_hub.reports.sales import DayRow
from hq_hub.reports.store_detail import (
    CLOCK_OFFSET_MAX_MS,
    BoxRow,
    Hello,
    ParkedRow,
    QuarantinedRow,
    read_store_detail,
)
from hq_hub.reports.stores import StoreState
from hq_hub.store import quarantine, registry, rows, schema_ingest
from hq_hub.store.engine import write_transaction
from hq_hub.store.orders import to_ms
from hq_hub.store.registry import BoxState, Heard, RegisteredBox
from tests.hq_hub.small_chain import SmallChain
from tests.retail_domain.builders import NOON, make_receipt, make_ticket

DAY = datetime.date(2026, 11, 22)
BOX = RegisteredBox("S001", "B1", 1, b"key", b"print", BoxState.ACTIVE)


def hear(small: SmallChain, offset_ms: int) -> None:
    heard = Heard(5, b"", 2, to_ms(NOON) + offset_ms, "0.1.0", b"")
    with write_transaction(small.db):
        registry.write_heard(small.db, BOX, heard, to_ms(NOON))


def test_store_shows_its_boxes_and_how_far_each_is_kept(small: SmallChain) -> None:
    with write_transaction(small.db):
        registry.insert_box(small.db, BOX, to_ms(NOON))
        registry.set_box_state(small.db, "S001", "B1", BoxState.REPLACED)
        new = RegisteredBox("S001", "B2", 2, b"key2", b"print2", BoxState.ACTIVE)
        registry.insert_box(small.db, new, to_ms(NOON))
    small.receive("S001", make_ticket((1, 1_000, 300)))
    small.apply()

    detail = read_store_detail(small.db, "S001", NOON)

    assert detail is not None
    assert detail.boxes == [
        BoxRow("B2", 2, "active", NOON, durable_seq=0, applied_seq=0),
        BoxRow("B1", 1, "replaced", NOON, durable_seq=1, applied_seq=1),
    ]
    assert (detail.row.name, detail.legal_entity) == ("S001店", "LE1")


@pytest.mark.parametrize(
    ("offset_ms", "is_wrong"),
    [
        (0, False),
        (CLOCK_OFFSET_MAX_MS, False),
        (CLOCK_OFFSET_MAX_MS + 1, True),
        (-CLOCK_OFFSET_MAX_MS, False),
        (-CLOCK_OFFSET_MAX_MS - 1, True),
    ],
)
def test_clock_beyond_two_minutes_is_wrong(
    small: SmallChain, offset_ms: int, is_wrong: bool
) -> None:
    hear(small, offset_ms)

    detail = read_store_detail(small.db, "S001", NOON)

    assert detail is not None
    assert detail.hello == Hello("B1", 1, 5, 2, "0.1.0", offset_ms, is_wrong)


def test_batch_between_two_hellos_does_not_make_a_clock_wrong(small: SmallChain) -> None:
    hear(small, 400)
    with write_transaction(small.db):
        registry.touch_heard(small.db, BOX, to_ms(NOON + datetime.timedelta(minutes=10)))

    detail = read_store_detail(small.db, "S001", NOON + datetime.timedelta(minutes=10))

    assert detail is not None
    assert detail.hello is not None
    assert (detail.hello.clock_offset_ms, detail.hello.is_clock_wrong) == (400, False)
    assert (detail.row.state, detail.row.age_s) == (StoreState.FRESH, 0)


def test_parked_facts_and_refused_batches_are_listed(small: SmallChain) -> None:
    small.receive("S001", make_receipt((1, 1_000), purchase_order_no="PO-9"))
    small.apply()
    refused = quarantine.RefusedBatch("S001", "B7", "bad_signature", b"content", b"signature")
    with write_transaction(small.db):
        for _ in range(2):
            quarantine.quarantine_batch(small.db, refused, to_ms(NOON))

    detail = read_store_detail(small.db, "S001", NOON)

    assert detail is not None
    assert detail.parked == [
        ParkedRow(1, 1, "goods_received", "document_missing", "PO-9", parked_at=NOON)
    ]
    assert detail.quarantined == [
        QuarantinedRow("B7", "bad_signature", 7, 2, is_kept=True, first_at=NOON, last_at=NOON)
    ]


def test_last_days_and_facts_are_the_stores_own(small: SmallChain) -> None:
    small.receive("S001", make_ticket((1, 1_000, 300)), make_ticket((1, 1_000, 400)))
    small.receive("S002", make_ticket((1, 1_000, 500)))
    small.apply()

    detail = read_store_detail(small.db, "S001", NOON)

    assert detail is not None
    assert detail.days == [DayRow(DAY, 700, 2)]
    assert [(row.seq, row.amount_fen) for row in detail.facts] == [(2, 400), (1, 300)]


def test_store_that_never_spoke_has_no_clock(small: SmallChain) -> None:
    detail = read_store_detail(small.db, "S003", NOON)

    assert detail is not None
    assert (detail.hello, detail.boxes, detail.facts) == (None, [], [])
    assert rows.read_rows(small.db, schema_ingest.heard_from, [("S003",)]) == []


def test_store_of_another_chain_is_nothing(small: SmallChain) -> None:
    assert read_store_detail(small.db, "S999", NOON) is None
