"""What the scale shows becomes the quantity of a weighed item: once, and only when it is sure."""

from __future__ import annotations

import dataclasses

from edge_agent.services.errors import (
    PanEmptyError,
    ScaleAwayError,
    WeightNotStableError,
    WeightUsedError,
)
from hardware.reading import Weight, WeightState
from retail_domain.catalog.item import UnitOfMeasure
from retail_domain.rounding import MILLI

WEIGHT_AGE_MAX_MS = 1_000
"""The device process tells a weight every 500 ms: an older one is of goods that may be gone."""
USED_AGAIN_MG = 100_000
"""A scale that tells no division: goods that differ by so much are other goods."""
USED_AGAIN_DIVISIONS = 20
"""As certified scales have it: the pan went to zero, or the weight changed by 20 divisions."""
MG_A_MILLI = 1_000
"""A thousandth of a kilogram is a gram."""
AWAY = frozenset({WeightState.OFFLINE, WeightState.STALE, WeightState.FAULT})
"""The scale is no help: the cashier weighs elsewhere and enters the quantity."""


@dataclasses.dataclass(frozen=True, slots=True)
class Pan:
    """The register's scale at the moment of a command."""

    weight: Weight
    is_used: bool = False
    """This weight was sold already and nothing else has lain there since."""


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """A register's scale over time."""

    weight: Weight
    read_at_ms: int
    used_mg: int | None = None
    """The weight that was sold and lies there still."""

    def see(self, weight: Weight, read_at_ms: int) -> Scale:
        """Take what the scale shows now."""
        used_mg = self.used_mg
        if used_mg is not None and weight.state is WeightState.ZERO:
            used_mg = None
        if used_mg is not None and weight.state is WeightState.STABLE:
            assert weight.weight_mg is not None
            step_mg = weight.division_mg * USED_AGAIN_DIVISIONS or USED_AGAIN_MG
            if abs(weight.weight_mg - used_mg) > step_mg:
                used_mg = None
        return Scale(weight, read_at_ms, used_mg)

    def use(self) -> Scale:
        """Note that the weight was sold."""
        return dataclasses.replace(self, used_mg=self.weight.weight_mg)

    def at(self, now_ms: int) -> Weight:
        """What it shows, STALE when that was too long ago."""
        if now_ms - self.read_at_ms <= WEIGHT_AGE_MAX_MS:
            return self.weight
        return Weight(WeightState.STALE, None)

    def pan(self, now_ms: int) -> Pan:
        """What a command finds there."""
        return Pan(self.at(now_ms), self.used_mg is not None)


@dataclasses.dataclass(frozen=True, slots=True)
class Weighed:
    """How much is sold, and whether the scale said so."""

    quantity_milli: int
    is_weighed: bool = False


def weigh(pan: Pan | None, name: str) -> Weighed:
    """Sell what lies on the register's scale.

    Args:
        pan: None for a register without a scale.
        name: of the item, for the sentence.

    Raises:
        ScaleAwayError: the scale is no help: the cashier enters the weight.
        WeightNotStableError: goods move, or the scale can't weigh them.
        PanEmptyError: nothing lies there.
        WeightUsedError: what lies there was sold already.
    """
    if pan is None or pan.weight.state in AWAY:
        raise ScaleAwayError(name=name)
    weight = pan.weight
    if weight.state is WeightState.ZERO:
        raise PanEmptyError
    if weight.state is not WeightState.STABLE:
        raise WeightNotStableError(state=weight.state.value)
    assert weight.weight_mg is not None
    milli = (weight.weight_mg + MG_A_MILLI // 2) // MG_A_MILLI
    if milli <= 0:
        raise PanEmptyError
    if pan.is_used:
        raise WeightUsedError(weight_g=milli)
    return Weighed(milli, is_weighed=True)


def weigh_scanned(pan: Pan | None, unit: UnitOfMeasure, name: str, quantity_milli: int) -> Weighed:
    """Decide how much a scanned code sells that does not say so itself.

    Pieces, a quantity that somebody asked for, and a register that never had a scale keep what the
    command says; all else is weighed, so that no kilogram is sold that nobody laid there.

    Raises:
        RetailError: as `weigh`.
    """
    if pan is None or unit is not UnitOfMeasure.KILOGRAM or quantity_milli != MILLI:
        return Weighed(quantity_milli)
    return weigh(pan, name)
