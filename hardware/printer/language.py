"""What printer languages have in common: a question, its answer, the bytes of a page."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from hardware.printer.bitmap import Bitmap
from hardware.printer.status import Condition, Status


class Garbage(Exception):  # noqa: N818 - A word of the trade, caught in the next room.
    """The printer answered something that its language does not have."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of the printer."""

    status: Status
    is_done: bool | None = None
    """Whether all that it was sent is on paper; None when the language can't say."""
    is_silence: bool = False
    """Whether no answer came, and the status only says what that means."""


@dataclasses.dataclass(frozen=True, slots=True)
class Language:
    """One command language, as a value."""

    ask: bytes
    """Asks for the state; answered at once, whatever is being printed."""
    read: Callable[[bytes], Answer | None]
    """Reads what came since the question. None: not all of it yet. Raises Garbage."""
    silence: Condition
    """What it means when no answer comes."""
    clear: bytes
    """Throws away what the printer has taken and not printed, half a command too. Else the next job
    would be eaten as the rest of a broken one, or a broken one go on after new paper."""
    encode: Callable[[Bitmap, Mapping[str, str]], bytes]
    """The bytes of one page on its own, by the driver's options."""
    ask_end: bytes = b""
    """Asks for an answer that comes after all that was sent before it is printed; empty: the
    language has no such question."""
    split_end: Callable[[bytes], tuple[bool, bytes]] = lambda received: (False, received)
    """Whether the answer to `ask_end` is among the bytes, and the bytes without it."""
    kick: Callable[[Mapping[str, str]], bytes] | None = None
    """The bytes that open the drawer at the printer, by the driver's options."""
