"""Days of a month that stores should have closed."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Collection, Mapping

ONE_DAY = datetime.timedelta(days=1)


def last_day_of(period: str) -> datetime.date:
    """The last calendar day of a month such as 2026-11."""
    year, month = int(period[:4]), int(period[5:])
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def find_missing_days(
    period: str,
    today: datetime.date,
    *,
    first_days: Mapping[str, str],
    closed_days: Collection[tuple[str, str]],
) -> dict[str, list[datetime.date]]:
    """Days up to today that a store has not closed.

    Every calendar day counts from the first on that the store traded: a silent day is a day off or
    an offline store, and only a person can tell.

    Args:
        period: such as 2026-11.
        today: headquarters' calendar day.
        first_days: first business date of every store, ISO 8601.
        closed_days: (store, business date).

    Returns:
        Days by store, in order; stores that closed all are left out.
    """
    month_start = datetime.date.fromisoformat(f"{period}-01")
    end = min(last_day_of(period), today)
    missing: dict[str, list[datetime.date]] = {}
    for store, first_day in sorted(first_days.items()):
        start = max(month_start, datetime.date.fromisoformat(first_day))
        days = [start + n * ONE_DAY for n in range((end - start).days + 1)]
        not_closed = [day for day in days if (store, day.isoformat()) not in closed_days]
        if not_closed:
            missing[store] = not_closed
    return missing
