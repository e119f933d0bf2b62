"""Received, sent back, invoiced: whatever the order of things, an even line leaves no residue."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retail_domain.ledger.books import Books, OrderedCost

LINE = ("PO-000001", 1)
COSTS = st.builds(OrderedCost, st.integers(0, 10**6), st.integers(1, 10**5))
STEPS = st.lists(
    st.tuples(st.sampled_from(["came", "went_back", "invoiced"]), st.integers(1, 9999))
)


def make_books(cost: OrderedCost) -> Books:
    return Books({}, {}, orders={LINE[0]: {LINE[1]: cost}})


def move(books: Books, step: str, quantity_milli: int) -> int:
    """Signed change of what is not invoiced."""
    if step == "invoiced":
        cleared_fen = books.clear_purchase(*LINE, quantity_milli=quantity_milli, invoiced_fen=7)
        return -cleared_fen
    return books.take_purchase(*LINE, quantity_milli if step == "came" else -quantity_milli)


@given(COSTS, STEPS)
def test_even_line_stands_at_zero_and_every_step_is_booked(
    cost: OrderedCost, steps: list[tuple[str, int]]
) -> None:
    books, booked_fen = make_books(cost), 0
    for step, quantity_milli in steps:
        booked_fen += move(books, step, quantity_milli)
        line = books.purchases[LINE]
        assert line.not_invoiced_fen == booked_fen
        if line.not_invoiced_milli == 0:
            assert booked_fen == 0


@given(COSTS, STEPS)
def test_line_is_never_further_from_its_cost_than_the_roundings(
    cost: OrderedCost, steps: list[tuple[str, int]]
) -> None:
    books = make_books(cost)
    for step, quantity_milli in steps:
        move(books, step, quantity_milli)
    line = books.purchases.get(LINE)

    if line is not None:
        exact = cost.value_fen * line.not_invoiced_milli
        gap = abs(line.not_invoiced_fen * cost.quantity_milli - exact)
        assert 2 * gap <= cost.quantity_milli * len(steps)
