"""What the log says of a box that goes and comes."""

from __future__ import annotations

import logging

import grpc
import pytest

from edge_agent.devices.link_health import AWAY, LinkHealth


class CallError(grpc.RpcError):
    """An error of a call, as gRPC raises it."""

    def __init__(self, code: grpc.StatusCode) -> None:
        super().__init__()
        self._code = code

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return "why"


def test_box_that_is_away_is_said_once_and_its_return_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    health = LinkHealth()

    for _ in range(2):
        health.note_answer()
        for code in sorted(AWAY, key=lambda code: code.name):
            assert health.note_error(CallError(code)) is code
    health.note_answer()

    said = [record.levelname for record in caplog.records]
    assert said == ["WARNING", "INFO", "WARNING", "INFO"]


def test_error_that_a_box_answers_with_is_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    health = LinkHealth()
    health.note_error(CallError(grpc.StatusCode.UNAVAILABLE))

    health.note_error(CallError(grpc.StatusCode.INVALID_ARGUMENT))

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
