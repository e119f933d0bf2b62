"""Brings trade of the past to today: a fortnight of it lies behind, the rest is still to come."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator

from deploy.demo.trade_line import STORE_TIME_ZONE, RejectedRow, TradeLine
from deploy.demo.trade_plan import PlannedBasket

HISTORY_DAYS = 14
"""Behind today: enough for a chart, played in some ten seconds."""
DAYS_A_DAY = 4
"""Days of the data set that become one: its households are a few of a store's customers."""
LINES_MAX, PIECES_MAX = 15, 9
"""Of a basket that a lane rings up while people look on."""
PUMPED_MILLI = 100_000
"""From here on a quantity of the data set is fuel in thousandths of a gallon, no goods on a shelf;
at whole fen a thousandth its cost would drown the shops' margin."""


def bring_to_today(
    trade: Iterable[TradeLine | RejectedRow], today: datetime.date
) -> Iterator[TradeLine]:
    """Move each line to a day around today and keep its time of day; the first line is the oldest.

    Refused rows and fuel are left out.

    Args:
        trade: in order of time.
        today: local date of the stores.
    """
    first_date: datetime.date | None = None
    for entry in trade:
        if isinstance(entry, RejectedRow) or entry.quantity_milli >= PUMPED_MILLI:
            continue
        local = entry.sold_at.astimezone(STORE_TIME_ZONE)
        first_date = first_date or local.date()
        days = (local.date() - first_date).days // DAYS_A_DAY - HISTORY_DAYS
        moved = datetime.datetime.combine(today + datetime.timedelta(days), local.timetz())
        yield dataclasses.replace(entry, sold_at=moved.astimezone(datetime.UTC))


def is_presentable(basket: PlannedBasket) -> bool:
    """Whether a lane can ring it up scan by scan in a minute."""
    pieces_milli = PIECES_MAX * 1000
    return len(basket.lines) <= LINES_MAX and all(
        line.gtin and line.quantity_milli <= pieces_milli and line.quantity_milli % 1000 == 0
        for line in basket.lines
    )
