"""Serial scanners: bytes to scans, however the reads cut them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.reading import LossReason, Scan, ScanLost
from hardware.scanner.framing import IDLE_MS, RECOVERY_MS
from hardware.scanner.scan import SCAN_CHARACTERS_MAX, ScanEvent, Suffix
from hardware.scanner.serial_line import SUFFIX_BYTES, SerialLine

CODE = "6901234567892"
NOISE_BYTES = [*range(0x04), *range(0x05, 0x09), 0x0B, 0x0C, *range(0x0E, 0x1C), 0x7F]


def feed_all(data: bytes, suffix: Suffix) -> list[ScanEvent]:
    return SerialLine(suffix).feed(data, 0)


@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        (Suffix.CR, b"6901234567892\r"),
        (Suffix.LF, b"6901234567892\n"),
        (Suffix.CRLF, b"6901234567892\r\n"),
        (Suffix.TAB, b"6901234567892\t"),
    ],
)
def test_suffix_ends_a_scan(suffix: Suffix, data: bytes) -> None:
    assert feed_all(data, suffix) == [Scan(CODE, "")]


@pytest.mark.parametrize("suffix", [Suffix.CR, Suffix.LF])
def test_line_end_of_two_bytes_is_fine_where_one_was_configured(suffix: Suffix) -> None:
    assert feed_all(b"111\r\n222\r\n", suffix) == [Scan("111", ""), Scan("222", "")]


@pytest.mark.parametrize("suffix", [Suffix.CR, Suffix.LF, Suffix.CRLF])
def test_empty_line_is_no_scan(suffix: Suffix) -> None:
    assert feed_all(b"\r\n\r\n\r\n", suffix) == []


@pytest.mark.parametrize(
    ("data", "scan"),
    [
        (b"]E06901234567892\r", Scan(CODE, "]E0")),
        (b"]C10106901234567892\x1d10AB\r", Scan("0106901234567892\x1d10AB", "]C1")),
        (b"]Q3https://id.gs1.org/01/06901234567892\r", Scan(
            "https://id.gs1.org/01/06901234567892", "]Q3")),
        (b"]-6901\r", Scan("]-6901", "")),
    ],
)  # fmt: skip
def test_aim_identifier_is_split_off(data: bytes, scan: Scan) -> None:
    assert feed_all(data, Suffix.CR) == [scan]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("流水".encode(), "流水"),
        (b"\xc1\xf7\xcb\xae", "\xc1\xf7\xcb\xae"),  # GB18030: kept byte for byte.
        (b"[)>\x1e06\x1d1P123\x1e\x04", "[)>\x1e06\x1d1P123\x1e\x04"),  # ISO/IEC 15434.
    ],
)
def test_bytes_above_ascii_and_separators_are_kept(data: bytes, text: str) -> None:
    assert feed_all(data + b"\r", Suffix.CR) == [Scan(text, "")]


@pytest.mark.parametrize("noise", NOISE_BYTES)
def test_noise_spoils_its_scan_and_no_other(noise: int) -> None:
    data = b"111\r69012" + bytes([noise]) + b"34567892\r222\r"

    assert feed_all(data, Suffix.CR) == [
        Scan("111", ""),
        ScanLost(LossReason.NOISE),
        Scan("222", ""),
    ]


def test_one_byte_of_a_suffix_of_two_is_noise_inside_a_scan() -> None:
    assert feed_all(b"69012\n34567892\r\n", Suffix.CRLF) == [ScanLost(LossReason.NOISE)]


def test_identifier_without_a_code_is_noise() -> None:
    assert feed_all(b"]E0\r", Suffix.CR) == [ScanLost(LossReason.NOISE)]


def test_longest_scan_is_delivered_and_a_longer_one_lost_whole() -> None:
    longest = b"7" * SCAN_CHARACTERS_MAX

    assert feed_all(longest + b"\r", Suffix.CR) == [Scan(longest.decode(), "")]
    assert feed_all(longest + b"7\r222\r", Suffix.CR) == [
        ScanLost(LossReason.TOO_LONG),
        Scan("222", ""),
    ]


def test_endless_noise_is_reported_once_and_keeps_no_memory() -> None:
    line = SerialLine(Suffix.CR)

    events = [event for _ in range(100) for event in line.feed(b"7" * 1000, 0)]

    assert events == [ScanLost(LossReason.TOO_LONG)]


def test_silence_ends_a_scan_where_no_suffix_is_configured() -> None:
    line = SerialLine(Suffix.NONE)

    assert line.feed(b"69012345", 1000) == []
    assert line.idle(1000 + IDLE_MS - 1) == []
    assert line.feed(b"67892", 1000 + IDLE_MS - 1) == []
    assert line.idle(1000 + IDLE_MS + IDLE_MS - 1) == [Scan(CODE, "")]
    assert not line.is_half


def test_half_a_scan_is_lost_and_not_glued_to_the_next() -> None:
    line = SerialLine(Suffix.CR)

    assert line.feed(b"690123", 0) == []
    assert line.idle(IDLE_MS) == [ScanLost(LossReason.HALF)]
    assert line.idle(RECOVERY_MS) == []
    assert line.feed(b"222\r", RECOVERY_MS + 1) == [Scan("222", "")]


def test_late_rest_of_a_lost_scan_is_no_scan() -> None:
    line = SerialLine(Suffix.CR)

    assert line.feed(b"690123", 0) == []
    assert line.idle(IDLE_MS) == [ScanLost(LossReason.HALF)]
    assert line.idle(RECOVERY_MS - 1) == []
    assert line.feed(b"4567892\r", RECOVERY_MS - 1) == []
    assert line.feed(b"222\r", RECOVERY_MS) == [Scan("222", "")]


def test_rest_of_a_line_end_is_no_half_scan() -> None:
    line = SerialLine(Suffix.CR)

    assert line.feed(b"111\r\n", 0) == [Scan("111", "")]
    assert line.idle(IDLE_MS) == []
    assert not line.is_half


def test_late_reader_does_not_cut_a_scan() -> None:
    line = SerialLine(Suffix.CR)

    assert line.feed(b"690123", 0) == []
    assert line.feed(b"4567892\r", 60_000) == [Scan(CODE, "")]


TEXTS = st.text(
    st.sampled_from("0123456789ABCxyz]-_/:.+%$*\x1d\x1e流水é\x00\t\r\n"), max_size=30
).map(str.encode)
CUTS = st.lists(st.integers(0, 400), max_size=30)


@given(st.lists(TEXTS, max_size=10), st.sampled_from(list(SUFFIX_BYTES)), CUTS)
def test_scans_do_not_depend_on_how_reads_cut_the_bytes(
    texts: list[bytes], suffix: Suffix, cuts: list[int]
) -> None:
    data = b"".join(text + SUFFIX_BYTES[suffix] for text in texts)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    whole, pieces = SerialLine(suffix), SerialLine(suffix)

    events_of_whole = whole.feed(data, 0) + whole.idle(IDLE_MS)
    events_of_pieces = [
        event
        for start, end in itertools.pairwise(edges)
        for event in pieces.feed(data[start:end], 0)
    ] + pieces.idle(IDLE_MS)

    assert events_of_pieces == events_of_whole


CLEAN_TEXTS = st.text(
    st.characters(min_codepoint=0x20, exclude_characters="\x7f]", exclude_categories=["Cs"]),
    min_size=1,
    max_size=40,
)


@given(st.lists(CLEAN_TEXTS, max_size=10))
def test_what_was_sent_in_utf_8_is_what_is_read(texts: list[str]) -> None:
    data = b"".join(f"]Q1{text}\r\n".encode() for text in texts)

    assert feed_all(data, Suffix.CRLF) == [Scan(text, "]Q1") for text in texts]


@given(st.binary(max_size=500), st.sampled_from(list(SUFFIX_BYTES)))
def test_no_bytes_make_a_scan_with_noise_or_line_ends_in_it(data: bytes, suffix: Suffix) -> None:
    line = SerialLine(suffix)

    events = line.feed(data, 0) + line.idle(IDLE_MS)

    for event in events:
        if isinstance(event, Scan):
            assert event.text
            assert set(event.text.encode("utf-8")).isdisjoint({0, 9, 10, 13, 0x7F})
