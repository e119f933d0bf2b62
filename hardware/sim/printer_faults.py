"""What a simulated printer can be made to suffer from."""

from __future__ import annotations

import dataclasses
import threading


@dataclasses.dataclass(slots=True)
class PrinterFaults:
    """Switches of one simulated printer; any thread may turn them at any time."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    overheated: bool = False
    cutter_stuck: bool = False
    ribbon_out: bool = False
    paused: bool = False
    is_mute: bool = False
    """Answers nothing."""
    answers_garbage: bool = False
    paper_ends_after_rows: int | None = None
    """Then paper_out turns itself on: the paper ends in the middle of a job."""
    leaves_after_bytes: int | None = None
    """Then the line is cut, once: somebody pulled the plug in the middle of a job."""
    bytes_per_s: int | None = None
    """How fast it takes bytes."""
    reads: threading.Event = dataclasses.field(default_factory=threading.Event)
    """Cleared: it accepts the connection and never reads."""

    def __post_init__(self) -> None:
        self.reads.set()

    @property
    def stops(self) -> bool:
        """Whether it prints nothing now."""
        return (
            self.paper_out
            or self.cover_open
            or self.overheated
            or self.cutter_stuck
            or self.ribbon_out
            or self.paused
        )

    def burn(self, rows: int) -> int:
        """How many of some rows still get onto paper."""
        left = self.paper_ends_after_rows
        if left is None:
            return rows
        burnt = min(left, rows)
        self.paper_ends_after_rows = left - burnt
        if self.paper_ends_after_rows == 0:
            self.paper_ends_after_rows = None
            self.paper_out = True
        return burnt
