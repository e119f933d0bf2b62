"""What a scale's protocol is made of besides its frames: what to say, when, and on which line."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Mapping

from hardware.scale.frame_parser import ScaleParser
from hardware.scale.word import Answer


class ScaleCommand(enum.Enum):
    """What a scale can be told; the value is the job's bytes on the spool."""

    ZERO = b"zero"
    TARE = b"tare"
    CLEAR_TARE = b"clear_tare"


Options = Mapping[str, str]
"""Of the driver, checked by the host."""


@dataclasses.dataclass(frozen=True, slots=True)
class ScaleProtocol:
    """One protocol."""

    kind: str
    """Stable name, such as `toledo8217`."""
    make_parser: Callable[[Options], ScaleParser]
    line: str
    """Serial settings of its sheet."""
    ask: bytes = b""
    """Asks for a weight; empty when the scale talks by itself."""
    replies: Mapping[Answer, bytes] = dataclasses.field(default_factory=dict)
    """What to say to an answer on the way to a weight."""
    pause_ms: int = 100
    """Between two things said to the scale, at least."""
    commands: Mapping[ScaleCommand, bytes] = dataclasses.field(default_factory=dict)
    has_motion_flag: Callable[[Options], bool] = lambda _options: True
    """Whether the scale says if it is at rest."""
    options: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    """As `Driver.options`, besides those of every scale."""
