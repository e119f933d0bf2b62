"""What devices tell: scans and weights, as values. No bytes of any protocol."""

from __future__ import annotations

import dataclasses
import enum


class LossReason(enum.Enum):
    """Why a scan was thrown away instead of delivered."""

    HALF = "half"
    """Silence came before the suffix."""
    TOO_LONG = "too_long"
    """More than SCAN_CHARACTERS_MAX characters."""
    NOISE = "noise"
    """Characters or keys that no code holds."""
    OVERRUN = "overrun"
    """The kernel dropped key events because nobody read them in time."""


@dataclasses.dataclass(frozen=True, slots=True)
class Scan:
    """One code as the scanner read it."""

    text: str
    """Without suffix and symbology. FNC1 inside it is GROUP_SEPARATOR."""
    symbology: str
    """AIM identifier with its bracket (`]E0`), empty when the scanner does not send one."""


@dataclasses.dataclass(frozen=True, slots=True)
class ScanLost:
    """A scan was thrown away whole. The person has to scan again."""

    reason: LossReason


class WeightState(enum.Enum):
    """What a weight is worth. Only STABLE may be sold by."""

    STABLE = "stable"
    ZERO = "zero"
    """Stable, and nothing lies on the scale."""
    MOTION = "motion"
    NEGATIVE = "negative"
    OVERLOAD = "overload"
    UNDERLOAD = "underload"
    ERROR_ZERO = "error_zero"
    """The scale found no zero after it was switched on."""
    FAULT = "fault"
    """The scale says that it is broken, or nothing that it says can be read."""
    STALE = "stale"
    """It was true, too long ago."""
    OFFLINE = "offline"
    """The scale does not answer."""


WEIGHED_STATES = frozenset(
    {WeightState.STABLE, WeightState.ZERO, WeightState.MOTION, WeightState.NEGATIVE}
)
"""The states that come with a weight; in motion or below zero some scales give none."""
SURE_STATES = frozenset({WeightState.STABLE, WeightState.ZERO})
"""The states that never come without one."""


@dataclasses.dataclass(frozen=True, slots=True)
class Weight:
    """What a scale shows at one moment."""

    state: WeightState
    weight_mg: int | None
    """Net if there is a tare. Always in SURE_STATES, only in WEIGHED_STATES: no error is a 0."""
    division_mg: int = 0
    """The scale's smallest step; 0 when it does not tell."""
    is_net: bool = False
    """Whether a tare is taken off."""

    def __post_init__(self) -> None:
        if self.weight_mg is None:
            assert self.state not in SURE_STATES, self
        else:
            assert self.state in WEIGHED_STATES, self


DeviceEvent = Scan | ScanLost | Weight
