"""Which days of a month a store should have closed."""

from __future__ import annotations

import datetime

import pytest

from retail_domain.trade.trading_month import find_missing_days, last_day_of

FIRST = datetime.date(2026, 2, 1)


@pytest.mark.parametrize(
    ("period", "day"), [("2026-02", 28), ("2028-02", 29), ("2026-11", 30), ("2026-12", 31)]
)
def test_month_ends_with_its_last_calendar_day(period: str, day: int) -> None:
    assert last_day_of(period).day == day


@pytest.mark.parametrize(
    ("first_day", "today", "missing"),
    [
        ("2026-02-27", "2026-03-05", [27]),
        ("2026-02-26", "2026-02-27", [26, 27]),
        ("2025-01-01", "2026-02-02", [1, 2]),
        ("2026-02-28", "2026-03-05", []),
        ("2026-03-01", "2026-03-05", []),
        ("2026-02-10", "2026-01-31", []),
    ],
)
def test_days_count_from_the_first_trade_to_today(
    first_day: str, today: str, missing: list[int]
) -> None:
    found = find_missing_days(
        "2026-02",
        datetime.date.fromisoformat(today),
        first_days={"S001": first_day},
        closed_days={("S001", "2026-02-28"), ("S002", "2026-02-27")},
    )

    assert [day.day for day in found.get("S001", [])] == missing
