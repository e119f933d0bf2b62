"""When a weight may be sold by: equal readings over time, and none that is old."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.reading import SURE_STATES, Weight, WeightState
from hardware.scale.stability import STALE_MS, StabilityGate, StabilityRule

STABLE, ZERO, MOTION = WeightState.STABLE, WeightState.ZERO, WeightState.MOTION
FIVE_GRAMS = 5_000


def reading(grams: int) -> Weight:
    return Weight(STABLE if grams else ZERO, grams * 1_000)


def judge(grams_at_ms: list[tuple[int, int]], *, has_motion_flag: bool = True) -> list[WeightState]:
    """State of each reading."""
    gate = StabilityGate(StabilityRule(FIVE_GRAMS, has_motion_flag))
    return [gate.take(reading(grams), at_ms).state for at_ms, grams in grams_at_ms]


@pytest.mark.parametrize(
    ("grams_at_ms", "last"),
    [
        ([(0, 500)], MOTION),
        ([(0, 500), (149, 500)], MOTION),
        ([(0, 500), (150, 500)], STABLE),
        ([(0, 500), (150, 505)], STABLE),
        ([(0, 500), (150, 506)], MOTION),
        ([(0, 500), (100, 510), (200, 510)], MOTION),
        ([(0, 500), (100, 510), (250, 510)], STABLE),
        ([(0, 500), (100, 504), (200, 508), (300, 512)], MOTION),
        ([(0, 500), (STALE_MS, 500)], MOTION),
        ([(0, 0), (150, 0)], ZERO),
    ],
)
def test_weight_has_to_last(grams_at_ms: list[tuple[int, int]], last: WeightState) -> None:
    assert judge(grams_at_ms)[-1] is last


def test_scale_without_a_motion_flag_has_to_last_longer() -> None:
    states = judge([(n * 100, 500) for n in range(7)], has_motion_flag=False)

    assert states == [MOTION] * 5 + [STABLE] * 2


@pytest.mark.parametrize("state", [s for s in WeightState if s not in SURE_STATES])
def test_trouble_passes_at_once_and_begins_anew(state: WeightState) -> None:
    gate = StabilityGate(StabilityRule(FIVE_GRAMS))
    gate.take(reading(500), 0)

    trouble = gate.take(Weight(state, None), 200)

    assert (trouble.state, trouble.weight_mg) == (state, None)
    assert gate.take(reading(500), 300).state is MOTION


def test_silence_makes_a_weight_stale_once() -> None:
    gate = StabilityGate(StabilityRule(FIVE_GRAMS))
    gate.take(reading(500), 0)

    told = [gate.idle(at_ms) for at_ms in (500, 999, 1_000, 1_500)]

    assert [weight and weight.state for weight in told] == [None, None, WeightState.STALE, None]


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from([0, 500, 503, 700, None]))))
def test_sold_weight_was_read_twice_within_its_time(steps: list[tuple[int, int | None]]) -> None:
    gate, now_ms, history = StabilityGate(StabilityRule(FIVE_GRAMS)), 0, []

    for pause_ms, grams in steps:
        now_ms += pause_ms
        taken = Weight(MOTION, None) if grams is None else reading(grams)
        history.append((now_ms, grams))
        judged = gate.take(taken, now_ms)
        if judged.state in SURE_STATES:
            assert judged.weight_mg is not None
            near = [
                at_ms
                for at_ms, one in history
                if one is not None and abs(one * 1_000 - judged.weight_mg) <= 2 * FIVE_GRAMS
            ]
            assert len(near) >= 2
            assert near[-1] - near[0] >= 150
