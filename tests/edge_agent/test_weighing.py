"""What the scale shows becomes a quantity: once, and only when it is sure."""

from __future__ import annotations

import pytest

from edge_agent.services.errors import (
    PanEmptyError,
    ScaleAwayError,
    WeightNotStableError,
    WeightUsedError,
)
from edge_agent.services.weighing import (
    WEIGHT_AGE_MAX_MS,
    Pan,
    Scale,
    Weighed,
    weigh,
    weigh_scanned,
)
from hardware.reading import WEIGHED_STATES, Weight, WeightState
from retail_domain.catalog.item import UnitOfMeasure

KILOGRAM, PIECE = UnitOfMeasure.KILOGRAM, UnitOfMeasure.PIECE
DIVISION_MG = 5_000


def stable(weight_mg: int) -> Weight:
    return Weight(WeightState.STABLE, weight_mg, DIVISION_MG)


@pytest.mark.parametrize(
    ("weight_mg", "quantity_milli"),
    [(1_234_000, 1_234), (5_000, 5), (1_234_499, 1_234), (1_234_500, 1_235)],
)
def test_stable_weight_is_the_quantity(weight_mg: int, quantity_milli: int) -> None:
    assert weigh(Pan(stable(weight_mg)), "apples") == Weighed(quantity_milli, True)


@pytest.mark.parametrize(
    "state",
    [WeightState.MOTION, WeightState.NEGATIVE, WeightState.OVERLOAD, WeightState.ERROR_ZERO],
)
def test_unsure_weight_sells_nothing(state: WeightState) -> None:
    weight = Weight(state, 1_000_000 if state in WEIGHED_STATES else None)

    with pytest.raises(WeightNotStableError):
        weigh(Pan(weight), "apples")


@pytest.mark.parametrize("weight", [Weight(WeightState.ZERO, 0), stable(400), stable(-5_000)])
def test_empty_pan_sells_nothing(weight: Weight) -> None:
    with pytest.raises(PanEmptyError):
        weigh(Pan(weight), "apples")


def test_weight_is_sold_once() -> None:
    with pytest.raises(WeightUsedError):
        weigh(Pan(stable(1_000_000), is_used=True), "apples")


@pytest.mark.parametrize(
    ("pan", "unit", "quantity_milli"),
    [
        (None, KILOGRAM, 1_000),
        (Pan(stable(500_000)), PIECE, 1_000),
        (Pan(stable(500_000)), KILOGRAM, 2_500),
    ],
)
def test_what_is_not_weighed_keeps_its_quantity(
    pan: Pan | None, unit: UnitOfMeasure, quantity_milli: int
) -> None:
    assert weigh_scanned(pan, unit, "apples", quantity_milli) == Weighed(quantity_milli)


def test_scanned_kilogram_is_weighed_where_there_is_a_scale() -> None:
    assert weigh_scanned(Pan(stable(500_000)), KILOGRAM, "apples", 1_000) == Weighed(500, True)


@pytest.mark.parametrize(
    ("then", "is_used"),
    [
        ((), True),
        ((stable(1_000_000),), True),
        ((Weight(WeightState.MOTION, 700_000), stable(1_000_000)), True),
        ((stable(1_000_000 + 20 * DIVISION_MG),), True),
        ((stable(1_000_000 + 21 * DIVISION_MG),), False),
        ((Weight(WeightState.ZERO, 0), stable(1_000_000)), False),
    ],
)
def test_sold_weight_is_free_again_when_the_goods_were_taken_off(
    then: tuple[Weight, ...], is_used: bool
) -> None:
    scale = Scale(stable(1_000_000), 0).use()

    for weight in then:
        scale = scale.see(weight, 0)

    assert scale.pan(0).is_used is is_used


def test_old_weight_is_no_weight() -> None:
    scale = Scale(stable(1_000_000), read_at_ms=0)

    assert scale.at(WEIGHT_AGE_MAX_MS).state is WeightState.STABLE
    assert scale.at(WEIGHT_AGE_MAX_MS + 1) == Weight(WeightState.STALE, None)


@pytest.mark.parametrize("state", [WeightState.OFFLINE, WeightState.FAULT, WeightState.STALE])
def test_scale_that_is_away_sells_no_kilogram_that_nobody_laid_there(state: WeightState) -> None:
    pan = Scale(Weight(state, None), 0).pan(0)

    with pytest.raises(ScaleAwayError):
        weigh_scanned(pan, KILOGRAM, "apples", 1_000)
    with pytest.raises(ScaleAwayError):
        weigh(pan, "apples")


def test_register_without_a_scale_can_not_weigh() -> None:
    with pytest.raises(ScaleAwayError):
        weigh(None, "apples")
