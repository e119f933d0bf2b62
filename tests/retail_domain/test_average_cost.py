"""Moving average: negatives, late receipts, and never a fen made or lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retail_domain.ledger.average_cost import AverageCost


def test_average_is_of_what_is_there_and_not_of_all_receipts() -> None:
    cost, _ = AverageCost().receive(100_000, 100_000)
    cost, issued_fen = cost.issue(100_000)
    cost, _ = cost.receive(20_000, 10_000)

    assert issued_fen == 100_000
    assert cost.estimate_fen(1_000) == 2_000


def test_goods_sold_short_go_at_the_last_cost_and_the_receipt_books_the_difference() -> None:
    cost, _ = AverageCost().receive(1_000, 1_000)
    cost, issued_fen = cost.issue(6_000)
    assert (issued_fen, cost.value_fen, cost.quantity_milli) == (6_000, -5_000, -5_000)

    cost, variance_fen = cost.receive(7_200, 6_000)

    assert variance_fen == 1_000
    assert (cost.value_fen, cost.quantity_milli) == (1_200, 1_000)


def test_goods_that_were_never_received_cost_nothing_until_they_are() -> None:
    cost, issued_fen = AverageCost().issue(2_000)
    cost, variance_fen = cost.receive(500, 2_000)

    assert (issued_fen, variance_fen, cost.value_fen) == (0, 500, 0)


def test_later_price_moves_only_the_part_that_is_still_held() -> None:
    cost, _ = AverageCost().receive(1_000, 10_000)
    cost, _ = cost.issue(7_500)

    cost, rest_fen = cost.revalue(100, 10_000)

    assert (cost.value_fen, rest_fen) == (275, 75)


STEP = st.tuples(st.sampled_from("iro"), st.integers(1, 10**6), st.integers(0, 10**7))


@given(st.lists(STEP, max_size=40))
def test_no_fen_is_made_or_lost(steps: list[tuple[str, int, int]]) -> None:
    cost, books_fen = AverageCost(), 0
    for step, quantity_milli, value_fen in steps:
        if step == "i":
            cost, variance_fen = cost.receive(value_fen, quantity_milli)
            books_fen += value_fen - variance_fen
        elif step == "o":
            cost, issued_fen = cost.issue(quantity_milli)
            books_fen -= issued_fen
        else:
            difference_fen = value_fen - 5 * 10**6
            cost, rest_fen = cost.revalue(difference_fen, quantity_milli)
            books_fen += difference_fen - rest_fen

        assert cost.value_fen == books_fen
