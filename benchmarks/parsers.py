"""parsers: bytes of scales to words, scanned texts to what they mean, beside a plain regex scan.

The limit of a scale's parser is its own pattern run over the same bytes by `re` alone: what is
left is what it costs to check a frame and to make a value of it.
"""

from __future__ import annotations

import datetime
import pathlib
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.measure import Figures, peak_rss_mb, percentile, spread, stopwatch
from hardware.reading import WeightState
from hardware.scale import cas22, cas_ecr, dialog06, jcsb6, mtsics, nci, regex_profile, yaohua12
from hardware.scale.frame_parser import ScaleParser
from hardware.scale.protocols import PROTOCOLS
from hardware.scale.toledo8217 import WEIGHTS
from hardware.sim import scale_speech
from hardware.sim.scale_speech import Pan
from retail_domain.catalog.scale_label import ScaleLabel
from retail_domain.catalog.scanned_code import read_code

ROUNDS = 5
STREAM_BYTES = 256 * 1024
"""A round of one parser: a quarter of a second at the least speed that is wanted."""
READ_BYTES = 64
"""What a read of a serial line gives at most; every parser is fed in such pieces."""
CODES_A_ROUND = 2_000
TODAY = datetime.date(2026, 11, 22)

PATTERNS: dict[str, re.Pattern[bytes]] = {
    "toledo8217": re.compile(rb"\x02(?:(" + WEIGHTS["kg"] + rb")(N?)|\?([^\x02\r]))\r"),
    "nci": nci.FRAME,
    "cas_ecr": cas_ecr.FRAME,
    "cas22": cas22.FRAME,
    "yaohua12": yaohua12.FRAME,
    "jcsb6": jcsb6.FRAME,
    "mtsics": mtsics.FRAME,
    "dialog06": dialog06.FRAME,
    "regex_scale": re.compile(regex_profile.AND_18 + rb"\r\n"),
}
assert set(PATTERNS) == {protocol.kind for protocol in PROTOCOLS}
SPEAKERS: dict[str, Callable[[Pan], bytes]] = {
    kind: getattr(scale_speech, "and18" if kind == "regex_scale" else kind) for kind in PATTERNS
}

LABEL = ScaleLabel("FFPPPPPAAAAAC", ("22",))
CODES = {
    "element string": ("010690123456789217270131310300123410LOT-A\x1d21SERIAL-77", "]C1"),
    "digital link": ("https://id.gs1.org/01/06901234567892/10/LOT-A?17=270131", "]Q3"),
    "gtin": ("6901234567892", "]E0"),
    "scale label": (LABEL.write("22", 12, amount_fen=1_495), "]E0"),
}


def run(_folder: pathlib.Path) -> Figures:
    """Measure every parser over frames of changing weights, then every sort of code."""
    rates = {protocol.kind: measure_parser(protocol.kind) for protocol in PROTOCOLS}
    codes_us = {name: measure_code(*code) for name, code in CODES.items()}
    slowest = min(rates, key=lambda kind: statistics.median(rates[kind][0]))
    ours, plain = rates[slowest]
    return Figures(
        bench="parsers",
        value=statistics.median(ours),
        unit="MB per CPU second, slowest parser",
        limit=statistics.median(plain),
        cpu_us_per_line=codes_us["element string"]["p50_us"],
        peak_rss_mb=peak_rss_mb(),
        detail={
            "slowest": slowest,
            **{f"{kind}_mb_per_cpu_s": spread(parser) for kind, (parser, _plain) in rates.items()},
            **{f"{name}_code": found for name, found in codes_us.items()},
            "bytes_a_read": READ_BYTES,
        },
    )


def measure_parser(kind: str) -> tuple[list[float], list[float]]:
    """MB a second of CPU, of a parser and of its bare pattern, round by round."""
    stream = make_stream(kind)
    protocol = next(protocol for protocol in PROTOCOLS if protocol.kind == kind)
    options = {"unit": "kg", "decimals_from": "0", "pattern": "and18", "end": "crlf"}
    ours, plain = [], []
    for _ in range(ROUNDS):
        parser = protocol.make_parser(options)
        with stopwatch() as spent:
            words = feed_all(parser, stream)
        ours.append(len(stream) / spent.cpu_s / 1e6)
        with stopwatch() as spent:
            found = sum(1 for _match in PATTERNS[kind].finditer(stream))
        plain.append(len(stream) / spent.cpu_s / 1e6)
        assert 0 <= found - words <= 1, (kind, found, words)  # A line's start has to be seen first.
    return ours, plain


def make_stream(kind: str) -> bytes:
    """Frames of a scale on which goods are laid, weight by weight."""
    speak, size = SPEAKERS[kind], 0
    frames: list[bytes] = []
    while size < STREAM_BYTES:
        state = WeightState.MOTION if len(frames) % 4 == 0 else None
        frames.append(speak(Pan(gross_mg=len(frames) % 9_000 * 1_000 + 1_000, state=state)))
        size += len(frames[-1])
    return b"".join(frames)


def feed_all(parser: ScaleParser, stream: bytes) -> int:
    """Feed a stream in reads; give the count of words."""
    return sum(
        len(parser.feed(stream[place : place + READ_BYTES]))
        for place in range(0, len(stream), READ_BYTES)
    )


def measure_code(code: str, symbology: str) -> dict[str, Any]:
    """CPU that taking one code apart costs: others may have the machine meanwhile."""
    waits_us = []
    for _ in range(CODES_A_ROUND):
        began_ns = time.process_time_ns()
        read_code(code, symbology, today=TODAY, scale_labels=(LABEL,))
        waits_us.append((time.process_time_ns() - began_ns) / 1_000)
    return {
        "p50_us": round(percentile(waits_us, 0.5), 1),
        "p99_us": round(percentile(waits_us, 0.99), 1),
        "samples": len(waits_us),
    }
