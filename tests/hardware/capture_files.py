"""Captures of scales: bytes with their source, and what they mean."""

from __future__ import annotations

import dataclasses
import pathlib
import tomllib

from hardware.reading import Weight, WeightState
from hardware.scale.frame_parser import ScaleParser
from hardware.scale.protocols import PROTOCOLS
from hardware.scale.word import Answer, ScaleWord

FOLDER = pathlib.Path(__file__).parent / "captures"
PROTOCOL_OF_KIND = {protocol.kind: protocol for protocol in PROTOCOLS}


@dataclasses.dataclass(frozen=True, slots=True)
class CapturedFrame:
    """One frame and its meaning."""

    data: bytes
    word: ScaleWord


@dataclasses.dataclass(frozen=True, slots=True)
class Capture:
    """One file."""

    name: str
    kind: str
    options: dict[str, str]
    warm_up: int
    frames: tuple[CapturedFrame, ...]

    def make_parser(self) -> ScaleParser:
        return PROTOCOL_OF_KIND[self.kind].make_parser(self.options)

    @property
    def weights(self) -> list[CapturedFrame]:
        return [frame for frame in self.frames if isinstance(frame.word, Weight)]


def read_capture(path: pathlib.Path) -> Capture:
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    assert values["source"]
    assert values["made"]
    frames = tuple(
        CapturedFrame(bytes.fromhex(frame.pop("bytes")), read_word(frame))
        for frame in values["frames"]
    )
    options = values.get("options", {})
    return Capture(path.stem, values["kind"], options, values.get("warm_up", 0), frames)


def read_word(frame: dict[str, str | int | bool]) -> ScaleWord:
    if "answer" in frame:
        return Answer(frame["answer"])
    weight_mg = frame.get("weight_mg")
    assert weight_mg is None or isinstance(weight_mg, int)
    return Weight(WeightState(frame["state"]), weight_mg, is_net=bool(frame.get("is_net")))


CAPTURES = tuple(read_capture(path) for path in sorted(FOLDER.glob("*.toml")))
