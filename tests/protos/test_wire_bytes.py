"""Bytes that boxes in the field have stored and hashed: who changes them breaks every chain."""

from __future__ import annotations

import pytest

from protos import chain, codec, feed_hash
from protos.liushui.v1 import fact_pb2, sync_pb2
from retail_domain.trade.fact_kind import FactKind
from tests.protos.golden import CASES, PAYLOADS, make_fact

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
    "ticket": (
        ENVELOPE.format(kind="01") + "a20188010892081002184d222f08e7241001220d393532313233343536"
        "3738393928a01f30b00938ea08407848b0225205564154313358940a60fa03"
        "223a080310031a0d4c377c323032372d30312d3331220d3231303030333030313233343228a41330ae09"
        "38ae09488c1752045641543958840760f4012a08080110ec2918904e2a08080210d00f18d00f"
    ),
    "goods_received": (
        ENVELOPE.format(kind="05") + "aa01510802120ae4be9be5ba94e59586311a09504f2d303030303037"
        "22" + GOODS.format(tag="22")
    ),
    "transfer_shipped": (
        ENVELOPE.format(kind="09") + "b201480a08542d303030303039120453303032"
        "1a" + GOODS.format(tag="1a")
    ),
    "transfer_received": (
        ENVELOPE.format(kind="0a") + "ba01480a08542d303030303039120453303031"
        "1a" + GOODS.format(tag="1a")
    ),
    "ticket_voided": (
        ENVELOPE.format(kind="02")
        + "c20123080212046c6566741a0433303031220908e72410a01f18b0222208080310a413188c17"
    ),
    "drawer_opened": (ENVELOPE.format(kind="03") + "ca010e0a066368616e6765120433303031"),
    "receipt_reprinted": (
        ENVELOPE.format(kind="04") + "d201170a10019a5f0000007000800000000000002a1092081802"
    ),
    "supplier_return": (
        ENVELOPE.format(kind="06")
        + "da01570a0ae4be9be5ba94e59586311209504f2d3030303030371a0662726f6b656e220908e72410012880f7"
        "02222b080310041a0d4c377c323032372d30312d3331221228303129303935323132333435363738393928f2"
        "c001"
    ),
    "stock_counted": (
        ENVELOPE.format(kind="07")
        + "e2014d080712056379636c651a1a08e724100120d08c0128c0bb0130c7edb68aa0343a04323030311a260803"
        "10031a0d4c377c323032372d30312d333120a41328cf0f30c7edb68aa0343a0432303032"
    ),
    "stock_adjusted": (
        ENVELOPE.format(kind="08")
        + "ea013d08021206e69194e7a28e1a0433303031220a08e72418a01f2001280222160803120d4c377c32303237"
        "2d30312d333118e80720022207080518d00f2801"
    ),
    "stock_requested": (
        ENVELOPE.format(kind="0b") + "f201170a0ce591a8e69cabe4bf83e99480120708e7241080ee05"
    ),
    "shift_opened": (ENVELOPE.format(kind="0c") + "fa0106081f10e0d403"),
    "shift_closed": (
        ENVELOPE.format(kind="0d")
        + "820245081f10e0d4031898860c220608a09c011009220508c80110572a2a080c109008189b0820f4880f2898"
        "11300a380240014803509a870c5a06080110bab2085a05080410c701"
    ),
    "cash_moved": (ENVELOPE.format(kind="0e") + "8a0213081f10031888272204746178692a0433303031"),
    "day_opened": (ENVELOPE.format(kind="0f") + "9202110a0f636c6f636b207761732077726f6e67"),
    "day_closed": (
        ENVELOPE.format(kind="10")
        + "9a02770a6a0a045330303110031a0a323032362d31312d323220f02e28af303220000102030405060708090a"
        "0b0c0d0e0f101112131415161718191a1b1c1d1e1f38b401408eda960148888b015220202122232425262728"
        "292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f12097369676e6174757265"
    ),
    "signed_in": (ENVELOPE.format(kind="11") + "a2020b0802120763617368696572"),
    "signed_out": (ENVELOPE.format(kind="12") + "aa02020802"),
    "item_unknown": (
        ENVELOPE.format(kind="13")
        + "b202250a0d363930303030303030303030371206e696b0e88cb6188e0722090a0456415439108407"
    ),
    "box_event": (ENVELOPE.format(kind="14") + "ba020c080212082d38363430302073"),
    "sale_requested": (ENVELOPE.format(kind="15") + "c202120a10019a5f0000007000800000000000002a"),
    "sale_answered": (
        ENVELOPE.format(kind="16")
        + "ca02510a10019a5f0000007000800000000000002b1210019a5f0000007000800000000000002a1a04533030"
        "3220012802320e0a0453303031100118d00f208e073a110a045330303212067061792d373718d804"
    ),
    "supplier_invoiced": (
        ENVELOPE.format(kind="65")
        + "e203430a0ae4be9be5ba94e5958631120831323334353637381a0a323032362d31312d323020a8142a1c0a09"
        "504f2d30303030303712045330303118e7242080f70228a09c01"
    ),
    "paid": (
        ENVELOPE.format(kind="66")
        + "ea03250a0ae4be9be5ba94e5958631120762616e6b2d37371a0e0a08313233343536373810c8b001"
    ),
    "manual_entry": (
        ENVELOPE.format(kind="67")
        + "f2032a0a06e688bfe7a79f12100a045330303112043536303218c0843d120e0a02485112043130303220c084"
        "3d"
    ),
    "cost_allocated": (
        ENVELOPE.format(kind="68")
        + "fa03270a09e5b9bfe5918ae8b4b91204353630311a090a045330303110f80a1a090a045330303210d804"
    ),
    "landed_cost_added": (
        ENVELOPE.format(kind="69")
        + "82043c0a04533030311209504f2d3030303030371a0ce8bf90e8be93e585ace58fb82203462d392803320a08"
        "e7241080f70218d0053208080310f2c001184f"
    ),
    "transfer_settled": (
        ENVELOPE.format(kind="6a")
        + "8a04210a08542d3030303030391204533030311802220608e72410d00f2205080310b105"
    ),
    "reclassified": (
        ENVELOPE.format(kind="6b")
        + "9204270a045330303110808080808080800818e72420d00f2a10019a5f0000007000800000000000002a"
    ),
    "period_closed": (ENVELOPE.format(kind="6c") + "9a04090a07323032362d3130"),
    "exchange": (
        ENVELOPE.format(kind="01").replace("380140", "380240")
        + "a201b8010893081002184d225408e7241004220d3935323132333435363738393928cf0f30b00938ea08403b"
        "4897115205564154313358940a60fd016a1a0a04533030321210019a5f0000007000800000000000002a1801"
        "720764616d6167656422310880808080808080081001220d3639303030303030303030303728d00f30c70338"
        "c703488e07520456415439588407604c2a08080110c70118c7012a08080310cb0818cb08300a3a100a067265"
        "66756e641204333030311801"
    ),
    "stock_adjusted_photo": (
        ENVELOPE.format(kind="08")
        + "ea012e0802220808e72418a01f20012a20"
        + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    ),
    "item_unknown_unsold": (ENVELOPE.format(kind="13") + "b2020f0a0d36393030303030303030303037"),
}
"""Of tests.protos.golden, in hexadecimal."""


@pytest.mark.parametrize("case", BYTES)
def test_fact_is_written_as_ever(case: str) -> None:
    assert codec.encode_fact(make_fact(case)).hex() == BYTES[case]


@pytest.mark.parametrize("case", BYTES)
def test_fact_is_read_as_ever(case: str) -> None:
    assert codec.decode_fact(bytes.fromhex(BYTES[case])) == make_fact(case)


def test_each_kind_has_its_bytes_here() -> None:
    assert set(BYTES) == set(CASES)
    assert set(PAYLOADS) == set(FactKind)


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
        "sale_requested": 21,
        "sale_answered": 22,
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
    bodies = [bytes.fromhex(BYTES[case]) for case in ("ticket", "goods_received")]

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
