"""What a customer's display shows: two lines. No bytes of any display."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class DisplayText:
    """Two lines; what a display has no room for is cut."""

    upper: str
    lower: str
