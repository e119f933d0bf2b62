"""Parsers of scales: bytes to words, however reads cut them, and nothing false out of noise."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import DeviceUnavailableError
from hardware.reading import SURE_STATES, Weight, WeightState
from hardware.scale.frame_parser import FrameParser
from hardware.scale.protocols import PROTOCOLS
from hardware.scale.regex_profile import LINE_BYTES_MAX, make_profile
from hardware.scale.stability import StabilityGate, StabilityRule
from hardware.scale.word import Answer, ScaleWord, read_mg
from tests.hardware.capture_files import CAPTURES, Capture, CapturedFrame

EVERY_FRAME = [(capture, frame) for capture in CAPTURES for frame in capture.frames]
CHECKED = [c for c in CAPTURES if c.kind in {"cas_ecr", "cas_pd2", "yaohua12"}]
"""Protocols with a checksum over their digits."""


def name_of(value: object) -> str:
    return value.name if isinstance(value, Capture) else ""


@pytest.mark.parametrize(("capture", "frame"), EVERY_FRAME, ids=name_of)
def test_captured_frame_says_what_its_sheet_says(capture: Capture, frame: CapturedFrame) -> None:
    parser = capture.make_parser()
    parser.feed(frame.data * capture.warm_up)

    assert parser.feed(frame.data) == [frame.word]


def test_every_protocol_has_a_capture() -> None:
    assert {capture.kind for capture in CAPTURES} == {protocol.kind for protocol in PROTOCOLS}


@st.composite
def streams(draw: st.DrawFn, capture: Capture) -> bytes:
    """Whole frames, halves and noise, in any order."""
    frames = st.sampled_from([frame.data for frame in capture.frames])
    halves = st.tuples(frames, st.integers(0, 40)).map(lambda pair: pair[0][: pair[1]])
    return b"".join(draw(st.lists(frames | halves | st.binary(max_size=8), max_size=12)))


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
@given(data=st.data())
def test_any_cut_of_the_bytes_gives_the_same_words(capture: Capture, data: st.DataObject) -> None:
    stream = data.draw(streams(capture))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    whole, parts = capture.make_parser(), capture.make_parser()

    expected = whole.feed(stream)
    words: list[ScaleWord] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        words += parts.feed(stream[start:end])

    assert words == expected


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
@given(data=st.data())
def test_half_a_frame_before_a_whole_one_makes_no_weight_of_its_own(
    capture: Capture, data: st.DataObject
) -> None:
    broken, whole = (data.draw(st.sampled_from(capture.weights)) for _ in range(2))
    # NCI says weight and status in two lines: a whole first line is no half any more.
    line_end = broken.data.find(b"\r\n")
    cut = data.draw(st.integers(1, line_end if line_end > 0 else len(broken.data) - 1))
    parser = capture.make_parser()
    parser.feed(whole.data * capture.warm_up)

    words = parser.feed(broken.data[:cut] + whole.data)

    assert [word for word in words if isinstance(word, Weight)] in ([whole.word], [])


@pytest.mark.parametrize("capture", CHECKED, ids=name_of)
@given(data=st.data())
def test_checksum_keeps_a_changed_byte_from_becoming_another_weight(
    capture: Capture, data: st.DataObject
) -> None:
    frame = data.draw(st.sampled_from(capture.weights))
    place = data.draw(st.integers(0, len(frame.data) - 1))
    changed = bytearray(frame.data)
    changed[place] ^= data.draw(st.integers(1, 255))
    parser = capture.make_parser()
    parser.feed(frame.data * max(3, capture.warm_up))

    words = parser.feed(bytes(changed))

    assert [word for word in words if isinstance(word, Weight)] in ([], [frame.word])


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_ten_minutes_of_noise_are_no_weight(capture: Capture) -> None:
    chance = random.Random(capture.name)
    parser, gate = capture.make_parser(), StabilityGate(StabilityRule(division_mg=5_000))
    states = set()

    for now_ms in range(0, 600_000, 50):
        gate.idle(now_ms)
        for word in parser.feed(chance.randbytes(48)):  # 960 bytes a second: 9600 baud.
            if isinstance(word, Weight):
                states.add(gate.take(word, now_ms).state)

    assert states.isdisjoint(SURE_STATES)
    assert parser.noise_bytes > 550_000


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_another_protocol_on_the_line_is_no_weight(capture: Capture) -> None:
    kinds = {"jcsb6": {"jcsb6"}, "toledo8217": {"toledo8217"}}
    others = [
        other for other in CAPTURES if other.kind not in kinds.get(capture.kind, {capture.kind})
    ]
    parser = capture.make_parser()

    words = [
        word
        for other in others
        for word in parser.feed(b"".join(frame.data for frame in other.frames) * 5)
    ]

    assert [w for w in words if isinstance(w, Weight) and w.state in SURE_STATES] == []


@pytest.mark.parametrize(
    ("digits", "unit", "decimals", "weight_mg"),
    [
        (b" 1.234", "kg", None, 1_234_000),
        (b"001234", "kg", 3, 1_234_000),
        (b"1234.", "g", None, 1_234_000),
        (b"1", "lb", None, 453_592),
        (b"16", "oz", None, 453_592),
        (b"2.5", "sj", None, 1_250_000),
        (b"1", "tl", None, 37_500),
        (b"1.5", "stone", None, None),
        (b"1.2.3", "kg", None, None),
        (b"-1", "kg", None, None),
        (b"", "kg", None, None),
        (b"1234567890", "g", None, None),
        ("١".encode(), "kg", None, None),
    ],
)
def test_numbers_become_milligrams(
    digits: bytes, unit: str, decimals: int | None, weight_mg: int | None
) -> None:
    assert read_mg(digits, unit, decimals) == weight_mg


@pytest.mark.parametrize("pattern", ["", "(", "(?P<weight>.)(?P<colour>.)", "[0-9]+"])
def test_pattern_that_makes_no_sense_is_refused(pattern: str) -> None:
    with pytest.raises(DeviceUnavailableError, match="pattern"):
        make_profile({"pattern": pattern, "end": "crlf", "unit": "kg"})


def test_line_without_an_end_is_dropped_whole() -> None:
    capture = next(c for c in CAPTURES if c.name == "cas10")
    parser = capture.make_parser()
    line = capture.frames[0].data

    words = parser.feed(line + b"9" * (LINE_BYTES_MAX + 1) + line + line)

    assert words == [capture.frames[0].word]


def test_what_is_left_of_a_read_counts_again_when_a_line_got_too_long() -> None:
    parser = next(c for c in CAPTURES if c.name == "cas10").make_parser()
    parser.feed(b"   0.000\r\n")

    words = parser.feed(b" " * (LINE_BYTES_MAX + 1)) + parser.feed(b"  1.234\r\n")

    assert words == []


def test_broken_frame_does_not_swallow_the_start_of_the_next() -> None:
    def read(match: re.Match[bytes]) -> ScaleWord | None:
        return Answer.DONE if match[1] == b"xy" else None

    parser = FrameParser(re.compile(rb"A(..)"), read, frame_bytes_max=3)

    assert parser.feed(b"AAxy") == [Answer.DONE]
    assert parser.noise_bytes == 1


@pytest.mark.parametrize("cut", range(1, 28))
def test_checksum_that_looks_like_an_answer_is_none(cut: int) -> None:
    parser = next(c for c in CAPTURES if c.name == "cas_ecr").make_parser()
    half = bytes.fromhex("01 02 53 20 30 31 2E 32 33 34 4B 47 06")
    whole = bytes.fromhex("01 02 53 20 30 31 2E 32 33 34 4B 47 65 03 04")

    words = parser.feed((half + whole)[:cut]) + parser.feed((half + whole)[cut:])

    assert [word for word in words if isinstance(word, Answer)] == []


def test_known_checksum_keeps_a_1_from_becoming_a_2() -> None:
    parser = next(c for c in CAPTURES if c.name == "cas_ecr").make_parser()
    frame = bytes.fromhex("01 02 53 20 30 31 2E 32 33 34 4B 47 65 03 04")
    parser.feed(frame * 3)

    assert parser.feed(frame.replace(b"01.234", b"02.234")) == []


def test_cas_scale_is_not_believed_before_its_checksum_is_known() -> None:
    capture = next(c for c in CAPTURES if c.name == "cas_ecr")
    parser = capture.make_parser()

    states = [parser.feed(capture.frames[0].data) for _ in range(3)]

    motion = Weight(WeightState.MOTION, None)
    assert states == [[motion], [motion], [capture.frames[0].word]]
