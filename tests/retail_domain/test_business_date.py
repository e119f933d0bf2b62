"""The trading day ends at the store's cut-off."""

from __future__ import annotations

import datetime
import uuid
import zoneinfo

import pytest

from retail_domain.trade.business_date import business_date_of
from retail_domain.trade.fact_id import RANDOM_BITS, make_fact_id

CHINA = zoneinfo.ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("utc", "business_date"),
    [
        ("2026-11-21T19:59:59", "2026-11-21"),  # 03:59:59 on the 22nd in China.
        ("2026-11-21T20:00:00", "2026-11-22"),
        ("2026-11-22T15:59:59", "2026-11-22"),
        ("2026-11-22T16:00:00", "2026-11-22"),  # Midnight.
    ],
)
def test_sale_after_midnight_belongs_to_the_day_before(utc: str, business_date: str) -> None:
    at = datetime.datetime.fromisoformat(utc).replace(tzinfo=datetime.UTC)

    found = business_date_of(at, CHINA, datetime.time(4))

    assert found.isoformat() == business_date


def test_fact_id_is_a_uuid_of_version_7_that_sorts_by_time() -> None:
    early, late = make_fact_id(1, (1 << RANDOM_BITS) - 1), make_fact_id(2, 0)

    assert early.version == 7
    assert early.variant == uuid.RFC_4122
    assert early < late
