"""What the tests of the device link share."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from tests.edge_agent.devices.recording_box import RecordingBox


@pytest.fixture
def socket_path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "devices.sock"


@pytest.fixture
def box(socket_path: pathlib.Path) -> Iterator[RecordingBox]:
    """Give a box that is not started yet."""
    box = RecordingBox(socket_path)
    yield box
    box.stop()
