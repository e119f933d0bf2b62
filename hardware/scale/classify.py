"""Which protocol do these bytes speak? Lists on the web contradict each other; the bytes do not."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping

from hardware.reading import Weight
from hardware.scale.protocol import ScaleProtocol
from hardware.scale.protocols import PROTOCOLS
from hardware.scale.regex_profile import NAMED

FREE_TEXT: Mapping[str, tuple[str, ...]] = {"pattern": tuple(NAMED), "ask": ("",)}
"""What is tried for options that take any text."""
FRAMES_MIN = 3
"""Fewer may be chance."""


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """One protocol with one choice of options, and how well it explains the bytes."""

    kind: str
    options: Mapping[str, str]
    frames: int
    """Weights that were read."""
    explained_bp: int
    """Bytes inside frames, per 10,000."""


def classify(data: bytes) -> list[Match]:
    """Try every protocol on what a scale sent; the best explanation first.

    Args:
        data: of a scale alone, some seconds of it. One that has to be asked is asked by who calls.

    Returns:
        Those that read FRAMES_MIN weights or more. Several of one kind differ by an option that
        these bytes do not decide.
    """
    tried = (_try(protocol, options, data) for protocol, options in _choices())
    found = [match for match in tried if match.frames >= FRAMES_MIN]
    return sorted(found, key=lambda match: -match.explained_bp)


def _choices() -> Iterator[tuple[ScaleProtocol, dict[str, str]]]:
    for protocol in PROTOCOLS:
        names = tuple(protocol.options)
        choices = (protocol.options[name] or FREE_TEXT[name] for name in names)
        for values in itertools.product(*choices):
            yield protocol, dict(zip(names, values, strict=True))


def _try(protocol: ScaleProtocol, options: dict[str, str], data: bytes) -> Match:
    parser = protocol.make_parser(options)
    words = parser.feed(data)
    frames = sum(isinstance(word, Weight) for word in words)
    explained = max(0, len(data) - parser.noise_bytes)
    return Match(protocol.kind, options, frames, explained * 10_000 // max(1, len(data)))
