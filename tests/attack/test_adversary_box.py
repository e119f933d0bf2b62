"""A box with a valid certificate means harm: nothing gets in, and honest boxes are served."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Iterator

import grpc
import psutil
import pytest

from protos import signing
from protos.liushui.v1 import sync_pb2, sync_pb2_grpc
from tests.hq_hub.ingest.live_hub import WAIT_S, LiveHub, encode_key, run_hub
from tests.hq_hub.wire_hub import (
    EnrolledBox,
    authority,
    make_batch,
    make_bodies,
    make_hello,
    sign_batch,
)

BOMB_BYTES = 200 * 1024 * 1024
"""Some 200 kB on the wire."""
GROWTH_BYTES_MAX = 450 * 1024 * 1024
"""The bomb itself, made by this very process, and its copy; the hub would add the same again."""
UINT64_MAX = 2**64 - 1
NESTED = b"\x0b" * 100_000
"""Groups inside groups."""


@contextlib.contextmanager
def speaking(
    hub: LiveHub, box: EnrolledBox, compression: grpc.Compression = grpc.Compression.NoCompression
) -> Iterator[sync_pb2_grpc.SyncServiceStub]:
    """The hub's service as a box calls it."""
    credentials = grpc.ssl_channel_credentials(
        authority().certificate_pem.encode(), encode_key(box.key), box.certificate_pem
    )
    target, options = f"localhost:{hub.grpc_port}", [("grpc.max_send_message_length", -1)]
    with grpc.secure_channel(target, credentials, options, compression) as channel:
        yield sync_pb2_grpc.SyncServiceStub(channel)


def push(stub: sync_pb2_grpc.SyncServiceStub, signed: sync_pb2.SignedBatch) -> str:
    """What the hub says of a batch: the reason, the outcome, or gRPC's own code."""
    try:
        answer = stub.Push(sync_pb2.PushRequest(batch=signed), timeout=WAIT_S)
    except grpc.RpcError as error:
        return str(error.details()) or error.code().name
    return answer.ack.reason_code or sync_pb2.Outcome.Name(answer.ack.outcome)


def sign(box: EnrolledBox, content: bytes) -> sync_pb2.SignedBatch:
    signature = signing.sign(box.key, signing.BATCH_CONTEXT, content)
    return sync_pb2.SignedBatch(content=content, signature=signature)


@pytest.fixture
def hub(tmp_path: pathlib.Path) -> Iterator[LiveHub]:
    with run_hub(tmp_path, "S001", "S002") as hub:
        yield hub


def test_hostile_batches_are_refused_and_the_honest_box_beside_is_served(hub: LiveHub) -> None:
    honest, hostile = hub.enrol("S001"), hub.enrol("S002")
    good = make_batch(honest, make_bodies(honest, 3))
    own = make_batch(hostile, make_bodies(hostile, 2))
    far = sync_pb2.SyncBatch()
    far.CopyFrom(own)
    far.first_seq, far.last_seq = UINT64_MAX - 1, UINT64_MAX
    many = sync_pb2.SyncBatch(store="S002", box_id="B1", epoch=1, bodies=[b""] * 100_000)

    with speaking(hub, hostile) as stub:
        said = {
            "other store": push(stub, sign(hostile, good.SerializeToString())),
            "other store, its own signature": push(stub, sign_batch(honest, good)),
            "other key": push(stub, sign(honest, own.SerializeToString())),
            "no signature": push(stub, sync_pb2.SignedBatch(content=own.SerializeToString())),
            "nested": push(stub, sign(hostile, NESTED)),
            "far": push(stub, sign(hostile, far.SerializeToString())),
            "many": push(stub, sign(hostile, many.SerializeToString())),
            "large": push(stub, sign(hostile, bytes(1_000_000))),
        }
    with speaking(hub, honest) as stub:
        honest_said = push(stub, sign_batch(honest, good))

    assert said == {
        "other store": "store_foreign",
        "other store, its own signature": "store_foreign",
        "other key": "signature_wrong",
        "no signature": "signature_wrong",
        "nested": "not_readable",
        "far": "position_wrong",
        "many": "seq_wrong",
        "large": "too_large",
    }
    assert honest_said == "OUTCOME_STORED"
    assert (hub.durable_seq(honest), hub.durable_seq(hostile)) == (3, 0)


def test_repeat_changes_nothing_and_another_history_is_a_fork(hub: LiveHub) -> None:
    box = hub.enrol("S001")
    batch = sign_batch(box, make_batch(box, make_bodies(box, 2)))
    other = sign_batch(box, make_batch(box, make_bodies(box, 2, first_number=50)))
    hello = sync_pb2.GreetRequest(hello=make_hello(box))

    with speaking(hub, box) as stub:
        said = [push(stub, signed) for signed in (batch, batch, other)]
        outcomes = [stub.Greet(hello, timeout=WAIT_S).ack.outcome for _ in range(3)]

    assert said == ["OUTCOME_STORED", "OUTCOME_EXISTS", "history_forked"]
    assert sync_pb2.OUTCOME_STORED not in outcomes
    assert hub.durable_seq(box) == 2


def test_message_that_unpacks_to_hundreds_of_megabytes_is_not_unpacked(hub: LiveHub) -> None:
    box = hub.enrol("S001")
    before = psutil.Process().memory_info().rss

    with speaking(hub, box, grpc.Compression.Gzip) as stub:
        said = push(stub, sync_pb2.SignedBatch(content=bytes(BOMB_BYTES)))

    assert "larger than max" in said
    assert psutil.Process().memory_info().rss - before < GROWTH_BYTES_MAX
