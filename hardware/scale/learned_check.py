"""Learns which of a frame's bytes a scale counts into its check, where makers' sheets differ."""

from __future__ import annotations

LOCK_FRAMES = 3
"""So many frames of one kind in a row tell which kind the scale sends. Before that no weight is
sure: two kinds can differ by a 1 read as a 2."""


class LearnedCheck:
    """The kind of check that one scale uses."""

    def __init__(self) -> None:
        self._kind: int | None = None
        self._same = 0

    @property
    def is_sure(self) -> bool:
        """Whether enough frames agreed."""
        return self._same >= LOCK_FRAMES

    def accept(self, kind: int | None) -> bool:
        """Take the kind of check that fits a frame; False if the frame is broken.

        Args:
            kind: any number that names it; None when no kind fits.
        """
        if kind is None or (self.is_sure and kind != self._kind):
            return False
        self._same = self._same + 1 if kind == self._kind else 1
        self._kind = kind
        return True
