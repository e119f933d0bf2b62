"""Cuts a scale's bytes into frames, the same however reads cut the bytes. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from hardware.scale.word import ScaleWord


class ScaleParser(Protocol):
    """Parser of one scale's bytes."""

    @property
    def noise_bytes(self) -> int:
        """Bytes so far that belonged to no frame."""

    def feed(self, data: bytes) -> list[ScaleWord]:
        """Take bytes as they come; give the words of the frames that ended in them, in order."""


class FrameParser:
    """Finds frames by a pattern, and reads each by a function.

    A pattern is safe to search in a stream when its frames are of one length, or can't hold their
    own first byte: then the first match is the same, wherever a read ends.
    """

    def __init__(
        self,
        pattern: re.Pattern[bytes],
        read: Callable[[re.Match[bytes]], ScaleWord | None],
        frame_bytes_max: int,
        context_bytes: int = 0,
    ) -> None:
        """Prepare an empty parser.

        Args:
            pattern: of one whole frame.
            read: gives the word of a frame, None if it is broken: then its first byte is noise.
            frame_bytes_max: no frame is longer; bounds what is kept between two reads.
            context_bytes: how far the pattern looks behind.
        """
        self._search = pattern.search
        self._read = read
        self._kept_max = frame_bytes_max - 1
        self._context_bytes = context_bytes
        self._rest = b""
        self._searched = 0
        """Of the rest: bytes before what is searched, for looking behind."""
        self.noise_bytes = 0

    def feed(self, data: bytes) -> list[ScaleWord]:
        """Take bytes as they come; see ScaleParser."""
        stream = self._rest + data
        words: list[ScaleWord] = []
        done = place = self._searched
        while (match := self._search(stream, place)) is not None:
            word = self._read(match)
            if word is None:
                place = match.start() + 1
                continue
            words.append(word)
            self.noise_bytes += match.start() - done
            done = place = match.end()
        kept_from = max(done, len(stream) - self._kept_max)
        self.noise_bytes += kept_from - done
        self._searched = min(kept_from, self._context_bytes)
        self._rest = stream[kept_from - self._searched :]
        return words
