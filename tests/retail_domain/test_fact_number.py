"""Numbers of headquarters' facts: what is written is what is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_domain.trade.fact_number import parse_fact_no, show_fact_no


@given(st.integers(1, 10**9 - 1), st.integers(1, 10**18 - 1))
def test_number_is_read_as_it_was_written(epoch: int, seq: int) -> None:
    assert parse_fact_no(show_fact_no(epoch, seq)) == (epoch, seq)


@pytest.mark.parametrize(
    "number", ["HQ-1-1", "HQ-1-0000001", "S001-1-000001", "HQ-1", "HQ-x-000001", "HQ-1-00000²", ""]
)
def test_what_is_no_number_of_ours_names_nothing(number: str) -> None:
    assert parse_fact_no(number) is None
