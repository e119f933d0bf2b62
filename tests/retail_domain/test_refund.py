"""Goods come back at what was paid for them, share by share, and never for more."""

from __future__ import annotations

import pytest

from retail_domain.trade import refund
from tests.retail_domain.refund_cases import play


def test_refunds_of_random_sales_never_exceed_what_was_paid_per_line() -> None:
    played = play(5_000, seed=20_261_126)

    assert played["parts"] > 20_000


@pytest.mark.parametrize(
    ("parts_milli", "shares_fen"),
    [
        ([3_000], [100]),
        ([1_000, 1_000, 1_000], [33, 34, 33]),
        ([2_000, 1_000], [67, 33]),
        ([1, 2_999], [0, 100]),
    ],
)
def test_shares_of_three_pieces_for_one_yuan_come_to_it_in_any_parts(
    parts_milli: list[int], shares_fen: list[int]
) -> None:
    before_milli = 0
    shares = []
    for part_milli in parts_milli:
        shares.append(refund.share_fen(100, part_milli, 3_000, before_milli=before_milli))
        before_milli += part_milli

    assert shares == shares_fen
