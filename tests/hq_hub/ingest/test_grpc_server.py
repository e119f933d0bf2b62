"""What the gRPC server does before any box speaks; the rest is in tests/edge_agent/sync."""

from __future__ import annotations

import pathlib

import grpc
import pytest

from hq_hub.services.errors import PortInUseError
from protos.liushui.v1 import sync_pb2, sync_pb2_grpc
from tests.hq_hub.ingest.live_hub import WAIT_S, encode_key, run_hub, start_hub
from tests.hq_hub.wire_hub import authority


def test_port_of_another_program_is_told(tmp_path: pathlib.Path) -> None:
    with run_hub(tmp_path, "S001") as hub:
        second = start_hub(tmp_path, hub.grpc_port)

        with pytest.raises(PortInUseError):
            second.__enter__()


def test_caller_without_a_certificate_ends_in_the_handshake(tmp_path: pathlib.Path) -> None:
    with run_hub(tmp_path, "S001") as hub:
        credentials = grpc.ssl_channel_credentials(authority().certificate_pem.encode())
        with grpc.secure_channel(f"localhost:{hub.grpc_port}", credentials) as channel:
            stub = sync_pb2_grpc.SyncServiceStub(channel)

            with pytest.raises(grpc.RpcError) as refusal:
                stub.Greet(sync_pb2.GreetRequest(), timeout=WAIT_S)

    assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE


def test_empty_calls_are_answered_not_crashed_on(tmp_path: pathlib.Path) -> None:
    with run_hub(tmp_path, "S001") as hub:
        box = hub.enrol("S001")
        credentials = grpc.ssl_channel_credentials(
            authority().certificate_pem.encode(), encode_key(box.key), box.certificate_pem
        )
        with grpc.secure_channel(f"localhost:{hub.grpc_port}", credentials) as channel:
            stub = sync_pb2_grpc.SyncServiceStub(channel)
            calls = {
                stub.Greet: sync_pb2.GreetRequest(),
                stub.Push: sync_pb2.PushRequest(),
                stub.PullFeed: sync_pb2.PullFeedRequest(),
            }
            codes = []
            for call, message in calls.items():
                with pytest.raises(grpc.RpcError) as refusal:
                    call(message, timeout=WAIT_S)
                codes.append(refusal.value.code())

    assert codes == [grpc.StatusCode.PERMISSION_DENIED] * 3
