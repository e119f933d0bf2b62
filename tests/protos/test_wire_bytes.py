"""Bytes that boxes in the field have stored and hashed: who changes them breaks every chain."""

from __future__ import annotations

import pytest

from protos import chain, codec, feed_hash
from protos.liushui.v1 import fact_pb2, sync_pb2
from retail_domain.trade.fact_kind import BUILT_KINDS, FactKind
from tests.protos.golden import PAYLOADS, make_fact

ENVELOPE = (
    "0a10019a5f0000007000800000000000002a1204533030311a024231200328b96030{kind}380140fbdca48ba034"
    "4a100000000000004000800000000000000750fbb899295a0a323032362d31312d32326204313030316a0132"
    "7210019a5f00000070008000000000000001"
)
GOODS = (
    "0908e72410012880f702{tag}2b080310041a0d4c377c323032372d30312d3331"
    "221228303129303935323132333435363738393928f2c001"
)
BYTES = {
    FactKind.TICKET: (
        ENVELOPE.format(kind="01") + "a20188010892081002184d222f08e7241001220d393532313233343536"
        "3738393928a01f30b00938ea08407848b0225205564154313358940a60fa03"
        "223a080310031a0d4c377c323032372d30312d3331220d3231303030333030313233343228a41330ae09"
        "38ae09488c1752045641543958840760f4012a08080110ec2918904e2a08080210d00f18d00f"
    ),
    FactKind.GOODS_RECEIVED: (
        ENVELOPE.format(kind="05") + "aa01510802120ae4be9be5ba94e59586311a09504f2d303030303037"
        "22" + GOODS.format(tag="22")
    ),
    FactKind.TRANSFER_SHIPPED: (
        ENVELOPE.format(kind="09") + "b201480a08542d303030303039120453303032"
        "1a" + GOODS.format(tag="1a")
    ),
    FactKind.TRANSFER_RECEIVED: (
        ENVELOPE.format(kind="0a") + "ba01480a08542d303030303039120453303031"
        "1a" + GOODS.format(tag="1a")
    ),
}
"""Of tests.protos.golden, in hexadecimal."""


@pytest.mark.parametrize("kind", BYTES, ids=lambda kind: kind.value)
def test_fact_is_written_as_ever(kind: FactKind) -> None:
    assert codec.encode_fact(make_fact(kind)).hex() == BYTES[kind]


@pytest.mark.parametrize("kind", BYTES, ids=lambda kind: kind.value)
def test_fact_is_read_as_ever(kind: FactKind) -> None:
    assert codec.decode_fact(bytes.fromhex(BYTES[kind])) == make_fact(kind)


def test_each_kind_that_is_written_has_its_bytes_here() -> None:
    assert set(BYTES) == set(PAYLOADS) == BUILT_KINDS


def test_each_kind_of_the_domain_has_its_number_for_ever() -> None:
    numbers = {kind.value: number for number, kind in codec.KIND_FROM_WIRE.items()}

    assert numbers == {
        "ticket": 1,
        "ticket_voided": 2,
        "drawer_opened": 3,
        "receipt_reprinted": 4,
        "goods_received": 5,
        "supplier_return": 6,
        "stock_counted": 7,
        "stock_adjusted": 8,
        "transfer_shipped": 9,
        "transfer_received": 10,
        "stock_requested": 11,
        "shift_opened": 12,
        "shift_closed": 13,
        "cash_moved": 14,
        "day_opened": 15,
        "day_closed": 16,
        "signed_in": 17,
        "signed_out": 18,
        "item_unknown": 19,
        "box_event": 20,
        "supplier_invoiced": 101,
        "paid": 102,
        "manual_entry": 103,
        "cost_allocated": 104,
        "landed_cost_added": 105,
        "transfer_settled": 106,
        "reclassified": 107,
        "period_closed": 108,
    }


def test_chain_is_computed_as_ever() -> None:
    bodies = [bytes.fromhex(BYTES[kind]) for kind in (FactKind.TICKET, FactKind.GOODS_RECEIVED)]

    head = chain.fold_heads(chain.GENESIS, bodies)

    assert head.hex() == "fb66c00fd64025cb09cf0e66dd07e3032d519602f9acf1f91efc544524728a38"


def test_feed_hash_is_computed_as_ever() -> None:
    documents = [(b"\0\1", b"body"), (b"\0\2", b"")]

    assert feed_hash.hash_scope(documents).hex() == (
        "304d2741fa2d267c828567212faf631ecbd052502ce821e38357cf50591af89e"
    )
    assert feed_hash.hash_scope([]).hex() == (
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
    )


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        (fact_pb2.Fact, "1fact_id 2store 3box_id 4epoch 5seq 6kind 7schema_version 8wall_at_ms "
         "9boot_id 10monotonic_ms 11business_date 12staff_no 13register_no 14causes"),
        (sync_pb2.SyncBatch, "1store 2box_id 3epoch 4first_seq 5last_seq 6head_before 7head "
         "8bodies 9hub_generation"),
        (sync_pb2.Hello, "1store 2box_id 3epoch 4tail_seq 5tail_head 6durable_seq "
         "7hub_generation 8feeds 9wall_at_ms 10software_version 11boot_id"),
        (sync_pb2.Ack, "1store 2epoch 3durable_seq 4durable_head 5applied_seq 6hub_generation "
         "7outcome 8retry_after_ms 9feeds 10parked_facts 11hub_time_ms 12reason_code"),
        (sync_pb2.SignedBatch, "1content 2signature"),
        (sync_pb2.SignedHello, "1content 2signature"),
        (sync_pb2.FeedPosition, "1feed 2scope 3generation 4version 5content_hash"),
        (sync_pb2.FeedRequest, "1store 2known 3after_key 4target_version"),
        (sync_pb2.FeedPage, "1base 2target 3changes 4is_last 5after_key 6store"),
        (sync_pb2.Change, "1key 2version 3is_removed 4body"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_fields_of_the_envelope_keep_their_numbers(message: type, fields: str) -> None:
    descriptor = message.DESCRIPTOR  # type: ignore[attr-defined]  # Of generated code.
    numbers = {f"{field.number}{field.name}" for field in descriptor.fields}

    assert set(fields.split()) <= numbers


def test_outcomes_keep_their_numbers() -> None:
    assert dict(sync_pb2.Outcome.items()) == {
        "OUTCOME_UNSPECIFIED": 0,
        "OUTCOME_STORED": 1,
        "OUTCOME_EXISTS": 2,
        "OUTCOME_FORK": 3,
        "OUTCOME_GAP": 4,
        "OUTCOME_FENCED": 5,
        "OUTCOME_BUSY": 6,
        "OUTCOME_TOO_NEW": 7,
        "OUTCOME_REFUSED": 8,
        "OUTCOME_GREETED": 9,
    }
