"""The whole line over gRPC with mutual TLS: real box, real hub, real sockets."""

from __future__ import annotations

import asyncio
import dataclasses
import pathlib
from collections.abc import Iterator

import grpc
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.store.feeds import ScopePosition
from edge_agent.sync import runner
from edge_agent.sync.signals import Transport
from hq_hub.services import certificates, enrolment
from hq_hub.services.certificates import BoxName
from protos.liushui.v1 import sync_pb2, sync_pb2_grpc
from tests.edge_agent.sync.live_box import forget_changes, grpc_carrier, run_box
from tests.hq_hub.ingest.live_hub import (
    PEM,
    WAIT_S,
    LiveHub,
    encode_key,
    now,
    run_hub,
    start_hub,
    write_box_papers,
)
from tests.hq_hub.wire_hub import (
    CHAIN,
    EnrolledBox,
    authority,
    make_batch,
    make_bodies,
    make_hello,
    put_items,
    sign_batch,
)


@pytest.fixture
def hub(tmp_path: pathlib.Path) -> Iterator[LiveHub]:
    with run_hub(tmp_path, "S001", "S002") as running:
        yield running


def test_facts_and_documents_travel(hub: LiveHub, tmp_path: pathlib.Path) -> None:
    box = hub.enrol("S001")
    carrier = grpc_carrier(write_box_papers(tmp_path, box), hub.grpc_port)

    async def trade() -> list[bytes]:
        async with run_box(tmp_path, box, carrier) as live:
            await live.sell(1_700)
            await live.wait_acknowledged()
            await live.sell(1)
            await live.wait_acknowledged()
            await live.wait_for_version("items", 1)
            assert live.runner.state.online == {Transport.GRPC}
            assert live.runner.state.unacknowledged_facts == 0
            return await live.bodies()

    bodies = asyncio.run(trade())

    assert hub.bodies("S001") == bodies
    assert len(bodies) == 1_701


def test_box_whose_hub_is_not_there_sells_on_and_delivers_when_it_comes(
    hub: LiveHub, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    pki = write_box_papers(tmp_path, box)

    async def trade() -> None:
        async with run_box(tmp_path, box, grpc_carrier(pki, 1)) as live:
            await live.sell(3)
            await asyncio.sleep(0)
            assert live.runner.state.online == frozenset()
        again = tmp_path / "again"
        again.mkdir()
        async with run_box(again, box, grpc_carrier(pki, hub.grpc_port)) as live:
            await live.sell(3)
            await live.wait_acknowledged()

    asyncio.run(trade())

    assert hub.durable_seq(box) == 3


def test_line_comes_back_after_the_hub_was_started_again(tmp_path: pathlib.Path) -> None:
    with run_hub(tmp_path, "S001") as hub:
        box, port = hub.enrol("S001"), hub.grpc_port
    carrier = grpc_carrier(write_box_papers(tmp_path, box), port)

    async def trade() -> None:
        async with run_box(tmp_path, box, carrier) as live:
            with start_hub(tmp_path, port):
                await live.sell(600)
                await live.wait_acknowledged()
            await live.sell(700)
            await live.wait_for(lambda: not live.runner.state.online)
            with start_hub(tmp_path, port) as again:
                await live.wait_acknowledged()
                assert again.bodies("S001") == await live.bodies()

    asyncio.run(trade())


def limit_pages(db: sa.Connection, pages_max: int) -> None:
    """Fill the disk, as far as SQLite can tell."""
    db.exec_driver_sql(f"PRAGMA max_page_count = {pages_max}")


def test_hub_with_a_full_disk_says_busy_and_keeps_nothing(hub: LiveHub) -> None:
    box = hub.enrol("S001")
    signed = sign_batch(box, make_batch(box, make_bodies(box, 500)))

    with connect(hub, box) as channel:
        stub = sync_pb2_grpc.SyncServiceStub(channel)
        request = sync_pb2.PushRequest(batch=signed)
        hub.call(limit_pages, 1)
        full = stub.Push(request, timeout=WAIT_S).ack
        kept_meanwhile = hub.durable_seq(box)
        hub.call(limit_pages, 2**30)
        freed = stub.Push(request, timeout=WAIT_S).ack

    assert (full.outcome, full.retry_after_ms > 0) == (sync_pb2.OUTCOME_BUSY, True)
    assert kept_meanwhile == 0
    assert (freed.outcome, freed.durable_seq) == (sync_pb2.OUTCOME_STORED, 500)


def test_box_with_a_full_disk_takes_its_documents_when_there_is_room_again(
    hub: LiveHub, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RESTART_PAUSE_S", 0.05)
    box = hub.enrol("S001")
    hub.call(put_items, *range(1, 3_001))
    carrier = grpc_carrier(write_box_papers(tmp_path, box), hub.grpc_port)

    async def pull() -> list[bool]:
        async with run_box(tmp_path, box, carrier) as live:
            await live.writer.run(lambda db: db.execute("PRAGMA max_page_count = 1"))
            await live.wait_for(lambda: len(live.states) >= 3)
            seen = [bool(state.online) for state in live.states]
            await live.writer.run(lambda db: db.execute("PRAGMA max_page_count = 1000000"))
            await live.wait_for_version("items", 1)
            return seen

    seen = asyncio.run(pull())

    assert seen[:3] == [True, False, True], "it did not go down and come back"


def test_revoked_box_is_told_why_it_may_not_upload(hub: LiveHub, tmp_path: pathlib.Path) -> None:
    box = hub.enrol("S001")
    carrier = grpc_carrier(write_box_papers(tmp_path, box), hub.grpc_port)

    async def trade() -> None:
        async with run_box(tmp_path, box, carrier) as live:
            await live.sell(1)
            await live.wait_acknowledged()
            hub.call(enrolment.revoke_box, box.store, box.box_id)
            await live.sell(2)
            await live.wait_for(lambda: live.runner.state.stopped_reason == "box_revoked")
            assert live.runner.state.unacknowledged_facts == 2

    asyncio.run(trade())

    assert hub.durable_seq(box) == 1


def test_documents_of_a_large_chain_come_in_pages(hub: LiveHub, tmp_path: pathlib.Path) -> None:
    box = hub.enrol("S001")
    hub.call(put_items, *range(1, 2_001))
    carrier = grpc_carrier(write_box_papers(tmp_path, box), hub.grpc_port)

    async def pull() -> int:
        async with run_box(tmp_path, box, carrier) as live:
            await live.wait_for_version("items", 1)
            rows = await live.writer.run(
                lambda db: db.execute("SELECT count(*) FROM feed_document").fetchall()
            )
            count = rows[0][0]
            assert isinstance(count, int)
            return count

    assert asyncio.run(pull()) == 2_000


def test_box_that_was_away_while_its_changes_were_forgotten_gets_the_whole_scope(
    hub: LiveHub, tmp_path: pathlib.Path
) -> None:
    box = hub.enrol("S001")
    carrier = grpc_carrier(write_box_papers(tmp_path, box), hub.grpc_port)

    async def pull(version: int) -> ScopePosition:
        async with run_box(tmp_path, box, carrier) as live:
            await live.wait_for_version("items", version)
            return await live.position("items")

    known = asyncio.run(pull(1))
    newest = forget_changes(hub, known.version)

    assert asyncio.run(pull(newest)).version == newest


# What a stranger can do, said with a plain client.


def connect(hub: LiveHub, box: EnrolledBox) -> grpc.Channel:
    key_pem = encode_key(box.key)
    credentials = grpc.ssl_channel_credentials(
        authority().certificate_pem.encode(), key_pem, box.certificate_pem
    )
    return grpc.secure_channel(f"localhost:{hub.grpc_port}", credentials)


def push(hub: LiveHub, speaker: EnrolledBox, batch_of: EnrolledBox) -> sync_pb2.Ack:
    """Push a batch of one box over the connection of another."""
    signed = sign_batch(batch_of, make_batch(batch_of, make_bodies(batch_of, 1)))
    with connect(hub, speaker) as channel:
        stub = sync_pb2_grpc.SyncServiceStub(channel)
        response: sync_pb2.PushResponse = stub.Push(
            sync_pb2.PushRequest(batch=signed), timeout=WAIT_S
        )
        return response.ack


def test_batch_of_another_store_is_denied_and_quarantined(hub: LiveHub) -> None:
    mine, other = hub.enrol("S001"), hub.enrol("S002")

    with pytest.raises(grpc.RpcError) as refusal:
        push(hub, mine, other)

    assert refusal.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert refusal.value.details() == "store_foreign"
    assert hub.quarantined() == [("S001", "store_foreign")]
    assert hub.durable_seq(other) == 0


def test_batch_signed_by_another_box_is_refused_and_quarantined(hub: LiveHub) -> None:
    mine, other = hub.enrol("S001"), hub.enrol("S002")
    forger = dataclasses.replace(mine, key=other.key)
    signed = sign_batch(forger, make_batch(mine, make_bodies(mine, 1)))

    with connect(hub, mine) as channel:
        stub = sync_pb2_grpc.SyncServiceStub(channel)
        ack = stub.Push(sync_pb2.PushRequest(batch=signed), timeout=WAIT_S).ack

    assert (ack.outcome, ack.reason_code) == (sync_pb2.OUTCOME_REFUSED, "signature_wrong")
    assert hub.quarantined() == [("S001", "signature_wrong")]


def certify(public_of: ec.EllipticCurvePrivateKey, name: BoxName) -> bytes:
    certificate = certificates.issue_box(authority(), public_of.public_key(), name, now())
    return certificate.public_bytes(PEM)


@pytest.mark.parametrize(
    ("name", "reason_code"),
    [
        (BoxName(CHAIN, "S001", "B1"), "certificate_unknown"),
        (BoxName(CHAIN, "S001", "B7"), "store_foreign"),
        (BoxName("other-chain", "S001", "B1"), "box_unknown"),
    ],
)
def test_certificate_of_our_ca_that_the_registry_does_not_know_is_denied(
    hub: LiveHub, name: BoxName, reason_code: str
) -> None:
    box = hub.enrol("S001")
    stranger = dataclasses.replace(box, certificate_pem=certify(box.key, name))

    with pytest.raises(grpc.RpcError) as refusal:
        push(hub, stranger, box)

    assert refusal.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert refusal.value.details() == reason_code


def test_certificate_of_another_ca_ends_in_the_handshake(hub: LiveHub) -> None:
    box = hub.enrol("S001")
    foreign = certificates.make_authority(CHAIN, now())
    certificate = certificates.issue_box(
        foreign, box.key.public_key(), BoxName(CHAIN, "S001", "B1"), now()
    )
    stranger = dataclasses.replace(box, certificate_pem=certificate.public_bytes(PEM))

    with pytest.raises(grpc.RpcError) as refusal:
        push(hub, stranger, box)

    assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE


def test_revoked_box_is_denied_every_call(hub: LiveHub) -> None:
    box = hub.enrol("S001")
    hub.call(enrolment.revoke_box, box.store, box.box_id)
    request = sync_pb2.FeedRequest(
        store="S001", known=sync_pb2.FeedPosition(feed="items", scope="*")
    )

    with connect(hub, box) as channel:
        stub = sync_pb2_grpc.SyncServiceStub(channel)
        calls = {
            stub.Greet: sync_pb2.GreetRequest(hello=make_hello(box)),
            stub.Push: sync_pb2.PushRequest(
                batch=sign_batch(box, make_batch(box, make_bodies(box, 1)))
            ),
            stub.PullFeed: sync_pb2.PullFeedRequest(request=request),
        }
        codes = []
        for call, message in calls.items():
            with pytest.raises(grpc.RpcError) as refusal:
                call(message, timeout=WAIT_S)
            codes.append(refusal.value.code())

    assert codes == [grpc.StatusCode.PERMISSION_DENIED] * 3


@pytest.mark.parametrize(
    ("feed", "scope"), [("orders", "S002"), ("prices", "Z2"), ("users", "*"), ("items", "S001")]
)
def test_documents_of_others_are_denied(hub: LiveHub, feed: str, scope: str) -> None:
    box = hub.enrol("S001")
    request = sync_pb2.FeedRequest(
        store="S001", known=sync_pb2.FeedPosition(feed=feed, scope=scope)
    )

    with connect(hub, box) as channel, pytest.raises(grpc.RpcError) as refusal:
        sync_pb2_grpc.SyncServiceStub(channel).PullFeed(
            sync_pb2.PullFeedRequest(request=request), timeout=WAIT_S
        )

    assert refusal.value.code() is grpc.StatusCode.PERMISSION_DENIED


def test_message_above_the_limit_is_not_even_read(hub: LiveHub) -> None:
    box = hub.enrol("S001")
    signed = sync_pb2.SignedBatch(content=b"\0" * 2_000_000)

    with connect(hub, box) as channel, pytest.raises(grpc.RpcError) as refusal:
        sync_pb2_grpc.SyncServiceStub(channel).Push(
            sync_pb2.PushRequest(batch=signed), timeout=WAIT_S
        )

    assert refusal.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
