"""Business date: the trading day of a store, which ends at its cut-off and not at midnight."""

from __future__ import annotations

import datetime


def business_date_of(
    at: datetime.datetime, time_zone: datetime.tzinfo, day_starts_at: datetime.time
) -> datetime.date:
    """Trading day of an instant: what happens before the cut-off belongs to the day before.

    Args:
        at: aware; any zone.
        time_zone: of the store.
        day_starts_at: the store's cut-off, local time, such as 04:00.
    """
    assert at.tzinfo is not None
    local = at.astimezone(time_zone)
    if local.timetz().replace(tzinfo=None) < day_starts_at:
        return local.date() - datetime.timedelta(days=1)
    return local.date()
