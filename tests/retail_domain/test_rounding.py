"""Division and sharing of fen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.rounding import (
    divide_half_away,
    divide_half_up,
    multiply_price,
    split_by_largest_remainder,
)


@pytest.mark.parametrize(
    ("numerator", "half_up", "half_away"), [(5, 3, 3), (4, 2, 2), (-5, -2, -3), (0, 0, 0)]
)
def test_halves_go_up_or_away_from_zero(numerator: int, half_up: int, half_away: int) -> None:
    assert divide_half_up(numerator, 2) == half_up
    assert divide_half_away(numerator, 2) == half_away


@pytest.mark.parametrize(
    ("unit_price_fen", "quantity_milli", "amount_fen"),
    [
        (1198, 762, 913),
        (3180, 762, 2423),
        (300, 2000, 600),
        (1, 499, 0),
        (1, 500, 1),
        (1, -500, -1),
    ],
)
def test_price_times_quantity_rounds_once(
    unit_price_fen: int, quantity_milli: int, amount_fen: int
) -> None:
    assert multiply_price(unit_price_fen, quantity_milli) == amount_fen


def test_ten_yuan_off_three_equal_lines_leaves_no_fen_over() -> None:
    assert split_by_largest_remainder(1000, [100, 100, 100]) == [334, 333, 333]


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_shares_sum_to_the_total_and_stay_within_one_unit(total: int, weights: list[int]) -> None:
    if sum(weights) == 0:
        total = 0

    shares = split_by_largest_remainder(total, weights)

    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * max(sum(weights), 1) - total * weight) < max(sum(weights), 1)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_units_left_over_go_to_the_largest_remainders_the_first_of_equal_ones(
    total: int, weights: list[int]
) -> None:
    whole = sum(weights)
    if whole == 0:
        return
    exact = [divmod(total * weight, whole) for weight in weights]

    shares = split_by_largest_remainder(total, weights)

    raised = [place for place, share in enumerate(shares) if share > exact[place][0]]
    ranking = sorted(range(len(weights)), key=lambda place: (-exact[place][1], place))
    assert raised == sorted(ranking[: len(raised)])
