"""From the bytes of a scale to its protocol."""

from __future__ import annotations

import random

import pytest

from hardware.scale.classify import classify
from tests.hardware.capture_files import CAPTURES, Capture


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.name)
def test_protocol_is_told_by_its_bytes(capture: Capture) -> None:
    data = b"".join(frame.data for frame in capture.weights) * 20

    best = classify(data)[0]

    assert best.kind == capture.kind
    assert best.explained_bp > 9_000


def test_noise_between_the_frames_does_not_hide_the_protocol() -> None:
    capture = next(c for c in CAPTURES if c.name == "cas22")
    chance = random.Random(3)
    data = b"".join(frame.data + chance.randbytes(7) for frame in capture.weights * 20)

    assert classify(data)[0].kind == "cas22"


@pytest.mark.parametrize("data", [b"", b"\x00" * 500, b"Price 12.50\r\n" * 40])
def test_other_bytes_are_no_scale(data: bytes) -> None:
    assert classify(data) == []
